//! The app among the others of this device: installing it, what it is opened with, links that it takes over.
//!
//! Always holds: what a page was loaded for is in its address bar; of the launch queue only what comes after is told.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use halyard_client::installation::{AppEvent, Browser};
use halyard_client::{Event, System};
use halyard_protocol::MediaKind;
use halyard_protocol::media::clean_name;
use js_sys::Array;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{File, Window};

use super::browser::{call, get, resolved};
use super::{Dispatch, device, files, spawn};

/// Set where it is not to be said again in passing that the app can be installed.
const NO_HINT: &str = "halyard.no-install-hint";
/// Where the service worker puts what other apps share.
const SHARED: &str = "halyard-shared";
const SCHEMES: [&str; 4] = ["sms", "smsto", "mms", "tel"];

/// Holds the browser's dialog, as long as it can be opened.
pub(super) struct Installed {
    send: Dispatch,
    dialog: Rc<RefCell<JsValue>>,
    /// What comes before [`Self::settle`] is told by that.
    settled: Rc<Cell<bool>>,
    listeners: RefCell<Vec<EventListener>>,
}

impl Installed {
    /// Takes what the browser offers soon after the start; all the rest begins with [`Self::settle`].
    pub(super) fn new(send: Dispatch) -> Self {
        let dialog: Rc<RefCell<JsValue>> = Rc::default();
        let settled: Rc<Cell<bool>> = Rc::default();
        let listener = web_sys::window().map(|window| {
            let (send, dialog, settled) = (send.clone(), dialog.clone(), settled.clone());
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&window, "beforeinstallprompt", options, move |event| {
                event.prevent_default();
                dialog.replace(event.into());
                if settled.get() {
                    send(Event::System(System::App(AppEvent::Installable(true))));
                }
            })
        });
        Self { send, dialog, settled, listeners: RefCell::new(listener.into_iter().collect()) }
    }

    /// Reports what the browser can do, and what comes from now on.
    pub(super) fn settle(&self) {
        let Some(window) = web_sys::window() else { return };
        let send = self.send.clone();
        let installed =
            EventListener::new(&window, "appinstalled", move |_| send(Event::System(System::App(AppEvent::Installed))));
        self.listeners.borrow_mut().push(installed);
        let mode = |mode: &str| {
            let query = ["(display-mode: ", mode, ")"].concat();
            let list = call(&window, "matchMedia", &[query.into()]).unwrap_or_default();
            get(&list, "matches").is_truthy()
        };
        let installed =
            mode("standalone") || mode("window-controls-overlay") || get(&window.navigator(), "standalone").is_truthy();
        let browser = Browser {
            name: device::name(),
            installed,
            hints: window.local_storage().ok().flatten().is_some_and(|storage| storage.get_item(NO_HINT) == Ok(None)),
            links: get(&window.navigator(), "registerProtocolHandler").is_function(),
        };
        self.settled.set(true);
        let offered = self.dialog.borrow().is_object();
        let (send, queue) = (self.send.clone(), get(&window, "launchQueue"));
        spawn(async move {
            send(Event::System(System::App(AppEvent::Browser(browser))));
            if offered {
                send(Event::System(System::App(AppEvent::Installable(true))));
            }
            if queue.is_object() {
                take_launches(&window, &queue, send);
            }
        });
    }

    /// Opens the browser's dialog. It can be opened once.
    pub(super) fn install(&self) {
        let (send, dialog) = (self.send.clone(), self.dialog.take());
        spawn(async move {
            // What was chosen, `appinstalled` says.
            let _ = resolved(call(&dialog, "prompt", &[])).await;
            send(Event::System(System::App(AppEvent::Installable(false))));
        });
    }

    pub(super) fn hide_hint(&self) {
        if let Some(storage) = web_sys::window().and_then(|window| window.local_storage().ok().flatten()) {
            // Where it can't be kept it is said once more.
            let _ = storage.set_item(NO_HINT, "1");
        }
    }

    pub(super) fn handle_links(&self) {
        let Some(window) = web_sys::window() else { return };
        let address = [&window.location().origin().unwrap_or_default(), "/open?url=%s"].concat();
        let register = |scheme: &&str| {
            let arguments = [JsValue::from(*scheme), JsValue::from(&address)];
            call(&window.navigator(), "registerProtocolHandler", &arguments).is_ok()
        };
        let taken = SCHEMES.iter().filter(|scheme| register(scheme)).count() > 0;
        let send = self.send.clone();
        spawn(async move { send(Event::System(System::App(AppEvent::LinksAsked(taken)))) });
    }

    /// Takes the files that were shared out of the worker's cache.
    pub(super) fn take_shared(&self) {
        let send = self.send.clone();
        spawn(async move {
            let _ = shared(&send).await;
        });
    }
}

async fn shared(send: &Dispatch) -> Result<(), JsValue> {
    let window: JsValue = web_sys::window().into();
    let caches = get(&window, "caches");
    let cache = resolved(call(&caches, "open", &[SHARED.into()])).await?;
    let keys: Array = resolved(call(&cache, "keys", &[])).await?.dyn_into()?;
    for key in keys {
        let response = resolved(call(&cache, "match", core::slice::from_ref(&key))).await?;
        let bytes = resolved(call(&response, "arrayBuffer", &[])).await?;
        resolved(call(&cache, "delete", core::slice::from_ref(&key))).await?;
        let address = get(&key, "url").as_string().unwrap_or_default();
        let name = address.split_once('?').map_or("", |(_, name)| name);
        let name = js_sys::decode_uri_component(name).map(String::from).unwrap_or_default();
        send(Event::System(System::App(file(&name, js_sys::Uint8Array::new(&bytes).to_vec()))));
    }
    Ok(())
}

/// A file that came from outside, by a name that says what it is.
fn file(name: &str, bytes: Vec<u8>) -> AppEvent {
    AppEvent::File { name: clean_name(name, MediaKind::of(&bytes)), bytes }
}

/// What the running app is opened with. The queue begins with what this page was loaded for, after a reload once more.
fn take_launches(window: &Window, queue: &JsValue, send: Dispatch) {
    let entries = call(&get(window, "performance"), "getEntriesByType", &["navigation".into()]).unwrap_or_default();
    let load = get(&entries, "0");
    let reload = get(&load, "type").as_string().as_deref() == Some("reload");
    let loaded = get(&load, "name").as_string();
    let origin = window.location().origin().unwrap_or_default();
    let loading = Rc::new(Cell::new(true));
    let still_loading = loading.clone();
    let consumer = Closure::<dyn Fn(JsValue)>::new(move |launch: JsValue| {
        let address = get(&launch, "targetURL").as_string();
        let known = still_loading.get() && (reload || address == loaded);
        if let Some(path) = address.as_deref().and_then(|address| address.strip_prefix(&origin)).filter(|_| !known) {
            send_soon(&send, AppEvent::Launched(path.to_owned()));
        }
        let handles = get(&launch, "files").dyn_into::<Array>().unwrap_or_default();
        if known && reload {
            return;
        }
        let send = send.clone();
        spawn(async move {
            let mut files = Vec::new();
            for handle in handles {
                let file = resolved(call(&handle, "getFile", &[])).await;
                files.extend(file.ok().and_then(|file| file.dyn_into::<File>().ok()));
            }
            files::read(files, Box::new(move |name, bytes| send(Event::System(System::App(file(&name, bytes))))));
        });
    });
    let _ = call(queue, "setConsumer", &[consumer.into_js_value()]);
    loading.set(false);
}

/// In a task of its own: the queue calls back while the machine may be at work.
fn send_soon(send: &Dispatch, app: AppEvent) {
    let send = send.clone();
    spawn(async move { send(Event::System(System::App(app))) });
}
