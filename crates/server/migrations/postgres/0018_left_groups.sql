-- Groups that all have left are looked for every ten minutes: there are few among many conversations.
CREATE INDEX conversations_left_by_all ON conversations (last_activity) WHERE participants = '';
