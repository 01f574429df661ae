-- Accounts at carriers. tenant: whose; NULL of one that is the operator's, for all. settings: JSON of what anybody may read who manages
-- carriers. secrets: JSON of where each secret is (an environment variable, a file) or of the secret itself, sealed by a key that is not
-- in here. webhook: a word in the addresses at which the carrier reports, which only it and this server know.
CREATE TABLE carrier_accounts (
    id TEXT NOT NULL PRIMARY KEY,
    tenant TEXT REFERENCES tenants (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    secrets TEXT NOT NULL,
    webhook TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    removed_at BIGINT
);
CREATE INDEX carrier_accounts_by_tenant ON carrier_accounts (tenant);

-- account: the one that carries a number's texts; NULL of a number that only this system knows.
ALTER TABLE sms_numbers ADD COLUMN account TEXT REFERENCES carrier_accounts (id);

-- short_codes: whether the number's carrier takes texts to short codes.
ALTER TABLE sms_numbers ADD COLUMN short_codes BOOLEAN NOT NULL DEFAULT FALSE;

-- submitting_to: the account that a text is being handed to, while submitting_at is set; it stays where nobody knows what came of that.
ALTER TABLE deliveries ADD COLUMN submitting_to TEXT;

-- By which references an account's carrier reports on a text: one for each part where it tells parts apart. state: of that part.
CREATE TABLE carrier_references (
    account TEXT NOT NULL,
    reference TEXT NOT NULL,
    conversation TEXT NOT NULL,
    seq BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, reference, conversation, seq, recipient)
);
CREATE INDEX carrier_references_by_message ON carrier_references (conversation, seq);
CREATE INDEX carrier_references_by_time ON carrier_references (at);

-- Who does not want texts from an own number. at: since when; source: how that became known.
CREATE TABLE opt_outs (
    own_number TEXT NOT NULL,
    recipient TEXT NOT NULL,
    source TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (own_number, recipient)
);

-- help_text: what HELP is answered with; empty for the usual. countries: calling codes of the countries that texts may go to by a carrier, with
-- commas between; empty for the business's own.
ALTER TABLE tenants ADD COLUMN help_text TEXT NOT NULL DEFAULT '';
ALTER TABLE tenants ADD COLUMN countries TEXT NOT NULL DEFAULT '';

-- Parts of texts that came in, until all are there. sender: JSON of who wrote; reference: what the parts of one text share; part, total:
-- which it is, of how many; piece: its coding and its octets.
CREATE TABLE sms_pieces (
    account TEXT NOT NULL,
    sender TEXT NOT NULL,
    own_number TEXT NOT NULL,
    reference BIGINT NOT NULL,
    part BIGINT NOT NULL,
    total BIGINT NOT NULL,
    piece BLOB NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, sender, own_number, reference, part)
);
CREATE INDEX sms_pieces_by_time ON sms_pieces (at);

-- What came in a moment ago, for as long as the carrier may not have heard that it was taken: it brings that again. fingerprint: the same for
-- the same message; connection: over which it came, NULL when that has ended.
CREATE TABLE sms_arrivals (
    account TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    id TEXT NOT NULL,
    connection TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, fingerprint, id)
);
CREATE INDEX sms_arrivals_by_connection ON sms_arrivals (connection);

-- Parts that a carrier has taken of texts whose other parts it has not: only those are handed over again. message: our reference of the text.
CREATE TABLE sms_parts_taken (
    account TEXT NOT NULL,
    message TEXT NOT NULL,
    part BIGINT NOT NULL,
    reference TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, message, part)
);
