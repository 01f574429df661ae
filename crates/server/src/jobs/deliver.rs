//! The job that carries a text: hands it to the carrier that takes it, and writes down what that said.
//!
//! Always holds: a job may run twice (its worker died). A carrier that takes a reference once gets it again. For any other the submission
//! is on record before the text leaves, and not before it is ready to leave; a job that finds such a record looks the text up, at the account that it was handed to, and where the
//! carrier can't be asked, the text is unconfirmed and is not sent again.

use std::time::Duration;

use halyard_protocol::{UnixMs, segments};

use super::LEASE;
use super::kinds::{Doing, Kind, Tools, payload};
use crate::carriers::pace::MAX_HOLD;
use crate::carriers::{Carrier, LookUp, NotReady, OutboundText, Repeat, SubmitError, Submitted, no_carrier};
use crate::operations::messaging::outgoing::{
    self, DeliverText, Ended, InDoubt, OutgoingState, OutgoingText, Submitting, TakenBy, TextOutcome, Waiting,
};
use crate::store::{
    self, StoreError,
    jobs::{Job, Queue},
};

/// See [`Kind`].
pub(super) const KIND: Kind = Kind {
    name: outgoing::KIND,
    // Longer than any carrier's own waits.
    attempt_time: Duration::from_secs(180),
    failures: 10,
    run: |tools, job| Box::pin(async move { Ok(run(tools, job).await?) }),
    give_up: |tools, job, reason| -> Doing<'_, bool> { Box::pin(give_up(tools, job, reason)) },
};

/// How often a text is handed to its carrier that says "later" before it is given up.
const SUBMISSIONS: u64 = 12;

/// How long a carrier may put a text off by saying that it is asked too often, in milliseconds.
const LONGEST_WAIT: i64 = 2 * 24 * 60 * 60 * 1_000;
/// For how long a text is looked up at a carrier that does not answer, in milliseconds.
const LOOKED_FOR: i64 = 15 * 60 * 1_000;
/// After how long its author sees that a text is not confirmed, in milliseconds: most are by then.
const SHOWN_AFTER: i64 = 150_000;

/// What there is to write down.
enum Next {
    /// What became of the text.
    End(Ended),
    /// It could not be made ready to leave: again after a while.
    Unready(Waiting),
    /// The carrier has not taken it: again after a while.
    Later(Submitting),
    /// Nobody knows whether the carrier has it: it is looked up again after a while.
    Doubt(InDoubt),
    /// The carrier is asked too often: again then.
    Throttled(Submitting, UnixMs),
    /// Its account takes no more now: again then.
    Paced(UnixMs),
    /// Another worker has the job.
    Lost,
}

async fn run(tools: &Tools, job: &Job) -> Result<(), StoreError> {
    let about: DeliverText = payload(job)?;
    let found = outgoing::find(&mut tools.store.read_once().await?, about).await?;
    let (tenant, next) = match found.ok_or(StoreError::Corrupt("payload"))? {
        OutgoingState::Settled(tenant) => (tenant, None),
        OutgoingState::Waiting(waiting) => (waiting.text().tenant, Some(hand_over(tools, job, waiting).await?)),
        OutgoingState::InDoubt(doubt) => (doubt.text().tenant, Some(look_up(tools, job, doubt).await?)),
    };

    let next = match next {
        Some(Next::End(ended)) => match ended.write_together(&tools.store, job, tools.env.now()).await? {
            Some(ended) => Some(Next::End(ended)),
            None => return Ok(()),
        },
        other => other,
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
        Some(Next::Doubt(doubt)) => {
            let waited = now.since(doubt.since());
            if waited >= SHOWN_AFTER {
                doubt.unconfirmed(&mut tx, now).await?;
            }
            // Soon at first, and then in growing pauses.
            store::jobs::wait_until(&mut tx, job, now.plus(waited.clamp(1_000, 60_000))).await?
        }
        Some(Next::Paced(until)) => store::jobs::wait_until(&mut tx, job, until).await?,
        Some(Next::Throttled(submitting, until)) => {
            submitting.not_taken(&mut tx).await?;
            store::jobs::wait_until(&mut tx, job, until).await?
        }
        Some(Next::Unready(waiting)) => {
            waiting.stay(&mut tx).await?;
            store::jobs::retry(&mut tx, job, now.plus(store::jobs::backoff(job.tries()))).await?
        }
        Some(Next::Later(submitting)) => {
            submitting.not_taken(&mut tx).await?;
            store::jobs::retry(&mut tx, job, now.plus(store::jobs::backoff(job.tries()))).await?
        }
    };
    // Where the claim no longer holds another worker has the job, and nothing may be committed.
    if holds { tx.commit().await } else { Ok(()) }
}

/// Asks the carrier for a text that it may have. One that takes a reference once is simply handed it again.
async fn look_up(tools: &Tools, job: &Job, doubt: InDoubt) -> Result<Next, StoreError> {
    let Some(carrier) = tools.carriers.of_submission(doubt.account()).await? else {
        return Ok(Next::End(doubt.end(TextOutcome::Unconfirmed)));
    };
    match carrier.repeat() {
        Repeat::IsTakenOnce => hand_over(tools, job, doubt.not_taken()).await,
        Repeat::IsTakenAgain => {
            let waited = tools.env.now().since(doubt.since());
            match carrier.look_up(outbound(doubt.text()), doubt.since()).await {
                LookUp::Taken(submitted) => Ok(Next::End(doubt.end(taken(&*carrier, submitted)))),
                // What was handed over just now may not be listed yet.
                LookUp::NotTaken if waited < carrier.settles() => Ok(Next::Doubt(doubt)),
                // Its author may have sent it again.
                LookUp::NotTaken if doubt.is_shown() => {
                    Ok(Next::End(doubt.end(TextOutcome::Failed(outgoing::not_reached()))))
                }
                LookUp::NotTaken => hand_over(tools, job, doubt.not_taken()).await,
                LookUp::Later if waited < LOOKED_FOR => Ok(Next::Doubt(doubt)),
                LookUp::Later | LookUp::Unknown => Ok(Next::End(doubt.end(TextOutcome::Unconfirmed))),
            }
        }
    }
}

async fn hand_over(tools: &Tools, job: &Job, waiting: Waiting) -> Result<Next, StoreError> {
    let OutgoingText { account, is_ours, .. } = *waiting.text();
    if !is_ours {
        return Ok(Next::End(waiting.fail(outgoing::number_gone())));
    }
    if !waiting.text().opted_out.is_empty() {
        return Ok(Next::End(waiting.fail_opted_out()));
    }
    let to = &waiting.text().to;
    let Some(carrier) = tools.carriers.of(to, account).await? else {
        let failure = no_carrier(to);
        return Ok(Next::End(waiting.fail(failure)));
    };
    if let Some(until) = wait_for_pace(tools, job, &*carrier, waiting.text()) {
        return Ok(Next::Paced(until));
    }
    // Before anything is on record: whatever ends this server meanwhile, it is known that the text has not left.
    let ready = match carrier.prepare(outbound(waiting.text())).await {
        Ok(ready) => ready,
        Err(NotReady::Temporary(_)) if job.tries() < SUBMISSIONS => return Ok(Next::Unready(waiting)),
        Err(NotReady::Temporary(failure) | NotReady::Final(failure)) => return Ok(Next::End(waiting.fail(failure))),
    };
    let submitting = match carrier.repeat() {
        Repeat::IsTakenOnce => waiting.begin_once(),
        Repeat::IsTakenAgain => match begin(tools, job, &*carrier, waiting).await? {
            Some(submitting) => submitting,
            None => return Ok(Next::Lost),
        },
    };
    let since = tools.env.now();
    Ok(match carrier.submit(ready).await {
        Ok(submitted) => Next::End(submitting.end(taken(&*carrier, submitted))),
        Err(SubmitError::Final(failure)) => Next::End(submitting.end(TextOutcome::Failed(failure))),
        Err(SubmitError::Throttled(_)) if since.since(submitting.text().message.at) > LONGEST_WAIT => {
            Next::End(submitting.end(TextOutcome::Failed(outgoing::not_reached())))
        }
        Err(SubmitError::Throttled(wait)) => {
            let until = hold(tools, &*carrier, submitting.text(), wait);
            Next::Throttled(submitting, until)
        }
        Err(SubmitError::Temporary(_)) if job.tries() < SUBMISSIONS => Next::Later(submitting),
        Err(SubmitError::Temporary(failure)) => Next::End(submitting.end(TextOutcome::Failed(failure))),
        Err(SubmitError::Unconfirmed) => match carrier.look_up(outbound(submitting.text()), since).await {
            LookUp::Taken(submitted) => Next::End(submitting.end(taken(&*carrier, submitted))),
            LookUp::NotTaken if carrier.settles() > 0 => Next::Doubt(submitting.in_doubt(since, carrier.account())),
            LookUp::NotTaken if job.tries() < SUBMISSIONS => Next::Later(submitting),
            LookUp::NotTaken => Next::End(submitting.end(TextOutcome::Failed(outgoing::not_reached()))),
            LookUp::Later => Next::Doubt(submitting.in_doubt(since, carrier.account())),
            LookUp::Unknown => Next::End(submitting.end(TextOutcome::Unconfirmed)),
        },
    })
}

/// Puts on record that a text is being handed to its carrier; `None` where another worker has the job.
async fn begin(
    tools: &Tools,
    job: &Job,
    carrier: &dyn Carrier,
    waiting: Waiting,
) -> Result<Option<Submitting>, StoreError> {
    let (account, now) = (carrier.account(), tools.env.now());
    let waiting = match waiting.begin_together(&tools.store, job, account, now, now.plus(LEASE)).await? {
        Ok(submitting) => return Ok(Some(submitting)),
        Err(waiting) => waiting,
    };
    let mut tx = tools.store.write_in_background(waiting.text().tenant).await?;
    let now = tools.env.now();
    // Whoever waited long for this turn may have lost the job, and somebody else has sent the text.
    if !store::jobs::renew(&mut tx, job, now.plus(LEASE)).await? {
        return Ok(None);
    }
    let submitting = waiting.begin(&mut tx, account, now).await?;
    tx.commit().await?;
    Ok(Some(submitting))
}

/// Counts what a text takes of its account's pace. Until when it has to wait where the account takes no more now.
fn wait_for_pace(tools: &Tools, job: &Job, carrier: &dyn Carrier, text: &OutgoingText) -> Option<UnixMs> {
    let account = carrier.account()?;
    let (pacer, now) = (tools.carriers.pacer(), tools.env.now());
    let cost = match text.message.media.is_empty() && !text.is_group {
        true => segments::count(&text.message.body).segments.max(1),
        false => 1,
    };
    let counted =
        matches!(job.queue, Some(Queue::Line { account: of, number, .. }) if of == account && number == text.from);
    if counted {
        // One was counted as the job was claimed.
        pacer.charge(account, text.from, cost - 1, now);
        return None;
    }
    if pacer.free(account, text.from, now) == 0 {
        return Some(pacer.next(account, text.from, now));
    }
    pacer.charge(account, text.from, cost, now);
    None
}

/// Lets nothing of the number leave for a while.
fn hold(tools: &Tools, carrier: &dyn Carrier, text: &OutgoingText, wait: Duration) -> UnixMs {
    let now = tools.env.now();
    let until = now.plus(i64::try_from(wait.as_millis()).unwrap_or(MAX_HOLD).clamp(100, MAX_HOLD));
    if let Some(account) = carrier.account() {
        tools.carriers.pacer().hold(account, text.from, until, now);
    }
    until
}

fn taken(carrier: &dyn Carrier, submitted: Submitted) -> TextOutcome {
    let Submitted { references, delivered, receipts } = submitted;
    let by = carrier.account().map(|account| TakenBy { account, references, receipts });
    TextOutcome::Taken { by, delivered }
}

fn outbound(text: &OutgoingText) -> OutboundText {
    let OutgoingText { from, to, message, .. } = text;
    OutboundText {
        reference: text.reference(),
        from: *from,
        to: to.clone(),
        others: message.deliveries.iter().map(|other| other.to).filter(|other| !to.contains(other)).collect(),
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
        OutgoingState::Settled(tenant) => (tenant, None),
        OutgoingState::Waiting(waiting) => (waiting.text().tenant, Some(waiting.fail(outgoing::not_reached()))),
        OutgoingState::InDoubt(doubt) => (doubt.text().tenant, Some(doubt.end(TextOutcome::Unconfirmed))),
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
