//! What is said between an administrator's program and the server.
//!
//! Always holds: nothing here has the text of a message, a password or a token, but a password that is just being set, and a link that is
//! just being made.

mod carriers;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::codes::codes;
use crate::{Availability, CallingCode, Capabilities, PhoneNumber, Role, SmsNumber, Tenant, UnixMs, User, UserId};

pub use carriers::{
    AssignCarrier, CarrierAccount, CarrierAccounts, CarrierTest, NewCarrierAccount, OptOut, OptOuts, Texting,
};

/// A user as an administrator sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserAccount {
    /// The user.
    pub user: User,
    /// The numbers that they text from, in the order in which they are offered.
    pub numbers: Vec<PhoneNumber>,
    /// Since when they are here.
    pub created_at: UnixMs,
    /// Since when they can't sign in; absent when they can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<UnixMs>,
}

/// All users of a business, by extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserAccounts {
    /// The users.
    pub users: Vec<UserAccount>,
}

/// A user to add. Without a password the answer brings a link with which they choose one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// 2 to 8 digits that no other user of the business has.
    #[cfg_attr(feature = "openapi", schema(min_length = 2, max_length = 8, pattern = "^[0-9]{2,8}$"))]
    pub extension: String,
    /// The full name.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// The department; empty when there is none.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub department: String,
    /// The e-mail address; empty when there is none.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 254))]
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Their first password; without one they get a link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 8, max_length = 1024))]
    pub password: Option<String>,
}

impl core::fmt::Debug for NewUser {
    /// Never shows the password.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("NewUser").field("extension", &self.extension).finish_non_exhaustive()
    }
}

/// A user was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddedUser {
    /// The user.
    pub account: UserAccount,
    /// The link with which they choose a password, if they have none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<PasswordLink>,
}

/// What changes of a user. What is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateUser {
    /// Another extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 2, max_length = 8, pattern = "^[0-9]{2,8}$"))]
    pub extension: Option<String>,
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: Option<String>,
    /// Another department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub department: Option<String>,
    /// Another e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 254))]
    pub email: Option<String>,
    /// Another role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Another availability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<Availability>,
    /// Another status text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 120))]
    pub status_text: Option<String>,
    /// Whether they are kept from signing in. What they wrote stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
}

/// A link with which a user chooses a password, once. Whoever has it can do that: it is given to nobody else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordLink {
    /// Where it leads: a whole address where the server knows its own, else what stands behind it.
    pub url: String,
    /// Until when it works.
    pub expires_at: UnixMs,
}

impl core::fmt::Debug for PasswordLink {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("PasswordLink").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Another password for a user.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The password.
    #[cfg_attr(feature = "openapi", schema(min_length = 8, max_length = 1024))]
    pub password: String,
}

impl core::fmt::Debug for NewPassword {
    /// Never shows the password.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("NewPassword").finish_non_exhaustive()
    }
}

/// A number of the business, as an administrator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NumberAccount {
    /// The number.
    pub number: SmsNumber,
    /// Who texts from it.
    pub users: Vec<UserId>,
}

/// All numbers of a business, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NumberAccounts {
    /// The numbers.
    pub numbers: Vec<NumberAccount>,
}

/// A number to add to a business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewNumber {
    /// The number.
    pub number: PhoneNumber,
    /// What the business calls it; empty when it has no name.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub label: String,
    /// What it can do.
    pub capabilities: Capabilities,
}

/// What changes of a number. What is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateNumber {
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub label: Option<String>,
    /// What it can do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Capabilities>,
}

/// Another business for a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveNumber {
    /// The domain of the business that gets it.
    pub to: String,
}

/// A business on this system, as its operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantAccount {
    /// The business.
    pub tenant: Tenant,
    /// Whether its Administrators operate this system.
    pub operator: bool,
    /// Users who can sign in.
    pub users: u32,
    /// Numbers.
    pub numbers: u32,
    /// Since when it is here.
    pub created_at: UnixMs,
}

/// All businesses on this system, by domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantAccounts {
    /// The businesses.
    pub tenants: Vec<TenantAccount>,
}

/// A business to add.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTenant {
    /// What stands after the @ of its log-ins: letters, digits, hyphens and dots.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 63))]
    pub domain: String,
    /// What people call it.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// Numbers typed without a country are of this one.
    pub calling_code: CallingCode,
}

/// What changes of a business. What is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateTenant {
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: Option<String>,
    /// Another country for numbers typed without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calling_code: Option<CallingCode>,
}

/// What an actor is, in the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A user who was signed in.
    User,
    /// Whoever ran a command on the server.
    Operator,
    /// The server itself.
    System,
    /// A kind that this version does not know.
    #[serde(other)]
    Unknown,
}

codes! {
/// What was administered.
pub enum AuditAction {
    /// A business was added.
    TenantAdded = "tenant_added",
    /// A business was changed.
    TenantChanged = "tenant_changed",
    /// A business was closed.
    TenantClosed = "tenant_closed",
    /// A user was added.
    UserAdded = "user_added",
    /// A user was changed.
    UserChanged = "user_changed",
    /// A user can no longer sign in.
    UserDisabled = "user_disabled",
    /// A disabled user can sign in again.
    UserEnabled = "user_enabled",
    /// A user was removed, and the extension is free.
    UserRemoved = "user_removed",
    /// A link for a new password was made.
    PasswordLinkMade = "password_link_made",
    /// A user's password was changed, and their sessions ended.
    PasswordChanged = "password_changed",
    /// A user was signed out on a device.
    DeviceSignedOut = "device_signed_out",
    /// A user was signed out everywhere.
    DevicesSignedOut = "devices_signed_out",
    /// A number was added.
    NumberAdded = "number_added",
    /// A number was changed.
    NumberChanged = "number_changed",
    /// A user texts from a number.
    NumberAssigned = "number_assigned",
    /// A user no longer texts from a number.
    NumberUnassigned = "number_unassigned",
    /// A number was moved to another business.
    NumberMoved = "number_moved",
    /// A number is no longer in use.
    NumberRetired = "number_retired",
    /// A shared contact was added.
    ContactAdded = "contact_added",
    /// A shared contact was changed.
    ContactChanged = "contact_changed",
    /// A shared contact was deleted.
    ContactRemoved = "contact_removed",
    /// Shared contacts were imported.
    ContactsImported = "contacts_imported",
    /// Jobs that had failed at every attempt run again.
    JobsRetried = "jobs_retried",
    /// An account at a carrier was added.
    CarrierAdded = "carrier_added",
    /// An account at a carrier was changed.
    CarrierChanged = "carrier_changed",
    /// An account at a carrier was removed.
    CarrierRemoved = "carrier_removed",
    /// Another account carries a number, or none.
    NumberCarrierChanged = "number_carrier_changed",
    /// It was noted that a recipient does not want texts from a number.
    OptOutAdded = "opt_out_added",
    /// It was noted that a recipient wants texts from a number again.
    OptOutRemoved = "opt_out_removed",
}
}

/// One administered thing: who, what, before, after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Its place in the business's audit log: 1 for the first, without gaps.
    pub seq: u64,
    /// When.
    pub at: UnixMs,
    /// What kind of actor.
    pub actor: ActorKind,
    /// The user, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// What the actor was called then: `1001@harbor Maya Okafor`; empty for others than users.
    pub actor_name: String,
    /// What was done.
    pub action: AuditAction,
    /// To what: a user's or contact's id, a number, a domain.
    pub subject: String,
    /// What that was called then; empty when it has no name.
    pub subject_name: String,
    /// What changed, as it was before. Of contacts the names of the fields alone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub before: BTreeMap<String, String>,
    /// What changed, as it is now.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub after: BTreeMap<String, String>,
}

/// A page of the audit log, the newest entry first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// Whether there are older ones: those before the last one's `seq`.
    pub older: bool,
}

/// A job that failed at every attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeadJob {
    /// Jobs of one lane run one after the other.
    pub lane: String,
    /// Its place in the lane.
    pub position: u64,
    /// What kind of work.
    pub kind: String,
    /// How often it was tried.
    pub attempts: u64,
    /// Why the last attempt failed, in English.
    pub reason: String,
    /// When that was.
    pub failed_at: UnixMs,
}

/// The queue of what the server does later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobsReport {
    /// How many wait or run.
    pub waiting: u64,
    /// Those that failed at every attempt, the last ones first.
    pub dead: Vec<DeadJob>,
}

/// Jobs run again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetriedJobs {
    /// How many.
    pub jobs: u64,
}
