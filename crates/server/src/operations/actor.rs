//! Who does something.

use halyard_protocol::admin::ActorKind;
use halyard_protocol::{CauseCode, DeviceId, ErrorCode, Permission, Role, TenantId, UnixMs, UserId};

use super::quotas::Quotas;
use crate::problem::Problem;
use crate::store::address_book::AddressBook;
use crate::store::sessions::Session;
use crate::store::{self, Tx};

/// Who does something, in which tenant, and when.
#[derive(Clone, Copy, Debug)]
pub struct Actor {
    /// The tenant in which it is done.
    pub tenant: TenantId,
    /// When.
    pub now: UnixMs,
    /// How much they may use.
    pub quotas: Quotas,
    /// Who.
    pub(super) who: Who,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Who {
    /// A user who is signed in. `home` is their own tenant.
    User { user: UserId, device: DeviceId, role: Role, operator: bool, home: TenantId },
    /// Whoever runs a command beside the database.
    Operator,
    /// The server itself: a job, or what a carrier brings.
    System,
}

impl Actor {
    /// The user of a session, in their own tenant.
    #[must_use]
    pub fn of_session(session: &Session, now: UnixMs, quotas: Quotas) -> Self {
        let Session { device, user, tenant, role, operator, .. } = *session;
        Self { tenant, now, quotas, who: Who::User { user, device, role, operator, home: tenant } }
    }

    /// Whoever runs a command.
    #[must_use]
    pub fn operator(tenant: TenantId, now: UnixMs) -> Self {
        Self { tenant, now, quotas: Quotas::NONE, who: Who::Operator }
    }

    /// The server itself.
    #[must_use]
    pub fn system(tenant: TenantId, now: UnixMs) -> Self {
        Self { tenant, now, quotas: Quotas::NONE, who: Who::System }
    }

    /// The same actor in another tenant.
    ///
    /// # Errors
    /// When they may act in their own only: others are none of their business, so there is nothing.
    pub fn in_tenant(self, tenant: TenantId) -> Result<Self, Problem> {
        let there = Self { tenant, ..self };
        if tenant == self.tenant || there.may(Permission::ManageTenants) {
            Ok(there)
        } else {
            Err(Problem::not_found())
        }
    }

    /// The same actor, with the role that they have at this moment: it may have changed since their request began.
    ///
    /// # Errors
    /// They can no longer sign in.
    pub async fn confirmed(self, tx: &mut Tx) -> Result<Self, Problem> {
        let Who::User { user, device, home, .. } = self.who else { return Ok(self) };
        let standing = store::users::standing(tx, user).await?;
        let (role, operator) = standing.ok_or_else(Problem::signed_out)?;
        let actor = Self { who: Who::User { user, device, role, operator, home }, ..self };
        if home == self.tenant || actor.may(Permission::ManageTenants) { Ok(actor) } else { Err(Problem::not_found()) }
    }

    /// Whether they may.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        match self.who {
            Who::User { role, operator, home, .. } => {
                // In a tenant that is not their own only operators are.
                let at_home = home == self.tenant || role.may(Permission::ManageTenants, operator);
                at_home && role.may(permission, operator)
            }
            Who::Operator | Who::System => true,
        }
    }

    /// Refuses unless they may.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        if self.may(permission) {
            return Ok(());
        }
        let (least, _) = permission.least();
        let detail = format!("{}: only {}s may, and above.", permission.about(), least.title());
        Err(Problem::because(ErrorCode::Forbidden, CauseCode::RoleDoesNotAllow, detail))
    }

    /// Refuses unless they run a command beside the database.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn require_command(&self) -> Result<(), Problem> {
        match self.who {
            Who::Operator => Ok(()),
            Who::User { .. } | Who::System => {
                let detail = "Only a command beside the database does this.";
                Err(Problem::because(ErrorCode::Forbidden, CauseCode::RoleDoesNotAllow, detail))
            }
        }
    }

    /// The user; whoever else acts has nothing of their own.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn user(&self) -> Result<UserId, Problem> {
        self.maybe_user().ok_or_else(|| {
            Problem::because(
                ErrorCode::Forbidden,
                CauseCode::RoleDoesNotAllow,
                "Only users have something of their own.",
            )
        })
    }

    /// The user, if it is one.
    #[must_use]
    pub fn maybe_user(&self) -> Option<UserId> {
        match self.who {
            Who::User { user, .. } => Some(user),
            Who::Operator | Who::System => None,
        }
    }

    /// The browser that the user is in, if it is one.
    #[must_use]
    pub fn device(&self) -> Option<DeviceId> {
        match self.who {
            Who::User { device, .. } => Some(device),
            Who::Operator | Who::System => None,
        }
    }

    /// Whether they are a user of the tenant in which they act.
    #[must_use]
    pub fn is_at_home(&self) -> bool {
        matches!(self.who, Who::User { home, .. } if home == self.tenant)
    }

    /// The contacts that they see.
    #[must_use]
    pub fn book(&self) -> AddressBook {
        AddressBook { user: self.maybe_user(), tenant: self.tenant }
    }

    /// What they are, in the audit log.
    pub(super) fn kind(&self) -> ActorKind {
        match self.who {
            Who::User { .. } => ActorKind::User,
            Who::Operator => ActorKind::Operator,
            Who::System => ActorKind::System,
        }
    }
}
