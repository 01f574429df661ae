//! The job that carries one text to one recipient: hands it to the carrier that takes the number, and writes down what it said.
//!
//! Always holds: a job may run twice (its worker died). A carrier that takes a reference once gets it again. For any other the submission
//! is on record before the text leaves; a job that finds such a record looks the text up, and where the carrier can't be asked, the text is
//! unconfirmed and is not sent again.

use std::time::Duration;

use super::LEASE;
use super::kinds::{Doing, Kind, Tools, payload};
use crate::carriers::{Carrier, LookUp, OutboundText, Repeat, SubmitError, Submitted, no_carrier};
use crate::operations::messaging::outgoing::{
    self, DeliverText, Ended, Found, InDoubt, Outcome, OutgoingText, Submitting, Waiting,
};
use crate::store::{self, StoreError, jobs::Job};

/// See [`Kind`].
pub(super) const KIND: Kind = Kind {
    name: outgoing::KIND,
    attempt_time: Duration::from_secs(60),
    failures: 10,
    run: |tools, job| Box::pin(run(tools, job)),
    give_up: |tools, job, reason| -> Doing<'_, bool> { Box::pin(give_up(tools, job, reason)) },
};

/// How often a text is handed to its carrier that says "later" before it is given up.
const SUBMISSIONS: u64 = 12;

/// What there is to write down.
enum Next {
    /// What became of the text.
    End(Ended),
    /// The carrier has not taken it: again after a while.
    Later(Submitting),
    /// Another worker has the job.
    Lost,
}

async fn run(tools: &Tools, job: &Job) -> Result<(), StoreError> {
    let about: DeliverText = payload(job)?;
    let mut tx = tools.store.read().await?;
    let found = outgoing::find(&mut tx, about).await?;
    drop(tx);
    let (tenant, next) = match found.ok_or(StoreError::Corrupt("payload"))? {
        Found::Settled(tenant) => (tenant, None),
        Found::Waiting(waiting) => (waiting.text().tenant, Some(hand_over(tools, job, waiting).await?)),
        Found::InDoubt(doubt) => (doubt.text().tenant, Some(look_up(tools, job, doubt).await?)),
    };

    let mut tx = tools.store.write_in_background(tenant).await?;
    let now = tools.env.now();
    let holds = match next {
        None => store::jobs::done(&mut tx, job).await?,
        Some(Next::Lost) => false,
        Some(Next::End(ended)) => {
            ended.write(&mut tx, now).await?;
            store::jobs::done(&mut tx, job).await?
        }
        Some(Next::Later(submitting)) => {
            submitting.not_taken(&mut tx).await?;
            store::jobs::retry(&mut tx, job, now.plus(store::jobs::backoff(job.attempts))).await?
        }
    };
    // Where the claim no longer holds another worker has the job, and nothing may be committed.
    if holds { tx.commit().await } else { Ok(()) }
}

/// Asks the carrier for a text that it may have. One that takes a reference once is simply handed it again.
async fn look_up(tools: &Tools, job: &Job, doubt: InDoubt) -> Result<Next, StoreError> {
    let Some(carrier) = tools.carriers.of(doubt.text().to).await? else {
        return Ok(Next::End(doubt.end(Outcome::Unconfirmed)));
    };
    match carrier.repeat() {
        Repeat::IsTakenOnce => hand_over(tools, job, doubt.not_taken()).await,
        Repeat::IsTakenAgain => match carrier.look_up(reference(doubt.text())).await {
            LookUp::Taken(submitted) => Ok(Next::End(doubt.end(taken(carrier, submitted)))),
            LookUp::Unknown => Ok(Next::End(doubt.end(Outcome::Unconfirmed))),
            LookUp::NotTaken => hand_over(tools, job, doubt.not_taken()).await,
        },
    }
}

async fn hand_over(tools: &Tools, job: &Job, waiting: Waiting) -> Result<Next, StoreError> {
    let OutgoingText { tenant, to, is_ours, .. } = *waiting.text();
    if !is_ours {
        return Ok(Next::End(waiting.fail(outgoing::number_gone())));
    }
    let Some(carrier) = tools.carriers.of(to).await? else {
        return Ok(Next::End(waiting.fail(no_carrier(to))));
    };
    let submitting = match carrier.repeat() {
        Repeat::IsTakenOnce => waiting.begin_once(),
        Repeat::IsTakenAgain => {
            let mut tx = tools.store.write_in_background(tenant).await?;
            let now = tools.env.now();
            // Whoever waited long for this turn may have lost the job, and somebody else has sent the text.
            if !store::jobs::renew(&mut tx, job, now.plus(LEASE)).await? {
                return Ok(Next::Lost);
            }
            let submitting = waiting.begin(&mut tx, now).await?;
            tx.commit().await?;
            submitting
        }
    };
    Ok(match carrier.submit(outbound(&submitting)).await {
        Ok(submitted) => Next::End(submitting.end(taken(carrier, submitted))),
        Err(SubmitError::Final(failure)) => Next::End(submitting.end(Outcome::Failed(failure))),
        Err(SubmitError::Temporary(_)) if job.attempts < SUBMISSIONS => Next::Later(submitting),
        Err(SubmitError::Temporary(failure)) => Next::End(submitting.end(Outcome::Failed(failure))),
        Err(SubmitError::Unconfirmed) => match carrier.look_up(reference(submitting.text())).await {
            LookUp::Taken(submitted) => Next::End(submitting.end(taken(carrier, submitted))),
            LookUp::NotTaken if job.attempts < SUBMISSIONS => Next::Later(submitting),
            LookUp::NotTaken => Next::End(submitting.end(Outcome::Failed(outgoing::not_reached()))),
            LookUp::Unknown => Next::End(submitting.end(Outcome::Unconfirmed)),
        },
    })
}

fn taken(carrier: &dyn Carrier, submitted: Submitted) -> Outcome {
    let Submitted { reference, delivered } = submitted;
    Outcome::Taken { carrier: carrier.name(), reference, delivered }
}

/// The same at every try.
fn reference(text: &OutgoingText) -> String {
    format!("{}.{}.{}", text.message.conversation, text.message.seq, text.to.value())
}

fn outbound(submitting: &Submitting) -> OutboundText {
    let text = submitting.text();
    let OutgoingText { from, to, message, .. } = text;
    OutboundText {
        reference: reference(text),
        from: *from,
        to: *to,
        others: message.deliveries.iter().map(|other| other.to).filter(|other| other != to).collect(),
        body: message.body.clone(),
        media: message.media.clone(),
    }
}

/// Tells the author that the text did not get there, or that nobody knows. Not when it is about no text that there is.
async fn give_up(tools: &Tools, job: &Job, reason: &str) -> Result<bool, StoreError> {
    let Ok(about) = payload::<DeliverText>(job) else { return Ok(false) };
    let mut tx = tools.store.read().await?;
    let Some(found) = outgoing::find(&mut tx, about).await? else { return Ok(false) };
    drop(tx);
    let (tenant, ended) = match found {
        Found::Settled(tenant) => (tenant, None),
        Found::Waiting(waiting) => (waiting.text().tenant, Some(waiting.fail(outgoing::not_reached()))),
        Found::InDoubt(doubt) => (doubt.text().tenant, Some(doubt.end(Outcome::Unconfirmed))),
    };
    let mut tx = tools.store.write_in_background(tenant).await?;
    let now = tools.env.now();
    if let Some(ended) = ended {
        ended.write(&mut tx, now).await?;
    }
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
