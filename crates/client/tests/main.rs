//! The softphone in its users' words, and what holds whatever happens to it.

mod any_events;
mod nothing_typed_is_lost;
mod sending_in_any_order;
mod support;
mod unread_in_any_order;
