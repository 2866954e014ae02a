-- The schema of the collection: items, what models said of them, and conversations.
-- Every table has user_id. Children refer to (id, user_id), so a row cannot belong to another
-- user than the item it hangs on.

CREATE EXTENSION IF NOT EXISTS vector;

CREATE TABLE items (
    id                TEXT PRIMARY KEY,
    user_id           TEXT NOT NULL,
    filename          TEXT NOT NULL,
    original_filename TEXT,
    file_path         TEXT NOT NULL,
    thumbnail_path    TEXT,
    file_size         BIGINT,
    mime_type         TEXT,
    width             INTEGER,
    height            INTEGER,
    -- How far the item has come, and why it came no further.
    status            TEXT NOT NULL DEFAULT 'uploaded'
        CHECK (status IN ('awaiting_upload', 'uploaded', 'processed', 'analyzed', 'searchable', 'refused')),
    status_reason     TEXT,
    -- The version of the object that the thumbnail was made from; S3's sequencer, compared as text
    -- after padding on the right.
    object_sequencer  TEXT,
    created_at        TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at        TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (id, user_id)
);
CREATE INDEX idx_items_user_id ON items (user_id, created_at DESC, id DESC);

CREATE TABLE analyses (
    id            TEXT PRIMARY KEY,
    item_id       TEXT NOT NULL,
    user_id       TEXT NOT NULL,
    version       INTEGER NOT NULL DEFAULT 1,
    category      TEXT,
    summary       TEXT,
    raw_response  JSONB NOT NULL,
    provider_used TEXT,
    model_used    TEXT,
    trace_id      TEXT,
    input_tokens  BIGINT,
    output_tokens BIGINT,
    search_vector TSVECTOR,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (id, user_id),
    UNIQUE (item_id, version),
    FOREIGN KEY (item_id, user_id) REFERENCES items (id, user_id) ON DELETE CASCADE
);
CREATE INDEX idx_analyses_user_id ON analyses (user_id, item_id, version DESC);
CREATE INDEX idx_analyses_category ON analyses (user_id, category);
CREATE INDEX idx_analyses_search_vector ON analyses USING GIN (search_vector);

-- The words of a JSON value: a string as it is, a list joined by blanks.
CREATE FUNCTION words_of(value JSONB) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE jsonb_typeof(value)
        WHEN 'array' THEN (SELECT string_agg(element, ' ') FROM jsonb_array_elements_text(value) AS element)
        WHEN 'string' THEN value #>> '{}'
    END
$$;

-- The same fields as the document that is embedded, the weightier ones first.
CREATE FUNCTION analysis_search_vector(category TEXT, summary TEXT, raw JSONB)
RETURNS TSVECTOR LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('english', concat_ws(' ', summary, raw ->> 'headline')), 'A')
        || setweight(to_tsvector('english', concat_ws(' ', category, words_of(raw -> 'subcategories'))), 'B')
        || setweight(to_tsvector('english', concat_ws(' ',
               words_of(raw #> '{image_details,extracted_text}'),
               words_of(raw #> '{image_details,key_interest}'),
               words_of(raw #> '{image_details,themes}'),
               words_of(raw #> '{image_details,objects}'))), 'C')
        || setweight(to_tsvector('english', concat_ws(' ',
               words_of(raw #> '{image_details,emotions}'),
               words_of(raw #> '{image_details,vibes}'),
               words_of(raw #> '{media_metadata,location_tags}'),
               words_of(raw #> '{media_metadata,hashtags}'))), 'D')
$$;

CREATE FUNCTION set_analysis_search_vector() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    NEW.search_vector := analysis_search_vector(NEW.category, NEW.summary, NEW.raw_response);
    RETURN NEW;
END
$$;

CREATE TRIGGER analyses_search_vector
    BEFORE INSERT OR UPDATE OF category, summary, raw_response ON analyses
    FOR EACH ROW EXECUTE FUNCTION set_analysis_search_vector();

-- Half precision, stored in the row: a scan of one user's embeddings is then exact and faster
-- than an approximate index up to some thousands of rows.
CREATE TABLE embeddings (
    id                   TEXT PRIMARY KEY,
    item_id              TEXT NOT NULL UNIQUE,
    analysis_id          TEXT NOT NULL,
    user_id              TEXT NOT NULL,
    embedding            HALFVEC(1024) NOT NULL,
    embedding_model      TEXT NOT NULL,
    embedding_dimensions INTEGER NOT NULL,
    embedding_source     JSONB NOT NULL DEFAULT '{}',
    created_at           TIMESTAMPTZ NOT NULL DEFAULT now(),
    FOREIGN KEY (item_id, user_id) REFERENCES items (id, user_id) ON DELETE CASCADE,
    FOREIGN KEY (analysis_id, user_id) REFERENCES analyses (id, user_id) ON DELETE CASCADE
);
ALTER TABLE embeddings ALTER COLUMN embedding SET STORAGE PLAIN;
CREATE INDEX idx_embeddings_user_id ON embeddings (user_id);
CREATE INDEX idx_embeddings_analysis_id ON embeddings (analysis_id);
CREATE INDEX idx_embeddings_vector ON embeddings USING hnsw (embedding halfvec_cosine_ops);

CREATE TABLE conversations (
    user_id         TEXT NOT NULL,
    conversation_id VARCHAR(255) NOT NULL,
    title           VARCHAR(500) NOT NULL,
    messages        JSONB NOT NULL DEFAULT '[]',
    settings        JSONB NOT NULL DEFAULT '{}',
    created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, conversation_id)
);
CREATE INDEX idx_conversations_updated_at ON conversations (user_id, updated_at DESC);
CREATE INDEX idx_conversations_created_at ON conversations (user_id, created_at DESC);

CREATE TABLE chat_history (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    TEXT NOT NULL,
    session_id UUID NOT NULL,
    message    JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_chat_history_session ON chat_history (user_id, session_id, id);

CREATE TABLE chat_history_metadata (
    user_id         TEXT NOT NULL,
    conversation_id VARCHAR(255) NOT NULL,
    metadata        JSONB NOT NULL DEFAULT '{}',
    updated_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, conversation_id)
);

-- Who is at which piece of work, so that a record delivered twice runs once. A claim that is not
-- finished in time is free again.
CREATE TABLE work_claims (
    user_id       TEXT NOT NULL,
    work          TEXT NOT NULL,
    claim         UUID NOT NULL,
    claimed_until TIMESTAMPTZ NOT NULL,
    finished_at   TIMESTAMPTZ,
    PRIMARY KEY (user_id, work)
);
