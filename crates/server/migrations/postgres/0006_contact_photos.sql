-- photo: the id of the contact's photo, derived from its content; none for contacts without one.
ALTER TABLE contacts ADD COLUMN photo TEXT;
CREATE INDEX contacts_by_photo ON contacts (owner, photo) WHERE photo IS NOT NULL;

-- Photos of contacts, apart from them, as contacts are listed by thousands. owner: as the contact's, so that who sees the one sees the
-- other. used_at: when it was given to the contact or taken from it; a while after that a photo without a contact is forgotten.
CREATE TABLE contact_photos (
    owner TEXT NOT NULL,
    id TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (owner, id)
);
