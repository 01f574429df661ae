-- The unread conversations of a user: few, among any number of conversations.
CREATE INDEX memberships_unread ON memberships (user_id, last_activity, conversation) WHERE unread > 0;
