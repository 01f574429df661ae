-- Files of messages. A content is kept once, by its SHA-256, however many messages carry it.
CREATE TABLE media_contents (
    hash TEXT NOT NULL PRIMARY KEY,
    bytes BYTEA NOT NULL
);

-- uploader: none for what came in from outside. upload_hash: of the bytes as they were given to us, to tell a repeat from
-- a clash. conversation, seq: the message that the file is in; none until it is sent.
CREATE TABLE media (
    id TEXT NOT NULL PRIMARY KEY,
    tenant TEXT NOT NULL REFERENCES tenants (id),
    uploader TEXT REFERENCES users (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    hash TEXT NOT NULL REFERENCES media_contents (hash),
    upload_hash TEXT,
    conversation TEXT,
    seq BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX media_by_hash ON media (hash);
CREATE INDEX media_unsent ON media (uploader, created_at) WHERE conversation IS NULL;

-- media: the message's files as JSON, so that a page of messages needs no second look; none when there are no files.
ALTER TABLE messages ADD COLUMN media TEXT;
