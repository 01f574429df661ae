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
    /// Whether a device of theirs is connected.
    #[serde(default)]
    pub connected: bool,
}

/// A colleague who is no longer in the directory: what they are called where they wrote something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FormerUser {
    /// Their id.
    pub id: UserId,
    /// Their full name.
    pub name: String,
}

impl User {
    /// Takes in how they are now. Says whether that is news.
    pub fn take_state(&mut self, state: &UserState) -> bool {
        let UserState { user: _, availability, status_text, connected } = state;
        let before = (self.availability, &self.status_text, self.connected);
        let is_news = before != (*availability, status_text, *connected);
        (self.availability, self.connected) = (*availability, *connected);
        self.status_text.clone_from(status_text);
        is_news
    }
}

/// What counts of a user as it is now: it is no event, and in no log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserState {
    /// Who.
    pub user: UserId,
    /// What they say of themselves.
    pub availability: Availability,
    /// A few words of theirs; empty when there are none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status_text: String,
    /// Whether a device of theirs is connected.
    pub connected: bool,
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
    /// Can send to short codes.
    #[serde(default)]
    pub short_codes: bool,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ulid;

    #[test]
    fn a_state_that_is_the_same_is_no_news() {
        let id = UserId(Ulid::from_bits(1));
        let mut user = User {
            id,
            extension: "1001".to_owned(),
            name: "Maya".to_owned(),
            department: String::new(),
            email: String::new(),
            role: Role::Basic,
            availability: Availability::Available,
            status_text: String::new(),
            connected: false,
        };
        let state = UserState {
            user: id,
            availability: Availability::Busy,
            status_text: "On the crane".to_owned(),
            connected: true,
        };
        assert!(user.take_state(&state) && !user.take_state(&state));
        assert_eq!(
            (user.availability, user.status_text.as_str(), user.connected),
            (Availability::Busy, "On the crane", true)
        );
        assert!(user.take_state(&UserState { connected: false, ..state }));
    }
}
