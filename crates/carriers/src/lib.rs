//! What carriers are told, and what they say: the requests of each provider with its answers and webhooks, and SMS as it is on the wire.
//!
//! No input or output, no clock, no randomness: a caller sends what stands in a [`http::Request`], and gives the answer, or a webhook with
//! the time, back in. So everything here is tested in milliseconds, and bytes from outside are read in one place.
//!
//! Always holds: nothing that comes from outside panics; what can't be read is an error or an outcome that says so. An answer that does
//! not say whether the text was taken is [`Outcome::Unknown`], never "not taken". Secrets are in no `Debug`.

pub mod account;
mod answer;
pub mod bandwidth;
mod base;
pub mod event;
pub mod http;
mod json;
pub mod kinds;
mod moment;
pub mod opt_out;
pub mod outbound;
pub mod outcome;
pub mod provider;
pub mod refusal;
pub mod simulator;
pub mod smpp;
pub mod sms;
pub mod telnyx;
#[cfg(test)]
mod testing;
pub mod twilio;

pub use account::{Field, Kind, Secret, Settings, SettingsError};
pub use answer::is_same_text;
pub use event::{Address, Event, Inbound, Receipt, Reported};
pub use kinds::provider;
pub use outbound::{Attachment, Capabilities, Outbound};
pub use outcome::{Found, LookedUp, Outcome, Tested};
pub use provider::{Provider, WebhookAnswer, WebhookError};
pub use refusal::{Refusal, Why};
