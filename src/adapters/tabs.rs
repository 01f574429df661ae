//! The tabs of this browser: which of them leads (Web Locks), and what they tell each other (BroadcastChannel).
//!
//! Always holds: the lock is held from when it was given until the page goes, or another takes it because this one did not answer; the
//! browser gives it to one page at a time. Whoever has lost it stops leading when it hears so, and waits in line again: a page that hung
//! may send once more until then, and the server takes each message once. Where there are no locks each tab leads, as if it were alone.

use std::cell::Cell;
use std::rc::Rc;

use gloo_events::EventListener;
use halyard_client::Event;
use halyard_client::tabs::TabEvent;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

use super::{Dispatch, spawn};

const NAME: &str = "halyard";

/// Holds the channel.
pub(super) struct Tabs {
    send: Dispatch,
    channel: Option<BroadcastChannel>,
    _listener: Option<EventListener>,
}

impl Tabs {
    pub(super) fn new(send: Dispatch) -> Self {
        let channel = BroadcastChannel::new(NAME).ok();
        let listener = channel.as_ref().map(|channel| {
            let send = send.clone();
            EventListener::new(channel, "message", move |event| {
                if let Some(text) = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string()) {
                    send(Event::Tab(TabEvent::Message(text)));
                }
            })
        });
        Self { send, channel, _listener: listener }
    }

    /// Waits in line for the lead.
    pub(super) fn queue(&self) {
        queue(self.send.clone());
    }

    /// Takes the lead from a page that does not answer.
    pub(super) fn lead(&self) {
        let _ = ask(self.send.clone(), true);
    }

    pub(super) fn send(&self, text: &str) {
        if let Some(channel) = &self.channel {
            let _ = channel.post_message(&JsValue::from_str(text));
        }
    }
}

fn queue(send: Dispatch) {
    send(Event::Tab(TabEvent::Leads(false)));
    if ask(send.clone(), false).is_none() {
        send(Event::Tab(TabEvent::Leads(true)));
    }
}

/// `navigator.locks.request`, where there is one.
fn ask(send: Dispatch, steal: bool) -> Option<()> {
    let locks = Reflect::get(&web_sys::window()?.navigator(), &"locks".into()).ok()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let options = js_sys::Object::new();
    Reflect::set(&options, &"steal".into(), &steal.into()).ok()?;
    let lost = Rc::new(Cell::new(false));
    let given = {
        let (send, lost) = (send.clone(), lost.clone());
        Closure::once_into_js(move || {
            // A page that hung may hear at once that it was given the lock and that it has lost it, in any order.
            if lost.get() {
                return Promise::resolve(&JsValue::UNDEFINED);
            }
            send(Event::Tab(TabEvent::Leads(true)));
            // Held for as long as this promise is open: until the page goes.
            Promise::new(&mut |_, _| ())
        })
    };
    let held: Promise = request.call3(&locks, &NAME.into(), &options, &given).ok()?.dyn_into().ok()?;
    spawn(async move {
        let Err(error) = wasm_bindgen_futures::JsFuture::from(held).await else { return };
        lost.set(true);
        if Reflect::get(&error, &"name".into()).is_ok_and(|name| name == "AbortError") {
            // Another page has taken the lock.
            queue(send);
        } else if !steal {
            // The browser refuses locks to this page.
            send(Event::Tab(TabEvent::Leads(true)));
        }
    });
    Some(())
}
