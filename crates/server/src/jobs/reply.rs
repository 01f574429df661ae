//! The job that sends what the server itself answers.
//!
//! Always holds: it hands the answer over once. A worker that died in the middle may have sent it, so nobody tries again; and nobody gets an answer an
//! hour later.

use std::time::Duration;

use halyard_protocol::{CarrierAccountId, PhoneNumber};

use super::inbound::{finish, give_up};
use super::kinds::{Doing, JobError, Kind, Tools, payload};
use crate::carriers::{OutboundText, SubmitError};
use crate::operations::messaging::reply::{KIND as REPLY, Reply};
use crate::store::{self, StoreError, jobs::Job};

/// After how long an answer is of no use, in milliseconds.
const LATE: i64 = 60 * 60 * 1_000;

/// See [`Kind`].
pub(super) const KIND: Kind = Kind {
    name: REPLY,
    // Longer than any carrier's own waits: an attempt that is ended in the middle would count as one that failed.
    attempt_time: Duration::from_secs(180),
    failures: 12,
    run: |tools, job| Box::pin(run(tools, job)),
    give_up: |tools, job, reason| -> Doing<'_, bool> { Box::pin(give_up(tools, job, reason)) },
};

async fn run(tools: &Tools, job: &Job) -> Result<(), JobError> {
    let Reply { tenant, from, to, words, reference, at } = payload(job)?;
    if job.attempts > job.failures + 1 || tools.env.now().since(at) > LATE {
        tracing::info!("an answer may have left when its worker died, or is too late; it is not sent");
        return Ok(finish(tools, job).await?);
    }
    let mut tx = tools.store.read().await?;
    let is_ours = store::numbers::by_number(&mut tx, from).await?.is_some_and(|(owner, _)| owner == tenant);
    let account = store::carrier_accounts::of_number(&mut tx, from).await?;
    let is_outside = store::numbers::by_number(&mut tx, to).await?.is_none();
    drop(tx);
    let carrier_replies = match account.filter(|_| is_outside) {
        Some(account) => tools.carriers.open(account).await?.is_some_and(|(_, opened)| opened.carrier_replies),
        None => false,
    };
    if !is_ours || carrier_replies {
        return Ok(finish(tools, job).await?);
    }
    let Some(carrier) = tools.carriers.of(&[to], account).await? else { return Ok(finish(tools, job).await?) };
    let text = OutboundText { reference, from, to: vec![to], others: Vec::new(), body: words, media: Vec::new() };
    let taken = match carrier.prepare(text).await {
        Ok(ready) => carrier.submit(ready).await,
        Err(error) => Err(error.into()),
    };
    let references = match taken {
        Ok(submitted) => submitted.references,
        Err(SubmitError::Final(_) | SubmitError::Unconfirmed) => Vec::new(),
        // It has not left: what failed is counted, so the next attempt knows that.
        Err(SubmitError::Throttled(_) | SubmitError::Temporary(_)) => {
            return Err(JobError::NotTaken);
        }
    };
    // It has left. What fails from here on is no reason to send it again: the next attempt sees that this one did not fail.
    if let Err(error) = settle(tools, job, to, carrier.account(), &references).await {
        tracing::warn!(%error, "that an answer has left could not be written");
    }
    Ok(())
}

/// Writes down under which references the carrier has the answer, so that nobody takes it for another text, and ends the job.
async fn settle(
    tools: &Tools,
    job: &Job,
    to: PhoneNumber,
    account: Option<CarrierAccountId>,
    references: &[String],
) -> Result<(), StoreError> {
    if let Some(account) = account {
        let mut tx = tools.store.write_system().await?;
        for reference in references {
            store::carrier_references::add_own(&mut tx, account, reference, to, tools.env.now()).await?;
        }
        tx.commit().await?;
    }
    finish(tools, job).await
}
