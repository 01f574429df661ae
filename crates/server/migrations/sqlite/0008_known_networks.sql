-- From which networks somebody has signed in to an account: SHA-256 of the user's id and the network.
CREATE TABLE known_networks (
    user_id TEXT NOT NULL REFERENCES users (id),
    network TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, network)
);
CREATE INDEX known_networks_by_time ON known_networks (seen_at);
