-- An event refers to what stands in a table of its own, rather than hold a copy: subject is the id of a conversation or user, seq the place
-- of an entry. change is then the word for what happened; else all of it, as JSON. What is in the log already becomes references, too.
ALTER TABLE events ADD COLUMN subject TEXT COLLATE "C";
ALTER TABLE events ADD COLUMN seq BIGINT;
UPDATE events SET subject = change::json #>> '{entry,conversation}', seq = (change::json #>> '{entry,seq}')::bigint, change = 'entry_added'
WHERE change LIKE '{"type":"entry_added",%';
UPDATE events SET subject = change::json #>> '{conversation,id}', change = 'conversation_changed'
WHERE change LIKE '{"type":"conversation_changed",%';
UPDATE events SET subject = change::json #>> '{user,id}', change = 'user_changed' WHERE change LIKE '{"type":"user_changed",%';
