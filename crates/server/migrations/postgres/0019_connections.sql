-- Who is connected, and to which server. beat: a count that a server raises while it lives.
CREATE TABLE servers (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    beat BIGINT NOT NULL
);
CREATE TABLE connections (
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    server TEXT COLLATE "C" NOT NULL,
    tenant TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (user_id, server)
);
-- Who is connected now is so to a server of before, which is gone.
INSERT INTO servers (id, beat) VALUES ('00000000000000000000000000', 1);
INSERT INTO connections (user_id, server, tenant)
SELECT id, '00000000000000000000000000', tenant FROM users WHERE connected = TRUE;
