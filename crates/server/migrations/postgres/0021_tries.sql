-- retries: how often a job was given back for later because of what it is about. Attempts that were cut off are in attempts alone.
ALTER TABLE jobs ADD COLUMN retries BIGINT NOT NULL DEFAULT 0;

-- The groups of an own number, among which those are looked for that somebody is in.
CREATE INDEX conversations_groups_by_number ON conversations (own_number) WHERE kind = 'group_mms';
