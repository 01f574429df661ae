//! A card's timeline, as rows.

use crate::reasons;
use halyard_words::{self as words, Text};
use std::sync::Arc;

use halyard_protocol::{
    Author, Conversation, ConversationId, Entry, EntryId, Media, MediaId, MediaKind, Message, MessageId, UnixMs,
};

use super::LineView;
use super::state::{Again, StateIcon, StateView, again, chat_state, state};
use crate::composer::{file_words, size_words};
use crate::conversations::{Loaded, Thread};
use crate::env::{Env, LocalTime};
use crate::outbox::{Outgoing, SendState};
use crate::softphone::Softphone;
use crate::windows::CardKey;

/// A card's timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineView {
    /// Rows, oldest first.
    pub items: Vec<Item>,
    /// What is above them.
    pub older: OlderView,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A new day begins; named by a moment in it.
    Day {
        /// The local day, counted from 1970-01-01: the row's key.
        day: i64,
        /// A moment in it.
        at: LocalTime,
        /// Days before today.
        ago: i64,
        /// Whether it is of this year.
        this_year: bool,
    },
    /// What follows is unread, or was when the card came before the user.
    New,
    /// A message.
    Message(Arc<MessageView>),
    /// Anything else.
    Line(Arc<LineView>),
}

/// What is above the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OlderView {
    /// Nothing: the conversation begins here.
    Beginning,
    /// More, when one scrolls up.
    More,
    /// It is being fetched.
    Loading,
    /// It could not be fetched.
    Failed,
}

/// A message's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageView {
    /// Its id: the row's key from Enter on.
    pub id: MessageId,
    /// Its text; may be empty when there are files.
    pub body: String,
    /// Its files.
    pub media: Vec<MediaView>,
    /// Whether it is on my side.
    pub mine: bool,
    /// Whether it ends a run of one author's.
    pub last_of_run: bool,
    /// The author's name, at the beginning of a run where it isn't plain.
    pub from: Option<Text>,
    /// The same for screen readers, where the side of the message says it to those who see.
    pub spoken_from: Option<Text>,
    /// When.
    pub at: LocalTime,
    /// The line under it, where there is one.
    pub state: Option<StateView>,
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaView {
    /// Its id.
    pub id: MediaId,
    /// How it is shown.
    pub shape: MediaShape,
    /// Its name, or what it is.
    pub name: Text,
    /// Its size.
    pub size: Text,
    /// Of a picture: pixels across; 0 when not known.
    pub width: u32,
    /// Of a picture: pixels down; 0 when not known.
    pub height: u32,
}

/// How a file is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaShape {
    /// As a picture.
    Picture,
    /// To be played.
    Video,
    /// To be heard.
    Audio,
    /// Opened in a tab of its own.
    Document,
    /// Only to be saved: browsers can't show it.
    File,
}

/// A row before its place among its neighbours is known.
enum TimelineRow {
    Message(MessageRow),
    Line(UnixMs, Arc<LineView>),
}

impl TimelineRow {
    fn at(&self) -> UnixMs {
        match self {
            Self::Message(message) => message.at,
            Self::Line(at, _) => *at,
        }
    }

    fn id(&self) -> EntryId {
        match self {
            Self::Message(message) => message.id.into(),
            Self::Line(_, line) => line.id,
        }
    }

    fn message(&self) -> Option<&MessageRow> {
        match self {
            Self::Message(message) => Some(message),
            Self::Line(..) => None,
        }
    }
}

/// The same of a message.
struct MessageRow {
    id: MessageId,
    author: Author,
    body: String,
    media: Vec<MediaView>,
    at: UnixMs,
    mine: bool,
    state: Option<StateView>,
}

impl Softphone {
    /// A card's timeline.
    #[must_use]
    pub fn timeline_view(&self, card: CardKey, env: &Env) -> Option<TimelineView> {
        let CardKey::Conversation(id) = card else { return None };
        let thread = self.conversations.get(id)?;
        let conversation = &thread.conversation;
        let mut rows: Vec<TimelineRow> =
            thread.timeline.shown().map(|entry| self.row(entry, conversation, env)).collect();
        let mut behind = false;
        for message in self.outbox.of(id).filter(|message| !thread.timeline.contains(message.row.id.into())) {
            let row = self.outgoing(message, behind);
            behind |= !message.state.is_parked();
            // One that was refused stays where it was written; what was written after it may be with the server.
            let mine = |other: &MessageRow| other.author == row.author && other.id > row.id;
            let at = rows.iter().position(|other| other.message().is_some_and(mine)).unwrap_or(rows.len());
            rows.insert(at, TimelineRow::Message(row));
        }
        let older = match thread.timeline.loaded {
            Loaded::Loading => OlderView::Loading,
            _ if thread.timeline.is_reading() => OlderView::Loading,
            Loaded::Failed => OlderView::Failed,
            _ if thread.timeline.has_more() => OlderView::More,
            _ => OlderView::Beginning,
        };
        Some(TimelineView { items: self.items(rows, conversation, self.first_new(thread), env), older })
    }

    /// How many rows a card shows; tells a view whether it grew at the top.
    #[must_use]
    pub fn is_known(&self, id: ConversationId) -> bool {
        self.conversations.get(id).is_some()
    }

    /// The entry that the line "New" stands before.
    fn first_new(&self, thread: &Thread) -> Option<EntryId> {
        let (me, is_text) = (self.user()?, thread.conversation.kind.is_text());
        let after = thread.timeline.position.new_after?;
        thread.timeline.shown().find(|entry| entry.seq() > after && entry.is_inbound(me, is_text)).map(Entry::id)
    }

    fn items(
        &self,
        rows: Vec<TimelineRow>,
        conversation: &Conversation,
        first_new: Option<EntryId>,
        env: &Env,
    ) -> Vec<Item> {
        let names_matter = conversation.kind.is_group() || conversation.kind.is_text();
        let me = self.me().map(|me| me.user.id);
        let mut items = Vec::with_capacity(rows.len() + 4);
        let (today, year) = (env.local_day(env.now), env.local(env.now).year());
        let mut day = None;
        let mut before: Option<Author> = None;
        let mut rest = rows.into_iter().peekable();
        while let Some(row) = rest.next() {
            if first_new == Some(row.id()) {
                before = None;
                items.push(Item::New);
            }
            let this = env.local_day(row.at());
            if day != Some(this) {
                day = Some(this);
                before = None;
                let at = env.local(row.at());
                items.push(Item::Day { day: this, at, ago: today - this, this_year: at.year() == year });
            }
            let message = match row {
                TimelineRow::Message(message) => message,
                TimelineRow::Line(_, line) => {
                    before = None;
                    items.push(Item::Line(line));
                    continue;
                }
            };
            let near = |next: &&TimelineRow| env.local_day(next.at()) == this && first_new != Some(next.id());
            let next = rest.peek().filter(near).and_then(TimelineRow::message);
            let begins = before != Some(message.author);
            let last_of_run = next.is_none_or(|next| next.author != message.author);
            // In a shared number's texts it matters which colleague wrote.
            let somebody = match message.author {
                Author::User(user) => Some(user) != me && (names_matter || !message.mine),
                Author::Number(_) | Author::Sender(_) => conversation.kind.is_group(),
                Author::Unknown => true,
            };
            let known = message.author != Author::Unknown;
            let named = somebody && (conversation.kind.is_group() || message.mine || !known);
            let same_below = next.is_some_and(|next| next.author == message.author && next.state == message.state);
            let state = message.state.filter(|state| !same_below || state.parked || state.again != Again::No);
            before = Some(message.author);
            items.push(Item::Message(Arc::new(MessageView {
                id: message.id,
                body: message.body,
                media: message.media,
                mine: message.mine,
                last_of_run,
                from: (begins && named).then(|| self.author_name(message.author)),
                spoken_from: (begins && !named).then(|| match message.author {
                    Author::User(user) if Some(user) == me => words::YOU.into(),
                    author => self.author_name(author),
                }),
                at: env.local(message.at),
                state,
            })));
        }
        items
    }

    fn row(&self, entry: &Entry, conversation: &Conversation, env: &Env) -> TimelineRow {
        match self.entry_words(entry, conversation) {
            Err(message) => TimelineRow::Message(self.committed(message, conversation, env)),
            Ok((icon, words, text)) => {
                let (id, at) = (entry.id(), entry.at());
                TimelineRow::Line(at, Arc::new(LineView { id, icon, words, text, at: env.local(at) }))
            }
        }
    }

    fn committed(&self, message: &Message, conversation: &Conversation, env: &Env) -> MessageRow {
        let me = self.me().map(|me| me.user.id);
        let is_text = conversation.kind.is_text();
        let mine = match message.author {
            Author::User(user) => is_text || Some(user) == me,
            Author::Number(_) | Author::Sender(_) | Author::Unknown => false,
        };
        let state = match (mine, is_text) {
            (false, _) => None,
            (true, true) => Some(StateView { again: again(message), ..self.text_state(&message.deliveries, env) }),
            (true, false) => Some(chat_state(conversation, message.seq)),
        };
        MessageRow {
            id: message.id,
            author: message.author,
            body: message.body.clone(),
            media: media_views(&message.media),
            at: message.at,
            mine,
            state,
        }
    }

    /// An outgoing message; `behind` says that another one leaves before it.
    fn outgoing(&self, message: &Outgoing, behind: bool) -> MessageRow {
        let state = match &message.state {
            SendState::Saving | SendState::Queued { tries: 0 } if behind => {
                StateView { can_cancel: true, ..state(words::STATE_WAITING, StateIcon::Waiting) }
            }
            SendState::Saving | SendState::Queued { tries: 0 } | SendState::Sending { tries: 0 | 1 } => {
                state(words::STATE_SENDING, StateIcon::Waiting)
            }
            SendState::Sending { .. } => state(words::STATE_WAITING_FOR_NETWORK, StateIcon::Waiting),
            SendState::Queued { .. } | SendState::Waiting { .. } => {
                StateView { can_cancel: true, ..state(words::STATE_WAITING_FOR_NETWORK, StateIcon::Waiting) }
            }
            SendState::Parked { code, cause, reason } => StateView {
                parked: true,
                again: if reasons::may_pass(*cause) { Again::Retry } else { Again::No },
                ..state(words::state_not_sent(reasons::parked(*code, *cause, reason)), StateIcon::Failed)
            },
        };
        let row = &message.row;
        MessageRow {
            id: row.id,
            author: Author::User(row.author),
            body: row.body.clone(),
            media: media_views(&row.media),
            at: row.at,
            mine: true,
            state: Some(state),
        }
    }
}

fn media_views(media: &[Media]) -> Vec<MediaView> {
    if media.is_empty() { Vec::new() } else { media.iter().map(media_view).collect() }
}

#[inline(never)]
fn media_view(media: &Media) -> MediaView {
    let shape = match media.kind {
        kind if kind.is_picture() => MediaShape::Picture,
        MediaKind::Mp4 => MediaShape::Video,
        MediaKind::Mp3 | MediaKind::Wav => MediaShape::Audio,
        MediaKind::Pdf => MediaShape::Document,
        _ => MediaShape::File,
    };
    let Media { id, width, height, .. } = *media;
    MediaView { id, shape, name: file_words(media), size: size_words(media), width, height }
}
