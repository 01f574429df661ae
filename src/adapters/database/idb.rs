//! IndexedDB's requests and transactions as futures.
//!
//! By web-sys: the libraries for it hide the handle of a database, and with it the events by which a browser says that the connection
//! is gone, or that another tab waits for it.
//!
//! Always holds: a transaction that writes and was not committed is aborted, so it takes effect as a whole or not at all.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use gloo_events::EventListener;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventTarget, IdbDatabase, IdbObjectStore, IdbRequest, IdbTransaction, IdbTransactionMode};

use super::super::browser::{call, get};

/// What a call gave, or the browser's exception.
pub(super) type Result<T> = core::result::Result<T, JsValue>;

#[derive(Default)]
struct Slot {
    event: Option<Event>,
    waker: Option<Waker>,
}

/// The first of some events. It is listened for from the start, not from the first poll.
pub(super) struct FirstEvent {
    slot: Rc<RefCell<Slot>>,
    _listeners: Vec<EventListener>,
}

impl FirstEvent {
    pub(super) fn of(target: &EventTarget, names: &[&'static str]) -> Self {
        let slot = Rc::<RefCell<Slot>>::default();
        let listen = |name: &&'static str| {
            let slot = slot.clone();
            EventListener::new(target, *name, move |event| {
                let mut slot = slot.borrow_mut();
                slot.event = Some(event.clone());
                if let Some(waker) = slot.waker.take() {
                    waker.wake();
                }
            })
        };
        let listeners = names.iter().map(listen).collect();
        Self { slot, _listeners: listeners }
    }
}

impl Future for FirstEvent {
    type Output = Event;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Event> {
        let mut slot = self.slot.borrow_mut();
        match slot.event.take() {
            Some(event) => Poll::Ready(event),
            None => {
                slot.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// A request under way.
pub(super) struct Request {
    request: IdbRequest,
    answer: FirstEvent,
}

impl Request {
    pub(super) fn new(request: IdbRequest) -> Self {
        let answer = FirstEvent::of(&request, &["success", "error"]);
        Self { request, answer }
    }

    /// Waits for what it gives.
    pub(super) async fn result(self) -> Result<JsValue> {
        self.answer.await;
        match self.request.error()? {
            Some(error) => Err(error.into()),
            None => self.request.result(),
        }
    }
}

/// A transaction. Between its requests nothing else may be awaited: the browser ends it when none is left.
pub(super) struct Transaction {
    inner: IdbTransaction,
    ended: FirstEvent,
    writes: bool,
}

impl Transaction {
    /// One that reads these stores.
    pub(super) fn reading(database: &IdbDatabase, stores: &[&str]) -> Result<Self> {
        Self::begin(database, stores, false)
    }

    /// One that reads and writes these stores.
    pub(super) fn writing(database: &IdbDatabase, stores: &[&str]) -> Result<Self> {
        Self::begin(database, stores, true)
    }

    fn begin(database: &IdbDatabase, stores: &[&str], writes: bool) -> Result<Self> {
        let names: Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
        let mode = if writes { IdbTransactionMode::Readwrite } else { IdbTransactionMode::Readonly };
        let inner = database.transaction_with_str_sequence_and_mode(&names, mode)?;
        let ended = FirstEvent::of(&inner, &["complete", "abort"]);
        Ok(Self { inner, ended, writes })
    }

    pub(super) fn store(&self, name: &str) -> Result<IdbObjectStore> {
        self.inner.object_store(name)
    }

    /// Ends it, and waits until it is on the disk as far as the browser says so.
    pub(super) async fn commit(mut self) -> Result<()> {
        if let Err(error) = call(&self.inner, "commit", &[]) {
            // It was aborted by then: by a request that failed, or with the connection.
            return Err(self.inner.error().map_or(error, JsValue::from));
        }
        let event = (&mut self.ended).await;
        self.writes = false;
        if event.type_() == "complete" { Ok(()) } else { Err(self.inner.error().map_or(event.into(), JsValue::from)) }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.writes {
            // Fails when it has ended already.
            let _ = self.inner.abort();
        }
    }
}

/// The name of an exception.
pub(super) fn name_of(error: &JsValue) -> String {
    get(error, "name").as_string().unwrap_or_default()
}

/// A value that is certainly a database.
pub(super) fn database(value: JsValue) -> Result<IdbDatabase> {
    value.dyn_into()
}
