//! The address bar: [`Route`] to address and back.

use gloo_events::EventListener;
use halyard_client::{Event, Route, System};
use wasm_bindgen::JsValue;

use super::Dispatch;

/// The route that the address bar says now.
#[must_use]
pub(crate) fn current() -> Route {
    let path = web_sys::window().and_then(|window| window.location().pathname().ok());
    Route::parse(path.as_deref().unwrap_or("/"))
}

/// All that the address bar says, if more than the app's own address: a link, or another app, has opened it.
#[must_use]
pub(crate) fn launch() -> Option<String> {
    let address = web_sys::window()?.location().href().ok()?;
    let path = address.splitn(4, '/').last().filter(|path| !path.is_empty())?;
    Some(["/", path].concat())
}

/// Loads the page again.
pub(super) fn reload() {
    if let Some(window) = web_sys::window() {
        // Fails only for a page that is on its way out.
        let _ = window.location().reload();
    }
}

/// Reports Back and Forward.
pub(super) fn listen(send: Dispatch) -> Option<EventListener> {
    let window = web_sys::window()?;
    Some(EventListener::new(&window, "popstate", move |_| send(Event::System(System::Navigated(current())))))
}

/// Shows the route's address. A step to where one is already would make Back do nothing, so it is not taken.
pub(super) fn run(route: Route, replace: bool) {
    let Some(window) = web_sys::window() else { return };
    let path = route.format();
    let same = window.location().pathname().is_ok_and(|current| current == path);
    if let Ok(history) = window.history()
        && (replace || !same)
    {
        // Fails only when a page does this hundreds of times in a few seconds; the app works without the address.
        let _ = if replace {
            history.replace_state_with_url(&JsValue::NULL, "", Some(&path))
        } else {
            history.push_state_with_url(&JsValue::NULL, "", Some(&path))
        };
    }
}
