-- Conversations grow by whole turns: a turn that is added twice is kept once, and a list of
-- conversations reads no messages.

ALTER TABLE conversations
    ADD COLUMN message_count INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN preview TEXT NOT NULL DEFAULT '';

ALTER TABLE chat_history
    ADD COLUMN turn_id UUID,
    ADD COLUMN position INTEGER;
CREATE UNIQUE INDEX idx_chat_history_turn ON chat_history (user_id, session_id, turn_id, position);

-- Lists are read in this order, whatever the database's own order of text is.
CREATE INDEX idx_conversations_recent
    ON conversations (user_id, updated_at DESC, conversation_id COLLATE "C" DESC);
