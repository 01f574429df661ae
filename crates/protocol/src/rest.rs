//! The bodies of the REST interface under `/api/v1`. Which address takes which is in the OpenAPI page.

use serde::{Deserialize, Serialize};

use crate::event::Favourite;
use crate::{
    Availability, Contact, ContactDraft, ContactId, Conversation, ConversationId, Cursor, Destination, DeviceId, Entry,
    FormerUser, MediaId, Seq, SmsNumber, StateVersion, Tenant, UnixMs, User, UserId,
};

/// The header that carries the message's id when one sends.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// `POST /session`: sign in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Extension and domain: `1001@harbor`.
    pub login: String,
    /// The password.
    pub password: String,
    /// What to call this device in the list of devices: "Chrome on Linux"; may be empty.
    #[serde(default)]
    pub device: String,
}

impl core::fmt::Debug for SignIn {
    /// Never shows the password.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SignIn").field("login", &self.login).finish_non_exhaustive()
    }
}

/// `PUT /me/password`: another password for myself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password so far.
    pub current: String,
    /// The new one.
    #[cfg_attr(feature = "openapi", schema(min_length = 8, max_length = 1024))]
    pub new: String,
}

impl core::fmt::Debug for ChangePassword {
    /// Shows neither password.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ChangePassword").finish_non_exhaustive()
    }
}

/// `POST /password-links/use`: choose a password by a link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UsePasswordLink {
    /// What the link has behind the sign `#`.
    pub token: String,
    /// The new password.
    #[cfg_attr(feature = "openapi", schema(min_length = 8, max_length = 1024))]
    pub password: String,
}

impl core::fmt::Debug for UsePasswordLink {
    /// Shows neither the token nor the password.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("UsePasswordLink").finish_non_exhaustive()
    }
}

/// Whose password was chosen: what to sign in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordChosen {
    /// Extension and domain: `1001@harbor`.
    pub login: String,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The user.
    pub user: User,
    /// Their tenant.
    pub tenant: Tenant,
    /// The numbers that they may text from, in the order to offer them in.
    pub numbers: Vec<SmsNumber>,
    /// This device.
    pub device: DeviceId,
}

impl Me {
    /// By what they sign in: `1001@harbor`.
    #[must_use]
    pub fn login(&self) -> String {
        [&self.user.extension, "@", &self.tenant.domain].concat()
    }
}

/// `PATCH /me`: what is there changes, what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateMe {
    /// What I say of myself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<Availability>,
    /// A few words of mine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 120))]
    pub status_text: Option<String>,
}

/// `GET /bootstrap`: a snapshot to start from. Contacts come by their own pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bootstrap {
    /// Who is signed in.
    pub me: Me,
    /// The snapshot holds all events up to this one.
    pub cursor: Cursor,
    /// It holds all states up to this one.
    pub state_version: StateVersion,
    /// The server's clock.
    pub now: UnixMs,
    /// The directory, the user among them.
    pub users: Vec<User>,
    /// Those who were in it: their names, for what they wrote, and nothing else of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<FormerUser>,
    /// The user's favourites.
    pub favourites: Vec<Favourite>,
    /// The newest conversations, newest first.
    pub conversations: Vec<Conversation>,
    /// When there are more: what to pass as `before` to `GET /conversations`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub older: Option<ConversationsBefore>,
    /// Those among the older ones that have something unread, newest first: at most 5,000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread_older: Vec<ConversationId>,
}

/// Where the next page of conversations begins: `last_activity` and id of the last one seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConversationsBefore {
    /// Its last activity.
    pub at: UnixMs,
    /// Its id.
    pub id: ConversationId,
}

/// `GET /conversations?before_at&before_id&limit`: newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConversationsPage {
    /// The page.
    pub conversations: Vec<Conversation>,
    /// When there are more: where the next page begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub older: Option<ConversationsBefore>,
}

/// `GET /contacts?after&limit`: all contacts that the user sees, by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactsPage {
    /// The page.
    pub contacts: Vec<Contact>,
    /// When there are more: what to pass as `after`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<ContactId>,
}

/// `POST /contacts/import`: all of them or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportContacts {
    /// What to save, each under the id that the app chose.
    #[cfg_attr(feature = "openapi", schema(max_items = 5000))]
    pub contacts: Vec<ImportedContact>,
}

/// One contact of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportedContact {
    /// A fresh id, or that of a contact of the user's that this one replaces.
    pub id: ContactId,
    /// What to save.
    pub contact: ContactDraft,
}

/// The answer to an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Imported {
    /// How many were saved.
    pub saved: u32,
}

/// `PUT /favourites`: mark somebody, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetFavourite {
    /// Who.
    pub favourite: Favourite,
    /// Whether they are one.
    pub on: bool,
}

/// `GET /conversations/{id}/entries?before&limit`: the entries before a place, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntriesPage {
    /// The page, in order.
    pub entries: Vec<Entry>,
    /// Whether there are older ones that the user can see.
    pub more: bool,
}

/// `POST /conversations/{id}/read`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    /// The place of the last entry that the user has seen. Never moves backwards.
    pub seq: Seq,
}

/// `PATCH /conversations/{id}`: what is there changes, what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateConversation {
    /// Turn notifications off or on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted: Option<bool>,
    /// The group's name, for all members; empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub title: Option<String>,
}

/// `POST /conversations/{id}/people`: more people for a group chat. Who is in it already stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddPeople {
    /// Who.
    #[cfg_attr(feature = "openapi", schema(max_items = 49))]
    pub users: Vec<UserId>,
}

/// `POST /messages`, with the message's id as [`IDEMPOTENCY_KEY`]. Answered by `202` and the [`crate::Message`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SendMessage {
    /// Where it goes.
    pub to: Destination,
    /// Its text; may be empty when there are files.
    #[cfg_attr(feature = "openapi", schema(max_length = 8000))]
    pub body: String,
    /// Its files, in their order. Each was given to the server before, by `PUT /media/{id}`, and is in no other message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    pub media: Vec<MediaId>,
}

/// A device that the user is signed in on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// What it is called.
    pub name: String,
    /// When it signed in.
    pub signed_in_at: UnixMs,
    /// When it was last heard of.
    pub seen_at: UnixMs,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// Where a user is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Devices {
    /// The one that asks first, then by when they were last heard of.
    pub devices: Vec<Device>,
}
