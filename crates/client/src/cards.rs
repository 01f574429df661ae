//! Cards and the address: opening and closing cards, what becomes of the focus, and what the address bar says.
//!
//! Always holds: in the narrow shapes the address names the card that fills the pane, so that Back works as everywhere.

use halyard_protocol::ConversationId;
use halyard_protocol::event::Favourite;

use crate::effect::{Effect, FocusTarget};
use crate::env::Env;
use crate::route::Route;
use crate::softphone::Softphone;
use crate::update::{Changed, Update};
use crate::windows::{CardKey, Focus, Outcome, WindowAction};

impl Softphone {
    /// Shows another part of the app, as the user asked.
    pub(crate) fn go(&mut self, route: Route, replace: bool, out: &mut Update) {
        if self.route != route {
            self.route = route;
            out.effect(Effect::Navigate { route, replace });
        }
        self.arrive(out);
    }

    pub(crate) fn arrive(&mut self, out: &mut Update) {
        out.changed(Changed::Route);
        out.changed(Changed::ContactDetails);
        if !self.windows.is_narrow() {
            self.open_address(out);
            self.see_front(out);
            return;
        }
        // In the narrow shapes the address says which pane shows, so that Back works as everywhere.
        match self.route {
            Route::Chats(Some(id)) if self.conversations.get(id).is_some() => {
                if self.windows.focused() != Some(CardKey::Conversation(id)) {
                    self.open_card(CardKey::Conversation(id), out);
                }
            }
            _ => {
                let outcome = self.windows.act(WindowAction::Back);
                self.windows_changed(Outcome { focus: None, ..outcome }, out);
            }
        }
    }

    /// The address names a conversation, as a link does: its card shows.
    pub(crate) fn open_address(&mut self, out: &mut Update) {
        if let Route::Chats(Some(id)) = self.route
            && self.conversations.get(id).is_some()
        {
            self.open_card(CardKey::Conversation(id), out);
        }
    }

    pub(crate) fn window(&mut self, action: WindowAction, out: &mut Update) {
        if let WindowAction::Close(card) = action {
            self.close_card(card, out);
            return;
        }
        let outcome = self.windows.act(action);
        if matches!(action, WindowAction::Drag { .. }) {
            // A card on its way with the pointer: so often that nothing else is looked at.
            if outcome.changed {
                out.changed(Changed::Windows);
            }
            return;
        }
        self.windows_changed(outcome, out);
    }

    pub(crate) fn open_card(&mut self, card: CardKey, out: &mut Update) {
        let outcome = self.windows.open(card);
        if let CardKey::Conversation(id) = card {
            self.load_page(id, out);
        }
        self.card_changed(card, out);
        self.windows_changed(outcome, out);
    }

    pub(crate) fn close_card(&mut self, card: CardKey, out: &mut Update) {
        self.problems.remove(&card);
        // Closing throws nothing away that was typed: "New Conversation" brings it back.
        if !self.drafts.has(card) {
            self.new.remove(&card);
        }
        let outcome = self.windows.act(WindowAction::Close(card));
        self.windows_changed(outcome, out);
    }

    /// A card becomes another conversation's, in the same place.
    pub(crate) fn retarget_card(&mut self, from: CardKey, to: CardKey, out: &mut Update) {
        let outcome = self.windows.retarget(from, to);
        if let CardKey::Conversation(id) = to {
            self.load_page(id, out);
        }
        self.card_changed(to, out);
        // In this order: at no moment is the text nowhere.
        self.keep_draft(to, out);
        self.keep_draft(from, out);
        self.windows_changed(outcome, out);
    }

    /// An open card after a new snapshot: its conversation must exist, and its history be asked for again.
    pub(crate) fn reopen_card(&mut self, card: CardKey, out: &mut Update) {
        if let CardKey::Conversation(id) = card {
            if self.conversations.get(id).is_none() {
                self.close_card(card, out);
                return;
            }
            self.load_page(id, out);
        }
        self.card_changed(card, out);
    }

    pub(crate) fn card_changed(&self, card: CardKey, out: &mut Update) {
        out.changed(Changed::Header(card));
        out.changed(Changed::Timeline(card));
        out.changed(Changed::Composer(card));
        out.changed(Changed::Recipients(card));
        out.changed(Changed::Typing(card));
    }

    pub(crate) fn windows_changed(&mut self, outcome: Outcome, out: &mut Update) {
        self.cards_changed(outcome, out);
        self.follow_pane(out);
    }

    pub(crate) fn cards_changed(&mut self, outcome: Outcome, out: &mut Update) {
        if outcome.changed {
            out.changed(Changed::Windows);
            out.changed(Changed::Route);
        }
        match outcome.focus {
            Some(Focus::Card(card @ CardKey::New(_))) => {
                out.effect(Effect::Focus(FocusTarget::Recipients(card)));
            }
            Some(Focus::Card(card)) => out.effect(Effect::Focus(FocusTarget::Composer(card))),
            Some(Focus::Column) => out.effect(Effect::Focus(FocusTarget::Column)),
            None => {}
        }
        self.see_front(out);
    }

    /// Whether the cards are on screen, rather than another part of the app.
    pub(crate) fn shows_cards(&self) -> bool {
        match self.route {
            Route::Chats(_) | Route::Home => true,
            Route::Contacts(_) => !self.windows.is_narrow(),
            Route::Settings => false,
        }
    }

    pub(crate) fn see_front(&mut self, out: &mut Update) {
        if let Some(CardKey::Conversation(id)) = self.windows.focused() {
            self.see(id, out);
        }
    }

    /// In the narrow shapes the address follows the pane.
    pub(crate) fn follow_pane(&mut self, out: &mut Update) {
        if !self.windows.is_narrow() || !self.session.is_signed_in() {
            return;
        }
        let shown = self.windows.focused();
        let wanted = match (shown, self.route) {
            (Some(CardKey::Conversation(id)), _) => Route::Chats(Some(id)),
            (None, Route::Chats(Some(_))) => Route::Chats(None),
            (_, route) => route,
        };
        if wanted != self.route {
            // Back from a card must lead to the column once, however many cards were looked at.
            let replace = matches!(self.route, Route::Chats(Some(_)));
            self.route = wanted;
            out.effect(Effect::Navigate { route: wanted, replace });
            out.changed(Changed::Route);
            out.changed(Changed::ContactDetails);
        }
    }

    pub(crate) fn open_cards(&self) -> Vec<CardKey> {
        self.windows.cards().map(crate::windows::Card::key).collect()
    }

    /// "View Contact": the details of whoever is on the other side; a number that nobody has is offered to be saved.
    pub(crate) fn view_contact(&mut self, id: ConversationId, env: &Env, out: &mut Update) {
        use halyard_protocol::Peer;
        let peer = self.conversations.get(id).and_then(|thread| thread.conversation.peers.first().copied());
        match peer {
            Some(Peer::User(user)) => self.select_contact(Some(Favourite::User(user)), out),
            Some(Peer::Number(number)) => match self.book.owner(number).map(|contact| contact.id) {
                Some(contact) => self.select_contact(Some(Favourite::Contact(contact)), out),
                None => self.new_contact(Some(number), env, out),
            },
            Some(Peer::Unknown) | None => {}
        }
    }
}
