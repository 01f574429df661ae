//! The server of Halyard: REST, one WebSocket, storage, delivery of texts.
//!
//! # The walk of a message
//!
//! 1. `POST /api/v1/messages` comes through the layers of [`web`] (log line, headers, panics, time, origin) to
//!    [`api::messages::send`]. The extractors of [`api::extract`] find the session and read the body.
//! 2. [`operations::messaging::accept`] works in one transaction of the author's tenant ([`store`]): is this id known? who takes
//!    part, and may they? Then the message gets its place, every member's counters move, every member's log gets an
//!    event, and for texts a delivery and a job is added for each recipient. Commit, then `202`.
//! 3. The commit itself wakes the [`hub`], and the hub the sockets of the members. Each [`socket`] reads
//!    its user's log from where it stands, and sends. A lost wake-up loses nothing: the log has it all.
//! 4. The commit also wakes the [`jobs`]. `jobs::deliver` hands the text to the carrier that takes the number
//!    ([`carriers`]). Between numbers of this system [`operations::messaging::receive`] takes it in as a real inbound text, in a
//!    transaction of the receiving tenant, once; members there hear of it as in step 3.
//! 5. [`operations::messaging::receipts`] writes down how far the text got, and the members at the author's side hear of that.
//!
//! What is state rather than an event (what users say of themselves, who is connected, how far members have read) goes another way: a commit
//! gives it the tenant's next version ([`store::states`]; who is connected: [`presence`]), the [`teller`] tells the sockets of a tenant of its users, each frame serialized
//! once ([`feed`]), and a socket reads the read positions that its user sees.
//!
//! What always holds stands at the head of each module.

pub mod api;
pub mod app;
pub mod auth;
pub mod carriers;
pub mod commands;
pub mod config;
#[cfg(test)]
mod conformance;
pub mod connections;
pub mod demo;
mod digest;
pub mod env;
pub mod feed;
pub mod hub;
pub mod jobs;
pub mod lifecycle;
pub mod media;
pub mod metrics;
pub mod operations;
pub mod permits;
pub mod presence;
pub mod problem;
pub mod routes;
pub mod sealing;
pub mod simulator;
pub mod socket;
pub mod store;
pub mod telemetry;
pub mod teller;
#[cfg(test)]
mod testing;
pub mod tls;
pub mod upkeep;
pub mod web;
pub mod webhooks;
