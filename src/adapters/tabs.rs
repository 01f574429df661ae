//! The tabs of this browser: which of them leads (Web Locks), and what they tell each other (BroadcastChannel).
//!
//! Always holds: the lock is held from when it was given until the page goes; the browser gives it to one page at a
//! time. Where there are no locks each tab leads, as if it were alone.

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
                    send(Event::Tab(TabEvent::Said(text)));
                }
            })
        });
        Self { send, channel, _listener: listener }
    }

    /// Waits in line for the lead.
    pub(super) fn queue(&self) {
        (self.send)(Event::Tab(TabEvent::Leads(false)));
        let send = self.send.clone();
        let given = Closure::once_into_js(move || {
            send(Event::Tab(TabEvent::Leads(true)));
            // Held for as long as this promise is open: until the page goes.
            Promise::new(&mut |_, _| ())
        });
        if ask(&given).is_none() {
            (self.send)(Event::Tab(TabEvent::Leads(true)));
        }
    }

    pub(super) fn say(&self, text: &str) {
        if let Some(channel) = &self.channel {
            let _ = channel.post_message(&JsValue::from_str(text));
        }
    }
}

/// `navigator.locks.request`, where there is one.
fn ask(given: &JsValue) -> Option<()> {
    let locks = Reflect::get(&web_sys::window()?.navigator(), &"locks".into()).ok()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let held: Promise = request.call2(&locks, &NAME.into(), given).ok()?.dyn_into().ok()?;
    spawn(async move {
        // Never comes to an end but with the page.
        let _ = wasm_bindgen_futures::JsFuture::from(held).await;
    });
    Some(())
}
