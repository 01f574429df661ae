//! The softphone in its users' words, and what holds whatever happens to it.

mod support;
mod sending_in_any_order;
