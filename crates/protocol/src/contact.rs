//! Contacts: people outside, saved by a user for themselves (personal) or for the whole tenant (shared).
//! The third kind that users see, the directory, is the tenant's users: see [`crate::User`].

use serde::{Deserialize, Serialize};

use crate::{Cause, CauseCode, ContactId, PhoneNumber, PhotoId, limits};

/// Whose a contact is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ContactScope {
    /// Its owner's alone.
    #[default]
    Personal,
    /// The whole tenant's; changed by Office Managers and Administrators.
    Shared,
    /// One that this version does not know: shown, not changed.
    #[serde(other)]
    Unknown,
}

/// What a contact's number is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NumberLabel {
    /// At work.
    #[default]
    Work,
    /// In the pocket.
    Mobile,
    /// At home.
    Home,
    /// A fax machine: not offered for texting.
    Fax,
    /// Anything else, and what this version does not know.
    #[serde(other)]
    Other,
}

/// One number of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactNumber {
    /// What it is for.
    pub label: NumberLabel,
    /// The number.
    pub number: PhoneNumber,
    /// The user's own word for what it is for; empty if the label says it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_length = 60))]
    pub name: String,
}

impl ContactNumber {
    /// A number with no more than its label.
    #[must_use]
    pub const fn new(label: NumberLabel, number: PhoneNumber) -> Self {
        Self { label, number, name: String::new() }
    }
}

/// What few contacts have: kept apart, so that the others don't take room for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ContactDetails {
    /// What stands before the name: `Dr.`
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub prefix: String,
    /// What stands behind the name: `Jr.`
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub suffix: String,
    /// Nickname; the contact is found by it.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub nickname: String,
    /// Postal address, in lines.
    #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
    pub address: String,
    /// When and how they agreed to be texted, for whoever asks the business for it.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub consent: String,
    /// Notes, in lines.
    #[cfg_attr(feature = "openapi", schema(max_length = 5000))]
    pub notes: String,
    /// The UID of the vCard that the contact was imported from: the same card updates it.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub uid: String,
}

/// What a user writes into a contact. At least one of name, company, e-mail or number is there;
/// lengths and counts as in [`crate::limits`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ContactDraft {
    /// Whose it is.
    pub scope: ContactScope,
    /// Given name; may be empty.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub given: String,
    /// Family name; may be empty.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub family: String,
    /// Company; may be empty.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub company: String,
    /// E-mail addresses.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 5))]
    pub emails: Vec<String>,
    /// Phone numbers.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    pub numbers: Vec<ContactNumber>,
    /// Notes, address and more. Left out, what the contact has stays; empty, it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ContactDetails>))]
    pub details: Option<Box<ContactDetails>>,
    /// A photo that the server has of a contact of the user's. Left out, or where the server no longer has it, what the contact has stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<PhotoId>,
    /// The version that was changed into this one. Where the contact has another by now, nothing is saved and the answer is `conflict`, with
    /// the contact as it is. Left out, whatever is there is replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Another photo: JPEG, PNG or WebP, in base 64 (RFC 4648, 4). Empty, the photo goes. Counts before `photo`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 87384))]
    pub photo_content: Option<String>,
}

/// A saved contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// Grows with every change: of two copies the higher one is the newer.
    pub version: u64,
    /// Whose it is.
    pub scope: ContactScope,
    /// Given name; may be empty.
    #[serde(default)]
    pub given: String,
    /// Family name; may be empty.
    #[serde(default)]
    pub family: String,
    /// Company; may be empty.
    #[serde(default)]
    pub company: String,
    /// E-mail addresses.
    #[serde(default)]
    pub emails: Vec<String>,
    /// Phone numbers.
    #[serde(default)]
    pub numbers: Vec<ContactNumber>,
    /// Notes, address and more, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ContactDetails>))]
    pub details: Option<Box<ContactDetails>>,
    /// Its photo, if it has one: under `/media/photos/` stands its content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<PhotoId>,
}

/// Where a photo is: outside of `/api`, for a service worker keeps it.
#[must_use]
pub fn photo_path(id: PhotoId) -> String {
    ["/media/photos/", &id.to_string()].concat()
}

/// Why a contact cannot be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    /// Nothing in it to find it by.
    #[error("Give the contact a name, a company, an e-mail address or a number.")]
    Empty,
    /// A name or company is too long.
    #[error("A name or company has 200 characters at most.")]
    NameTooLong,
    /// Too many numbers.
    #[error("A contact has 10 numbers at most.")]
    TooManyNumbers,
    /// Too many e-mail addresses.
    #[error("A contact has 5 e-mail addresses at most.")]
    TooManyEmails,
    /// A scope that this version does not know.
    #[error("This version of Halyard can't change this contact. Reload the app.")]
    UnknownScope,
    /// Notes that are too long.
    #[error("Notes have 5,000 characters at most.")]
    NotesTooLong,
    /// An address that is too long.
    #[error("An address has 1,000 characters at most.")]
    AddressTooLong,
    /// An own label of a number that is too long.
    #[error("A label has 60 characters at most.")]
    LabelTooLong,
    /// An e-mail address without an @, or too long.
    #[error("An e-mail address looks like name@example.com.")]
    InvalidEmail,
}

impl From<ContactError> for Cause {
    fn from(error: ContactError) -> Self {
        match error {
            ContactError::Empty => CauseCode::ContactIsEmpty.into(),
            ContactError::NameTooLong => CauseCode::NameOrCompanyTooLong.limit(limits::NAME_LENGTH),
            ContactError::TooManyNumbers => CauseCode::TooManyContactNumbers.limit(limits::CONTACT_NUMBERS),
            ContactError::TooManyEmails => CauseCode::TooManyEmails.limit(limits::CONTACT_EMAILS),
            ContactError::NotesTooLong => CauseCode::NotesTooLong.limit(limits::CONTACT_NOTES_LENGTH),
            ContactError::AddressTooLong => CauseCode::AddressTooLong.limit(limits::CONTACT_ADDRESS_LENGTH),
            ContactError::LabelTooLong => CauseCode::LabelTooLong.limit(limits::NUMBER_NAME_LENGTH),
            ContactError::UnknownScope => CauseCode::UnknownScope.into(),
            ContactError::InvalidEmail => CauseCode::InvalidEmail.into(),
        }
    }
}

impl ContactDetails {
    /// All texts.
    #[must_use]
    pub const fn texts(&self) -> [&String; 7] {
        let Self { prefix, suffix, nickname, address, consent, notes, uid } = self;
        [prefix, suffix, nickname, address, consent, notes, uid]
    }

    /// All texts, to change them.
    #[must_use]
    pub const fn texts_mut(&mut self) -> [&mut String; 7] {
        let Self { prefix, suffix, nickname, address, consent, notes, uid } = self;
        [prefix, suffix, nickname, address, consent, notes, uid]
    }
}

impl ContactDraft {
    /// Takes the white space around its texts away.
    pub fn trim(&mut self) {
        let own = [&mut self.given, &mut self.family, &mut self.company].into_iter().chain(&mut self.emails);
        let own = own.chain(self.numbers.iter_mut().map(|entry| &mut entry.name));
        for text in own.chain(self.details.iter_mut().flat_map(|details| details.texts_mut())) {
            let trimmed = text.trim();
            if trimmed.len() != text.len() {
                *text = trimmed.to_owned();
            }
        }
    }

    /// The rules for a contact, alike on both ends.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(&self) -> Result<(), ContactError> {
        use crate::limits::{
            CONTACT_ADDRESS_LENGTH, CONTACT_EMAILS, CONTACT_NOTES_LENGTH, CONTACT_NUMBERS, EMAIL_LENGTH, NAME_LENGTH,
            NUMBER_NAME_LENGTH,
        };
        let longer = |text: &String, most: usize| text.chars().nth(most).is_some();
        if self.scope == ContactScope::Unknown {
            return Err(ContactError::UnknownScope);
        }
        let named = [&self.given, &self.family, &self.company];
        if named.iter().all(|text| text.trim().is_empty()) && self.emails.is_empty() && self.numbers.is_empty() {
            return Err(ContactError::Empty);
        }
        if named.iter().any(|text| longer(text, NAME_LENGTH)) {
            return Err(ContactError::NameTooLong);
        }
        if self.numbers.len() > CONTACT_NUMBERS {
            return Err(ContactError::TooManyNumbers);
        }
        if self.emails.len() > CONTACT_EMAILS {
            return Err(ContactError::TooManyEmails);
        }
        if self.emails.iter().any(|email| !is_email(email, EMAIL_LENGTH)) {
            return Err(ContactError::InvalidEmail);
        }
        if self.numbers.iter().any(|entry| longer(&entry.name, NUMBER_NAME_LENGTH)) {
            return Err(ContactError::LabelTooLong);
        }
        let Some(details) = &self.details else { return Ok(()) };
        let ContactDetails { prefix, suffix, nickname, address, consent, notes, uid } = &**details;
        if [prefix, suffix, nickname, consent, uid].iter().any(|text| longer(text, NAME_LENGTH)) {
            return Err(ContactError::NameTooLong);
        }
        if longer(address, CONTACT_ADDRESS_LENGTH) {
            return Err(ContactError::AddressTooLong);
        }
        if longer(notes, CONTACT_NOTES_LENGTH) {
            return Err(ContactError::NotesTooLong);
        }
        Ok(())
    }

    /// The contact that this draft makes. A content of a photo is for the server, which knows it by an id.
    #[must_use]
    pub fn into_contact(self, id: ContactId, version: u64) -> Contact {
        let Self { scope, given, family, company, emails, numbers, details, photo, photo_content: _, version: _ } =
            self;
        Contact { id, version, scope, given, family, company, emails, numbers, details, photo }
    }
}

/// Whether a text can be an e-mail address, of `longest` bytes at most.
#[must_use]
pub fn is_email(text: &str, longest: usize) -> bool {
    text.len() <= longest
        && !text.contains(char::is_whitespace)
        && text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
}

impl Contact {
    /// What a card or row calls it: the name, else the company, else the e-mail address, else nothing.
    #[must_use]
    pub fn display_name(&self) -> String {
        let name = match (self.given.trim(), self.family.trim()) {
            ("", family) => family.to_owned(),
            (given, "") => given.to_owned(),
            (given, family) => [given, family].join(" "),
        };
        if !name.is_empty() {
            return name;
        }
        match self.company.trim() {
            "" => self.emails.first().cloned().unwrap_or_default(),
            company => company.to_owned(),
        }
    }

    /// What a form starts from.
    #[must_use]
    pub fn to_draft(&self) -> ContactDraft {
        ContactDraft {
            scope: self.scope,
            given: self.given.clone(),
            family: self.family.clone(),
            company: self.company.clone(),
            emails: self.emails.clone(),
            numbers: self.numbers.clone(),
            details: self.details.clone(),
            photo: self.photo,
            version: None,
            photo_content: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_needs_something_to_find_it_by() {
        assert_eq!(ContactDraft::default().check(), Err(ContactError::Empty));
        let named = ContactDraft { given: "Maya".into(), ..ContactDraft::default() };
        assert_eq!(named.check(), Ok(()));
    }

    #[test]
    fn what_is_added_later_is_left_out_where_there_is_none() {
        let text = r#"{"scope":"personal","given":"Maya","family":"","company":"","emails":[],"numbers":[{"label":"home","number":"+16195550142"}]}"#;
        let draft: ContactDraft = serde_json::from_str(text).unwrap();
        assert_eq!((draft.details.as_ref(), draft.numbers[0].name.as_str()), (None, ""));
        assert_eq!((draft.photo, draft.photo_content.as_ref()), (None, None));
        assert_eq!(serde_json::to_string(&draft).unwrap(), text);
    }

    #[test]
    fn texts_have_a_longest_length() {
        let details = |change: fn(&mut ContactDetails, String), length| {
            let mut details = ContactDetails::default();
            change(&mut details, "é".repeat(length));
            ContactDraft { given: "Maya".into(), details: Some(Box::new(details)), ..ContactDraft::default() }.check()
        };
        let notes = |details: &mut ContactDetails, text| details.notes = text;
        assert_eq!((details(notes, 5_000), details(notes, 5_001)), (Ok(()), Err(ContactError::NotesTooLong)));
        let address = |details: &mut ContactDetails, text| details.address = text;
        assert_eq!((details(address, 1_000), details(address, 1_001)), (Ok(()), Err(ContactError::AddressTooLong)));
        assert_eq!(details(|details, text| details.nickname = text, 201), Err(ContactError::NameTooLong));
    }

    #[test]
    fn an_email_has_a_name_and_a_host() {
        for (email, good) in [("a@b", true), ("@b", false), ("a@", false), ("a b@c", false), ("a@b@c", false)] {
            let draft = ContactDraft { emails: vec![email.into()], ..ContactDraft::default() };
            assert_eq!(draft.check().is_ok(), good, "{email}");
        }
    }

    #[test]
    fn the_display_name_falls_back() {
        let id = "01J9ZK4T6Q8Y2M0C5R7W3X1B9D".parse().unwrap();
        let mut contact = ContactDraft { company: "Atlas".into(), ..ContactDraft::default() }.into_contact(id, 1);
        assert_eq!(contact.display_name(), "Atlas");
        contact.family = "Kerr".into();
        assert_eq!(contact.display_name(), "Kerr");
        contact.given = "Devon".into();
        assert_eq!(contact.display_name(), "Devon Kerr");
    }
}
