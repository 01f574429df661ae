-- line: what happened to the conversation itself, as JSON, where the entry is no message; its author is who did it.
ALTER TABLE messages ADD COLUMN line TEXT;

-- joined_seq: the place after which the member takes part; what stands up to there they have not read, whatever read_seq says.
ALTER TABLE memberships ADD COLUMN joined_seq BIGINT NOT NULL DEFAULT 0;
