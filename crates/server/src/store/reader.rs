//! Who looks at contacts.

use halyard_protocol::{ContactScope, TenantId, UserId};

use super::sql::Arg;

/// Who looks: their own contacts and those that their tenant shares.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// The user.
    pub user: UserId,
    /// Their tenant.
    pub tenant: TenantId,
}

impl Reader {
    pub(super) fn owner(self, scope: ContactScope) -> Arg {
        match scope {
            ContactScope::Personal | ContactScope::Unknown => self.user.into(),
            ContactScope::Shared => self.tenant.into(),
        }
    }
}
