-- What an analysis cost, where the model's price was known, in billionths of a dollar; and which
-- version of the image it is of, so that a replaced image is not described by an older analysis.

ALTER TABLE analyses
    ADD COLUMN cost_nanodollars BIGINT,
    ADD COLUMN object_sequencer TEXT;

UPDATE analyses SET object_sequencer = items.object_sequencer
FROM items WHERE items.id = analyses.item_id AND items.user_id = analyses.user_id;
