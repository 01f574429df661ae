//! The device's database: what is kept on this device, under which keys, and when it is written.
//!
//! A store holds texts under keys; keys sort as texts. Two kinds of stores:
//! - **owned**: outbox, drafts, attachments, files, windows. The user made it and nobody else has it: it is migrated, and
//!   goes only when the user says so.
//! - **cache**: conversations, messages, contacts, users. The server has it, too: it may be dropped at any time.
//!
//! Always holds:
//! - The database belongs to one user at a time, the one that `account/user` names. A write names its owner, and does
//!   nothing when the database is no longer theirs.
//! - The cursor is written in the same transaction as, or after, all that the log said up to it. So whatever was lost
//!   with a crash comes once more from the log.
//! - At log out only what is sealed remains: encrypted, by a key that only the user's password opens.

pub mod conformance;
pub mod connection;
pub mod memory;
mod seal;

use halyard_protocol::{ConversationId, MediaId, MessageId, Seq, UserId};
use serde::Serialize;

pub use seal::{Seal, SealedLabel, Secret, Unseal};

/// A store of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Store {
    /// Outgoing messages by their id: [`crate::outbox::OutboxRow`].
    Outbox,
    /// Drafts by `user/card`: the text as it was typed.
    Drafts,
    /// Files in text boxes by `user/file`: [`Attachment`](crate::composer::Attachment).
    Attachments,
    /// What is in the files of text boxes and of outgoing messages, by the file's id. A row's text has one character for each byte;
    /// the browser keeps the bytes, as a Blob.
    Files,
    /// `user`: whose the database is. `state`: where they stood. `leaving`: they have asked to be signed out.
    Account,
    /// `windows`: the cards, and the people of those that are no conversation yet.
    Windows,
    /// Conversations by id.
    Conversations,
    /// Entries of timelines by `conversation/place`; messages alone until there were others, hence the name.
    Messages,
    /// Contacts by id.
    Contacts,
    /// Colleagues by id.
    Users,
}

impl Store {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Outbox,
        Self::Drafts,
        Self::Attachments,
        Self::Files,
        Self::Account,
        Self::Windows,
        Self::Conversations,
        Self::Messages,
        Self::Contacts,
        Self::Users,
    ];
    /// Those that [`DbCommand::Load`] gives: small, and needed for the first paint.
    pub const FIRST: [Self; 7] =
        [Self::Outbox, Self::Drafts, Self::Attachments, Self::Account, Self::Windows, Self::Conversations, Self::Users];
    /// Those with what the user typed or chose and nobody else has.
    pub const UNSENT: [Self; 4] = [Self::Outbox, Self::Drafts, Self::Attachments, Self::Files];

    /// What it is called in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Outbox => "outbox",
            Self::Drafts => "drafts",
            Self::Attachments => "attachments",
            Self::Files => "files",
            Self::Account => "account",
            Self::Windows => "windows",
            Self::Conversations => "conversations",
            Self::Messages => "messages",
            Self::Contacts => "contacts",
            Self::Users => "users",
        }
    }
}

/// A text under its key.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// Where.
    pub store: Store,
    /// Its key.
    pub key: String,
    /// The text.
    pub text: String,
}

impl Row {
    /// A value as JSON.
    pub(crate) fn new(store: Store, key: String, value: &impl Serialize) -> Self {
        // Our own types have string keys and no foreign serializers: they always become JSON.
        Self { store, key, text: serde_json::to_string(value).unwrap_or_default() }
    }
}

impl core::fmt::Debug for Row {
    /// Never shows the text: it may be a message.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}/{}", self.store.name(), self.key)
    }
}

/// The keys from one to another, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// Where.
    pub store: Store,
    /// The first.
    pub from: String,
    /// The last.
    pub to: String,
}

impl Range {
    /// One key.
    #[must_use]
    pub fn key(store: Store, key: String) -> Self {
        Self { store, from: key.clone(), to: key }
    }

    /// A whole store.
    #[must_use]
    pub fn all(store: Store) -> Self {
        Self { store, from: String::new(), to: LAST.to_owned() }
    }
}

/// A key behind all others: keys are plain letters.
const LAST: &str = "\u{FFFF}";

/// One step of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Keep a row, in the place of one that may be there.
    Put(Row),
    /// Forget what is there.
    Delete(Range),
}

/// What a transaction was for: its outcome comes back with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// An outgoing message is kept.
    Message(MessageId),
    /// The messages of a round are kept; the id is the round's.
    Round(MessageId),
    /// One is forgotten: the server has it, or the user took it back.
    Gone(MessageId),
    /// A part of the cache is written.
    Cache,
    /// A file in a text box is kept.
    File(MediaId),
}

/// Something for the device's database to do. Answered by [`Db`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DbCommand {
    /// Give back the rows of [`Store::FIRST`], and whose sealed rows are here.
    Load,
    /// Give back the rows of a range.
    Read {
        /// Which.
        range: Range,
        /// So many at most.
        limit: usize,
    },
    /// Do all of it in one transaction, or nothing.
    Write {
        /// Only while the database is this user's; whoever's it is, if nobody is named.
        owner: Option<UserId>,
        /// The steps, in their order.
        writes: Vec<Write>,
        /// Whether, and how, to tell the outcome.
        token: Option<Token>,
    },
    /// The user leaves.
    Seal(Box<Seal>),
    /// The user comes.
    Unseal(Box<Unseal>),
    /// Forget a user's sealed rows.
    Forget(UserId),
    /// Ask the browser not to evict the database: something is pinned.
    Persist,
}

/// What the device's database answered.
#[derive(strum::IntoStaticStr, Clone, Debug, PartialEq, Eq)]
pub enum Db {
    /// To [`DbCommand::Load`].
    Loaded {
        /// What is kept.
        rows: Vec<Row>,
        /// Whose sealed rows are here.
        sealed: Vec<SealedLabel>,
    },
    /// To [`DbCommand::Read`].
    Rows {
        /// What was asked for.
        range: Range,
        /// What is there, by key.
        rows: Vec<Row>,
        /// When there is more: where it begins.
        more: Option<String>,
    },
    /// To [`DbCommand::Read`]: the range could not be read.
    NotRead(Range),
    /// A transaction is committed.
    Committed(Token),
    /// It was not.
    Failed(Token, Reason),
    /// The user's rows are sealed, or could not be.
    Sealed {
        /// Whose.
        user: UserId,
        /// Whether they are.
        done: bool,
        /// Whose sealed rows are here now.
        sealed: Vec<SealedLabel>,
    },
    /// There is no database to seal the user's rows in, or it does not work.
    NotSealed(UserId),
    /// The user who has signed in has a key; what was sealed of them is in its stores again, but for what another
    /// password had sealed.
    Unsealed {
        /// Whether anything was.
        restored: bool,
        /// Whose sealed rows are here now.
        sealed: Vec<SealedLabel>,
    },
    /// There is no database to give the user a key, or it does not work.
    NotUnsealed,
    /// Sealed rows, opened to be read; nothing if the password opens none.
    Opened(Vec<Row>),
    /// To [`DbCommand::Load`]: there is no database, or it does not work.
    Unavailable,
    /// Comes unasked: how the database is from now on.
    Health(Health),
}

/// Why something is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The device is full.
    Full,
    /// The database does not work, or is another user's by now.
    Shut,
}

/// How the device's database is.
#[derive(strum::IntoStaticStr, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Health {
    /// It works.
    #[default]
    Works,
    /// It works: the one before it was damaged and stays aside, and what the user owns was taken from there, as far as it could be
    /// read.
    SetAside,
    /// It works again after the browser had closed it, as it does when what it keeps is cleared: it may be empty, or made by another tab
    /// since.
    Reopened,
    /// It does not open in time. What it was asked for waits.
    Silent,
    /// It does not open before another tab, with an older release, lets go of it. What it was asked for waits.
    Blocked,
    /// A newer release has it. It is not used until the page is loaded again.
    Newer,
    /// This browser gives none.
    Refused,
    /// There is no room to open it.
    Full,
}

/// The key of `account/user`.
pub const USER: &str = "user";
/// The key of `account/state`.
pub const STATE: &str = "state";
pub(crate) const LEAVING: &str = "leaving";
pub(crate) const WINDOWS: &str = "windows";

/// An entry's key: those of one conversation stand together, in their order.
pub(crate) fn entry_key(conversation: ConversationId, seq: Seq) -> String {
    let seq = seq.to_string();
    let zeros = "00000000000000000000".get(seq.len()..).unwrap_or_default();
    [&conversation.to_string(), "/", zeros, &seq].concat()
}

/// A conversation's entries between two places, both included.
pub(crate) fn entries(conversation: ConversationId, from: Seq, to: Seq) -> Range {
    Range { store: Store::Messages, from: entry_key(conversation, from), to: entry_key(conversation, to) }
}

pub(crate) fn put(store: Store, key: String, value: &impl Serialize) -> Write {
    Write::Put(Row::new(store, key, value))
}
