//! Which noun hears what the user asks for.

use super::{Softphone, context, people};
use crate::commands::{Command, Target};
use crate::composer::ComposerAction;
use crate::context::Turn;
use crate::conversations::ConversationsAction;
use crate::effect::{Effect, FocusTarget};
use crate::event::Ui;
use crate::fact::Question;
use crate::overlay::OverlayAction;
use crate::route::Route;
use crate::session::SessionAction;
use crate::windows::{CardKey, WindowAction};
use halyard_words as words;

impl Softphone {
    pub(super) fn on_ui(&mut self, ui: Ui, turn: &mut Turn<'_>) {
        // A timeline is scrolled by what comes in, too.
        if !matches!(ui, Ui::Conversations(ConversationsAction::Scrolled { .. })) {
            self.cache.last_input = turn.env.now;
        }
        match ui {
            Ui::Session(action) => self.on_session(action, turn),
            Ui::Navigate(route) => self.go(route, false, turn),
            Ui::Contacts(action) => self.contacts.act(action, context!(self, turn)),
            Ui::Import(action) => self.import.act(action, &self.contacts.book, context!(self, turn)),
            Ui::Conversations(action) => self.conversations.act(action, context!(self, turn)),
            Ui::NewConversation => self.new_conversation(turn),
            Ui::Recipients(card, action) => {
                self.recipients.act(card, action, people!(self), context!(self, turn));
            }
            Ui::Composer(card, action) => self.on_composer(card, action, turn),
            Ui::Outbox(action) => self.outbox.act(action, context!(self, turn)),
            Ui::Window(action) => self.desk.act(action, context!(self, turn)),
            Ui::Run(command) => self.run(command, turn),
            Ui::Overlay(OverlayAction::Query(query)) => self.offer(query, turn),
            Ui::Overlay(OverlayAction::Step(by)) => self.overlay.step(by, turn),
            Ui::Overlay(OverlayAction::Pick(target)) => self.overlay.pick(target, turn),
            Ui::Overlay(OverlayAction::Close) => self.overlay.close(turn),
            Ui::Notices(action) => self.notices.act(action, turn),
            Ui::Devices(action) => self.devices.act(action, turn),
            Ui::App(asked) => self.installation.act(asked, turn),
        }
    }

    fn on_session(&mut self, action: SessionAction, turn: &mut Turn<'_>) {
        match action {
            SessionAction::SignIn { login, password, device } => self.session.sign_in(&login, password, device, turn),
            SessionAction::SignOut => match self.outbox.waiting() {
                0 => self.sign_out(turn),
                waiting => self.notices.ask(Question::SignOut(waiting), turn),
            },
            SessionAction::Forget(user) => {
                if self.database.sealed.iter().any(|label| label.user == user) {
                    self.notices.ask(Question::Forget(user), turn);
                }
            }
            SessionAction::ChangePassword { current, new } => self.session.change_password(current, new, turn),
            SessionAction::ChoosePassword(password) => self.session.choose_password(password, turn),
            SessionAction::LeaveLink => self.session.leave_link(turn),
            SessionAction::SetAvailability(availability) => self.session.set_availability(availability, turn),
            SessionAction::SetStatusText(text) => self.session.set_status_text(&text, turn),
        }
    }

    fn on_composer(&mut self, card: CardKey, action: ComposerAction, turn: &mut Turn<'_>) {
        match action {
            ComposerAction::Draft(text) => self.type_draft(card, text, turn),
            ComposerAction::Attach(files) => {
                let place = self.place_of(card);
                self.composer.attach(card, &place, files, context!(self, turn));
            }
            ComposerAction::Detach(id) => self.composer.detach(card, id, context!(self, turn)),
            ComposerAction::Submit => self.submit(card, turn),
            ComposerAction::SendUsing(number) => self.send_using(card, number, turn),
        }
    }

    /// Shows another part of the app.
    pub(super) fn go(&mut self, route: Route, replace: bool, turn: &mut Turn<'_>) {
        self.desk.go(route, replace, &self.conversations, context!(self, turn));
    }

    /// To where the cards are.
    pub(super) fn show_cards(&mut self, turn: &mut Turn<'_>) {
        self.desk.show_cards(&self.conversations, context!(self, turn));
    }

    /// The palette offers what is found for what is typed.
    fn offer(&mut self, query: String, turn: &mut Turn<'_>) {
        let offered = self.offered(&query);
        self.overlay.offer(query, offered, turn);
    }

    fn new_conversation(&mut self, turn: &mut Turn<'_>) {
        let card = self.recipients.begin(&self.desk.windows, turn.env);
        self.desk.open(card, context!(self, turn));
        turn.focus(FocusTarget::Recipients(card));
    }

    fn run(&mut self, command: Command, turn: &mut Turn<'_>) {
        if !self.session.is_signed_in() {
            return;
        }
        match command {
            Command::Palette => self.offer(String::new(), turn),
            Command::Shortcuts => self.overlay.open_shortcuts(turn),
            // Where the focus is, the views know.
            Command::Search | Command::NextPart => turn.effect(Effect::Focus(FocusTarget::Search)),
            Command::NewConversation => {
                self.show_cards(turn);
                self.new_conversation(turn);
            }
            // What one types next is a search, and no message to whoever is in front.
            Command::Contacts => {
                self.go(Route::Contacts(None), false, turn);
                turn.focus(FocusTarget::Search);
            }
            Command::Chats => {
                self.go(Route::Chats(None), false, turn);
                turn.focus(FocusTarget::Search);
            }
            Command::MinimiseAll => {
                for card in self.desk.cards() {
                    self.desk.act(WindowAction::Minimise(card), context!(self, turn));
                }
            }
            Command::CloseAll => {
                for card in self.desk.cards() {
                    self.desk.close(card, context!(self, turn));
                }
            }
            Command::SignOut => self.on_session(SessionAction::SignOut, turn),
            Command::Settings => self.go(Route::Settings, false, turn),
            Command::Import => {
                self.go(Route::Contacts(None), false, turn);
                turn.focus(FocusTarget::Import);
            }
            Command::NextCard | Command::PreviousCard => {
                self.show_cards(turn);
                let next = command == Command::NextCard;
                let action = if next { WindowAction::FocusNext } else { WindowAction::FocusPrevious };
                self.desk.act(action, context!(self, turn));
            }
            Command::Fullscreen
            | Command::Pin
            | Command::Minimise
            | Command::Close
            | Command::Tile
            | Command::Snap(_)
            | Command::Float
            | Command::Move(..)
            | Command::Resize(..) => self.run_on_card(command, turn),
        }
    }

    fn run_on_card(&mut self, command: Command, turn: &mut Turn<'_>) {
        let front = self.desk.front_card();
        let Some(action) = front.and_then(|card| command.on(card, self.desk.is_pinned(card))) else { return };
        self.desk.act(action, context!(self, turn));
        if let WindowAction::SetPinned(_, pinned) = action {
            turn.announce(if pinned { words::PINNED } else { words::UNPINNED });
        }
    }

    /// Something was picked in the palette.
    pub(super) fn jump(&mut self, target: Target, turn: &mut Turn<'_>) {
        match target {
            Target::Card(card) => {
                self.show_cards(turn);
                self.desk.act(WindowAction::Focus(card), context!(self, turn));
            }
            Target::Conversation(id) => {
                self.show_cards(turn);
                self.open_conversation(id, turn);
            }
            Target::Peer(peer) => {
                self.show_cards(turn);
                self.message_peer(peer, None, turn);
            }
            Target::Details(entry) => self.contacts.select(Some(entry), context!(self, turn)),
            Target::Command(command) => self.run(command, turn),
        }
    }
}
