//! Which contacts somebody sees.

use halyard_protocol::{ContactScope, TenantId, UserId};

/// The contacts that somebody sees: their own, and those that their tenant shares.
#[derive(Clone, Copy, Debug)]
pub struct AddressBook {
    /// The user; nobody for whoever sees the shared ones alone.
    pub user: Option<UserId>,
    /// Their tenant.
    pub tenant: TenantId,
}

impl AddressBook {
    /// Whose the contacts of this scope are, as the database keeps it; nobody's where they are the user's and there is none.
    pub(super) fn owner(self, scope: ContactScope) -> Option<String> {
        match scope {
            ContactScope::Personal | ContactScope::Unknown => self.user.map(|user| user.to_string()),
            ContactScope::Shared => Some(self.tenant.to_string()),
        }
    }
}
