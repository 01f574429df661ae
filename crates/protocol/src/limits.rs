//! Limits that both ends know. What a carrier limits stands with the number: see [`crate::Capabilities`].

/// Characters of a chat message.
pub const CHAT_TEXT_LENGTH: usize = 8_000;
/// People in a group chat, the author among them.
pub const GROUP_CHAT_PEOPLE: usize = 50;
/// Characters of a name, a company or a group's title.
pub const NAME_LENGTH: usize = 200;
/// Characters of a status text.
pub const STATUS_TEXT_LENGTH: usize = 120;
/// Bytes of an e-mail address (RFC 5321, 4.5.3.1: a path has 256 octets with its brackets).
pub const EMAIL_LENGTH: usize = 254;
/// E-mail addresses of a contact.
pub const CONTACT_EMAILS: usize = 5;
/// Numbers of a contact.
pub const CONTACT_NUMBERS: usize = 10;
/// Characters of a contact's notes.
pub const CONTACT_NOTES_LENGTH: usize = 5_000;
/// Characters of a contact's postal address.
pub const CONTACT_ADDRESS_LENGTH: usize = 1_000;
/// Characters of what HELP is answered with: two segments.
pub const HELP_TEXT_LENGTH: usize = 300;
/// Opt-outs in one import.
pub const IMPORT_OPT_OUTS: usize = 10_000;
/// Characters of an own label of a number.
pub const NUMBER_NAME_LENGTH: usize = 60;
/// Contacts in one import.
pub const IMPORT_CONTACTS: usize = 5_000;
/// How many of them an importer sends at a time: on a server with SQLite others wait while they are written.
pub const IMPORT_AT_ONCE: usize = 2_500;
/// Contacts in one answer.
pub const CONTACTS_PAGE: u32 = 5_000;
/// Conversations in one answer.
pub const CONVERSATIONS_PAGE: u32 = 200;
/// Unread conversations that a snapshot names beside those of its page.
pub const UNREAD_OLDER: u32 = 5_000;
/// Messages in one answer.
pub const MESSAGES_PAGE: u32 = 100;
/// Files in one message.
pub const MEDIA_PER_MESSAGE: usize = 10;
/// Bytes of the files of one text: what really arrives at the carriers that take least (AT&T, toll-free).
pub const TEXT_MEDIA_BYTES: u32 = 600_000;
/// Bytes of a file in a chat.
pub const CHAT_MEDIA_BYTES: u32 = 10_000_000;
/// Characters of a file's name.
pub const MEDIA_NAME_LENGTH: usize = 200;
/// Bytes of a contact's photo.
pub const PHOTO_BYTES: usize = 64 * 1024;
/// Pixels of a contact's photo, across and down.
pub const PHOTO_SIDE: u32 = 1_024;
/// Bytes of a request's body; a contact, an import and a file may be larger.
pub const BODY_BYTES: usize = 64 * 1024;
/// Bytes of a contact's body: that of any other, and a photo in base 64.
pub const CONTACT_BYTES: usize = BODY_BYTES + PHOTO_BYTES / 3 * 4 + 4;
/// Bytes of an import's body.
pub const IMPORT_BYTES: usize = 8 * 1024 * 1024;
/// Bytes of a frame that the app sends on the socket.
pub const CLIENT_FRAME_BYTES: usize = 4 * 1024;
/// Seconds in which a deleted conversation can be brought back. The app offers ten; the rest is for a slow network.
pub const UNDO_SECONDS: i64 = 60;
/// Seconds between the server's heartbeats on the socket; silence for twice as long means that it is dead.
pub const HEARTBEAT_SECONDS: u32 = 25;
