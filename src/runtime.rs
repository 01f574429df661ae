//! The event loop: events in, one after the other; effects out to the adapters; changes into the signals.
//!
//! Always holds: an event that arrives while another is being handled waits its turn; signals change after the last
//! one of a turn, in one batch. What the user does shows at once; of what the network says, the first shows at once
//! and the rest with the next frame, so that a burst is drawn once a frame and not once a message. What the device's
//! database says shows once the messages that were asked for with it are there, too, or with whatever else happens: a start draws its
//! cards once.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use halyard_client::installation::AppEvent;
use halyard_client::storage::{Db, DbCommand, Store};
use halyard_client::{CardKey, Changed, Effect, Env, Event, Route, Softphone, SortedSet, System, Ui, Update};
use halyard_protocol::{ContactId, MediaId, UnixMs};
use leptos::prelude::*;

use crate::adapters::{Adapters, Dispatch, device, history};
use crate::problem;
use crate::signals::Signals;

/// The app's handle: what views hold to read signals and send events.
#[derive(Clone, Copy)]
pub(crate) struct App {
    inner: StoredValue<&'static Runtime, LocalStorage>,
}

struct Runtime {
    phone: RefCell<Softphone>,
    signals: Signals,
    adapters: Adapters,
    waiting: RefCell<VecDeque<Event>>,
    /// What the signals do not show yet.
    changed: RefCell<SortedSet<Changed>>,
    /// Whether signals have changed since the last frame.
    fresh: Cell<bool>,
    /// How many ranges of messages the device's database was asked for since the signals changed.
    reading: Cell<usize>,
}

/// Starts the softphone: adapters first, so that nothing is missed. It lives as long as the page.
pub(crate) fn start() -> App {
    // A reference, not the runtime itself: a cell that could refuse the runtime would bring three kilobytes of code that drops it.
    let place: &'static Cell<Option<&'static Runtime>> = Box::leak(Box::default());
    let dispatch: Dispatch = Rc::new(move |event| {
        if let Some(runtime) = place.get() {
            runtime.send(event);
        }
    });
    let mut phone = Softphone::new(crate::words::catalog());
    let signals = Signals::new(&mut phone);
    let runtime: &'static Runtime = Box::leak(Box::new(Runtime {
        phone: RefCell::new(phone),
        signals,
        adapters: Adapters::new(dispatch),
        waiting: RefCell::default(),
        changed: RefCell::default(),
        fresh: Cell::new(false),
        reading: Cell::new(0),
    }));
    place.set(Some(runtime));
    let route = history::current();
    runtime.send(Event::System(System::Started { route, newest: device::newest() }));
    if route == Route::Home
        && let Some(address) = history::launch()
    {
        runtime.send(Event::System(System::App(AppEvent::Launched(address))));
    }
    runtime.adapters.report();
    App { inner: StoredValue::new_local(runtime) }
}

impl App {
    /// Tells the softphone what the user asked for.
    pub(crate) fn send(self, ui: Ui) {
        self.inner.get_value().send(Event::Ui(ui));
    }

    /// The place where the cards lie: its size is followed from now on.
    pub(crate) fn observe_desk(self, desk: &web_sys::Element) {
        self.inner.get_value().adapters.observe_desk(desk);
    }

    /// The user chose files for a card.
    pub(crate) fn choose_files(self, card: CardKey, files: Vec<web_sys::File>) {
        self.inner.get_value().adapters.choose_files(card, files);
    }

    /// The user chose a photo for the contact in the form.
    pub(crate) fn choose_photo(self, contact: ContactId, file: web_sys::File) {
        self.inner.get_value().adapters.choose_photo(contact, file);
    }

    /// Where a file of a message can be shown from.
    pub(crate) fn address_of(self, id: MediaId) -> String {
        self.inner.get_value().adapters.address_of(id)
    }

    /// The signals.
    pub(crate) fn signals<T>(self, read: impl FnOnce(&Signals) -> T) -> T {
        read(&self.inner.get_value().signals)
    }

    /// The softphone, to read a view model that no signal holds yet.
    pub(crate) fn phone<T>(self, read: impl FnOnce(&Softphone, &Env) -> T) -> T {
        read(&self.inner.get_value().phone.borrow(), &env())
    }
}

impl Runtime {
    fn send(&'static self, event: Event) {
        self.waiting.borrow_mut().push_back(event);
        // Somebody further up is taking events: they take this one, too.
        let Ok(mut phone) = self.phone.try_borrow_mut() else { return };
        let mut can_wait = self.fresh.get() && !document().hidden();
        let mut is_stored = true;
        while let Some(event) = { self.waiting.borrow_mut().pop_front() } {
            can_wait &= matches!(event, Event::Net(_));
            is_stored &= matches!(event, Event::Db(_));
            if let Event::Db(Db::Rows { range, .. } | Db::NotRead(range)) = &event
                && range.store == Store::Messages
            {
                self.reading.set(self.reading.get().saturating_sub(1));
            }
            problem::note(&event);
            let Update { effects, changed } = phone.handle(event, &env());
            changed.iter().for_each(|what| {
                self.changed.borrow_mut().insert(what);
            });
            for effect in effects {
                self.carry_out(effect);
            }
        }
        can_wait |= is_stored && self.reading.get() > 0;
        if !can_wait {
            self.refresh(&mut phone);
        }
    }

    /// Changes the signals.
    fn refresh(&'static self, phone: &mut Softphone) {
        self.reading.set(0);
        let changed = self.changed.take();
        if changed.is_empty() {
            return;
        }
        let env = env();
        for what in changed.iter() {
            self.signals.refresh(phone, what, &env);
        }
        if !self.fresh.replace(true) {
            request_animation_frame(move || {
                self.fresh.set(false);
                if let Ok(mut phone) = self.phone.try_borrow_mut() {
                    self.refresh(&mut phone);
                }
            });
        }
    }

    fn carry_out(&self, effect: Effect) {
        if let Effect::Db(DbCommand::Read { range, .. }) = &effect
            && range.store == Store::Messages
        {
            self.reading.set(self.reading.get() + 1);
        }
        self.adapters.run(effect);
    }
}

/// The world, for one event.
pub(crate) fn env() -> Env {
    Env { now: UnixMs(js_sys::Date::now() as i64), entropy: entropy(), utc_offset, decode }
}

/// Randomness that nobody else gets. The browser is asked for that of 64 events at once: a call takes longer than most events do.
fn entropy() -> u128 {
    thread_local! {
        static DRAWN: RefCell<Vec<u128>> = const { RefCell::new(Vec::new()) };
    }
    DRAWN.with_borrow_mut(|drawn| {
        drawn.pop().unwrap_or_else(|| {
            let mut bytes = [0u8; 1024];
            if let Some(crypto) = web_sys::window().and_then(|window| window.crypto().ok()) {
                // Fails only for more than 65,536 bytes.
                let _ = crypto.get_random_values_with_u8_array(&mut bytes);
            }
            *drawn = bytes.as_chunks().0.iter().map(|part| u128::from_le_bytes(*part)).collect();
            drawn.pop().unwrap_or_default()
        })
    })
}

fn utc_offset(at: UnixMs) -> i32 {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.0 as f64));
    // JavaScript counts minutes behind UTC.
    -(date.get_timezone_offset() as i32)
}

fn decode(bytes: &[u8], name: &str) -> Option<String> {
    web_sys::TextDecoder::new_with_label(name).ok()?.decode_with_u8_array(bytes).ok()
}
