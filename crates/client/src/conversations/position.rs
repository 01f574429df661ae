//! Where the user is in a card's timeline, and up to where they have seen it.
//!
//! Always holds: while the timeline is being scrolled to the first unread entry, nothing in it counts as read; the view says
//! afterwards what is on screen.

use halyard_protocol::{ConversationId, Entry, EntryId, Seq, UserId};

use super::{Conversations, Loaded, Thread, Timeline};
use crate::context::Context;
use crate::effect::Effect;
use crate::update::Changed;
use crate::windows::CardKey;

/// As many entries may come at once into a card that is looked at: the newest ones push no unread one out of sight.
const AT_ONCE: Seq = 4;
/// To show the first unread entry, no more than so many are fetched: where there are more, the oldest of those here is shown.
const MOST_FETCHED: usize = 500;
/// Rows above the first unread one.
const ROWS_ABOVE: usize = 20;

/// Where the user is in a timeline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position {
    pub(crate) at_bottom: bool,
    /// Place of the last entry that was on screen.
    pub(crate) seen: Seq,
    /// The line "New" stands before the first unread entry after this place.
    pub(crate) new_after: Option<Seq>,
    /// Whether the card has come on screen and nobody has looked at it since.
    pub(crate) came: bool,
    pub(crate) to_unread: ToUnread,
}

/// The way to the first unread entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ToUnread {
    /// Nobody goes there.
    No,
    /// The entry may have to be fetched first.
    Wanted,
    /// The view scrolls.
    UnderWay,
}

impl Default for Position {
    fn default() -> Self {
        Self { at_bottom: true, seen: 0, new_after: None, came: false, to_unread: ToUnread::No }
    }
}

impl Position {
    /// The user has written: they are at the bottom, and nothing above is new.
    pub(crate) const fn written(&mut self, last: Seq) {
        *self = Self { at_bottom: true, seen: last, new_after: None, came: false, to_unread: ToUnread::No };
    }
}

impl Conversations {
    /// These cards have come on screen.
    pub(crate) fn note_came_on_screen(&mut self, cards: &[CardKey]) {
        for id in cards.iter().filter_map(|card| card.conversation()) {
            if let Some(timeline) = self.timeline(id) {
                timeline.position.came = true;
            }
        }
    }

    /// The user looks at a card. If it has just come on screen, or they come back to its bottom (`back`), they are taken to the
    /// first unread entry.
    pub(crate) fn look(&mut self, id: ConversationId, back: bool, cx: &mut Context<'_, '_>) {
        let Some(thread) = self.threads.get_mut(&id) else { return };
        let unread = thread.has_unread();
        let position = &mut thread.timeline.position;
        let came = core::mem::take(&mut position.came);
        if came && !unread && position.new_after.take().is_some() {
            cx.changed(Changed::Timeline(CardKey::Conversation(id)));
        }
        if unread && (came || (back && position.at_bottom)) {
            thread.go_to_unread(thread.conversation.read_seq, cx);
        }
    }

    /// Scrolls to the first unread entry if the user is to be taken there, once it is here.
    pub(super) fn find_first_unread(&mut self, id: ConversationId, cx: &mut Context<'_, '_>) {
        let Some(Thread { conversation, timeline, .. }) = self.threads.get_mut(&id) else { return };
        if timeline.position.to_unread != ToUnread::Wanted {
            return;
        }
        let first = conversation.read_seq.max(conversation.cleared_seq).saturating_add(1);
        if timeline.is_reading() || matches!(timeline.loaded, Loaded::Nothing | Loaded::Loading) {
            return;
        }
        if timeline.loaded == Loaded::Part && !timeline.reaches(first, MOST_FETCHED) {
            timeline.loaded = Loaded::Loading;
            cx.changed(Changed::Timeline(CardKey::Conversation(id)));
            return self.ask_entries(id, cx);
        }
        timeline.show_from(first, ROWS_ABOVE);
        timeline.position.to_unread = ToUnread::UnderWay;
        cx.effect(Effect::ShowUnread(CardKey::Conversation(id)));
        cx.changed(Changed::Timeline(CardKey::Conversation(id)));
    }

    /// The view says what of a timeline is on screen: the last entry that shows, and whether that is its bottom; `to_unread` when this
    /// is so after it was scrolled to the first unread one.
    pub(super) fn scrolled(
        &mut self,
        id: ConversationId,
        at_bottom: bool,
        last: Option<EntryId>,
        to_unread: bool,
        cx: &mut Context<'_, '_>,
    ) {
        let Some(Thread { timeline, .. }) = self.threads.get_mut(&id) else { return };
        // What is still to be sent has no place yet; it stands below all that has.
        let newest = timeline.last().map(Entry::seq).filter(|_| at_bottom);
        let shown = last.and_then(|id| timeline.place(id)).or(newest);
        let position = &mut timeline.position;
        position.at_bottom = at_bottom;
        position.seen = shown.unwrap_or(position.seen);
        if to_unread && position.to_unread == ToUnread::UnderWay {
            position.to_unread = ToUnread::No;
        }
        if at_bottom && position.to_unread == ToUnread::No && timeline.show_less() {
            cx.changed(Changed::Timeline(CardKey::Conversation(id)));
        }
    }

    /// The line "New" stands before what has just become unread.
    pub(crate) fn mark_new(&mut self, cx: &mut Context<'_, '_>) {
        for id in core::mem::take(&mut self.unread_now) {
            let Some(thread) = self.threads.get_mut(&id).filter(|thread| thread.has_unread()) else { continue };
            thread.timeline.position.new_after = Some(thread.conversation.read_seq);
            cx.changed(Changed::Timeline(CardKey::Conversation(id)));
        }
    }
}

impl Thread {
    /// Whether something is there that the user has not read.
    pub(super) const fn has_unread(&self) -> bool {
        self.conversation.unread > 0 && self.conversation.last_seq > self.conversation.cleared_seq
    }

    /// The user is taken to the first unread entry, that after this place.
    fn go_to_unread(&mut self, read: Seq, cx: &mut Context<'_, '_>) {
        let position = &mut self.timeline.position;
        position.to_unread = ToUnread::Wanted;
        if position.new_after.replace(read) != Some(read) {
            cx.changed(Changed::Timeline(CardKey::Conversation(self.conversation.id)));
        }
    }

    /// The last place that the user has on screen and not read yet. `None` also where that has still to be found out.
    pub(super) fn seen(&mut self, cx: &mut Context<'_, '_>) -> Option<Seq> {
        // What is not on this device is not on screen either.
        let newest = self.timeline.last()?.seq();
        let (read, unread) = (self.conversation.read_seq, Seq::from(self.conversation.unread));
        let position = &mut self.timeline.position;
        if position.to_unread != ToUnread::No {
            return None;
        }
        if !position.at_bottom {
            return Some(position.seen.min(newest)).filter(|seen| *seen > read);
        }
        let shown = position.seen.max(read);
        if unread > AT_ONCE && newest.saturating_sub(shown) > AT_ONCE {
            self.go_to_unread(shown, cx);
            return Some(shown).filter(|shown| *shown > read);
        }
        position.seen = newest;
        Some(newest)
    }

    /// How many entries after this place count as unread.
    pub(super) fn unread_after(&self, seq: Seq, me: UserId) -> u32 {
        let Self { conversation, timeline, .. } = self;
        if seq >= conversation.last_seq {
            return 0;
        }
        let is_text = conversation.kind.is_text();
        let here = timeline.after(seq).filter(|entry| entry.is_inbound(me, is_text)).count();
        let newest = timeline.last().map_or(seq, |last| last.seq().max(seq));
        // Of what the timeline lacks any may be unread.
        let ahead = usize::try_from(conversation.last_seq.saturating_sub(newest)).unwrap_or(usize::MAX);
        u32::try_from(here.saturating_add(ahead)).unwrap_or(u32::MAX).min(conversation.unread)
    }
}

impl Timeline {
    /// Whether it reaches back to this place, or holds so many entries.
    fn reaches(&self, place: Seq, most: usize) -> bool {
        self.oldest().is_some_and(|oldest| oldest <= place) || self.len() >= most
    }
}
