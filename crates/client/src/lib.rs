//! The softphone without a browser: one synchronous state machine.
//!
//! [`Softphone::handle`] takes an [`Event`] and an [`Env`] (time, time zone, fresh randomness) and gives an
//! [`Update`]: effects for the adapters to carry out, and the names of what changed for the views to read again.
//! It does no input or output and reads no clock, so every behaviour is tested natively in milliseconds.
//!
//! Always holds:
//! - `handle` is total and deterministic: the same events with the same `Env` give the same state and effects.
//! - A message is one row from Enter until delivered, keyed by the id that this device gave it; the server's
//!   answer and the socket's echo may come in either order, twice, or not at all, and end in the same state.
//! - A message leaves only after its outbox row is kept (or the user was told that it can't be kept), in order
//!   within its conversation, and never twice under two ids.
//! - Unread counts and delivery states only follow the server forward.

mod api;
mod cache;
pub mod commands;
pub mod composer;
pub mod contacts;
mod context;
pub mod conversations;
mod database;
mod desk;
pub mod devices;
pub mod effect;
pub mod env;
pub mod event;
mod fact;
pub mod importing;
pub mod installation;
pub mod json;
pub mod links;
pub mod notices;
pub mod outbox;
pub mod overlay;
mod reasons;
pub mod recipients;
mod requests;
mod retry;
pub mod route;
pub mod session;
pub mod softphone;
mod sorted;
pub mod storage;
mod sync;
pub mod tabs;
#[cfg(test)]
mod testing;
mod typing;
pub mod update;
pub mod view;
pub mod windows;

pub use commands::Command;
pub use effect::{
    AppCommand, Effect, FocusTarget, HttpOutcome, HttpRequest, HttpResponse, Method, NetworkFailure, RequestId,
    SocketCommand, SocketEvent, Timer,
};
pub use env::{Attention, Env, LocalTime};
pub use event::{Event, Net, System, Ui};
pub use route::Route;
pub use softphone::Softphone;
pub use sorted::{SortedSet, sort_few};
pub use update::{Changed, Update};
pub use windows::CardKey;
