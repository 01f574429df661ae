//! What the browser says of itself: attention, network, sizes; and the tab's title.

use std::cell::Cell;
use std::rc::Rc;

use gloo_events::EventListener;
use halyard_client::installation::AppEvent;
use halyard_client::{Attention, Event, System as SystemEvent};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, ResizeObserver, VisibilityState, Window};

use super::{Dispatch, spawn};

/// Holds the listeners and the last size of the desk.
pub(super) struct System {
    send: Dispatch,
    desk: Rc<Cell<(u32, u32)>>,
    observer: Option<ResizeObserver>,
    _resized: Closure<dyn Fn(js_sys::Array)>,
    _listeners: Vec<EventListener>,
}

impl System {
    pub(super) fn new(send: Dispatch) -> Self {
        let desk = Rc::new(Cell::new((0, 0)));
        let resized = {
            let (send, desk) = (send.clone(), desk.clone());
            Closure::new(move |entries: js_sys::Array| {
                // The last entry is the newest desk. One that is not shown has no size: the last one still counts.
                let size = entries.pop().dyn_into::<web_sys::ResizeObserverEntry>().map(|entry| entry.content_rect());
                if let Ok(size) = size
                    && size.width() > 0.0
                {
                    desk.set((whole(size.width()), whole(size.height())));
                    send(sizes(desk.get()));
                }
            })
        };
        let observer = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok();
        let listeners = web_sys::window().map_or_else(Vec::new, |window| listen(&window, &send, &desk));
        await_idle(send.clone());
        Self { send, desk, observer, _resized: resized, _listeners: listeners }
    }

    pub(super) fn report(&self) {
        (self.send)(Event::System(SystemEvent::Attention(attention())));
        (self.send)(Event::System(SystemEvent::Online(is_online())));
        (self.send)(sizes(self.desk.get()));
    }

    pub(super) fn observe_desk(&self, desk: &Element) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
            observer.observe(desk);
        }
    }
}

fn listen(window: &Window, send: &Dispatch, desk: &Rc<Cell<(u32, u32)>>) -> Vec<EventListener> {
    let on = |target: &web_sys::EventTarget, name: &'static str, event: Rc<dyn Fn() -> Event>| {
        let send = send.clone();
        EventListener::new(target, name, move |_| send(event()))
    };
    let attended: Rc<dyn Fn() -> Event> = Rc::new(|| Event::System(SystemEvent::Attention(attention())));
    let online: Rc<dyn Fn() -> Event> = Rc::new(|| Event::System(SystemEvent::Online(is_online())));
    let desk = desk.clone();
    let resized: Rc<dyn Fn() -> Event> = Rc::new(move || sizes(desk.get()));
    let mut listeners = vec![
        on(window, "focus", attended.clone()),
        on(window, "blur", attended.clone()),
        on(window, "online", online.clone()),
        on(window, "offline", online),
        on(window, "resize", resized),
        on(window, "pagehide", Rc::new(|| Event::System(SystemEvent::Leaving))),
    ];
    if let Some(document) = window.document() {
        listeners.push(on(&document, "visibilitychange", attended));
        let leaving: Rc<dyn Fn() -> Event> = Rc::new(|| Event::System(SystemEvent::Leaving));
        listeners.push(on(&document, "visibilitychange", leaving));
    }
    listeners
}

/// Says that the app has a service worker, once the browser has nothing else to do. The start script that the build writes knows
/// (`xtask/src/finish/start.js`); live reload has none, and so no files that would grow old.
fn await_idle(send: Dispatch) {
    let ask = web_sys::window().and_then(|window| js_sys::Reflect::get(&window, &"halyardIdle".into()).ok());
    let ask = ask.and_then(|ask| ask.dyn_into::<js_sys::Function>().ok());
    let idle = ask
        .and_then(|ask| ask.call0(&JsValue::UNDEFINED).ok())
        .and_then(|idle| idle.dyn_into::<js_sys::Promise>().ok());
    if let Some(idle) = idle {
        spawn(async move {
            // The promise is never refused.
            let _ = wasm_bindgen_futures::JsFuture::from(idle).await;
            send(Event::System(SystemEvent::App(AppEvent::Whole)));
        });
    }
}

fn sizes((width, height): (u32, u32)) -> Event {
    let viewport = web_sys::window().and_then(|window| window.inner_width().ok()).and_then(|width| width.as_f64());
    let viewport = whole(viewport.unwrap_or_default());
    Event::System(SystemEvent::Resized { viewport, width, height })
}

/// Whole CSS pixels of a size.
fn whole(pixels: f64) -> u32 {
    // A float too large for the type becomes its largest value, a negative one 0: right for a size.
    pixels as u32
}

fn attention() -> Attention {
    let document = web_sys::window().and_then(|window| window.document());
    match document.filter(|document| document.visibility_state() == VisibilityState::Visible) {
        None => Attention::Hidden,
        Some(document) if document.has_focus().unwrap_or(true) => Attention::Focused,
        Some(_) => Attention::Shows,
    }
}

fn is_online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

/// Shows the number of unread conversations in the tab's title and, where the app is installed, at its icon.
pub(super) fn set_title(unread: u32) {
    let Some(window) = web_sys::window() else { return };
    if let Some(document) = window.document() {
        let title = match unread {
            0 => "Halyard".to_owned(),
            some => ["(", &some.to_string(), ") Halyard"].concat(),
        };
        document.set_title(&title);
    }
    set_badge(&window.navigator(), unread);
}

/// The Badging API, where there is one. 0 takes the badge away.
fn set_badge(navigator: &JsValue, unread: u32) {
    let set = js_sys::Reflect::get(navigator, &JsValue::from_str("setAppBadge"));
    if let Some(set) = set.ok().and_then(|set| set.dyn_into::<js_sys::Function>().ok())
        && let Ok(promise) = set.call1(navigator, &JsValue::from(unread))
        && let Ok(promise) = promise.dyn_into::<js_sys::Promise>()
    {
        spawn(async move {
            // Refused in a tab of a browser that is not installed: then the title has to do.
            let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
        });
    }
}
