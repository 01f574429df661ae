//! The end of each turn: what follows from the state as it is then, whatever the event was.

use halyard_protocol::ConversationId;

use super::{Softphone, context};
use crate::context::Turn;
use crate::conversations::{ColumnFilter, Unasked};
use crate::effect::Effect;
use crate::sync::Connection;
use crate::update::Changed;
use crate::windows::CardKey;

/// In milliseconds.
const HALF_A_YEAR: i64 = 182 * 86_400_000;

impl Softphone {
    /// What the user looks at is read; what may leave leaves; what has changed is written; the title says what is unread.
    pub(super) fn end_turn(&mut self, turn: &mut Turn<'_>) {
        self.desk.covered = self.session.link.is_some();
        let came = self.desk.came_on_screen();
        self.conversations.note_came_on_screen(&came);
        if let Some((id, back)) = self.desk.look() {
            self.conversations.look(id, back, context!(self, turn));
            self.conversations.see(id, context!(self, turn));
        }
        self.conversations.mark_new(context!(self, turn));
        self.send_outbox(turn);
        self.settle_facts(turn);
        self.follow_clock(turn);
        self.schedule_writes(turn);
        self.show_unread(turn);
        self.look_for_groups(turn);
        self.narrow_to_undelivered(turn);
        self.offer_people_and_numbers(turn);
        self.distinguish_cards(turn);
        self.overlay.refresh(turn);
    }

    /// It is another day, or another zone: "9:42" becomes "Yesterday", "Today" becomes "Sunday". Timers stand still while
    /// a device sleeps, so the clock is looked at with each event.
    fn follow_clock(&mut self, turn: &mut Turn<'_>) {
        let now = turn.env.now;
        // Half a year before and after tell zones apart that agree now.
        let offsets = [-HALF_A_YEAR, 0, HALF_A_YEAR].map(|by| (turn.env.utc_offset)(now.plus(by)));
        let day = (turn.env.local_day(now), offsets);
        if self.shown_day.replace(day).is_none_or(|shown| shown == day) {
            return;
        }
        self.conversations.changed_column(turn);
        for card in self.desk.cards() {
            turn.changed(Changed::Timeline(card));
        }
        for id in self.conversations.in_order() {
            turn.changed(Changed::Row(id));
        }
        turn.changed(Changed::Devices);
    }

    /// Lets outgoing messages leave, if they may.
    fn send_outbox(&mut self, turn: &mut Turn<'_>) {
        if !core::mem::take(&mut self.outbox_ready) {
            return;
        }
        let Some(me) = self.user() else { return };
        let may_send = self.session.is_signed_in() && self.sync.verified && self.leads;
        if may_send && !self.outbox.is_empty() && !self.database.may_have_older(me) {
            self.outbox.send(turn);
        }
    }

    /// Says how many are unread, if that is another number after the whole event: a message into the card that is being
    /// read comes unread and is read at once.
    fn show_unread(&mut self, turn: &mut Turn<'_>) {
        let unread = self.conversations.unread();
        if self.conversations.take_unread_changed() && self.shown_unread != unread {
            self.shown_unread = unread;
            turn.effect(Effect::Title(unread));
            turn.changed(Changed::Unread);
        }
    }

    /// The group chat with the people of a new conversation may be one that is not here yet: page after page is asked for until it is found,
    /// so that "Done" does not begin it a second time.
    fn look_for_groups(&mut self, turn: &mut Turn<'_>) {
        let may_matter = |what: Changed| matches!(what, Changed::Column | Changed::Recipients(_));
        if self.sync.connection != Connection::Live {
            // The next connection may bring what this one did not.
            self.conversations.unasked = Unasked::None;
            return;
        }
        if !turn.changes().any(may_matter) {
            return;
        }
        let cards = self.desk.cards();
        let is_missing = |card: CardKey| {
            let group = self.recipients.get(card).filter(|new| new.is_group_chat() && cards.contains(&card));
            group.is_some_and(|new| self.conversations.group_of(&new.peers, new.title.trim()).is_none())
        };
        if self.recipients.cards().any(is_missing) {
            self.conversations.load_unasked(context!(self, turn));
        }
    }

    /// What did not arrive is said by timelines and by the outbox.
    fn narrow_to_undelivered(&mut self, turn: &mut Turn<'_>) {
        let may_matter = |what: Changed| matches!(what, Changed::Row(_) | Changed::Timeline(_));
        if self.conversations.column.filter == ColumnFilter::Undelivered && turn.changes().any(may_matter) {
            self.conversations.changed_column(turn);
        }
    }

    /// Which number a new conversation is offered to go from is the one last used with its people, and those whom one wrote to last are
    /// offered first.
    fn offer_people_and_numbers(&self, turn: &mut Turn<'_>) {
        let of_conversations = |what: Changed| matches!(what, Changed::Column | Changed::Row(_) | Changed::Header(_));
        if !turn.changes().any(of_conversations) {
            return;
        }
        for card in self.recipients.cards() {
            turn.changed(Changed::Composer(card));
            turn.changed(Changed::Recipients(card));
        }
        // Who wants no texts is known from other conversations with them, where the server has said nothing of this one.
        for card in self.desk.cards() {
            if card.conversation().is_some_and(|id| self.conversations.is_news(id)) {
                turn.changed(Changed::Composer(card));
            }
        }
    }

    /// Of cards with one name each says more than its name.
    fn distinguish_cards(&mut self, turn: &mut Turn<'_>) {
        let cards = self.desk.cards();
        let renamed = turn.changes().any(|change| matches!(change, Changed::Header(_)));
        if !renamed && cards == self.desk.compared.0 {
            return;
        }
        let titles: Vec<_> = cards.iter().map(|card| self.title_of(*card)).collect();
        let has_twin = |title| titles.iter().filter(|other| *other == title).count() > 1;
        let twins: Vec<CardKey> =
            cards.iter().zip(&titles).filter(|(_, title)| has_twin(*title)).map(|(card, _)| *card).collect();
        let (_, before) = core::mem::replace(&mut self.desk.compared, (cards, twins));
        for card in before.iter().chain(&self.desk.compared.1) {
            turn.changed(Changed::Header(*card));
        }
    }

    /// Everything on screen is another's, or anew.
    pub(super) fn everything_changed(&mut self, turn: &mut Turn<'_>) {
        self.contacts.list.stale();
        self.conversations.column.stale();
        for what in [
            Changed::Route,
            Changed::Connection,
            Changed::Column,
            Changed::Unread,
            Changed::Windows,
            Changed::Palette,
            Changed::Contacts,
            Changed::ContactRows,
            Changed::ContactDetails,
            Changed::ContactForm,
            Changed::Import,
            Changed::Me,
            Changed::Devices,
            Changed::Installation,
            Changed::Notices,
            Changed::Question,
        ] {
            turn.changed(what);
        }
        let rows: Vec<ConversationId> = self.conversations.in_order().collect();
        for id in rows {
            turn.changed(Changed::Row(id));
        }
        for card in self.desk.cards() {
            crate::desk::card_changed(card, turn);
        }
        self.shown_unread = self.conversations.unread();
        turn.effect(Effect::Title(self.shown_unread));
    }
}
