-- Users who are removed keep their names in what they wrote. Numbers that are retired keep their conversations.
ALTER TABLE users ADD COLUMN removed_at BIGINT;
ALTER TABLE sms_numbers ADD COLUMN retired_at BIGINT;

-- operator: whether its Administrators operate this system. closed_at: nobody signs in there any more.
ALTER TABLE tenants ADD COLUMN operator BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE tenants ADD COLUMN closed_at BIGINT;

-- token_hash: SHA-256 of the token, which only the link has.
CREATE TABLE password_links (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id),
    token_hash TEXT NOT NULL UNIQUE,
    expires_at BIGINT NOT NULL
);

-- Who administered what. seq: without gaps within the tenant. before, after: the fields that changed (JSON), no content of messages.
CREATE TABLE audit (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    user_id TEXT,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    fields_before TEXT NOT NULL,
    fields_after TEXT NOT NULL,
    PRIMARY KEY (tenant, seq)
);
