//! Sealing: what stays on the device at log out, encrypted, and how it is opened again.

use halyard_protocol::UserId;

use super::{Range, Row};

/// A password, from the log-in until it has opened what is sealed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(pub String);

impl core::fmt::Debug for Secret {
    /// Never shows it.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Secret")
    }
}

/// The user leaves: what is in these ranges is sealed, everything else of theirs goes, in one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// What the log-in screen may say of it.
    pub label: SealedLabel,
    /// What stays, sealed. Where nothing is there, and nothing comes with it, nothing is sealed.
    pub keep: Vec<Range>,
    /// What stays with it, whether the database has it or was too full for it: what was typed and not sent.
    pub rows: Vec<Row>,
}

/// What can be known of sealed rows without the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedLabel {
    /// Whose.
    pub user: UserId,
    /// Their log-in: `1001@harbor`.
    pub login: String,
    /// How many conversations are pinned.
    pub pins: u32,
    /// How many messages wait to be sent.
    pub unsent: u32,
}

/// The user comes: their sealed rows are opened.
#[derive(Clone, PartialEq, Eq)]
pub struct Unseal {
    /// Who, once the server has said so; without it, whoever signs in by this name.
    pub user: Option<UserId>,
    /// Their log-in.
    pub login: String,
    /// Their password.
    pub password: Secret,
}

impl core::fmt::Debug for Unseal {
    /// Never shows the password.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Unseal").field("login", &self.login).finish_non_exhaustive()
    }
}
