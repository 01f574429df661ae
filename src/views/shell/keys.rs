//! Keys that work everywhere. Which ones do what, `halyard_client::commands` says.

use halyard_client::commands::KeyPress;
use halyard_client::windows::WindowAction;
use halyard_client::{Command, Ui};
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use crate::adapters::device;
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
        } else if let Some(command) = command(&event, mac) {
            event.prevent_default();
            app.send(Ui::Run(command));
        }
    });
    on_cleanup(move || handle.remove());
}

fn command(event: &KeyboardEvent, mac: bool) -> Option<Command> {
    let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
    let is_in = |places| target.as_ref().is_some_and(|element| element.closest(places).ok().flatten().is_some());
    // What is open over the page comes first.
    if is_in("dialog") {
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
        typing: is_in("input, textarea, select"),
        mac,
    })
}
