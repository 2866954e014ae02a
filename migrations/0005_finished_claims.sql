-- no-transaction
-- Claims that were finished long ago are looked for, by user, and removed.
CREATE INDEX CONCURRENTLY idx_work_claims_finished ON work_claims (user_id, finished_at)
    WHERE finished_at IS NOT NULL;
