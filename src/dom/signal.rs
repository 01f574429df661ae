//! Signals, memos and what is derived from them: Leptos' own, all with one type of value inside.
//!
//! Leptos has a copy of its graph's code for each type that a signal holds. Here a signal holds a [`Value`], whatever
//! is in it, and the type comes back where it is read.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude as graph;
use leptos::prelude::{Get, GetUntracked, GetValue, Set};

use super::call::{Compute, Read};

/// A value of any type, and how two of this type compare.
#[derive(Clone)]
pub(crate) struct Value {
    held: Arc<dyn Any + Send + Sync>,
    same: fn(&Value, &Value) -> bool,
}

impl Value {
    /// A value that changes only when it is another.
    fn compared<T: PartialEq + Send + Sync + 'static>(value: T) -> Self {
        Self { held: Arc::new(value), same: |one, other| one.of::<T>() == other.of::<T>() }
    }

    /// A value that is never compared.
    fn plain<T: Send + Sync + 'static>(value: T) -> Self {
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

type Reader = Arc<dyn Read<Value>>;

/// A signal that the current view owns.
pub(crate) struct RwSignal<T>(graph::RwSignal<Value>, PhantomData<fn() -> T>);

/// A signal that lives as long as somebody holds it.
pub(crate) struct ArcRwSignal<T>(graph::ArcRwSignal<Value>, PhantomData<fn() -> T>);

/// What is computed from signals, and changes only when it is another.
pub(crate) struct Memo<T>(graph::Memo<Value>, PhantomData<fn() -> T>);

/// Anything that can be read: a signal, a memo, a closure, a constant.
pub(crate) struct Signal<T>(graph::StoredValue<Reader>, PhantomData<fn() -> T>);

impl<T: PartialEq + Send + Sync + 'static> RwSignal<T> {
    /// A signal with its first value.
    pub(crate) fn new(value: T) -> Self {
        Self(graph::RwSignal::new(Value::compared(value)), PhantomData)
    }

    /// Changes the value, if it is another. Does nothing once the view is gone.
    pub(crate) fn set(&self, value: T) {
        let value = Value::compared(value);
        if self.0.try_get_untracked().is_some_and(|known| known != value) {
            self.0.set(value);
        }
    }
}

impl<T: PartialEq + Send + Sync + 'static> ArcRwSignal<T> {
    /// A signal with its first value.
    pub(crate) fn new(value: T) -> Self {
        Self(graph::ArcRwSignal::new(Value::compared(value)), PhantomData)
    }

    /// Changes the value, if it is another.
    pub(crate) fn set(&self, value: T) {
        show(&self.0, Value::compared(value));
    }
}

/// Those who read hear only of what is different.
#[inline(never)]
fn show(signal: &graph::ArcRwSignal<Value>, value: Value) {
    if signal.get_untracked() != value {
        signal.set(value);
    }
}

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    /// Computes from the value before, if there is one.
    pub(crate) fn new(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self {
        let compute = move |before: Option<&Value>| Value::compared(compute(before.map(Value::of)));
        Self(memo(Box::new(compute)), PhantomData)
    }
}

#[inline(never)]
fn memo(compute: Box<dyn Compute<Value>>) -> graph::Memo<Value> {
    graph::Memo::new(move |before: Option<&Value>| compute.compute(before))
}

impl<T: Send + Sync + 'static> Signal<T> {
    /// Computed at each reading.
    pub(crate) fn derive(read: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self::read_by(Arc::new(move || Value::plain(read())))
    }

    /// A constant.
    pub(crate) fn stored(value: T) -> Self {
        let value = Value::plain(value);
        Self::read_by(Arc::new(move || value.clone()))
    }

    fn read_by(read: Reader) -> Self {
        Self(graph::StoredValue::new(read), PhantomData)
    }
}

/// Can be read, by its type.
pub(crate) trait Readable<T: 'static> {
    /// The value inside; whoever reads runs again when it changes.
    fn value(&self) -> Value;

    /// The value inside.
    fn value_untracked(&self) -> Value {
        graph::untrack(|| self.value())
    }

    /// Reads it; whoever reads runs again when it changes.
    fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(self.value().of())
    }

    /// Reads it once.
    fn with_untracked<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(self.value_untracked().of())
    }

    /// A copy of the value; whoever reads runs again when it changes.
    fn get(&self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// A copy of the value.
    fn get_untracked(&self) -> T
    where
        T: Clone,
    {
        self.with_untracked(T::clone)
    }

    /// Runs again when it changes.
    fn track(&self) {
        self.value();
    }
}

macro_rules! readable {
    ($($signal:ident),*) => {
        $(impl<T: 'static> Readable<T> for $signal<T> {
            fn value(&self) -> Value {
                self.0.get()
            }
        })*
    };
}

readable!(ArcRwSignal, Memo, RwSignal);

impl<T: 'static> Readable<T> for Signal<T> {
    fn value(&self) -> Value {
        self.0.get_value().read()
    }
}

macro_rules! copied {
    ($($signal:ident),*) => {
        $(impl<T> Clone for $signal<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $signal<T> {})*
    };
}

copied!(Memo, RwSignal, Signal);

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

impl<T: Send + Sync + 'static> From<T> for Signal<T> {
    fn from(value: T) -> Self {
        Self::stored(value)
    }
}

impl From<&str> for Signal<String> {
    fn from(text: &str) -> Self {
        Self::stored(text.to_owned())
    }
}

macro_rules! as_signal {
    ($($signal:ident),*) => {
        $(impl<T: Send + Sync + 'static> From<$signal<T>> for Signal<T> {
            fn from(signal: $signal<T>) -> Self {
                Self::read_by(Arc::new(move || signal.value()))
            }
        })*
    };
}

as_signal!(ArcRwSignal, Memo, RwSignal);

impl<T: Default + Send + Sync + 'static> Default for Signal<T> {
    fn default() -> Self {
        Self::stored(T::default())
    }
}
