//! A conversation's history, and conversations that are not here yet: asking the device, then the server.

use halyard_protocol::rest::{ConversationsPage, EntriesPage};
use halyard_protocol::{Conversation, ConversationId, ErrorCode, Seq};

use super::{Call, Conversations, Loaded};
use crate::api::{bare, item, read};
use crate::context::Context;
use crate::effect::{HttpOutcome, Method};
use crate::fact::Fact;
use crate::update::Changed;
use crate::windows::CardKey;

impl Conversations {
    /// Loads the newest page of a conversation whose card is open. What the device has shows first; the server is asked
    /// for the rest.
    pub(crate) fn load_page(&mut self, id: ConversationId, pinned: bool, cx: &mut Context<'_, '_>) {
        if self.read_stored(id, pinned, cx) {
            return;
        }
        self.ask_unknown(id, cx);
        let complete = self.get(id).is_some_and(|thread| thread.complete);
        let Some(timeline) = self.timeline(id) else { return };
        // Where the newest are here already, the server is asked for more only if they would not fill a card.
        let wanted = match timeline.loaded {
            Loaded::Nothing | Loaded::Failed => true,
            Loaded::Part => timeline.is_short(),
            Loaded::Loading | Loaded::All => false,
        };
        if !wanted {
            return;
        }
        timeline.loaded = Loaded::Loading;
        if complete {
            self.ask_entries(id, cx);
        } else {
            // Opened by its people's names, it may be one of those that no page has brought yet.
            self.ask_for(id, cx);
        }
        cx.changed(Changed::Timeline(CardKey::Conversation(id)));
    }

    pub(super) fn ask_entries(&mut self, id: ConversationId, cx: &mut Context<'_, '_>) {
        let Some(timeline) = self.timeline(id) else { return };
        let (call, before) = (Call::Entries(id, timeline.epoch), timeline.before());
        self.ask_before(id, before, call, cx);
    }

    fn ask_before(&mut self, id: ConversationId, before: Option<Seq>, call: Call, cx: &mut Context<'_, '_>) {
        let mut path = item("conversations", id, "/entries?limit=50");
        if let Some(before) = before {
            path.push_str("&before=");
            path.push_str(&before.to_string());
        }
        self.requests.start(call, bare(Method::Get, path), cx);
    }

    /// Asks for what the device has kept of a version that did not know these entries: the server says them as they are. Once in a run for
    /// each conversation, as an app is updated by starting anew.
    fn ask_unknown(&mut self, id: ConversationId, cx: &mut Context<'_, '_>) {
        let Some(timeline) = self.threads.get(&id).map(|thread| &thread.timeline) else { return };
        let (last, call) = (timeline.stored_unknown.last().copied(), Call::Unknown(id, timeline.epoch));
        if let Some(last) = last
            && !self.requests.any(|call| matches!(call, Call::Unknown(known, _) if *known == id))
        {
            self.ask_before(id, Some(last + 1), call, cx);
        }
    }

    /// Asks the server for a conversation that is not here.
    pub(crate) fn ask_for(&mut self, id: ConversationId, cx: &mut Context<'_, '_>) {
        if self.ask(id) {
            self.requests.start(Call::Conversation(id), bare(Method::Get, item("conversations", id, "")), cx);
        }
    }

    pub(super) fn conversation_answered(&mut self, id: ConversationId, outcome: HttpOutcome, cx: &mut Context<'_, '_>) {
        let Some(mentioned) = self.is_answered(id) else { return };
        if !self.is_news(id) {
            return;
        }
        match read::<Conversation>(outcome) {
            // The log has moved on since this was read: ask again.
            Ok(_) if mentioned => self.ask_for(id, cx),
            Ok(conversation) => {
                self.put(conversation, None);
                cx.fact(Fact::PageWanted(id));
            }
            Err(error) if error.code == ErrorCode::SignedOut => cx.failed(error),
            Err(error) if error.is_temporary() => {
                if let Some(timeline) = self.timeline(id) {
                    timeline.failed();
                }
                self.missing.insert(id);
                cx.fact(Fact::TryLater);
            }
            Err(_) => {
                // The server has none: it begins here, or was deleted.
                if let Some(timeline) = self.timeline(id) {
                    timeline.loaded = Loaded::All;
                }
                self.note_unread(id, 0);
                cx.fact(Fact::ConversationMissing(id));
            }
        }
        self.changed(id, cx);
    }

    /// The server has no such conversation, and nothing waits to be sent in it.
    pub(crate) fn is_missing(&mut self, id: ConversationId, cx: &mut Context<'_, '_>) {
        if let Some(last) = self.get(id).map(|thread| thread.conversation.last_seq) {
            self.remove(id, last);
            self.changed(id, cx);
        }
    }

    pub(super) fn load_older(&mut self, id: ConversationId, cx: &mut Context<'_, '_>) {
        let Some(timeline) = self.timeline(id) else { return };
        if timeline.show_more() {
            timeline.loaded = Loaded::Loading;
            self.ask_entries(id, cx);
        }
        cx.changed(Changed::Timeline(CardKey::Conversation(id)));
    }

    pub(super) fn entries_answered(
        &mut self,
        id: ConversationId,
        epoch: u32,
        outcome: HttpOutcome,
        cx: &mut Context<'_, '_>,
    ) {
        let page = read::<EntriesPage>(outcome);
        let Some(timeline) = self.timeline(id).filter(|timeline| timeline.epoch == epoch) else { return };
        match page {
            Ok(page) => {
                let first = !timeline.is_joined();
                timeline.page(page);
                self.mark_unstored(id);
                if first {
                    cx.fact(Fact::FirstPage(id));
                }
            }
            Err(error) if error.code == ErrorCode::NotFound => timeline.loaded = Loaded::All,
            Err(error) => {
                timeline.failed();
                if error.is_temporary() {
                    cx.fact(Fact::TryLater);
                } else {
                    cx.failed(error);
                }
            }
        }
        cx.changed(Changed::Timeline(CardKey::Conversation(id)));
    }

    pub(super) fn unknown_answered(
        &mut self,
        id: ConversationId,
        epoch: u32,
        outcome: HttpOutcome,
        cx: &mut Context<'_, '_>,
    ) {
        // Where it fails they stay as they are, and are asked for when the card opens again or the server is back.
        let Ok(page) = read::<EntriesPage>(outcome) else { return };
        let Some(timeline) = self.timeline(id).filter(|timeline| timeline.epoch == epoch) else { return };
        timeline.known_now(page);
        self.mark_unstored(id);
        self.ask_unknown(id, cx);
        cx.changed(Changed::Timeline(CardKey::Conversation(id)));
    }

    /// What is looked for may be among the conversations that are not here yet: page after page is asked for.
    pub(super) fn look_further(&mut self, cx: &mut Context<'_, '_>) {
        if self.column.is_narrowed() && self.has_more() {
            self.load_more(cx);
        }
    }

    /// The next page of conversations is asked for, unless all are here or one is under way.
    pub(crate) fn load_more(&mut self, cx: &mut Context<'_, '_>) {
        self.unasked = Unasked::None;
        self.ask_for_page(cx);
    }

    /// The same where the user did not ask for it: they are told of no error, and after one it is left at that.
    pub(crate) fn load_unasked(&mut self, cx: &mut Context<'_, '_>) {
        if !self.loading_older && self.unasked != Unasked::Failed {
            self.unasked = Unasked::UnderWay;
            self.ask_for_page(cx);
        }
    }

    fn ask_for_page(&mut self, cx: &mut Context<'_, '_>) {
        let Some(before) = self.older.filter(|_| !self.loading_older) else { return };
        self.loading_older = true;
        let path =
            ["conversations?limit=100&before_at=", &before.at.0.to_string(), "&before_id=", &before.id.to_string()]
                .concat();
        self.requests.start(Call::Page, bare(Method::Get, path), cx);
    }

    pub(super) fn page_answered(&mut self, outcome: HttpOutcome, cx: &mut Context<'_, '_>) {
        let mentioned = self.page_came();
        match read::<ConversationsPage>(outcome) {
            Ok(page) => {
                self.older = page.older;
                for conversation in page.conversations {
                    let id = conversation.id;
                    // One that is here has been followed by the log since: the page may be older.
                    if !self.is_news(id) {
                        continue;
                    }
                    if mentioned.contains(&id) {
                        self.ask_for(id, cx);
                    } else {
                        self.put(conversation, None);
                        cx.fact(Fact::PageWanted(id));
                        self.changed(id, cx);
                    }
                }
                self.changed_column(cx);
                self.look_further(cx);
            }
            Err(_) if self.unasked == Unasked::UnderWay => self.unasked = Unasked::Failed,
            Err(error) => cx.failed(error),
        }
    }
}

/// A page of conversations that the user did not ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Unasked {
    /// There is none: the last one was asked for, or has come.
    #[default]
    None,
    /// It is asked for.
    UnderWay,
    /// It could not be had.
    Failed,
}
