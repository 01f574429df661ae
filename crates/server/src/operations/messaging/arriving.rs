//! Taking in texts together: those that are like most of what comes in. What [`receive`](super::receive::receive) does for any other.

use halyard_carriers::Address;
use halyard_carriers::opt_out::keyword;
use halyard_protocol::{ConversationKey, MessageId};

use super::receive::InboundText;
use crate::env::Env;
use crate::operations::Actor;
use crate::store::jobs::Job;
use crate::store::questions::ArrivingText;
use crate::store::{Store, StoreError, conversations};

/// Who brings a text that comes in.
#[derive(Clone, Copy, Debug)]
pub enum Bringer<'a> {
    /// The way between numbers of this system: the own number has to take texts.
    OnNet,
    /// An account's carrier, by a job that ends with it.
    Account(&'a Job),
}

/// Lets a text arrive together with others, if it was not taken in before: one without files that is no word for opting out, opting in or help, into a
/// conversation that there is. Says whether that was so; else nothing was done.
///
/// # Errors
/// When the database fails: it may have arrived then.
pub async fn arrive(
    store: &Store,
    actor: &Actor,
    env: &Env,
    text: &InboundText,
    bringer: Bringer<'_>,
) -> Result<bool, StoreError> {
    let has_files = !text.media.is_empty() || !text.files.is_empty() || text.missing > 0;
    if !store.asks_together() || has_files || keyword(&text.body).is_some() {
        return Ok(false);
    }
    let Address::Number(from) = text.from else { return Ok(false) };
    let others = text.others.iter().copied().filter(|number| *number != text.to);
    let key = ConversationKey::text(text.to, std::iter::once(from).chain(others));
    let (needs_sms, job) = match bringer {
        // A group's has to be a number that takes more than texts.
        Bringer::OnNet if !text.others.is_empty() => return Ok(false),
        Bringer::OnNet => (true, None),
        Bringer::Account(job) => (false, Some(job.into())),
    };
    let arriving = ArrivingText {
        conversation: key.id(actor.tenant),
        own: text.to,
        participants: conversations::participants(&key),
        author: from.to_string(),
        id: MessageId(env.ulid()),
        body: text.body.clone(),
        carrier: text.carrier.clone(),
        reference: text.reference.clone(),
        needs_sms,
        now: actor.now,
        job,
    };
    store.take_in_text(actor.tenant, arriving).await
}
