//! The job that carries one text to one recipient.
//!
//! Always holds: the jobs of one conversation and recipient run in the order of the messages. A job may run twice
//! (its worker died): the carrier gets the same reference again, and a finished delivery is left alone.

use halyard_protocol::{Author, CauseCode, ConversationId, DeliveryState, Message, PhoneNumber, Seq, UnixMs};
use serde::{Deserialize, Serialize};

use super::receipts::advance;
use crate::carriers::{Carriers, Failure, OutboundText, SubmitError, Submitted};
use crate::env::Env;
use crate::store::{self, Store, StoreError, Tx, jobs::Job};

/// The kind of these jobs.
pub const KIND: &str = "deliver";

/// How often a text is handed to its carrier before it is given up.
const ATTEMPTS: u64 = 12;

#[derive(Serialize, Deserialize)]
struct Payload {
    conversation: ConversationId,
    seq: Seq,
    to: PhoneNumber,
}

/// Adds the job that carries a message to a recipient.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(tx: &mut Tx, message: &Message, to: PhoneNumber, now: UnixMs) -> Result<(), StoreError> {
    let payload = Payload { conversation: message.conversation, seq: message.seq, to };
    let lane = format!("{KIND} {} {to}", message.conversation);
    store::jobs::add(tx, &lane, message.seq, KIND, &store::sql::json(&payload)?, now).await
}

/// Carries a text: hands it to the carrier, then writes down how far it got, and that the job is done.
///
/// # Errors
/// When the database fails, or the job is about no text that there is.
pub async fn run(store: &Store, carriers: &Carriers, env: &Env, job: &Job) -> Result<(), StoreError> {
    let payload: Payload = serde_json::from_str(&job.payload).map_err(|_| StoreError::Corrupt("payload"))?;
    let mut tx = store.read().await?;
    let shared = store::conversations::by_id(&mut tx, payload.conversation).await?;
    let message = store::messages::at(&mut tx, payload.conversation, payload.seq).await?;
    drop(tx);
    let (Some(shared), Some(message)) = (shared, message) else { return Err(StoreError::Corrupt("payload")) };
    let delivery = message.deliveries.iter().find(|delivery| delivery.to == payload.to);
    let (Some(from), Some(delivery), Author::User(_)) = (shared.key.own_number(), delivery, message.author) else {
        return Err(StoreError::Corrupt("payload"));
    };

    let outcome = if delivery.state.is_final() {
        None
    } else {
        let others = message.deliveries.iter().map(|other| other.to).filter(|other| *other != payload.to).collect();
        let text = OutboundText {
            reference: format!("{}.{}.{}", payload.conversation, payload.seq, payload.to.value()),
            from,
            to: payload.to,
            others,
            body: message.body.clone(),
            media: message.media.clone(),
        };
        Some(carriers.submit(text).await?)
    };

    let mut tx = store.write(shared.tenant).await?;
    let settled = settle(&mut tx, env, job, &payload, outcome).await?;
    if settled {
        tx.commit().await?;
    }
    Ok(())
}

/// Ends a job that failed at every attempt: tells the author that the text did not get there, and keeps the job among the dead ones. Says
/// whether it could: not when it is about no text that there is.
///
/// # Errors
/// When the database fails.
pub async fn give_up(store: &Store, env: &Env, job: &Job, reason: &str) -> Result<bool, StoreError> {
    let Ok(payload) = serde_json::from_str::<Payload>(&job.payload) else { return Ok(false) };
    let mut tx = store.read().await?;
    let Some(shared) = store::conversations::by_id(&mut tx, payload.conversation).await? else { return Ok(false) };
    drop(tx);
    let mut tx = store.write(shared.tenant).await?;
    let Some(mut message) = store::messages::at(&mut tx, payload.conversation, payload.seq).await? else {
        return Ok(false);
    };
    let now = env.now();
    let failure = Failure::new(CauseCode::NumberNotReached, "The number could not be reached.");
    advance(&mut tx, &mut message, payload.to, DeliveryState::Failed, Some(failure), now).await?;
    if store::jobs::move_to_dead(&mut tx, job, reason, now).await? {
        tx.commit().await?;
    }
    Ok(true)
}

/// Writes the outcome down. Says whether the claim still held: if not, nothing may be committed.
async fn settle(
    tx: &mut Tx,
    env: &Env,
    job: &Job,
    payload: &Payload,
    outcome: Option<(&'static str, Result<Submitted, SubmitError>)>,
) -> Result<bool, StoreError> {
    let now = env.now();
    let Some(mut message) = store::messages::at(tx, payload.conversation, payload.seq).await? else {
        return Err(StoreError::Corrupt("payload"));
    };
    match outcome {
        None => {}
        Some((carrier, Ok(submitted))) => {
            store::deliveries::set_carrier(tx, &message, payload.to, carrier, &submitted.reference).await?;
            advance(tx, &mut message, payload.to, DeliveryState::Sent, None, now).await?;
            if submitted.delivered {
                advance(tx, &mut message, payload.to, DeliveryState::Delivered, None, now).await?;
            }
        }
        Some((_, Err(SubmitError::Final(failure)))) => {
            advance(tx, &mut message, payload.to, DeliveryState::Failed, Some(failure), now).await?;
        }
        Some((_, Err(SubmitError::Temporary(failure)))) => {
            if job.attempts < ATTEMPTS {
                store::jobs::retry(tx, job, now.plus(store::jobs::backoff(job.attempts))).await?;
                return Ok(true);
            }
            advance(tx, &mut message, payload.to, DeliveryState::Failed, Some(failure), now).await?;
        }
    }
    store::jobs::done(tx, job).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_moment_is_far_enough_for_an_outage_of_an_hour() {
        let total: i64 = (1..ATTEMPTS).map(store::jobs::backoff).sum();
        assert!(UnixMs(0).plus(total).0 >= 30 * 60 * 1_000);
    }
}
