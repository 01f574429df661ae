//! Keys that work everywhere: `/` to the search, `n` for a new conversation outside of text boxes.

use crate::dom::*;
use halyard_client::windows::WindowAction;
use halyard_client::{Route, Ui};
use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::runtime::App;

/// Listens for as long as the app runs.
pub(super) fn listen(app: App) {
    let handle = window_event_listener(ev::keydown, move |event| {
        if let Some(action) = action(&event) {
            event.prevent_default();
            act(app, action);
        }
    });
    on_cleanup(move || handle.remove());
}

enum Action {
    Search,
    NewConversation,
    Chats,
    Contacts,
    Window(WindowAction),
}

fn action(event: &KeyboardEvent) -> Option<Action> {
    if event.default_prevented() || event.is_composing() {
        return None;
    }
    let typing = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok())
        .is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"));
    let alt = event.alt_key() && !event.ctrl_key() && !event.meta_key();
    match (event.key().as_str(), alt, typing) {
        ("/", false, false) if !event.ctrl_key() && !event.meta_key() => Some(Action::Search),
        ("n", true, _) => Some(Action::NewConversation),
        ("1", true, _) => Some(Action::Contacts),
        ("2", true, _) => Some(Action::Chats),
        ("PageDown", true, _) => Some(Action::Window(WindowAction::FocusNext)),
        ("PageUp", true, _) => Some(Action::Window(WindowAction::FocusPrevious)),
        _ => None,
    }
}

fn act(app: App, action: Action) {
    match action {
        Action::Search => {
            let field = document().query_selector(".column input[type=search]").ok().flatten();
            if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
                // Fails only for an element that is no longer there.
                let _ = field.focus();
            }
        }
        Action::NewConversation => app.send(Ui::NewConversation),
        Action::Chats => app.send(Ui::Navigate(Route::Chats(None))),
        Action::Contacts => app.send(Ui::Navigate(Route::Contacts(None))),
        Action::Window(action) => app.send(Ui::Window(action)),
    }
}
