//! The job that carries one text to one recipient.
//!
//! Always holds: the jobs of one conversation and recipient run in the order of the messages. A job may run twice
//! (its worker died): the carrier gets the same reference again, and a finished delivery is left alone.

use halyard_protocol::{Author, ConversationId, DeliveryState, Message, PhoneNumber, Seq, UnixMs};
use serde::{Deserialize, Serialize};

use super::receipts::advance;
use crate::carriers::{Carriers, OutboundText, SubmitError, Submitted};
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
/// When the database fails; the job then runs again when its lease has ended.
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
                store::jobs::retry(tx, job, now.plus(backoff(job.attempts))).await?;
                return Ok(true);
            }
            advance(tx, &mut message, payload.to, DeliveryState::Failed, Some(failure), now).await?;
        }
    }
    store::jobs::done(tx, job).await
}

/// Milliseconds until the next try: one second, then twice as long each time, an hour at most.
fn backoff(attempts: u64) -> i64 {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX).min(12);
    (1_000_i64 << doublings).min(3_600_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_longer_each_time_but_never_more_than_an_hour() {
        assert_eq!(backoff(1), 1_000);
        assert_eq!(backoff(2), 2_000);
        assert_eq!(backoff(5), 16_000);
        assert_eq!(backoff(13), 3_600_000);
        assert_eq!(backoff(u64::MAX), 3_600_000);
    }

    #[test]
    fn the_last_moment_is_far_enough_for_an_outage_of_an_hour() {
        let total: i64 = (1..ATTEMPTS).map(backoff).sum();
        assert!(UnixMs(0).plus(total).0 >= 30 * 60 * 1_000);
    }
}
