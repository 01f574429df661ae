//! Events: everything that the machine hears of, grouped by who speaks.

use halyard_protocol::MessageId;

use crate::commands::Command;
use crate::composer::{ComposerAction, Files};
use crate::contacts::ContactsAction;
use crate::conversations::ConversationsAction;
use crate::devices::DevicesAction;
use crate::effect::{AppCommand, HttpOutcome, PhotoOf, RequestId, SocketEvent, Timer};
use crate::env::Attention;
use crate::importing::ImportAction;
use crate::installation::AppEvent;
use crate::notices::NoticesAction;
use crate::outbox::OutboxAction;
use crate::overlay::OverlayAction;
use crate::recipients::RecipientsAction;
use crate::route::Route;
use crate::session::SessionAction;
use crate::storage::Db;
use crate::tabs::TabEvent;
use crate::windows::{CardKey, WindowAction};

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The user asked for something.
    Ui(Ui),
    /// The server said something.
    Net(Net),
    /// The device's database answered.
    Db(Db),
    /// A timer that was set has come.
    Timer(Timer),
    /// The browser or the device changed.
    System(System),
    /// The tabs of this browser.
    Tab(TabEvent),
    /// A file of a message.
    Files(Files),
    /// A contact's photo is small: its content in base 64. Nothing where it is no picture that the browser can show.
    Photo(PhotoOf, Option<String>),
}

/// What the user asks for, by the noun that it is about.
#[derive(Clone, Debug)]
pub enum Ui {
    /// Signing in and out, and what others see of me.
    Session(SessionAction),
    /// A link of the rail.
    Navigate(Route),
    /// The contacts.
    Contacts(ContactsAction),
    /// An import of contacts.
    Import(ImportAction),
    /// The column, and what can be done with a conversation.
    Conversations(ConversationsAction),
    /// "New Conversation".
    NewConversation,
    /// The people of a new conversation.
    Recipients(CardKey, RecipientsAction),
    /// A card's text box.
    Composer(CardKey, ComposerAction),
    /// A message that was not sent.
    Outbox(OutboxAction),
    /// A card's window.
    Window(WindowAction),
    /// An action, by its keys or from the palette.
    Run(Command),
    /// The palette and the sheet of shortcuts.
    Overlay(OverlayAction),
    /// Notices and the question that is open.
    Notices(NoticesAction),
    /// My devices.
    Devices(DevicesAction),
    /// "Reload" when a new version is ready, "Install", "Not now", "Make Halyard handle my links".
    App(AppCommand),
}

/// What the server said.
#[derive(Clone, Debug)]
pub enum Net {
    /// The outcome of a request.
    Http(RequestId, HttpOutcome),
    /// The socket.
    Socket(SocketEvent),
}

/// What the browser or the device says.
#[derive(strum::IntoStaticStr, Clone, Debug)]
pub enum System {
    /// The app has started at this address.
    Started {
        /// Where.
        route: Route,
        /// What a tab of this browser kept last by [`Effect::KeepNewest`](crate::Effect::KeepNewest).
        newest: Option<MessageId>,
    },
    /// Whether the tab shows, and has the focus.
    Attention(Attention),
    /// The tab may be gone at any moment: the page is hidden or unloads.
    Leaving,
    /// The device says that it has a network, or no longer.
    Online(bool),
    /// Back or Forward.
    Navigated(Route),
    /// The window's width and the desk's size in CSS pixels.
    Resized {
        /// Of the window.
        viewport: u32,
        /// Width of the desk.
        width: u32,
        /// Height of the desk.
        height: u32,
    },
    /// About the app as the device has it.
    App(AppEvent),
}

impl Event {
    /// What happened, by names alone: "Composer Draft". Nothing of what was typed, received or chosen is in it, so it may
    /// stand in a report of a problem.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Ui(ui) => ui.name(),
            Self::Net(Net::Http(_, Ok(response))) => ["Answer ", &response.status.to_string()].concat(),
            Self::Net(Net::Http(_, Err(_))) => "No answer".to_owned(),
            Self::Net(Net::Socket(event)) => named("Socket", event),
            Self::Db(db) => named("Database", db),
            Self::Timer(timer) => named("Timer", timer),
            Self::System(System::App(event)) => named("App", event),
            Self::System(system) => named("System", system),
            Self::Tab(tab) => named("Tab", tab),
            Self::Files(Files::Ready { .. }) => "File ready".to_owned(),
            Self::Files(Files::Unreadable(_)) => "File unreadable".to_owned(),
            Self::Photo(_, Some(_)) => "Photo ready".to_owned(),
            Self::Photo(_, None) => "Photo unreadable".to_owned(),
        }
    }
}

impl Ui {
    fn name(&self) -> String {
        match self {
            Self::Session(action) => named("Session", action),
            Self::Navigate(route) => named("Navigate", route),
            Self::Contacts(action) => named("Contacts", action),
            Self::Import(action) => named("Import", action),
            Self::Conversations(action) => named("Conversations", action),
            Self::NewConversation => "New conversation".to_owned(),
            Self::Recipients(_, action) => named("Recipients", action),
            Self::Composer(_, action) => named("Composer", action),
            Self::Outbox(action) => named("Outbox", action),
            Self::Window(action) => named("Window", action),
            Self::Run(command) => named("Run", command),
            Self::Overlay(action) => named("Overlay", action),
            Self::Notices(action) => named("Notices", action),
            Self::Devices(action) => named("Devices", action),
            Self::App(command) => named("App", command),
        }
    }
}

/// A noun with the name of a variant.
fn named(noun: &str, variant: impl Into<&'static str>) -> String {
    [noun, " ", variant.into()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_holds_nothing_of_what_was_typed() {
        let card = CardKey::New(1);
        let typed = "secret \u{1F44B}".to_owned();
        for (event, name) in [
            (Event::Ui(Ui::Composer(card, ComposerAction::Draft(typed.clone()))), "Composer Draft"),
            (Event::Ui(Ui::Contacts(ContactsAction::Search(typed.clone()))), "Contacts Search"),
            (Event::Ui(Ui::NewConversation), "New conversation"),
            (Event::Net(Net::Socket(SocketEvent::Frame(typed.clone()))), "Socket Frame"),
            (Event::Timer(Timer::Outbox), "Timer Outbox"),
            (Event::Tab(TabEvent::Message(typed)), "Tab Message"),
            (Event::System(System::Attention(Attention::Focused)), "System Attention"),
        ] {
            assert_eq!(event.name(), name);
        }
    }
}
