//! The job that sends what the server itself answers.
//!
//! Always holds: it hands the answer over once. A worker that died in the middle may have sent it, so nobody tries again.

use std::time::Duration;

use super::inbound::{finish, give_up};
use super::kinds::{Doing, Kind, Tools, payload};
use crate::carriers::{OutboundText, SubmitError};
use crate::operations::messaging::reply::{KIND as REPLY, Reply};
use crate::store::{self, StoreError, jobs::Job};

/// See [`Kind`].
pub(super) const KIND: Kind = Kind {
    name: REPLY,
    attempt_time: Duration::from_secs(60),
    failures: 5,
    run: |tools, job| Box::pin(run(tools, job)),
    give_up: |tools, job, reason| -> Doing<'_, bool> { Box::pin(give_up(tools, job, reason)) },
};

async fn run(tools: &Tools, job: &Job) -> Result<(), StoreError> {
    let Reply { tenant, from, to, words, reference } = payload(job)?;
    if job.attempts > job.failures + 1 {
        tracing::info!("an answer may have left when its worker died; it is not sent again");
        return finish(tools, job).await;
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
        return finish(tools, job).await;
    }
    let Some(carrier) = tools.carriers.of(&[to], account).await? else { return finish(tools, job).await };
    let text = OutboundText { reference, from, to: vec![to], others: Vec::new(), body: words, media: Vec::new() };
    match carrier.submit(text).await {
        Ok(_) | Err(SubmitError::Final(_) | SubmitError::Unconfirmed) => finish(tools, job).await,
        Err(SubmitError::Throttled(wait)) => {
            let mut tx = tools.store.write_in_background(tenant).await?;
            let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX).max(100);
            let run_at = tools.env.now().plus(wait);
            if store::jobs::wait_until(&mut tx, job, run_at).await? { tx.commit().await } else { Ok(()) }
        }
        // It has not left: what failed is counted, so the next attempt knows that.
        Err(SubmitError::Temporary(_)) => Err(StoreError::Corrupt("the carrier has not taken the answer")),
    }
}
