-- line: what happened to the conversation itself, as JSON, where the entry is no message; its author is who did it.
ALTER TABLE messages ADD COLUMN line TEXT;
