//! A server in memory, by the rules that the protocol documents: places in a conversation without gaps, a log with a
//! cursor for each user, one message for each id, unread counts and read positions that only move forward.
//!
//! It is a model for the machine's own tests. The real server has its own, and the two meet in the end-to-end tests.

mod contacts;
mod conversations;
mod http;
mod messages;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use halyard_client::HttpResponse;
use halyard_protocol::event::Favourite;
use halyard_protocol::{
    CallingCode, Change, Contact, ContactId, ConversationId, Cursor, DeviceId, FormerUser, LoggedEvent, Media, MediaId,
    MessageId, PhoneNumber, ReadPosition, Seq, ServerFrame, SmsNumber, StateVersion, Tenant, TenantId, Ulid, UnixMs,
    User, UserId, UserState,
};

pub(crate) use conversations::{Member, Shared};
pub(crate) use http::{problem, refusal};

/// An extension with its password and numbers.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) user: User,
    pub(crate) password: String,
    pub(crate) numbers: Vec<SmsNumber>,
}

/// A saved contact, with its owner when it is somebody's own.
#[derive(Clone, Debug)]
pub(crate) struct Saved {
    pub(crate) owner: Option<UserId>,
    pub(crate) contact: Contact,
}

/// A file that somebody gave to the server.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) owner: UserId,
    pub(crate) media: Media,
    pub(crate) content: String,
    /// Whether a message has it.
    pub(crate) sent: bool,
}

/// An answer that the next such request gets instead of the true one.
#[derive(Clone, Debug)]
struct Fault {
    asked: &'static str,
    answer: HttpResponse,
}

/// The server.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) now: UnixMs,
    pub(crate) tenant: Tenant,
    pub(crate) accounts: BTreeMap<UserId, Account>,
    /// Those whose account was disabled.
    pub(crate) former: Vec<FormerUser>,
    pub(crate) sessions: BTreeMap<DeviceId, UserId>,
    /// Links for new passwords by their tokens.
    pub(crate) links: BTreeMap<String, UserId>,
    pub(crate) conversations: BTreeMap<ConversationId, Shared>,
    pub(crate) contacts: BTreeMap<ContactId, Saved>,
    favourites: BTreeSet<(UserId, Favourite)>,
    logs: BTreeMap<UserId, Vec<LoggedEvent>>,
    /// Events up to here were trimmed.
    trimmed: Cursor,
    /// The newest version of states, and for each user the one at which theirs changed.
    pub(crate) state_version: StateVersion,
    user_versions: BTreeMap<UserId, StateVersion>,
    sent: HashMap<(UserId, MessageId), (String, ConversationId, Seq)>,
    pub(crate) media: HashMap<MediaId, File>,
    faults: VecDeque<Fault>,
    /// Own numbers, and who wants no texts from them.
    pub(super) opted_out: BTreeSet<(PhoneNumber, PhoneNumber)>,
    /// Conversations in the snapshot, and contacts in a page.
    pub(crate) page: usize,
    last_id: u128,
}

impl Server {
    pub(crate) fn new(now: UnixMs) -> Self {
        let tenant = Tenant {
            id: TenantId(Ulid::from_bits(1)),
            name: "Harbor Marina".to_owned(),
            domain: "harbor".to_owned(),
            calling_code: CallingCode(1),
        };
        Self {
            now,
            tenant,
            accounts: BTreeMap::new(),
            former: Vec::new(),
            sessions: BTreeMap::new(),
            links: BTreeMap::new(),
            conversations: BTreeMap::new(),
            contacts: BTreeMap::new(),
            favourites: BTreeSet::new(),
            logs: BTreeMap::new(),
            trimmed: 0,
            state_version: 0,
            user_versions: BTreeMap::new(),
            sent: HashMap::new(),
            media: HashMap::new(),
            faults: VecDeque::new(),
            opted_out: BTreeSet::new(),
            page: 200,
            last_id: 0,
        }
    }

    pub(crate) fn fresh_id(&mut self) -> Ulid {
        self.last_id += 1;
        Ulid::new(self.now, self.last_id)
    }

    /// Whose session this is.
    pub(crate) fn user_of(&self, device: Option<DeviceId>) -> Option<UserId> {
        device.and_then(|device| self.sessions.get(&device)).copied()
    }

    /// Ends a session, as "Sign out there" on another device does.
    pub(crate) fn end_session(&mut self, device: DeviceId) {
        self.sessions.remove(&device);
    }

    /// The next request that begins like `asked` ("POST messages") gets this answer, and does nothing.
    pub(crate) fn fail_next(&mut self, asked: &'static str, answer: HttpResponse) {
        self.faults.push_back(Fault { asked, answer });
    }

    /// Nothing fails any more.
    pub(crate) fn mend(&mut self) {
        self.faults.clear();
    }

    /// Appends a change to a user's log.
    pub(crate) fn log(&mut self, user: UserId, change: Change) {
        let at = self.now;
        let log = self.logs.entry(user).or_default();
        let cursor = log.last().map_or(self.trimmed, |last| last.cursor) + 1;
        log.push(LoggedEvent { cursor, at, change });
    }

    fn log_all(&mut self, change: &Change) {
        for user in self.accounts.keys().copied().collect::<Vec<_>>() {
            self.log(user, change.clone());
        }
    }

    /// The newest cursor of a user.
    pub(crate) fn newest(&self, user: UserId) -> Cursor {
        self.logs.get(&user).and_then(|log| log.last()).map_or(self.trimmed, |last| last.cursor)
    }

    /// At most `limit` events after a cursor; `None` when they can't be given without a gap.
    pub(crate) fn after(&self, user: UserId, cursor: Cursor, limit: usize) -> Option<Vec<LoggedEvent>> {
        if cursor > self.newest(user) || cursor < self.trimmed {
            return None;
        }
        let log = self.logs.get(&user).into_iter().flatten();
        let events = log.filter(|event| event.cursor > cursor).take(limit).cloned();
        Some(events.map(|event| LoggedEvent { change: self.as_it_is_now(user, event.change), ..event }).collect())
    }

    /// Entries, conversations and users are said as they are when the log is read.
    fn as_it_is_now(&self, user: UserId, change: Change) -> Change {
        match change {
            Change::EntryAdded { entry, .. } => {
                let shared = &self.conversations[&entry.conversation()];
                let member = shared.members.get(&user).filter(|it| !it.hidden && it.cleared_seq < entry.seq());
                let entry = shared.entries.iter().find(|now| now.seq() == entry.seq()).cloned();
                member.zip(entry).map_or(Change::Unknown, |(member, entry)| Change::EntryAdded {
                    entry,
                    unread: member.unread,
                    read_seq: member.read_seq,
                })
            }
            Change::ConversationChanged { conversation } => match self.conversation(user, conversation.id) {
                Some(now) => Change::ConversationChanged { conversation: Box::new(now) },
                None => Change::Unknown,
            },
            Change::UserChanged { user } => {
                let now = self.accounts.get(&user.id).map(|account| account.user.clone());
                Change::UserChanged { user: now.unwrap_or(user) }
            }
            other => other,
        }
    }

    /// A state changes: its version.
    fn next_version(&mut self) -> StateVersion {
        self.state_version += 1;
        self.state_version
    }

    /// A user's state has changed.
    pub(crate) fn user_state_changed(&mut self, user: UserId) {
        let version = self.next_version();
        self.user_versions.insert(user, version);
    }

    /// The states of users that are newer than a version.
    pub(crate) fn users_after(&self, after: StateVersion) -> Vec<UserState> {
        let newer = self.user_versions.iter().filter(|(_, version)| **version > after);
        let users = newer.filter_map(|(user, _)| self.accounts.get(user)).map(|account| &account.user);
        let state = |user: &User| UserState {
            user: user.id,
            availability: user.availability,
            status_text: user.status_text.clone(),
            connected: user.connected,
        };
        users.map(state).collect()
    }

    /// The read positions that a user sees and that are newer than a version.
    pub(crate) fn reads_after(&self, user: UserId, after: StateVersion) -> Vec<ReadPosition> {
        let mut reads = Vec::new();
        for (conversation, shared) in &self.conversations {
            if shared.members.get(&user).is_none_or(|member| member.hidden) {
                continue;
            }
            for (other, member) in shared.members.iter().filter(|(_, member)| member.read_version > after) {
                let unread = (*other == user).then_some(member.unread);
                if unread.is_some() || shared.key.own_number().is_none() {
                    let (conversation, user, seq) = (*conversation, *other, member.read_seq);
                    reads.push(ReadPosition { conversation, user, seq, unread });
                }
            }
        }
        reads
    }

    /// Forgets the log so far: who is behind must start again from the snapshot.
    pub(crate) fn trim(&mut self) {
        let newest = self.logs.values().filter_map(|log| log.last()).map(|last| last.cursor).max();
        // One number for all logs, beyond each of them: every device is behind.
        self.trimmed = newest.unwrap_or_default().max(self.trimmed) + 1;
        self.logs.clear();
    }

    /// The first frame of a socket.
    pub(crate) fn welcome(&self, user: UserId) -> ServerFrame {
        ServerFrame::Welcome { cursor: self.newest(user), now: self.now, presence: Vec::new() }
    }

    /// These users are connected now, and nobody else.
    pub(crate) fn set_connected(&mut self, connected: &BTreeSet<UserId>) {
        for user in self.accounts.keys().copied().collect::<Vec<_>>() {
            let account = self.accounts.get_mut(&user).expect("a known user");
            if std::mem::replace(&mut account.user.connected, connected.contains(&user)) != connected.contains(&user) {
                self.user_state_changed(user);
            }
        }
    }

    /// A user's account is disabled: everybody else hears that they are gone.
    pub(crate) fn disable(&mut self, user: UserId) {
        let account = self.accounts.remove(&user).expect("a known user");
        self.former.push(FormerUser { id: user, name: account.user.name });
        for other in self.accounts.keys().copied().collect::<Vec<_>>() {
            self.log(other, Change::UserRemoved { user });
        }
    }

    /// The user with this extension.
    pub(crate) fn user(&self, extension: &str) -> UserId {
        let account = self.accounts.values().find(|account| account.user.extension == extension);
        account.expect("a known extension").user.id
    }

    /// Who may text from a number.
    pub(crate) fn users_of(&self, number: PhoneNumber) -> Vec<UserId> {
        let has = |account: &&Account| account.numbers.iter().any(|own| own.number == number);
        self.accounts.values().filter(has).map(|account| account.user.id).collect()
    }
}
