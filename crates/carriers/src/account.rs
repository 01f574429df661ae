//! Accounts at carriers: their kinds, and the settings and secrets that each kind needs.
//!
//! Always holds: an account's settings are checked against the fields of its kind before anything is done with them, and whoever set
//! them hears which field is wrong and what it should look like.

use core::fmt;
use std::collections::BTreeMap;

use halyard_protocol::segments::SMS_TEXT_LENGTH;

/// The kinds of carriers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The carrier simulator of development: no phone outside gets anything.
    Simulator,
    /// Twilio Programmable Messaging.
    Twilio,
    /// Telnyx Messaging.
    Telnyx,
    /// Bandwidth Messaging.
    Bandwidth,
    /// Any SMSC that speaks SMPP 3.4.
    Smpp,
}

impl Kind {
    /// Characters of a text, at most; of an account that is spoken to by SMPP as many as this system takes.
    #[must_use]
    pub const fn text_length(self) -> usize {
        match self {
            Self::Simulator | Self::Twilio => 1_600,
            // Ten parts of a text without signs of other scripts.
            Self::Telnyx => 1_530,
            Self::Bandwidth => 2_048,
            Self::Smpp => SMS_TEXT_LENGTH,
        }
    }

    /// All of them.
    pub const ALL: [Self; 5] = [Self::Simulator, Self::Twilio, Self::Telnyx, Self::Bandwidth, Self::Smpp];

    /// Its name in commands, addresses and the database: it never changes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Simulator => "simulator",
            Self::Twilio => "twilio",
            Self::Telnyx => "telnyx",
            Self::Bandwidth => "bandwidth",
            Self::Smpp => "smpp",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One thing that an account of some kind needs or takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name: lower case with underscores.
    pub name: &'static str,
    /// What it is and where the provider shows it, in one sentence.
    pub about: &'static str,
    /// Whether an account has to have it.
    pub required: bool,
    /// Whether it is a secret.
    pub secret: bool,
}

/// A secret's value.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    /// Never shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// An account's settings and secrets, by the names of its kind's fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// What everybody may read who manages carriers.
    pub plain: BTreeMap<String, String>,
    /// What nobody reads.
    pub secrets: BTreeMap<String, Secret>,
}

/// Why settings are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// This kind has no such field.
    #[error("there is no setting {0}")]
    UnknownField(String),
    /// A field is missing.
    #[error("the setting {0} is missing")]
    Missing(&'static str),
    /// A secret among the plain settings, or the reverse.
    #[error("{0} is a secret and has to be given as one")]
    IsSecret(&'static str),
    /// A field does not look right.
    #[error("the setting {field} {why}")]
    Invalid {
        /// Which.
        field: &'static str,
        /// What it should look like.
        why: &'static str,
    },
}

impl Settings {
    /// Checks that all that is here is among the fields, and that nothing required is missing.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn check(&self, fields: &[Field]) -> Result<(), SettingsError> {
        for name in self.plain.keys().chain(self.secrets.keys()) {
            if !fields.iter().any(|field| field.name == name) {
                return Err(SettingsError::UnknownField(name.clone()));
            }
        }
        for field in fields {
            let (plain, secret) = (self.plain.get(field.name), self.secrets.get(field.name));
            if field.secret && plain.is_some() {
                return Err(SettingsError::IsSecret(field.name));
            }
            let is_blank = plain.is_none_or(|value| value.trim().is_empty())
                && secret.is_none_or(|value| value.0.trim().is_empty());
            if field.required && is_blank {
                return Err(SettingsError::Missing(field.name));
            }
        }
        Ok(())
    }

    /// Whether an account's carrier answers STOP, START and HELP by itself.
    #[must_use]
    pub fn carrier_replies(&self, kind: Kind) -> bool {
        match (kind, self.plain("opt_out_replies")) {
            (Kind::Twilio | Kind::Telnyx, answers) => answers != Some("halyard"),
            (Kind::Simulator | Kind::Bandwidth | Kind::Smpp, _) => false,
        }
    }

    /// A setting, without blanks around it; none where it is absent or blank.
    #[must_use]
    pub fn plain(&self, name: &str) -> Option<&str> {
        self.plain.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// A secret, without blanks around it; none where it is absent or blank.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<&str> {
        self.secrets.get(name).map(|value| value.0.trim()).filter(|value| !value.is_empty())
    }
}
