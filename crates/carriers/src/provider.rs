//! A provider that is spoken to by HTTP: one account's requests, and what its answers and webhooks mean.

use halyard_protocol::UnixMs;

use crate::event::Event;
use crate::http::{Request, Response, Webhook};
use crate::outbound::{Capabilities, Outbound};
use crate::outcome::{LookedUp, Outcome, Tested};

/// Why a webhook is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// It has no signature.
    #[error("the signature is missing")]
    NoSignature,
    /// Its signature is another one's.
    #[error("the signature is wrong")]
    BadSignature,
    /// It was signed too long ago, or far in the future: somebody may be sending it again.
    #[error("the signature is too old")]
    Stale,
    /// It can't be read; what of it.
    #[error("it can't be read: {0}")]
    Malformed(&'static str),
}

/// What a provider wants to hear to a webhook that was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebhookAnswer {
    /// The body's type; empty for no body.
    pub content_type: &'static str,
    /// The body.
    pub body: &'static str,
}

/// One account at a provider that is spoken to by HTTP.
pub trait Provider: Send + Sync {
    /// What it takes.
    fn capabilities(&self) -> Capabilities;

    /// The request that hands a text over.
    fn submit(&self, text: &Outbound) -> Request;

    /// What the answer to it means.
    fn outcome(&self, text: &Outbound, answer: &Response) -> Outcome;

    /// The request that looks for a text that was handed over since a moment; none where the provider can't be asked.
    fn look_up(&self, text: &Outbound, since: UnixMs) -> Option<Request>;

    /// What the answer to it means.
    fn looked_up(&self, text: &Outbound, since: UnixMs, answer: &Response) -> LookedUp;

    /// The request that shows whether the account works. It sends no text and costs nothing.
    fn test(&self) -> Request;

    /// What the answer to it means, in words.
    fn tested(&self, answer: &Response) -> Tested;

    /// Checks who sent a webhook, and reads it. What is of no interest gives no events.
    ///
    /// # Errors
    /// [`WebhookError`]; nothing of it counts then.
    fn webhook(&self, webhook: &Webhook<'_>) -> Result<Vec<Event>, WebhookError>;

    /// What a webhook that was taken in is answered with.
    fn webhook_answer(&self) -> WebhookAnswer {
        WebhookAnswer { content_type: "", body: "" }
    }

    /// The request that fetches a file of a text that came in. It carries secrets only to the provider's own addresses, so whoever follows a
    /// redirect asks for another request, with the address that it leads to.
    fn fetch(&self, url: &str) -> Request;
}
