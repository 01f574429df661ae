//! Contacts: people outside, saved by a user for themselves (personal) or for the whole tenant (shared).
//! The third kind that users see, the directory, is the tenant's users: see [`crate::User`].

use serde::{Deserialize, Serialize};

use crate::{ContactId, PhoneNumber};

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
    /// An e-mail address without an @, or too long.
    #[error("An e-mail address looks like name@example.com.")]
    InvalidEmail,
}

impl ContactDraft {
    /// The rules for a contact, alike on both ends.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(&self) -> Result<(), ContactError> {
        use crate::limits::{CONTACT_EMAILS, CONTACT_NUMBERS, EMAIL_LENGTH, NAME_LENGTH};
        if self.scope == ContactScope::Unknown {
            return Err(ContactError::UnknownScope);
        }
        let named = [&self.given, &self.family, &self.company];
        if named.iter().all(|text| text.trim().is_empty()) && self.emails.is_empty() && self.numbers.is_empty() {
            return Err(ContactError::Empty);
        }
        if named.iter().any(|text| text.chars().count() > NAME_LENGTH) {
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
        Ok(())
    }

    /// The contact that this draft makes.
    #[must_use]
    pub fn into_contact(self, id: ContactId, version: u64) -> Contact {
        let Self { scope, given, family, company, emails, numbers } = self;
        Contact { id, version, scope, given, family, company, emails, numbers }
    }
}

fn is_email(text: &str, longest: usize) -> bool {
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
