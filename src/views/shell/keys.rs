//! Keys that work everywhere. Which ones do what, `halyard_client::commands` says.

use halyard_client::commands::KeyPress;
use halyard_client::contacts::ContactsAction;
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, Command, Ui};
use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use crate::adapters::device;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::is_composing;

/// Listens for as long as the app runs.
pub(super) fn listen(app: App) {
    let mac = device::is_mac();
    let handle = window_event_listener(ev::keydown, move |event| {
        if event.default_prevented() || is_composing(&event) {
            return;
        }
        if event.key() == "Escape" {
            // Of a card that a pointer holds; the key means other things, too.
            app.send(Ui::Window(WindowAction::CancelDrag));
            leave(app, &event);
        } else if let Some(command) = command(&event, mac) {
            event.prevent_default();
            app.send(if command == Command::NextPart { next_part(app, &event) } else { Ui::Run(command) });
        }
    });
    on_cleanup(move || handle.remove());
}

/// Escape leaves somebody's details, what fills the screen, and a new conversation in which nothing was begun.
fn leave(app: App, event: &KeyboardEvent) {
    if is_in(event, "dialog, [popover], [role=menu], input:not([role=combobox])") {
        return;
    }
    if is_in(event, ".details") {
        let details = app.phone(|phone, _| phone.details_view().filter(|_| phone.form_view().is_none()));
        if let Some(details) = details {
            app.send(Ui::Contacts(ContactsAction::Back(details.entry)));
        }
        return;
    }
    let front = app.phone(|phone, _| phone.cards_view().into_iter().find(|card| card.front && !card.minimised));
    let Some(card) = front else { return };
    let untouched = || {
        app.phone(|phone, _| {
            let people = phone.recipients_view(card.key);
            let composer = phone.composer_view(card.key);
            people.is_some_and(|people| people.bubbles.is_empty() && people.query.is_empty())
                && composer.draft.is_empty()
                && composer.files.is_empty()
        })
    };
    if card.fullscreen {
        app.send(Ui::Window(WindowAction::ToggleFullscreen(card.key)));
    } else if matches!(card.key, CardKey::New(_)) && untouched() {
        app.send(Ui::Window(WindowAction::Close(card.key)));
    }
}

/// From the list to the card in front, and back.
fn next_part(app: App, event: &KeyboardEvent) -> Ui {
    let front = app.phone(|phone, _| phone.cards_view().into_iter().find(|card| card.front && !card.minimised));
    match front {
        Some(card) if !is_in(event, ".card") => Ui::Window(WindowAction::Focus(card.key)),
        _ => Ui::Run(Command::Search),
    }
}

fn is_in(event: &KeyboardEvent, places: &str) -> bool {
    let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
    target.is_some_and(|element| element.closest(places).ok().flatten().is_some())
}

fn command(event: &KeyboardEvent, mac: bool) -> Option<Command> {
    // What is open over the page comes first.
    if is_in(event, "dialog") {
        return None;
    }
    let (ctrl, other) = if mac { (event.meta_key(), event.ctrl_key()) } else { (event.ctrl_key(), event.meta_key()) };
    Command::of(&KeyPress {
        key: &event.key(),
        code: &event.code(),
        ctrl,
        alt: event.alt_key(),
        shift: event.shift_key(),
        other,
        typing: is_in(event, "input, textarea, select"),
        mac,
    })
}
