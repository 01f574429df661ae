//! The job that carries one text to one recipient: hands it to the carrier that takes the number, and writes down what it said.
//!
//! Always holds: a job may run twice (its worker died): the carrier gets the same reference again, and a finished delivery is left alone.

use crate::carriers::{Carriers, OutboundText, SubmitError, Submitted};
use crate::env::Env;
use crate::operations::messaging::outgoing::{self, DeliverText, Outcome};
use crate::store::{self, Store, StoreError, jobs::Job};

/// How often a text is handed to its carrier before it is given up.
const SUBMISSIONS: u64 = 12;

/// Carries a text: hands it to the carrier, then writes down how far it got, and that the job is done.
///
/// # Errors
/// When the database fails, or the job is about no text that there is.
pub(super) async fn run(store: &Store, carriers: &Carriers, env: &Env, job: &Job) -> Result<(), StoreError> {
    let payload: DeliverText = serde_json::from_str(&job.payload).map_err(|_| StoreError::Corrupt("payload"))?;
    let mut tx = store.read().await?;
    let found = outgoing::find(&mut tx, payload).await?;
    drop(tx);
    let text = found.ok_or(StoreError::Corrupt("payload"))?;

    let outcome = if text.is_final {
        None
    } else {
        let message = &text.message;
        let others = message.deliveries.iter().map(|other| other.to).filter(|other| *other != payload.to).collect();
        let outbound = OutboundText {
            reference: format!("{}.{}.{}", payload.conversation, payload.seq, payload.to.value()),
            from: text.from,
            to: payload.to,
            others,
            body: message.body.clone(),
            media: message.media.clone(),
        };
        let (carrier, answer) = carriers.submit(outbound).await?;
        match answer {
            Ok(Submitted { reference, delivered }) => Some(Outcome::Taken { carrier, reference, delivered }),
            Err(SubmitError::Temporary(_)) if job.attempts < SUBMISSIONS => {
                let mut tx = store.write(text.tenant).await?;
                store::jobs::retry(&mut tx, job, env.now().plus(store::jobs::backoff(job.attempts))).await?;
                return tx.commit().await;
            }
            Err(SubmitError::Temporary(failure) | SubmitError::Final(failure)) => Some(Outcome::Failed(failure)),
        }
    };

    let mut tx = store.write(text.tenant).await?;
    if let Some(outcome) = outcome {
        outgoing::settle(&mut tx, payload, outcome, env.now()).await?;
    }
    // Where the claim no longer holds another worker has the job, and nothing may be committed.
    if store::jobs::done(&mut tx, job).await? { tx.commit().await } else { Ok(()) }
}

/// Ends a job that failed at every attempt: tells the author that the text did not get there, and keeps the job among the dead ones. Says
/// whether it could: not when it is about no text that there is.
///
/// # Errors
/// When the database fails.
pub(super) async fn give_up(store: &Store, env: &Env, job: &Job, reason: &str) -> Result<bool, StoreError> {
    let Ok(payload) = serde_json::from_str::<DeliverText>(&job.payload) else { return Ok(false) };
    let mut tx = store.read().await?;
    let Some(text) = outgoing::find(&mut tx, payload).await? else { return Ok(false) };
    drop(tx);
    let mut tx = store.write(text.tenant).await?;
    let now = env.now();
    outgoing::settle(&mut tx, payload, Outcome::Failed(outgoing::not_reached()), now).await?;
    if store::jobs::move_to_dead(&mut tx, job, reason, now).await? {
        tx.commit().await?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use halyard_protocol::UnixMs;

    #[test]
    fn the_last_submission_is_half_an_hour_after_the_first() {
        let total: i64 = (1..SUBMISSIONS).map(store::jobs::backoff).sum();
        assert!(UnixMs(0).plus(total).0 >= 30 * 60 * 1_000);
    }
}
