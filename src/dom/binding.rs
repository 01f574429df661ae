//! Closures that run again when something changes that they read.
//!
//! Always holds: those that are due run in the order in which they were made, so that a view that goes away takes what
//! is in it along before that runs for nothing; effects run after all views are drawn.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::{Arc, Weak};

use leptos::prelude::{Owner, on_cleanup};
use leptos::reactive::graph::{
    AnySource, AnySubscriber, ReactiveNode, Source, Subscriber, ToAnySubscriber, WithObserver,
};
use send_wrapper::SendWrapper;
use wasm_bindgen_futures::spawn_local;

use super::call::Call;

/// Numbers of effects are above those of views.
const EFFECTS: u64 = 1 << 63;

/// A closure and what it has read.
struct Binding {
    number: u64,
    this: Weak<Binding>,
    owner: Owner,
    /// Whether the closure makes views, which go before it runs again.
    is_scope: bool,
    state: SendWrapper<State>,
}

struct State {
    run: RefCell<Box<dyn Call<()>>>,
    /// Few enough to be searched one by one.
    sources: RefCell<Vec<AnySource>>,
    /// Whether something has changed for sure that it has read.
    dirty: Cell<bool>,
    /// Whether it waits for its turn.
    due: Cell<bool>,
}

thread_local! {
    static NUMBERS: Cell<u64> = const { Cell::new(0) };
    static DUE: RefCell<BinaryHeap<Due>> = const { RefCell::new(BinaryHeap::new()) };
    static WAKING: Cell<bool> = const { Cell::new(false) };
}

/// Runs a closure now, and again whenever something changes that it has read, until the view goes that it is made in.
pub(super) fn bind(run: Box<dyn Call<()>>) {
    Binding::new(0, Owner::current().unwrap_or_default(), false, run).run();
}

/// The same for a closure that makes views: what it made last goes before it runs.
pub(super) fn bind_scope(run: Box<dyn Call<()>>) {
    Binding::new(0, Owner::new(), true, run).run();
}

/// Runs a closure once the view is in the document, and again whenever something changes that it has read.
pub(crate) fn effect(run: impl FnMut() + 'static) {
    Binding::new(EFFECTS, Owner::new(), true, Box::new(run)).mark_dirty();
}

impl Binding {
    /// The current owner keeps it.
    fn new(base: u64, owner: Owner, is_scope: bool, run: Box<dyn Call<()>>) -> Arc<Self> {
        let number = base + NUMBERS.replace(NUMBERS.get() + 1);
        let state = SendWrapper::new(State {
            run: RefCell::new(run),
            sources: RefCell::default(),
            dirty: Cell::new(false),
            due: Cell::new(false),
        });
        let binding = Arc::new_cyclic(|this| Self { number, this: Weak::clone(this), owner, is_scope, state });
        let held = Arc::clone(&binding);
        on_cleanup(move || drop(held));
        binding
    }

    fn run(&self) {
        let read = || {
            self.to_any_subscriber().with_observer(|| self.state.run.borrow_mut().call());
        };
        if self.is_scope {
            self.owner.with_cleanup(read);
        } else {
            self.owner.with(read);
        }
    }

    /// Its turn has come.
    fn take_turn(&self) {
        self.state.due.set(false);
        let this = self.to_any_subscriber();
        if this.with_observer(|| self.update_if_necessary()) {
            self.clear_sources(&this);
            self.run();
        }
    }

    fn schedule(&self) {
        if self.state.due.replace(true) {
            return;
        }
        DUE.with_borrow_mut(|due| due.push(Due(self.number, Weak::clone(&self.this))));
        if !WAKING.replace(true) {
            spawn_local(async { work() });
        }
    }
}

/// Runs what is due, and what becomes due meanwhile.
fn work() {
    WAKING.set(false);
    while let Some(Due(_, binding)) = DUE.with_borrow_mut(BinaryHeap::pop) {
        if let Some(binding) = binding.upgrade() {
            binding.take_turn();
        }
    }
}

impl ToAnySubscriber for Binding {
    fn to_any_subscriber(&self) -> AnySubscriber {
        let this: Weak<dyn Subscriber + Send + Sync> = self.this.clone();
        AnySubscriber(self.this.as_ptr() as usize, this)
    }
}

impl ReactiveNode for Binding {
    fn mark_dirty(&self) {
        self.state.dirty.set(true);
        self.schedule();
    }

    fn mark_check(&self) {
        self.schedule();
    }

    /// Nothing reads from it.
    fn mark_subscribers_check(&self) {}

    fn update_if_necessary(&self) -> bool {
        if self.state.dirty.replace(false) {
            return true;
        }
        let sources = self.state.sources.borrow().clone();
        sources.into_iter().any(|source| source.update_if_necessary())
    }
}

impl Subscriber for Binding {
    fn add_source(&self, source: AnySource) {
        let mut sources = self.state.sources.borrow_mut();
        if !sources.contains(&source) {
            sources.push(source);
        }
    }

    fn clear_sources(&self, subscriber: &AnySubscriber) {
        for source in self.state.sources.take() {
            source.remove_subscriber(subscriber);
        }
    }
}

impl Drop for Binding {
    /// Signals that outlive it shall not remember it.
    fn drop(&mut self) {
        self.clear_sources(&self.to_any_subscriber());
    }
}

/// A binding that waits: the lowest number has its turn first.
struct Due(u64, Weak<Binding>);

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.cmp(&self.0)
    }
}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Due {}
