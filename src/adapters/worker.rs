//! The service worker, which keeps the app's files on this device (`service-worker.js`): registering it, and its news.
//!
//! Always holds: that another release has taken over is told only to a page that had one before; the first worker that
//! this page gets is none.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_events::EventListener;
use halyard_client::installation::AppEvent;
use halyard_client::{Event, System};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use super::browser::{call, get, resolved};
use super::{Dispatch, spawn};

/// Where the ids of refused messages stand: the worker sends none of these by itself.
pub(super) const REFUSED: &str = "halyard-refused";

/// The page's policy for Trusted Types (`xtask/src/finish/start.js`) lets this address pass, and no other.
const SCRIPT: &str = "/service-worker.js";

/// Holds the registration and the listeners.
#[derive(Clone)]
pub(super) struct Worker {
    send: Dispatch,
    registration: Rc<RefCell<JsValue>>,
    listeners: Rc<RefCell<Vec<EventListener>>>,
}

impl Worker {
    pub(super) fn new(send: Dispatch) -> Self {
        Self { send, registration: Rc::default(), listeners: Rc::default() }
    }

    /// Registers the worker. Without one (an address that is not secure, a private window) the app works as a page does.
    pub(super) fn register(&self) {
        let this = self.clone();
        spawn(async move {
            let _ = this.start().await;
        });
    }

    async fn start(&self) -> Result<(), JsValue> {
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let container: EventTarget = get(&window.navigator(), "serviceWorker").dyn_into()?;
        let begins_with_one = get(&container, "controller").is_object();
        let had_one = Cell::new(begins_with_one);
        let send = self.send.clone();
        self.listen(&container, "controllerchange", move || {
            if had_one.replace(true) {
                send(Event::System(System::App(AppEvent::ReleaseChanged)));
            }
        });
        let registration = resolved(call(&container, "register", &[SCRIPT.into()])).await?;
        let target: EventTarget = registration.clone().dyn_into()?;
        self.registration.replace(registration);
        let this = self.clone();
        self.listen(&target, "updatefound", move || this.watch());
        self.watch();
        self.report_waiting();
        if begins_with_one {
            self.check();
        }
        Ok(())
    }

    fn listen(&self, target: &EventTarget, name: &'static str, then: impl Fn() + 'static) {
        self.listeners.borrow_mut().push(EventListener::new(target, name, move |_| then()));
    }

    /// The worker that is being installed will wait, or fail.
    fn watch(&self) {
        let installing = get(&self.registration.borrow(), "installing").dyn_into::<EventTarget>();
        if let Ok(installing) = installing {
            let this = self.clone();
            self.listen(&installing, "statechange", move || this.report_waiting());
        }
    }

    fn report_waiting(&self) {
        let registration = self.registration.borrow();
        if get(&registration, "waiting").is_object() && get(&registration, "active").is_object() {
            (self.send)(Event::System(System::App(AppEvent::UpdateReady)));
        }
    }

    /// Asks the server for a newer one.
    pub(super) fn check(&self) {
        let update = call(&self.registration.borrow(), "update", &[]);
        spawn(async move {
            // Without a network there is none.
            let _ = resolved(update).await;
        });
    }

    /// Wakes the worker when there is a network, where the browser does that (Background Synchronization).
    pub(super) fn send_later(&self) {
        let asked = call(&get(&self.registration.borrow(), "sync"), "register", &["outbox".into()]);
        spawn(async move {
            // The user may not want it: then the next page sends.
            let _ = resolved(asked).await;
        });
    }

    /// Lets the one that waits take over. If another tab has said so already, none waits.
    pub(super) fn update(&self) {
        let _ = call(&get(&self.registration.borrow(), "waiting"), "postMessage", &["update".into()]);
    }
}

/// Notes for the worker that the server refused a message, or that it no longer does.
pub(super) async fn note_refusal(message: &str, refused: bool) -> Result<(), JsValue> {
    let caches = get(&web_sys::window().into(), "caches");
    // Opening would make it.
    if !refused && !resolved(call(&caches, "has", &[REFUSED.into()])).await?.is_truthy() {
        return Ok(());
    }
    let cache = resolved(call(&caches, "open", &[REFUSED.into()])).await?;
    let key = ["/", message].concat().into();
    let noted = if refused {
        call(&cache, "put", &[key, web_sys::Response::new()?.into()])
    } else {
        call(&cache, "delete", &[key])
    };
    resolved(noted).await.map(drop)
}
