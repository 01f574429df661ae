//! What both ends of Halyard say to each other, and the rules that both ends apply.
//!
//! Owns the types of the REST interface and of the socket, the error codes, and the checks that must
//! come out alike in the browser and on the server: phone numbers, SMS segments, who may be in a
//! conversation, how long a text may be. No input or output, no clock, no randomness: where a rule
//! needs the time or fresh ids, the caller brings them.
//!
//! Always holds: an unknown variant on the wire decodes to `Unknown` rather than failing the whole
//! frame, so an older app keeps working against a newer server.

pub mod admin;
pub mod cause;
mod codes;
pub mod contact;
pub mod conversation;
pub mod delivery;
pub mod entry;
pub mod error;
pub mod event;
pub mod ids;
pub mod letters;
pub mod limits;
pub mod links;
pub mod media;
pub mod message;
pub mod phone;
pub mod recipients;
pub mod rest;
pub mod roles;
pub mod segments;
pub mod sender;
pub mod signs;
pub mod socket;
mod tagged;
pub mod time;
pub mod user;

pub use cause::{Cause, CauseCode};
pub use contact::{Contact, ContactDetails, ContactDraft, ContactNumber, ContactScope, NumberLabel};
pub use conversation::{Conversation, ConversationKey, ConversationKind, PeerRead, ReadPosition};
pub use delivery::{Delivery, DeliveryState};
pub use entry::{CallOutcome, Entry, Note, SystemEvent, SystemLine, UnknownEntry, Voicemail};
pub use error::{ErrorBody, ErrorCode};
pub use event::{Change, LoggedEvent};
pub use ids::{
    CarrierAccountId, ContactId, ConversationId, DeviceId, EntryId, MediaId, MessageId, PhotoId, TenantId, Ulid, UserId,
};
pub use media::{Media, MediaKind};
pub use message::{Author, Message, Peer};
pub use phone::{CallingCode, PhoneNumber, PhoneNumberError, digit, is_invisible};
pub use recipients::{BeginGroup, Destination, RecipientsError, ToGroup};
pub use roles::Permission;
pub use sender::SenderId;
pub use socket::{ClientFrame, ServerFrame, StatesSeen};
pub use time::UnixMs;
pub use user::{Availability, Capabilities, FormerUser, Presence, Role, SmsNumber, Tenant, User, UserState};

/// A user's position in their event log: the number of the last event they have seen; 0 before the first.
pub type Cursor = u64;

/// A moment in a tenant's states: what counts as it is now, and is no event. Each change of one takes the next.
pub type StateVersion = u64;

/// An entry's place in its conversation: 1 for the first, without gaps, given by the server at commit.
pub type Seq = u64;
