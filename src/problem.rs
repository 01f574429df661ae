//! What shows when the app's code has failed: that it did, a way to start again, and a report without content.
//!
//! Owns the names of the newest events. Always holds: after a failure nothing here needs the softphone or the views, and
//! nothing that was typed, received or chosen is in the report.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use halyard_client::Event;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlElement};

use crate::words::{self, t_or};

/// Events that a report names.
const NEWEST: usize = 200;

thread_local! {
    static EVENTS: RefCell<VecDeque<String>> = const { RefCell::new(VecDeque::new()) };
    static SHOWN: Cell<bool> = const { Cell::new(false) };
}

/// Shows the screen when the app's code fails from now on.
pub(crate) fn watch() {
    std::panic::set_hook(Box::new(|failure| {
        console_error_panic_hook::hook(failure);
        let place = failure.location().map(ToString::to_string).unwrap_or_default();
        show(&place);
    }));
}

/// Notes an event for the report.
pub(crate) fn note(event: &Event) {
    EVENTS.with_borrow_mut(|events| {
        if events.len() == NEWEST {
            events.pop_front();
        }
        events.push_back(event.name());
    });
}

/// Once: a failure is often followed by others.
fn show(place: &str) {
    if SHOWN.replace(true) {
        return;
    }
    // What can't be shown is in the console.
    let _ = draw(report(place));
}

fn report(place: &str) -> String {
    let browser = web_sys::window().map(|window| window.navigator());
    let browser = browser.and_then(|navigator| navigator.user_agent().ok()).unwrap_or_default();
    let events = EVENTS.with(|events| events.try_borrow().map(|events| events.iter().cloned().collect::<Vec<_>>()));
    let events = events.unwrap_or_default().join("\n");
    ["Halyard ", env!("CARGO_PKG_VERSION"), "\n", &browser, "\nFailed at ", place, "\n\n", &events].concat()
}

fn draw(report: String) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let document = window.document().ok_or(JsValue::NULL)?;
    let body = document.body().ok_or(JsValue::NULL)?;
    let screen = element(&document, "div", "problem", "")?;
    screen.set_attribute("role", "alertdialog")?;
    screen.set_attribute("aria-modal", "true")?;
    screen.set_attribute("aria-labelledby", "problem-title")?;
    let title = element(&document, "h1", "", t_or(words::PROBLEM, "Halyard ran into a problem"))?;
    title.set_id("problem-title");
    let text = "What you typed is saved on this device. Reload to continue where you were.";
    let text = t_or(words::PROBLEM_HINT, text);
    let reload = button(&document, "primary", t_or(words::RELOAD, "Reload"), || {
        if let Some(window) = web_sys::window() {
            // A page that can't be loaded again stays as it is.
            let _ = window.location().reload();
        }
    })?;
    let copy = button(&document, "quiet", t_or(words::COPY_DIAGNOSTICS, "Copy diagnostics"), move || {
        if let Some(window) = web_sys::window() {
            let clipboard = js_sys::Reflect::get(&window.navigator(), &"clipboard".into()).unwrap_or_default();
            let write = js_sys::Reflect::get(&clipboard, &"writeText".into()).ok();
            if let Some(write) = write.and_then(|write| write.dyn_into::<js_sys::Function>().ok()) {
                // Refused where the browser doesn't let pages write to the clipboard.
                let _ = write.call1(&clipboard, &JsValue::from_str(&report));
            }
        }
    })?;
    let actions = element(&document, "div", "buttons", "")?;
    actions.append_child(&reload)?;
    actions.append_child(&copy)?;
    for part in [title, element(&document, "p", "", text)?, actions] {
        screen.append_child(&part)?;
    }
    // Nothing of the app can be reached any more.
    for part in (0..body.children().length()).filter_map(|at| body.children().item(at)) {
        part.set_attribute("inert", "")?;
    }
    body.append_child(&screen)?;
    reload.dyn_ref::<HtmlElement>().map_or(Ok(()), HtmlElement::focus)
}

fn element(document: &Document, name: &str, class: &str, text: &str) -> Result<Element, JsValue> {
    let element = document.create_element(name)?;
    if !class.is_empty() {
        element.set_class_name(class);
    }
    if !text.is_empty() {
        element.set_text_content(Some(text));
    }
    Ok(element)
}

fn button(document: &Document, class: &str, text: &str, act: impl Fn() + 'static) -> Result<Element, JsValue> {
    let button = element(document, "button", &["btn ", class].concat(), text)?;
    let act = Closure::<dyn Fn()>::new(act).into_js_value();
    button.add_event_listener_with_callback("click", act.unchecked_ref())?;
    Ok(button)
}

/// Fails, for the test of the screen.
///
/// # Panics
/// Always.
#[cfg(feature = "conformance")]
#[wasm_bindgen::prelude::wasm_bindgen(js_name = halyardFail)]
pub fn fail() {
    panic!("the test asked for it");
}
