-- Texts, on their way out and in, are asked for together, too: each function here does for many at once what a transaction does for one,
-- where everything is as it mostly is. What it does not answer is decided by a transaction. `nr` says which one an answer is about; `id`
-- and `cursor` are of somebody who is told, NULL where nobody is; `jobs` says whether there is something to do for workers.

-- Accepts texts to one number each, behind the row of their tenant: of those that are not here yet, whose conversation is there and deleted by
-- nobody, whose author texts from the own number, whose recipient did not opt out and is of a country that is allowed, and that are not too
-- many. Each is appended, counted, and given to its carrier's queue; `payload` lacks its place. One to a number of this system that 32 others wait for
-- in their lane takes the usual way, in turns with the jobs: texts are not accepted faster for long than they arrive. For a carrier they wait anyway, for
-- its pace.
CREATE FUNCTION accept_texts(p_tenant TEXT, p_texts JSONB)
RETURNS TABLE (nr BIGINT, id TEXT, cursor BIGINT, seq BIGINT, at BIGINT, jobs BOOLEAN) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    asked RECORD;
    way RECORD;
    allowed TEXT[];
BEGIN
    -- What follows sees what was committed before this had waited.
    PERFORM 1 FROM tenants WHERE tenants.id = p_tenant FOR UPDATE;
    SELECT STRING_TO_ARRAY(CASE countries WHEN '' THEN CAST(calling_code AS TEXT) ELSE countries END, ',') INTO allowed
    FROM tenants WHERE tenants.id = p_tenant;
    FOR asked IN
        SELECT t.* FROM jsonb_to_recordset(p_texts) AS t (
            nr BIGINT, conversation TEXT, own TEXT, recipient TEXT, calling_code TEXT, id TEXT, author TEXT, body TEXT,
            request_hash TEXT, now BIGINT, lane TEXT, payload JSONB, minute BIGINT, day BIGINT, user_minute BIGINT, user_day BIGINT,
            tenant_minute BIGINT, tenant_day BIGINT
        ) ORDER BY t.nr
    LOOP
        SELECT n.account AS account,
               EXISTS (SELECT 1 FROM sms_numbers AS o WHERE o.number = asked.recipient AND o.retired_at IS NULL) AS on_net
        INTO way
        FROM conversations AS c
        JOIN sms_numbers AS n ON n.number = c.own_number
        JOIN number_assignments AS a ON a.number = n.number AND a.user_id = asked.author
        WHERE c.id = asked.conversation AND c.tenant = p_tenant AND c.own_number = asked.own AND c.participants = asked.recipient
          AND n.sms AND n.retired_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM memberships AS m WHERE m.conversation = asked.conversation AND m.hidden)
          AND NOT EXISTS (SELECT 1 FROM messages AS m WHERE m.author = asked.author AND m.id = asked.id)
          AND NOT EXISTS (SELECT 1 FROM messages AS m WHERE m.conversation = asked.conversation AND m.id = asked.id)
          AND NOT EXISTS (SELECT 1 FROM opt_outs AS o WHERE o.own_number = asked.own AND o.recipient = asked.recipient)
          AND LEAST(asked.user_minute, asked.user_day, asked.tenant_minute, asked.tenant_day) > 0
          AND NOT EXISTS (
              SELECT 1 FROM usage AS u WHERE u.owner = asked.author
              AND (u.minute = asked.minute AND u.in_minute >= asked.user_minute OR u.day = asked.day AND u.in_day >= asked.user_day))
          AND NOT EXISTS (
              SELECT 1 FROM usage AS u WHERE u.owner = p_tenant
              AND (u.minute = asked.minute AND u.in_minute >= asked.tenant_minute OR u.day = asked.day AND u.in_day >= asked.tenant_day));
        CONTINUE WHEN NOT FOUND
            OR way.account IS NOT NULL AND NOT way.on_net AND NOT COALESCE(asked.calling_code = ANY (allowed), FALSE)
            OR way.on_net AND EXISTS (SELECT 1 FROM jobs AS j WHERE j.lane = asked.lane OFFSET 31);
        INSERT INTO usage (owner, minute, in_minute, day, in_day, bytes)
        VALUES (asked.author, asked.minute, 1, asked.day, 1, 0), (p_tenant, asked.minute, 1, asked.day, 1, 0)
        ON CONFLICT (owner) DO UPDATE SET
            in_minute = CASE WHEN usage.minute = excluded.minute THEN usage.in_minute + 1 ELSE 1 END, minute = excluded.minute,
            in_day = CASE WHEN usage.day = excluded.day THEN usage.in_day + 1 ELSE 1 END, day = excluded.day;
        RETURN QUERY WITH appended AS MATERIALIZED (
            SELECT * FROM append_entry(
                asked.conversation, asked.now, asked.id, asked.author, FALSE, asked.body, NULL, asked.request_hash, FALSE, NULL, asked.author
            )
        ), place AS (
            SELECT MIN(appended.seq) AS seq FROM appended
        ), delivery AS (
            INSERT INTO deliveries (conversation, seq, recipient, state, at)
            SELECT asked.conversation, place.seq, asked.recipient, 'accepted', asked.now FROM place
        ), job AS (
            INSERT INTO jobs (lane, position, tenant, kind, payload, run_at, due_at, attempts, failures, lease, created_at)
            SELECT asked.lane, place.seq,
                   CASE WHEN way.on_net OR way.account IS NULL THEN p_tenant
                        ELSE p_tenant || '.' || way.account || '.' || asked.own END,
                   'deliver', CAST(JSONB_SET(asked.payload, '{seq}', TO_JSONB(place.seq)) AS TEXT), asked.now,
                   CASE WHEN EXISTS (SELECT 1 FROM jobs AS j WHERE j.lane = asked.lane) THEN NULL ELSE asked.now END,
                   0, 0, NULL, asked.now
            FROM place
        )
        SELECT asked.nr, appended.id, appended.cursor, appended.seq, appended.at, TRUE FROM appended;
    END LOOP;
END
$$;

-- Puts texts that came in at the ends of their lanes, whatever those have, or have among the dead jobs.
CREATE FUNCTION bring_texts(p_tenant TEXT, p_texts JSONB)
RETURNS TABLE (nr BIGINT, id TEXT, cursor BIGINT, seq BIGINT, at BIGINT, jobs BOOLEAN) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    asked RECORD;
BEGIN
    PERFORM 1 FROM tenants WHERE tenants.id = p_tenant FOR UPDATE;
    FOR asked IN
        SELECT t.* FROM jsonb_to_recordset(p_texts) AS t (nr BIGINT, lane TEXT, kind TEXT, payload TEXT, now BIGINT) ORDER BY t.nr
    LOOP
        INSERT INTO jobs (lane, position, tenant, kind, payload, run_at, due_at, attempts, failures, lease, created_at)
        SELECT asked.lane,
               1 + GREATEST((SELECT MAX(j.position) FROM jobs AS j WHERE j.lane = asked.lane),
                            (SELECT MAX(d.position) FROM dead_jobs AS d WHERE d.lane = asked.lane), 0),
               p_tenant, asked.kind, asked.payload, asked.now,
               CASE WHEN EXISTS (SELECT 1 FROM jobs AS j WHERE j.lane = asked.lane) THEN NULL ELSE asked.now END,
               0, 0, NULL, asked.now;
        RETURN QUERY SELECT asked.nr, CAST(NULL AS TEXT), CAST(NULL AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT), TRUE;
    END LOOP;
END
$$;

-- Removes a job whose claim still holds, as one that is done; the next one of its lane is due. NULL where the claim does not hold, else whether
-- there is a next one.
CREATE FUNCTION end_job(p_lane TEXT, p_position BIGINT, p_lease TEXT, p_claimed_at BIGINT) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM jobs WHERE lane = p_lane AND position = p_position AND lease = p_lease;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    UPDATE jobs SET due_at = GREATEST(run_at, p_claimed_at)
    WHERE lane = p_lane AND position = (SELECT MIN(first.position) FROM jobs AS first WHERE first.lane = p_lane)
      AND NOT EXISTS (SELECT 1 FROM jobs AS other WHERE other.lane = p_lane AND other.due_at IS NOT NULL);
    RETURN FOUND;
END
$$;

-- Lets texts arrive that came in: those for a number of the tenant's whose conversation is there and deleted by nobody. One that is here already
-- does not arrive again. Their jobs, where they have any (`lease`), end with it.
CREATE FUNCTION take_in_texts(p_tenant TEXT, p_texts JSONB)
RETURNS TABLE (nr BIGINT, id TEXT, cursor BIGINT, seq BIGINT, at BIGINT, jobs BOOLEAN) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    asked RECORD; is_next BOOLEAN;
BEGIN
    PERFORM 1 FROM tenants WHERE tenants.id = p_tenant FOR UPDATE;
    FOR asked IN
        SELECT t.* FROM jsonb_to_recordset(p_texts) AS t (
            nr BIGINT, conversation TEXT, own TEXT, participants TEXT, author TEXT, id TEXT, body TEXT, carrier TEXT, reference TEXT,
            needs_sms BOOLEAN, now BIGINT, lane TEXT, position BIGINT, lease TEXT, claimed_at BIGINT
        ) ORDER BY t.nr
    LOOP
        CONTINUE WHEN NOT EXISTS (
            SELECT 1 FROM conversations AS c JOIN sms_numbers AS n ON n.number = c.own_number
            WHERE c.id = asked.conversation AND c.tenant = p_tenant AND c.own_number = asked.own AND c.participants = asked.participants
              AND n.tenant = p_tenant AND n.retired_at IS NULL AND (n.sms OR NOT asked.needs_sms)
              AND NOT EXISTS (SELECT 1 FROM memberships AS m WHERE m.conversation = asked.conversation AND m.hidden));
        is_next := FALSE;
        IF asked.lease IS NOT NULL THEN
            is_next := end_job(asked.lane, asked.position, asked.lease, asked.claimed_at);
            CONTINUE WHEN is_next IS NULL;
        END IF;
        INSERT INTO received (carrier, reference, at) VALUES (asked.carrier, asked.reference, asked.now) ON CONFLICT DO NOTHING;
        IF FOUND THEN
            RETURN QUERY SELECT asked.nr, appended.*, is_next FROM append_entry(
                asked.conversation, asked.now, asked.id, asked.author, TRUE, asked.body, NULL, NULL, TRUE, NULL, ''
            ) AS appended;
        ELSE
            RETURN QUERY SELECT asked.nr, CAST(NULL AS TEXT), CAST(NULL AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT), is_next;
        END IF;
    END LOOP;
END
$$;

-- Puts on record that texts to one number each are being handed to their carriers, for those whose jobs' claims still hold: they go on until
-- `until`. It changes what only the holder of the claim does, so the tenant's row is not waited for.
CREATE FUNCTION begin_texts(p_tenant TEXT, p_texts JSONB)
RETURNS TABLE (nr BIGINT, id TEXT, cursor BIGINT, seq BIGINT, at BIGINT, jobs BOOLEAN) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    asked RECORD;
BEGIN
    FOR asked IN
        SELECT t.* FROM jsonb_to_recordset(p_texts) AS t (
            nr BIGINT, conversation TEXT, seq BIGINT, recipient TEXT, account TEXT, now BIGINT, until BIGINT,
            lane TEXT, position BIGINT, lease TEXT
        ) ORDER BY t.nr
    LOOP
        UPDATE jobs SET due_at = asked.until WHERE lane = asked.lane AND position = asked.position AND lease = asked.lease;
        CONTINUE WHEN NOT FOUND;
        UPDATE deliveries SET submitting_at = asked.now, submitting_to = asked.account
        WHERE conversation = asked.conversation AND seq = asked.seq AND recipient = asked.recipient;
        RETURN QUERY SELECT asked.nr, CAST(NULL AS TEXT), CAST(NULL AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT), FALSE;
    END LOOP;
END
$$;

-- Writes down that texts to one number each were taken by their carriers, under which references, and tells the members (`change`): for those
-- of which nobody has said anything else meanwhile, and whose jobs' claims still hold. The jobs end with it.
CREATE FUNCTION end_texts(p_tenant TEXT, p_texts JSONB)
RETURNS TABLE (nr BIGINT, id TEXT, cursor BIGINT, seq BIGINT, at BIGINT, jobs BOOLEAN) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    asked RECORD; is_next BOOLEAN;
BEGIN
    PERFORM 1 FROM tenants WHERE tenants.id = p_tenant FOR UPDATE;
    FOR asked IN
        SELECT t.* FROM jsonb_to_recordset(p_texts) AS t (
            nr BIGINT, conversation TEXT, seq BIGINT, recipient TEXT, state TEXT, change TEXT, account TEXT, reference_list JSONB,
            now BIGINT, lane TEXT, position BIGINT, lease TEXT, claimed_at BIGINT
        ) ORDER BY t.nr
    LOOP
        CONTINUE WHEN NOT EXISTS (
            SELECT 1 FROM deliveries AS d
            WHERE d.conversation = asked.conversation AND d.seq = asked.seq AND d.recipient = asked.recipient AND d.state = 'accepted');
        is_next := end_job(asked.lane, asked.position, asked.lease, asked.claimed_at);
        CONTINUE WHEN is_next IS NULL;
        UPDATE deliveries SET state = asked.state, cause = NULL, reason = NULL, at = asked.now, submitting_at = NULL, submitting_to = NULL,
                              carrier = COALESCE(asked.account, carrier)
        WHERE conversation = asked.conversation AND seq = asked.seq AND recipient = asked.recipient;
        INSERT INTO carrier_references (account, reference, conversation, seq, recipient, state, at)
        SELECT asked.account, r.value, asked.conversation, asked.seq, asked.recipient, 'sent', asked.now
        FROM JSONB_ARRAY_ELEMENTS_TEXT(asked.reference_list) AS r (value) ON CONFLICT DO NOTHING;
        RETURN QUERY WITH raised AS (
            UPDATE users SET cursor = users.cursor + 1
            WHERE users.id IN (SELECT user_id FROM memberships WHERE conversation = asked.conversation)
            RETURNING users.id AS user_id, users.cursor AS user_cursor
        ), logged AS (
            INSERT INTO events (user_id, cursor, at, change)
            SELECT raised.user_id, raised.user_cursor, asked.now, asked.change FROM raised
        )
        SELECT asked.nr, raised.user_id, raised.user_cursor, CAST(0 AS BIGINT), CAST(0 AS BIGINT), is_next
        FROM (SELECT 1) AS one LEFT JOIN raised ON TRUE;
    END LOOP;
END
$$;
