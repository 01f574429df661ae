//! The desk: which part of the app shows, which cards are open on it, and whether the user looks at it.
//!
//! Always holds: in the narrow shapes the address names the card that fills the pane, so that Back works as everywhere.

use halyard_protocol::ConversationId;

use crate::context::{Context, Turn};
use crate::conversations::Conversations;
use crate::effect::{Effect, FocusTarget};
use crate::env::Attention;
use crate::fact::Fact;
use crate::route::Route;
use crate::update::Changed;
use crate::windows::{Card, CardKey, Focus, WindowAction, Windows, WindowsChange};

/// The desk.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    pub(crate) windows: Windows,
    pub(crate) route: Route,
    /// Whether this tab shows, and has the focus.
    pub(crate) attention: Attention,
    /// Whether the page of a link for a new password is over it.
    pub(crate) covered: bool,
    /// The cards that were on screen at the end of the last turn.
    on_screen: Vec<CardKey>,
    /// The conversation that was looked at then.
    looked_at: Option<ConversationId>,
    /// The cards that were open when their names were last compared, and those of them whose name another one has.
    pub(crate) compared: (Vec<CardKey>, Vec<CardKey>),
    /// Width of the window, and the desk's size, once known.
    viewport: Option<(u32, u32, u32)>,
}

impl Desk {
    /// What outlives the user who leaves: the address, the window's size, whether somebody looks.
    pub(crate) fn outlive(self, turn: &mut Turn<'_>) -> Self {
        let Self { route, attention, viewport, .. } = self;
        let mut desk = Self { route, attention, viewport, ..Self::default() };
        if let Some((width, desk_width, desk_height)) = viewport {
            let outcome = desk.windows.resize_desk(width, desk_width, desk_height);
            desk.cards_changed(outcome, turn);
        }
        desk
    }

    /// Shows another part of the app, as the user asked.
    pub(crate) fn go(&mut self, route: Route, replace: bool, all: &Conversations, cx: &mut Context<'_, '_>) {
        if self.route != route {
            self.route = route;
            cx.effect(Effect::Navigate { route, replace });
        }
        self.arrive(all, cx);
    }

    /// The address has changed.
    pub(crate) fn arrive(&mut self, all: &Conversations, cx: &mut Context<'_, '_>) {
        cx.changed(Changed::Route);
        cx.changed(Changed::ContactDetails);
        if !self.windows.is_narrow() {
            self.open_address(all, cx);
            return;
        }
        // In the narrow shapes the address says which pane shows, so that Back works as everywhere.
        match self.route {
            Route::Chats(Some(id)) if all.get(id).is_some() => {
                if self.windows.focused() != Some(CardKey::Conversation(id)) {
                    self.open(CardKey::Conversation(id), cx);
                }
            }
            Route::Chats(_) | Route::Contacts(_) | Route::Settings | Route::Home => {
                let outcome = self.windows.act(WindowAction::Back);
                self.changed(WindowsChange { focus: None, ..outcome }, cx);
            }
        }
    }

    /// The address names a conversation, as a link does: its card shows.
    pub(crate) fn open_address(&mut self, all: &Conversations, cx: &mut Context<'_, '_>) {
        if let Route::Chats(Some(id)) = self.route
            && all.get(id).is_some()
        {
            self.open(CardKey::Conversation(id), cx);
        }
    }

    /// The window or the desk has another size.
    pub(crate) fn resize(&mut self, viewport: u32, width: u32, height: u32, cx: &mut Context<'_, '_>) {
        self.viewport = Some((viewport, width, height));
        let outcome = self.windows.resize_desk(viewport, width, height);
        // A window that gets narrow takes nobody away from their contacts or settings.
        match self.route {
            Route::Contacts(_) | Route::Settings => self.cards_changed(outcome, cx),
            Route::Chats(_) | Route::Home => self.changed(outcome, cx),
        }
    }

    pub(crate) fn act(&mut self, action: WindowAction, cx: &mut Context<'_, '_>) {
        if let WindowAction::Close(card) = action {
            self.close(card, cx);
            return;
        }
        let outcome = self.windows.act(action);
        if matches!(action, WindowAction::Drag { .. }) {
            // A card on its way with the pointer: so often that nothing else is looked at.
            if outcome.changed {
                cx.changed(Changed::Windows);
            }
            return;
        }
        self.changed(outcome, cx);
    }

    /// Opens a card, or brings it to the front.
    pub(crate) fn open(&mut self, card: CardKey, cx: &mut Context<'_, '_>) {
        let outcome = self.windows.open(card);
        if let CardKey::Conversation(id) = card {
            cx.fact(Fact::PageWanted(id));
        }
        card_changed(card, cx);
        self.changed(outcome, cx);
    }

    pub(crate) fn close(&mut self, card: CardKey, cx: &mut Context<'_, '_>) {
        let outcome = self.windows.act(WindowAction::Close(card));
        cx.fact(Fact::CardClosed(card));
        self.changed(outcome, cx);
    }

    /// A card becomes another conversation's, in the same place.
    pub(crate) fn retarget(&mut self, from: CardKey, to: CardKey, cx: &mut Context<'_, '_>) {
        let outcome = self.windows.retarget(from, to);
        if let CardKey::Conversation(id) = to {
            cx.fact(Fact::PageWanted(id));
        }
        card_changed(to, cx);
        self.changed(outcome, cx);
    }

    /// An open card after a new snapshot: its conversation must exist, and its history be asked for again.
    pub(crate) fn reopen(&mut self, card: CardKey, all: &Conversations, cx: &mut Context<'_, '_>) {
        if let CardKey::Conversation(id) = card {
            if all.get(id).is_none() {
                self.close(card, cx);
                return;
            }
            cx.fact(Fact::PageWanted(id));
        }
        card_changed(card, cx);
    }

    /// The cards changed.
    pub(crate) fn changed(&mut self, outcome: WindowsChange, cx: &mut Context<'_, '_>) {
        self.cards_changed(outcome, cx);
        self.follow_pane(cx);
    }

    /// The cards changed, and the address stays.
    pub(crate) fn cards_changed(&self, outcome: WindowsChange, turn: &mut Turn<'_>) {
        if outcome.changed {
            turn.changed(Changed::Windows);
            turn.changed(Changed::Route);
        }
        match outcome.focus {
            Some(Focus::Card(card @ CardKey::New(_))) => turn.focus(FocusTarget::Recipients(card)),
            Some(Focus::Card(card)) => turn.focus(FocusTarget::Composer(card)),
            Some(Focus::Column) => turn.focus(FocusTarget::Column),
            None => {}
        }
    }

    /// In the narrow shapes the address follows the pane.
    fn follow_pane(&mut self, cx: &mut Context<'_, '_>) {
        if !self.windows.is_narrow() || !cx.device.signed_in {
            return;
        }
        let wanted = match (self.windows.focused(), self.route) {
            (Some(CardKey::Conversation(id)), _) => Route::Chats(Some(id)),
            (None, Route::Chats(Some(_))) => Route::Chats(None),
            (_, route) => route,
        };
        if wanted != self.route {
            // Back from a card must lead to the column once, however many cards were looked at.
            let replace = matches!(self.route, Route::Chats(Some(_)));
            self.route = wanted;
            cx.effect(Effect::Navigate { route: wanted, replace });
            cx.changed(Changed::Route);
            cx.changed(Changed::ContactDetails);
        }
    }

    /// Whether the cards are on screen, rather than another part of the app.
    pub(crate) fn shows_cards(&self) -> bool {
        !self.covered
            && match self.route {
                Route::Chats(_) | Route::Home => true,
                Route::Contacts(_) => !self.windows.is_narrow(),
                Route::Settings => false,
            }
    }

    /// To where the cards are, from another part of the app that has no room for them.
    pub(crate) fn show_cards(&mut self, all: &Conversations, cx: &mut Context<'_, '_>) {
        if !self.shows_cards() {
            self.go(Route::Chats(None), false, all, cx);
        }
    }

    /// The card that the user has before them.
    pub(crate) fn front_card(&self) -> Option<CardKey> {
        self.windows.focused().filter(|_| self.shows_cards())
    }

    /// The conversation that the user has before them, and whether they had not at the end of the last turn.
    pub(crate) fn look(&mut self) -> Option<(ConversationId, bool)> {
        let seen = self.front_card().filter(|_| self.attention >= Attention::Shows).and_then(CardKey::conversation);
        let before = core::mem::replace(&mut self.looked_at, seen);
        seen.map(|id| (id, before != seen))
    }

    /// The cards that have come on screen since the end of the last turn.
    pub(crate) fn came_on_screen(&mut self) -> Vec<CardKey> {
        let mut now = Vec::new();
        if self.windows.is_narrow() {
            now.extend(self.front_card());
        } else if self.shows_cards() {
            now.extend(self.windows.cards().filter(|card| !card.is_minimised()).map(Card::key));
        }
        let before = core::mem::replace(&mut self.on_screen, now);
        self.on_screen.iter().filter(|card| !before.contains(card)).copied().collect()
    }

    pub(crate) fn is_open(&self, id: ConversationId) -> bool {
        self.windows.is_open(CardKey::Conversation(id))
    }

    /// Whether another open card has the same name.
    pub(crate) fn has_twin(&self, card: CardKey) -> bool {
        self.compared.1.contains(&card)
    }

    pub(crate) fn is_pinned(&self, card: CardKey) -> bool {
        self.windows.get(card).is_some_and(Card::is_pinned)
    }

    /// Conversations whose cards are pinned.
    pub(crate) fn pinned(&self) -> Vec<ConversationId> {
        self.windows.cards().filter(|card| card.is_pinned()).filter_map(|card| card.key().conversation()).collect()
    }

    pub(crate) fn cards(&self) -> Vec<CardKey> {
        self.windows.cards().map(Card::key).collect()
    }
}

/// All of a card may read differently.
pub(crate) fn card_changed(card: CardKey, turn: &mut Turn<'_>) {
    turn.changed(Changed::Header(card));
    turn.changed(Changed::Timeline(card));
    turn.changed(Changed::Composer(card));
    turn.changed(Changed::Recipients(card));
    turn.changed(Changed::Typing(card));
}

#[cfg(test)]
mod tests {
    use halyard_protocol::Ulid;

    use super::*;
    use crate::testing::Alone;

    const FIRST: CardKey = CardKey::Conversation(ConversationId(Ulid::from_bits(1)));
    const SECOND: CardKey = CardKey::Conversation(ConversationId(Ulid::from_bits(2)));

    fn with_cards(width: u32) -> (Desk, Alone) {
        let (mut desk, mut alone) = (Desk { attention: Attention::Focused, ..Desk::default() }, Alone::new());
        alone.turn(|cx| {
            desk.resize(width, width, 800, cx);
            desk.open(FIRST, cx);
            desk.open(SECOND, cx);
        });
        (desk, alone)
    }

    #[test]
    fn a_card_comes_on_screen_when_it_is_opened_restored_or_uncovered() {
        let (mut desk, mut alone) = with_cards(1_440);
        assert_eq!(desk.came_on_screen(), [FIRST, SECOND]);
        assert_eq!(desk.came_on_screen(), []);
        alone.turn(|cx| desk.act(WindowAction::Minimise(FIRST), cx));
        assert_eq!(desk.came_on_screen(), []);
        alone.turn(|cx| desk.act(WindowAction::Restore(FIRST), cx));
        assert_eq!(desk.came_on_screen(), [FIRST]);
        desk.route = Route::Settings;
        assert_eq!(desk.came_on_screen(), []);
        desk.route = Route::Chats(None);
        assert_eq!(desk.came_on_screen(), [FIRST, SECOND]);
    }

    #[test]
    fn the_card_in_front_is_looked_at_while_the_window_shows() {
        let (mut desk, mut alone) = with_cards(1_440);
        let id = SECOND.conversation();
        assert_eq!(desk.look(), id.map(|id| (id, true)));
        desk.attention = Attention::Shows;
        assert_eq!(desk.look(), id.map(|id| (id, false)), "without the focus, too");
        desk.attention = Attention::Hidden;
        assert_eq!(desk.look(), None);
        desk.attention = Attention::Shows;
        assert_eq!(desk.look(), id.map(|id| (id, true)));
        alone.turn(|cx| desk.act(WindowAction::Focus(FIRST), cx));
        assert_eq!(desk.look(), FIRST.conversation().map(|id| (id, true)));
    }

    #[test]
    fn in_a_narrow_window_one_card_is_on_screen_and_its_address_says_so() {
        let (mut desk, mut alone) = with_cards(390);
        assert_eq!(desk.came_on_screen(), [SECOND]);
        assert_eq!(desk.route, Route::Chats(SECOND.conversation()));
        alone.turn(|cx| desk.act(WindowAction::Back, cx));
        assert_eq!((desk.came_on_screen(), desk.route), (vec![], Route::Chats(None)));
    }
}
