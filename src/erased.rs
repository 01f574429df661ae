//! Memos, signals, effects and lists for values of any type, with one copy of the code behind them.
//!
//! They are Leptos' own and read by Leptos' own traits (`Get`, `With`, `Track` and so on). But Leptos has a copy of its graph's code for
//! each type of value, and one for each closure; here the value inside is a [`Value`], whatever it is, and its type comes back where it
//! is read.
//!
//! Always holds: who reads a memo or an [`ArcRwSignal`] hears only of a value that is another.

mod list;
mod node_ref;

use std::any::Any;
use std::marker::PhantomData;
use std::ops::Deref;
use std::panic::Location;
use std::sync::Arc;

use leptos::prelude as stock;
use leptos::prelude::{DefinedAt, Get, GetUntracked, LocalStorage, ReadUntracked, Set, Track, Update};

pub(crate) use list::For;
pub(crate) use node_ref::{NodeRef, NodeRefAttribute};

/// A value of any type, and how two of this type compare.
#[derive(Clone)]
pub(crate) struct Value {
    held: Arc<dyn Any + Send + Sync>,
    same: fn(&Value, &Value) -> bool,
}

impl Value {
    pub(crate) fn new<T: PartialEq + Send + Sync + 'static>(value: T) -> Self {
        Self { held: Arc::new(value), same: |one, other| one.of::<T>() == other.of::<T>() }
    }

    /// One that is never the same as another.
    fn opaque<T: Send + Sync + 'static>(value: T) -> Self {
        Self { held: Arc::new(value), same: |_, _| false }
    }

    fn of<T: 'static>(&self) -> &T {
        // Whoever holds a value has made it of this type.
        self.held.downcast_ref().unwrap_or_else(|| unreachable!())
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        (self.same)(self, other)
    }
}

/// A value that is being read.
pub(crate) struct Held<T>(Value, PhantomData<T>);

impl<T: 'static> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.of()
    }
}

/// What is computed from signals, and changes only when it is another.
pub(crate) struct Memo<T>(stock::Memo<Value>, PhantomData<fn() -> T>);

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    /// Computes from the value before, if there is one.
    pub(crate) fn new(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self {
        let compute = move |before: Option<&Value>| Value::new(compute(before.map(Value::of)));
        Self(memo(Box::new(compute)), PhantomData)
    }
}

/// Does something whenever what it read is another, as Leptos' `Effect` does.
pub(crate) struct Effect;

impl Effect {
    pub(crate) fn new(run: impl FnMut(Option<()>) + 'static) -> Self {
        effect(Box::new(run));
        Self
    }
}

fn effect(run: Box<dyn FnMut(Option<()>)>) {
    stock::Effect::<LocalStorage>::new(run);
}

type Compute = Box<dyn Fn(Option<&Value>) -> Value + Send + Sync>;

fn memo(compute: Compute) -> stock::Memo<Value> {
    stock::Memo::new(compute)
}

impl<T> Clone for Memo<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Memo<T> {}

/// A signal that lives as long as somebody holds it.
pub(crate) struct ArcRwSignal<T>(stock::ArcRwSignal<Value>, PhantomData<fn() -> T>);

impl<T: PartialEq + Send + Sync + 'static> ArcRwSignal<T> {
    /// A signal with its first value.
    pub(crate) fn new(value: T) -> Self {
        Self(stock::ArcRwSignal::new(Value::new(value)), PhantomData)
    }

    /// Changes the value, if it is another.
    pub(crate) fn set(&self, value: T) {
        set(&self.0, Value::new(value));
    }
}

fn set(signal: &stock::ArcRwSignal<Value>, value: Value) {
    signal.maybe_update(|known| {
        let changed = *known != value;
        if changed {
            *known = value;
        }
        changed
    });
}

impl<T> Clone for ArcRwSignal<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<T> PartialEq for ArcRwSignal<T> {
    /// Whether it is the same signal.
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// A signal of any kind that can be read.
pub(crate) struct Signal<T>(stock::Signal<Value>, PhantomData<fn() -> T>);

impl<T: Send + Sync + 'static> Signal<T> {
    /// Computed anew whenever it is read.
    pub(crate) fn derive(compute: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self(derived(Box::new(move || Value::opaque(compute()))), PhantomData)
    }

    /// A value that stays.
    pub(crate) fn stored(value: T) -> Self {
        Self(stored(Value::opaque(value)), PhantomData)
    }
}

fn derived(compute: Box<dyn Fn() -> Value + Send + Sync>) -> stock::Signal<Value> {
    stock::Signal::derive(compute)
}

fn stored(value: Value) -> stock::Signal<Value> {
    stock::Signal::stored(value)
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Signal<T> {}

impl<T: Default + Send + Sync + 'static> Default for Signal<T> {
    fn default() -> Self {
        Self::stored(T::default())
    }
}

impl<T: Send + Sync + 'static> From<T> for Signal<T> {
    fn from(value: T) -> Self {
        Self::stored(value)
    }
}

impl From<&str> for Signal<String> {
    fn from(value: &str) -> Self {
        Self::stored(value.to_owned())
    }
}

impl<T: Send + Sync + 'static> From<T> for Signal<Option<T>> {
    fn from(value: T) -> Self {
        Self::stored(Some(value))
    }
}

/// A signal that lives as long as the component that made it.
pub(crate) struct RwSignal<T>(stock::RwSignal<Value>, PhantomData<fn() -> T>);

impl<T: Send + Sync + 'static> RwSignal<T> {
    /// A signal with its first value.
    pub(crate) fn new(value: T) -> Self {
        Self(writable(Value::opaque(value)), PhantomData)
    }

    /// Changes the value; whoever reads hears of it in any case.
    pub(crate) fn set(self, value: T) {
        write(self.0, Value::opaque(value));
    }
}

impl RwSignal<Value> {
    /// A signal with its first value, whose type somebody else knows.
    pub(crate) fn of(value: Value) -> Self {
        Self(writable(value), PhantomData)
    }

    /// Changes the value, to another one of the same type.
    pub(crate) fn put(self, value: Value) {
        write(self.0, value);
    }

    /// The same signal, for whoever knows the type of its values.
    pub(crate) fn typed<T>(self) -> RwSignal<T> {
        RwSignal(self.0, PhantomData)
    }
}

fn writable(value: Value) -> stock::RwSignal<Value> {
    stock::RwSignal::new(value)
}

fn write(signal: stock::RwSignal<Value>, value: Value) {
    signal.set(value);
}

impl<T> Clone for RwSignal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RwSignal<T> {}

macro_rules! readable {
    ($($signal:ident),*) => {
        $(impl<T> DefinedAt for $signal<T> {
            fn defined_at(&self) -> Option<&'static Location<'static>> {
                self.0.defined_at()
            }
        }

        impl<T> Track for $signal<T> {
            fn track(&self) {
                self.0.track();
            }
        }

        impl<T: 'static> ReadUntracked for $signal<T> {
            type Value = Held<T>;

            fn try_read_untracked(&self) -> Option<Held<T>> {
                self.0.try_get_untracked().map(|value| Held(value, PhantomData))
            }

            // Not by `track` and `try_read_untracked`, which would compute a derived value twice.
            fn custom_try_read(&self) -> Option<Option<Held<T>>> {
                Some(self.0.try_get().map(|value| Held(value, PhantomData)))
            }
        }

        )*
    };
}

readable!(ArcRwSignal, Memo, RwSignal, Signal);

macro_rules! into_signal {
    ($($signal:ident),*) => {
        $(impl<T> From<$signal<T>> for Signal<T> {
            fn from(signal: $signal<T>) -> Self {
                Self(signal.0.into(), PhantomData)
            }
        })*
    };
}

into_signal!(ArcRwSignal, Memo, RwSignal);
