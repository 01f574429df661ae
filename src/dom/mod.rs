//! The renderer: draws views into the document and keeps them as their signals say.
//!
//! Signals, memos, owners and context are those of Leptos, and so is the syntax of views; but a view is one type here,
//! whatever is in it, and every closure that a view reads from is called through a pointer. So each of the renderer's
//! functions exists once, where Leptos has a copy of them for each view: the app would weigh twice as much.
//!
//! Always holds:
//! - What a view reads from is read again when it changed, in the microtask after the change, outer views before inner
//!   ones; the document is touched only where what is read is different from before.
//! - What a view made (listeners, effects, signals, cleanups) goes when the view goes.

mod attribute;
mod binding;
mod call;
mod element;
mod list;
mod mount;
mod node_ref;
mod signal;
mod view;

pub(crate) use leptos::callback::{Callable, Callback};
pub(crate) use leptos::component;
pub(crate) use leptos::prelude::{
    GetValue, LocalStorage, Owner, SetValue, StoredValue, UpdateValue, WithValue, document, event_target_value,
    expect_context, on_cleanup, provide_context, request_animation_frame, window, window_event_listener,
};

pub(crate) use halyard_view_macro::view;

pub(crate) use self::binding::effect;
pub(crate) use self::element::Element;
pub(crate) use self::list::For;
pub(crate) use self::mount::mount_to_body;
pub(crate) use self::node_ref::NodeRef;
pub(crate) use self::signal::{ArcRwSignal, Memo, Readable, RwSignal, Signal};
pub(crate) use self::view::{Children, IntoView, View, ViewFn};
