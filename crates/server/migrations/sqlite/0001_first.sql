-- Ids are 26 characters of Crockford's base 32, times are milliseconds since 1970, numbers are E.164.

CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    domain TEXT NOT NULL UNIQUE,
    calling_code BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- cursor: the number of the user's newest event.
CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    tenant TEXT NOT NULL REFERENCES tenants (id),
    extension TEXT NOT NULL,
    name TEXT NOT NULL,
    department TEXT NOT NULL,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    availability TEXT NOT NULL,
    status_text TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    cursor BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    UNIQUE (tenant, extension)
);

-- token_hash: SHA-256 of the token, which only the browser has.
CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES users (id),
    device_name TEXT NOT NULL,
    signed_in_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE sms_numbers (
    number TEXT NOT NULL PRIMARY KEY,
    tenant TEXT NOT NULL REFERENCES tenants (id),
    label TEXT NOT NULL,
    sms BOOLEAN NOT NULL,
    mms BOOLEAN NOT NULL,
    group_recipients BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE number_assignments (
    number TEXT NOT NULL REFERENCES sms_numbers (number),
    user_id TEXT NOT NULL REFERENCES users (id),
    position BIGINT NOT NULL,
    PRIMARY KEY (number, user_id)
);
CREATE INDEX number_assignments_by_user ON number_assignments (user_id, position);

-- owner: the user of a personal contact, the tenant of a shared one. Two owners may use the same id:
-- so nobody learns by choosing one that another has it.
CREATE TABLE contacts (
    owner TEXT NOT NULL,
    id TEXT NOT NULL,
    tenant TEXT NOT NULL REFERENCES tenants (id),
    version BIGINT NOT NULL,
    given TEXT NOT NULL,
    family TEXT NOT NULL,
    company TEXT NOT NULL,
    emails TEXT NOT NULL,
    numbers TEXT NOT NULL,
    PRIMARY KEY (owner, id)
);

CREATE TABLE favourites (
    user_id TEXT NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    PRIMARY KEY (user_id, kind, target)
);

-- participants: the sorted users of a chat, the sorted numbers outside of a text, with commas between.
CREATE TABLE conversations (
    id TEXT NOT NULL PRIMARY KEY,
    tenant TEXT NOT NULL REFERENCES tenants (id),
    kind TEXT NOT NULL,
    own_number TEXT REFERENCES sms_numbers (number),
    participants TEXT NOT NULL,
    title TEXT NOT NULL,
    last_seq BIGINT NOT NULL,
    last_activity BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX conversations_by_number ON conversations (own_number);

-- last_activity repeats the conversation's, so that a user's list is one walk of one index.
CREATE TABLE memberships (
    conversation TEXT NOT NULL REFERENCES conversations (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    muted BOOLEAN NOT NULL,
    hidden BOOLEAN NOT NULL,
    read_seq BIGINT NOT NULL,
    unread BIGINT NOT NULL,
    cleared_seq BIGINT NOT NULL,
    prior_cleared_seq BIGINT NOT NULL,
    removed_at BIGINT,
    last_activity BIGINT NOT NULL,
    last_sent_at BIGINT,
    PRIMARY KEY (conversation, user_id)
);
CREATE INDEX memberships_by_user ON memberships (user_id, hidden, last_activity, conversation);

-- author: a user's id, or a number. request_hash: of what the author's device asked for, to tell a repeat from a clash.
CREATE TABLE messages (
    conversation TEXT NOT NULL REFERENCES conversations (id),
    seq BIGINT NOT NULL,
    id TEXT NOT NULL,
    author TEXT NOT NULL,
    inbound BOOLEAN NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    request_hash TEXT,
    PRIMARY KEY (conversation, seq),
    UNIQUE (conversation, id),
    UNIQUE (author, id)
);

CREATE TABLE deliveries (
    conversation TEXT NOT NULL,
    seq BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    at BIGINT NOT NULL,
    carrier TEXT,
    carrier_ref TEXT,
    PRIMARY KEY (conversation, seq, recipient),
    FOREIGN KEY (conversation, seq) REFERENCES messages (conversation, seq)
);
CREATE INDEX deliveries_by_reference ON deliveries (carrier, carrier_ref);

-- What came in, by the carrier and its own reference: the same text is not taken in twice.
CREATE TABLE received (
    carrier TEXT NOT NULL,
    reference TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (carrier, reference)
);
CREATE INDEX received_by_time ON received (at);

CREATE TABLE events (
    user_id TEXT NOT NULL REFERENCES users (id),
    cursor BIGINT NOT NULL,
    at BIGINT NOT NULL,
    change TEXT NOT NULL,
    PRIMARY KEY (user_id, cursor)
);
CREATE INDEX events_by_time ON events (at);

-- Jobs of one lane run one after the other, in the order of their positions.
CREATE TABLE jobs (
    lane TEXT NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    lease TEXT,
    lease_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (lane, position)
);
CREATE INDEX jobs_by_time ON jobs (run_at);
