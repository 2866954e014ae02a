-- Old data that is moved in: which import brought a row, and what an import changed of a row that
-- was there before it. A rollback reads both.

CREATE TABLE imports (
    id          TEXT PRIMARY KEY,
    user_id     TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('sqlite', 'chroma', 'images')),
    source      TEXT NOT NULL,
    -- How far it has come: the table, and the last row of the source that is in it.
    stage       TEXT,
    place       BIGINT,
    begun_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    finished_at TIMESTAMPTZ,
    UNIQUE (id, user_id)
);
CREATE INDEX idx_imports_user_id ON imports (user_id, begun_at);

CREATE TABLE import_changes (
    import_id TEXT NOT NULL,
    user_id   TEXT NOT NULL,
    item_id   TEXT NOT NULL,
    -- The columns of the item as they were.
    before    JSONB NOT NULL,
    PRIMARY KEY (import_id, item_id),
    FOREIGN KEY (import_id, user_id) REFERENCES imports (id, user_id) ON DELETE CASCADE,
    FOREIGN KEY (item_id, user_id) REFERENCES items (id, user_id) ON DELETE CASCADE
);
CREATE INDEX idx_import_changes_item_id ON import_changes (item_id, user_id);

-- Null for all that came in otherwise.
SET LOCAL lock_timeout = '5s';
ALTER TABLE items ADD COLUMN import_id TEXT;
ALTER TABLE analyses ADD COLUMN import_id TEXT;
ALTER TABLE embeddings ADD COLUMN import_id TEXT;
