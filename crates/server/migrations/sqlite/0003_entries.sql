-- The log says that a timeline has one more entry, of a kind that its type names; until now it said that a message was added. What is in
-- the log already is said again in these words, so that no app has to start anew. Inside of a text each quote has a backslash before it:
-- these words, with bare quotes, are never part of what somebody wrote.
UPDATE events SET change = REPLACE(change, '{"type":"message_added","message":{', '{"type":"entry_added","entry":{"type":"message",')
WHERE change LIKE '{"type":"message_added",%';
UPDATE events SET change = REPLACE(change, '"last_message":{', '"last_entry":{"type":"message",')
WHERE change LIKE '{"type":"conversation_changed",%';
