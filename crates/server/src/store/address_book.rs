//! Which contacts somebody sees.

use halyard_protocol::{ContactScope, TenantId, UserId};

use super::arg::Arg;

/// The contacts that somebody sees: their own, and those that their tenant shares.
#[derive(Clone, Copy, Debug)]
pub struct AddressBook {
    /// The user; nobody for whoever sees the shared ones alone.
    pub user: Option<UserId>,
    /// Their tenant.
    pub tenant: TenantId,
}

impl AddressBook {
    pub(super) fn owner(self, scope: ContactScope) -> Arg {
        match scope {
            ContactScope::Personal | ContactScope::Unknown => self.user.into(),
            ContactScope::Shared => self.tenant.into(),
        }
    }
}
