-- States: each change takes its tenant's next state_version, and is kept with it in the row that it is about.
ALTER TABLE tenants ADD COLUMN state_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN connected BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN state_version BIGINT NOT NULL DEFAULT 0;
CREATE INDEX users_by_state ON users (tenant, state_version);
ALTER TABLE memberships ADD COLUMN read_version BIGINT NOT NULL DEFAULT 0;
CREATE INDEX memberships_by_read ON memberships (conversation, read_version);
CREATE INDEX memberships_by_own_read ON memberships (user_id, read_version);
-- The log tells no states any more. Apps of this version start from a snapshot, so those of before are told to nobody.
UPDATE events SET change = '{"type":"unknown"}' WHERE change LIKE '{"type":"read",%' OR change LIKE '{"type":"peer_read",%';
