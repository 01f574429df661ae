//! The job that carries one text to one recipient: hands it to the carrier that takes the number, and writes down what it said.
//!
//! Always holds: a job may run twice (its worker died). A carrier that takes a reference once gets it again. For any other the submission
//! is on record before the text leaves; a job that finds such a record looks the text up, and where the carrier can't be asked, the text is
//! unconfirmed and is not sent again.

use std::time::Duration;

use super::LEASE;
use super::kinds::{Doing, Kind, Tools, payload};
use crate::carriers::{Carrier, LookUp, OutboundText, Repeat, SubmitError, Submitted, no_carrier};
use crate::operations::messaging::outgoing::{self, DeliverText, Outcome, OutgoingText};
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
    Settle(Outcome),
    /// The carrier has not taken it: again after a while.
    Later,
    Nothing,
    /// Another worker has the job.
    Lost,
}

async fn run(tools: &Tools, job: &Job) -> Result<(), StoreError> {
    let about: DeliverText = payload(job)?;
    let mut tx = tools.store.read().await?;
    let found = outgoing::find(&mut tx, about).await?;
    drop(tx);
    let text = found.ok_or(StoreError::Corrupt("payload"))?;
    let next = if text.is_settled { Next::Nothing } else { hand_over(tools, job, about, &text).await? };

    let mut tx = tools.store.write_in_background(text.tenant).await?;
    let now = tools.env.now();
    let holds = match next {
        Next::Lost => false,
        Next::Nothing => store::jobs::done(&mut tx, job).await?,
        Next::Settle(outcome) => {
            outgoing::settle(&mut tx, about, outcome, now).await?;
            store::jobs::done(&mut tx, job).await?
        }
        Next::Later => {
            outgoing::not_taken(&mut tx, &text, about.to).await?;
            store::jobs::retry(&mut tx, job, now.plus(store::jobs::backoff(job.attempts))).await?
        }
    };
    // Where the claim no longer holds another worker has the job, and nothing may be committed.
    if holds { tx.commit().await } else { Ok(()) }
}

async fn hand_over(tools: &Tools, job: &Job, about: DeliverText, text: &OutgoingText) -> Result<Next, StoreError> {
    if !text.is_ours {
        return Ok(Next::Settle(Outcome::Failed(outgoing::number_gone())));
    }
    let Some(carrier) = tools.carriers.of(about.to).await? else {
        return Ok(Next::Settle(Outcome::Failed(no_carrier(about.to))));
    };
    let outbound = outbound(about, text);
    if carrier.repeat() == Repeat::IsTakenAgain {
        if text.may_have_left {
            match carrier.look_up(outbound.reference.clone()).await {
                LookUp::Taken(submitted) => return Ok(Next::Settle(taken(carrier, submitted))),
                LookUp::Unknown => return Ok(Next::Settle(Outcome::Unconfirmed)),
                LookUp::NotTaken => {}
            }
        }
        let mut tx = tools.store.write_in_background(text.tenant).await?;
        let now = tools.env.now();
        // Whoever waited long for this turn may have lost the job, and somebody else has sent the text.
        if !store::jobs::renew(&mut tx, job, now.plus(LEASE)).await? {
            return Ok(Next::Lost);
        }
        outgoing::begin(&mut tx, text, about.to, now).await?;
        tx.commit().await?;
    }
    let reference = outbound.reference.clone();
    Ok(match carrier.submit(outbound).await {
        Ok(submitted) => Next::Settle(taken(carrier, submitted)),
        Err(SubmitError::Final(failure)) => Next::Settle(Outcome::Failed(failure)),
        Err(SubmitError::Temporary(_)) if job.attempts < SUBMISSIONS => Next::Later,
        Err(SubmitError::Temporary(failure)) => Next::Settle(Outcome::Failed(failure)),
        Err(SubmitError::Unconfirmed) => match carrier.look_up(reference).await {
            LookUp::Taken(submitted) => Next::Settle(taken(carrier, submitted)),
            LookUp::NotTaken if job.attempts < SUBMISSIONS => Next::Later,
            LookUp::NotTaken => Next::Settle(Outcome::Failed(outgoing::not_reached())),
            LookUp::Unknown => Next::Settle(Outcome::Unconfirmed),
        },
    })
}

fn taken(carrier: &dyn Carrier, submitted: Submitted) -> Outcome {
    let Submitted { reference, delivered } = submitted;
    Outcome::Taken { carrier: carrier.name(), reference, delivered }
}

fn outbound(about: DeliverText, text: &OutgoingText) -> OutboundText {
    let message = &text.message;
    OutboundText {
        reference: format!("{}.{}.{}", about.conversation, about.seq, about.to.value()),
        from: text.from,
        to: about.to,
        others: message.deliveries.iter().map(|other| other.to).filter(|other| *other != about.to).collect(),
        body: message.body.clone(),
        media: message.media.clone(),
    }
}

/// Tells the author that the text did not get there, or that nobody knows. Not when it is about no text that there is.
async fn give_up(tools: &Tools, job: &Job, reason: &str) -> Result<bool, StoreError> {
    let Ok(about) = payload::<DeliverText>(job) else { return Ok(false) };
    let mut tx = tools.store.read().await?;
    let Some(text) = outgoing::find(&mut tx, about).await? else { return Ok(false) };
    drop(tx);
    let mut tx = tools.store.write_in_background(text.tenant).await?;
    let now = tools.env.now();
    let outcome = if text.may_have_left { Outcome::Unconfirmed } else { Outcome::Failed(outgoing::not_reached()) };
    outgoing::settle(&mut tx, about, outcome, now).await?;
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
