//! The outbox: messages from Enter until the server has them.
//!
//! Owns the queue of each conversation and each message's [`SendState`].
//! Always holds:
//! - A message is sent only after its row was kept, or the device said that it can't keep it.
//! - In one conversation the next message leaves only when the one before it is with the server or parked, so they
//!   arrive in the order of writing.
//! - A message keeps its id through all tries, so the server takes it once.

mod rounds;
mod sending;
mod state;
#[cfg(test)]
mod tests;

use halyard_protocol::rest::SendMessage;
use halyard_protocol::{ConversationId, Destination, ErrorCode, Media, MediaId, MessageId, UnixMs, UserId};
use serde::{Deserialize, Serialize};

use crate::api::CallError;
use crate::env::Env;
use crate::requests::Requests;
use crate::retry::LONGEST_WAIT;
use crate::sorted::{SortedMap, SortedSet};
use crate::storage::{Row, Store};

pub(crate) use rounds::{Progress, ROUND_PEOPLE, Round};
pub(crate) use sending::Call;
pub use sending::OutboxAction;
pub use state::SendState;

/// How often a message's files are given to a server that then does not know them.
const MOST_UPLOADS: u32 = 4;

/// An outgoing message as the device's database keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Its id.
    pub id: MessageId,
    /// Who wrote it: it leaves only while they are signed in.
    pub author: UserId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Where it goes.
    pub to: Destination,
    /// Its text.
    pub body: String,
    /// Its files; their content is kept apart, under their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
    /// When Enter was pressed.
    pub at: UnixMs,
    /// The round that it is of, the same text to several people, to each alone: the id of its first message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<MessageId>,
    /// To how many people the round goes.
    #[serde(default)]
    pub people: u32,
}

impl OutboxRow {
    /// The round that it is of.
    pub(crate) fn round(&self) -> Option<Round> {
        self.round.map(|id| Round { id, people: self.people })
    }

    /// The row as a text to keep.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Our own types have no foreign serializers: they always become JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The row as the device's database has it.
    pub(crate) fn to_row(&self) -> Row {
        Row { store: Store::Outbox, key: self.id.to_string(), text: self.to_json() }
    }

    /// The row that a kept text says, if this version can read it.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        crate::json::read(text).ok()
    }
}

/// An outgoing message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// What is kept of it.
    pub row: OutboxRow,
    /// How far it is.
    pub state: SendState,
    /// Whether the device keeps it, as far as is known.
    pub stored: bool,
    /// How many of its files the server has, as far as this run knows.
    pub uploaded: usize,
    /// What is in those of its files that the device does not have, or not yet.
    pub contents: Vec<(MediaId, String)>,
}

impl Outgoing {
    fn new(row: OutboxRow, state: SendState) -> Self {
        Self { row, state, stored: true, uploaded: 0, contents: Vec::new() }
    }

    fn is_under_way(&self) -> bool {
        matches!(self.state, SendState::Sending { .. })
    }

    /// The first of its files that the server does not have.
    pub(crate) fn next_file(&self) -> Option<&Media> {
        self.row.media.get(self.uploaded)
    }

    /// The message as it is sent, when the server has its files.
    pub(crate) fn body(&self) -> SendMessage {
        let OutboxRow { to, body, media, .. } = &self.row;
        SendMessage { to: to.clone(), body: body.clone(), media: media.iter().map(|file| file.id).collect() }
    }
}

/// All outgoing messages. Ids sort by time, so the map's order is the order of writing.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    messages: SortedMap<MessageId, Outgoing>,
    /// What has left: another tab may speak of it late.
    gone: SortedSet<MessageId>,
    /// The newest id: one that is written in the same millisecond must still sort behind it.
    newest: Option<MessageId>,
    /// The time when the clock was last looked at.
    clock: UnixMs,
    /// Whether the user was told that messages can't be kept on this device.
    cannot_keep_announced: bool,
    pub(crate) requests: Requests<Call>,
}

impl Outbox {
    /// An empty one, whose messages come after this one.
    pub(crate) fn after(newest: Option<MessageId>) -> Self {
        Self { newest, ..Self::default() }
    }

    /// The newest message of this device that is known.
    pub(crate) const fn newest(&self) -> Option<MessageId> {
        self.newest
    }

    /// An id for a message that is written now: behind all others of this device.
    pub(crate) fn next_id(&mut self, env: &Env) -> MessageId {
        let mut id = MessageId::new(env.now, env.random(1));
        if let Some(newest) = self.newest.filter(|newest| *newest >= id) {
            // Two tabs may do this after the same one: a random step keeps their ids apart.
            let step = 1 + (env.random(2) >> 64);
            id = MessageId(halyard_protocol::Ulid::from_bits(newest.0.bits().saturating_add(step)));
        }
        self.newest = Some(id);
        id
    }

    /// Takes in a message that was just written.
    pub(crate) fn write(&mut self, row: OutboxRow, contents: Vec<(MediaId, String)>) {
        self.messages.insert(row.id, Outgoing { contents, ..Outgoing::new(row, SendState::Saving) });
    }

    /// Takes in what the device had kept.
    pub(crate) fn load(&mut self, rows: Vec<OutboxRow>) {
        for row in rows {
            self.newest = self.newest.max(Some(row.id));
            if self.gone.contains(&row.id) {
                continue;
            }
            self.messages.get_or_insert(row.id, Outgoing::new(row, SendState::Queued { tries: 0 }));
        }
    }

    /// Whether it has left already, or was taken back.
    pub(crate) fn is_gone(&self, id: MessageId) -> bool {
        self.gone.contains(&id)
    }

    /// The message is kept: it may leave.
    pub(crate) fn mark_stored(&mut self, id: MessageId) {
        if let Some(message) = self.messages.get_mut(&id) {
            message.stored = true;
        }
        self.step(id, SendState::saved);
    }

    /// The device can't keep the message: it may leave all the same.
    pub(crate) fn mark_not_stored(&mut self, id: MessageId) {
        if let Some(message) = self.messages.get_mut(&id) {
            message.stored = false;
        }
        self.step(id, SendState::saved);
    }

    /// The device has no database: nothing that waits to be kept ever will be.
    pub(crate) fn mark_none_stored(&mut self) -> Vec<MessageId> {
        let saving = self.messages.values().filter(|message| message.state == SendState::Saving);
        let ids: Vec<MessageId> = saving.map(|message| message.row.id).collect();
        ids.iter().for_each(|id| self.mark_not_stored(*id));
        ids
    }

    /// Whether a message waits to be kept.
    pub(crate) fn is_saving(&self) -> bool {
        self.messages.values().any(|message| message.state == SendState::Saving)
    }

    /// All of it, for when its user comes back.
    pub(crate) fn into_rows(self) -> Vec<OutboxRow> {
        self.messages.into_entries().into_iter().map(|(_, message)| message.row).collect()
    }

    /// A clock that was set back since the last look makes no wait longer.
    fn look_at_clock(&mut self, now: UnixMs) {
        let back = (self.clock.0 - now.0).max(0);
        self.clock = now;
        for message in self.messages.values_mut() {
            if let SendState::Waiting { until, .. } = &mut message.state {
                *until = until.plus(-back);
            }
        }
    }

    /// The server has a file. Says whether the message waited for it.
    pub(crate) fn uploaded(&mut self, id: MessageId, media: MediaId) -> bool {
        let Some(message) = self.messages.get_mut(&id) else { return false };
        let waited = message.is_under_way() && message.next_file().is_some_and(|next| next.id == media);
        message.uploaded += usize::from(waited);
        waited
    }

    /// The server has forgotten the files of a message: they are given to it once more. Says whether that may help.
    pub(crate) fn upload_again(&mut self, id: MessageId) -> bool {
        let Some(message) = self.messages.get_mut(&id) else { return false };
        message.uploaded = 0;
        matches!(message.state, SendState::Sending { tries: ..MOST_UPLOADS })
    }

    /// The message under way that waits for what is in this file.
    pub(crate) fn waits_for_file(&self, key: &str) -> Option<(MessageId, Media)> {
        let under_way = self.messages.values().filter(|message| message.is_under_way());
        let mut next = under_way.filter_map(|message| Some((message.row.id, message.next_file()?)));
        next.find(|(_, media)| media.id.to_string() == key).map(|(id, media)| (id, media.clone()))
    }

    /// A file of a message is on the device: it need not be held here.
    pub(crate) fn mark_file_stored(&mut self, media: MediaId) {
        for message in self.messages.values_mut() {
            message.contents.retain(|(id, _)| *id != media);
        }
    }

    /// The files of all messages.
    pub(crate) fn files(&self) -> impl Iterator<Item = MediaId> {
        self.messages.values().flat_map(|message| message.row.media.iter().map(|file| file.id))
    }

    /// What is in those that the device does not have.
    pub(crate) fn contents(&self) -> impl Iterator<Item = (MediaId, &str)> {
        self.messages.values().flat_map(|message| message.contents.iter().map(|(id, text)| (*id, text.as_str())))
    }

    /// Whether a message here has this file.
    pub(crate) fn has_file(&self, media: MediaId) -> bool {
        self.files().any(|file| file == media)
    }

    /// A message can't leave before the user does something.
    pub(crate) fn park(&mut self, id: MessageId, code: ErrorCode, reason: String) {
        self.step(id, |_| SendState::Parked { code, cause: None, reason });
    }

    /// A try failed. A temporary failure waits and tries again; any other parks the message with its reason.
    pub(crate) fn failed(&mut self, id: MessageId, error: CallError, env: &Env) {
        self.look_at_clock(env.now);
        if error.code == ErrorCode::LimitReached && self.is_held_by_another(id) {
            return self.requeue(id);
        }
        self.step(id, |state| state.failed(error, env));
    }

    /// A try ended without a verdict (the session has expired): it goes back in line.
    pub(crate) fn requeue(&mut self, id: MessageId) {
        self.step(id, SendState::requeued);
    }

    /// Nobody is signed in any more: what was under way goes back in line.
    pub(crate) fn stop(&mut self) {
        for message in self.messages.values_mut() {
            message.state = message.state.clone().requeued();
        }
    }

    /// The network is back: nobody waits any longer.
    pub(crate) fn hurry(&mut self) {
        for message in self.messages.values_mut() {
            message.state = message.state.clone().hurried();
        }
    }

    /// "Retry" at a parked message.
    pub(crate) fn retry(&mut self, id: MessageId) {
        self.step(id, SendState::retried);
    }

    /// The server has the message, or the user took it back.
    pub(crate) fn remove(&mut self, id: MessageId) -> Option<Outgoing> {
        self.gone.insert(id);
        self.messages.remove(&id)
    }

    pub(crate) fn get(&self, id: MessageId) -> Option<&Outgoing> {
        self.messages.get(&id)
    }

    /// A conversation's messages, in the order of writing.
    pub(crate) fn of(&self, conversation: ConversationId) -> impl DoubleEndedIterator<Item = &Outgoing> {
        self.messages.values().filter(move |message| message.row.conversation == conversation)
    }

    pub(crate) fn conversations(&self) -> impl Iterator<Item = ConversationId> {
        self.messages.values().map(|message| message.row.conversation)
    }

    /// How many wait for the network or the server; parked ones wait for the user.
    pub(crate) fn waiting(&self) -> usize {
        self.messages.values().filter(|message| !message.state.is_parked()).count()
    }

    /// When the next one that waits may try again.
    pub(crate) fn next_due(&self) -> Option<UnixMs> {
        self.messages.values().filter_map(|message| message.state.due()).min()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// All of them, as they are kept.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &OutboxRow> {
        self.messages.values().map(|message| &message.row)
    }

    /// Those that may leave: the device keeps them, or can't.
    pub(crate) fn ready_rows(&self) -> impl Iterator<Item = &OutboxRow> {
        self.messages.values().filter(|message| message.state != SendState::Saving).map(|message| &message.row)
    }

    /// Those that the device could not keep.
    pub(crate) fn unstored(&self) -> impl Iterator<Item = &OutboxRow> {
        self.messages.values().filter(|message| !message.stored).map(|message| &message.row)
    }

    /// How many are here, parked ones too.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.messages.len()).unwrap_or(u32::MAX)
    }

    /// Another tab sends: what is known of a message there. This tab may have to go on with it, and the clock may have been set back
    /// since the other one said it: then no wait is longer than one of our own.
    pub(crate) fn mirror(&mut self, id: MessageId, mut state: SendState, now: UnixMs) {
        self.look_at_clock(now);
        if let SendState::Waiting { until, .. } = &mut state {
            *until = (*until).min(now.plus(LONGEST_WAIT));
        }
        if let Some(message) = self.messages.get_mut(&id) {
            message.state = state;
        }
    }

    fn step(&mut self, id: MessageId, step: impl FnOnce(SendState) -> SendState) {
        if let Some(message) = self.messages.get_mut(&id) {
            message.state = step(message.state.clone());
        }
    }
}
