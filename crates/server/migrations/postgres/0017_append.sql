-- Each question to PostgreSQL is a way to it and back, which takes longer than its answer. What a message needs is asked for at once.

-- Appends an entry at the next place of its conversation, counts it for each member, and adds it to their logs. Gives the place, and who is
-- told by which cursor: one row without a user where nobody is a member.
CREATE FUNCTION append_entry(
    p_conversation TEXT, p_now BIGINT, p_id TEXT, p_author TEXT, p_inbound BOOLEAN, p_body TEXT, p_media TEXT,
    p_request_hash TEXT, p_counts BOOLEAN, p_line TEXT, p_reader TEXT
) RETURNS TABLE (id TEXT, cursor BIGINT, seq BIGINT, at BIGINT) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY WITH place AS (
        UPDATE conversations SET last_seq = last_seq + 1, last_activity = GREATEST(last_activity, p_now)
        WHERE conversations.id = p_conversation RETURNING last_seq, last_activity
    ), message AS (
        INSERT INTO messages (conversation, seq, id, author, inbound, body, media, at, request_hash, line)
        SELECT p_conversation, last_seq, p_id, p_author, p_inbound, p_body, p_media, last_activity, p_request_hash, p_line
        FROM place
    ), counted AS (
        UPDATE memberships SET last_activity = place.last_activity,
            unread = CASE WHEN user_id = p_reader THEN 0 WHEN p_counts THEN unread + 1 ELSE unread END,
            read_seq = CASE WHEN user_id = p_reader THEN place.last_seq ELSE read_seq END,
            last_sent_at = CASE WHEN user_id = p_reader THEN place.last_activity ELSE last_sent_at END
        FROM place WHERE conversation = p_conversation
    ), raised AS (
        UPDATE users SET cursor = users.cursor + 1
        WHERE users.id IN (SELECT user_id FROM memberships WHERE conversation = p_conversation)
        RETURNING users.id AS user_id, users.cursor AS user_cursor
    ), logged AS (
        INSERT INTO events (user_id, cursor, at, change, subject, seq)
        SELECT raised.user_id, raised.user_cursor, p_now, 'entry_added', p_conversation, place.last_seq
        FROM raised CROSS JOIN place
    )
    SELECT raised.user_id, raised.user_cursor, place.last_seq, place.last_activity FROM place LEFT JOIN raised ON TRUE;
END
$$;

-- The same for messages into chats, behind the row of their tenant: for each that is not here yet, whose chat is there, with these people
-- where they are named, is deleted by nobody, and has its author and somebody else who is not disabled. `nr` says which it is about.
CREATE FUNCTION append_to_chats(p_tenant TEXT, p_messages JSONB)
RETURNS TABLE (nr BIGINT, id TEXT, cursor BIGINT, seq BIGINT, at BIGINT) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    message RECORD;
BEGIN
    -- What follows sees what was committed before this had waited.
    PERFORM 1 FROM tenants WHERE tenants.id = p_tenant FOR UPDATE;
    FOR message IN
        SELECT asked.* FROM jsonb_to_recordset(p_messages) AS asked (
            nr BIGINT, conversation TEXT, participants TEXT, id TEXT, author TEXT, body TEXT, request_hash TEXT, now BIGINT
        ) ORDER BY asked.nr
    LOOP
        CONTINUE WHEN EXISTS (SELECT 1 FROM messages AS m WHERE m.author = message.author AND m.id = message.id)
            OR EXISTS (SELECT 1 FROM messages AS m WHERE m.conversation = message.conversation AND m.id = message.id)
            OR NOT EXISTS (
                SELECT 1 FROM conversations AS c
                JOIN memberships AS m ON m.conversation = c.id JOIN users AS u ON u.id = m.user_id
                WHERE c.id = message.conversation AND c.tenant = p_tenant AND c.own_number IS NULL
                  AND (c.participants = message.participants OR message.participants IS NULL AND c.kind = 'group_chat')
                GROUP BY c.id
                HAVING COUNT(*) FILTER (WHERE u.disabled_at IS NULL) > 1
                   AND BOOL_OR(m.user_id = message.author) AND NOT BOOL_OR(m.hidden)
            );
        RETURN QUERY SELECT message.nr, appended.* FROM append_entry(
            message.conversation, message.now, message.id, message.author, FALSE, message.body, NULL,
            message.request_hash, TRUE, NULL, message.author
        ) AS appended;
    END LOOP;
END
$$;
