//! Tenants, users (extensions), their roles, presence and SMS numbers.

use serde::{Deserialize, Serialize};

use crate::{CallingCode, PhoneNumber, TenantId, UserId};

/// A business on this system. Everything else belongs to exactly one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// What people call it: "Harbor Marina".
    pub name: String,
    /// What stands after the @ of a log-in: "harbor".
    pub domain: String,
    /// Numbers typed without a country are of this one.
    pub calling_code: CallingCode,
}

/// What a user may do: see [`crate::roles::Permission`]. Each may do all that the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Basic User.
    Basic,
    /// Call Center Supervisor.
    Supervisor,
    /// Office Manager.
    OfficeManager,
    /// Administrator.
    Administrator,
    /// A role that this version does not know; may do what a Basic User may.
    #[serde(other)]
    Unknown,
}

/// What a user says of themselves, kept until they change it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Free to be reached.
    #[default]
    Available,
    /// Busy.
    Busy,
    /// Away from the desk.
    Away,
    /// Wants no sound.
    DoNotDisturb,
    /// One that this version does not know.
    #[serde(other)]
    Unknown,
}

/// What others see of a user right now: their availability while a device of theirs is connected, else `Offline`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// No device is connected.
    #[default]
    Offline,
    /// Connected and free.
    Available,
    /// Connected, says busy.
    Busy,
    /// Connected, says away.
    Away,
    /// Connected, wants no sound.
    DoNotDisturb,
    /// One that this version does not know.
    #[serde(other)]
    Unknown,
}

impl Presence {
    /// What others see, from what the user says and whether a device of theirs is connected.
    #[must_use]
    pub fn of(availability: Availability, connected: bool) -> Self {
        match (connected, availability) {
            (false, _) => Self::Offline,
            (true, Availability::Available | Availability::Unknown) => Self::Available,
            (true, Availability::Busy) => Self::Busy,
            (true, Availability::Away) => Self::Away,
            (true, Availability::DoNotDisturb) => Self::DoNotDisturb,
        }
    }
}

/// A user as everybody of the tenant sees them: an entry of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their extension: 2 to 8 digits, unique in the tenant.
    pub extension: String,
    /// Their full name.
    pub name: String,
    /// Their department; empty when there is none.
    #[serde(default)]
    pub department: String,
    /// Their e-mail address; empty when there is none.
    #[serde(default)]
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// What they say of themselves.
    pub availability: Availability,
    /// A few words of theirs; empty when there are none.
    #[serde(default)]
    pub status_text: String,
}

/// What an SMS number can do, as its carrier says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Capabilities {
    /// Can send to one number.
    pub sms: bool,
    /// Can send pictures and to groups.
    pub mms: bool,
    /// How many recipients a group MMS may have; 0 when there are no groups.
    pub group_recipients: u8,
}

/// A number of the business that a user may text from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SmsNumber {
    /// The number.
    pub number: PhoneNumber,
    /// What the business calls it: "Front desk"; empty when it has no name.
    #[serde(default)]
    pub label: String,
    /// What it can do.
    pub capabilities: Capabilities,
}
