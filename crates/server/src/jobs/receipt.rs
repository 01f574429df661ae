//! The job that takes in a carrier's report on a text.
//!
//! Always holds: a report that comes before its text's submission is written down waits for it. One that names nothing known is forgotten after half an hour.

use std::time::Duration;

use halyard_carriers::Receipt;
use halyard_protocol::CarrierAccountId;

use super::inbound::{finish, give_up};
use super::kinds::{Doing, Kind, Tools, payload};
use crate::operations::messaging::brought::{BroughtReport, RECEIPT};
use crate::operations::messaging::receipts::{self, Named};
use crate::store::{self, StoreError, Tx, jobs::Job};

/// See [`Kind`].
pub(super) const KIND: Kind = Kind {
    name: RECEIPT,
    attempt_time: Duration::from_secs(60),
    failures: 10,
    run: |tools, job| Box::pin(async move { Ok(run(tools, job).await?) }),
    give_up: |tools, job, reason| -> Doing<'_, bool> { Box::pin(give_up(tools, job, reason)) },
};

/// How often a text is looked for that a report names: for about half an hour, while its submission may not be written down yet.
const LOOKS: u64 = 12;

/// How often only the likeliest form of a reference is looked for, with the recipient.
const STRICT: u64 = 3;

async fn run(tools: &Tools, job: &Job) -> Result<(), StoreError> {
    let BroughtReport { account, receipt, forms } = payload(job)?;
    let mut tx = tools.store.read().await?;
    let is_known = !store::carrier_references::find(&mut tx, account, &receipt.reference).await?.is_empty();
    // Another form may be another text's reference: only when its own has not come for a while.
    let forms = if job.tries() > STRICT { forms } else { forms.into_iter().take(1).collect() };
    let (receipt, parts) = named(&mut tx, account, receipt, forms, job.tries() > STRICT).await?;
    drop(tx);
    let Some(first) = parts.first() else {
        // Nobody waits for a report on what the server itself has answered.
        if receipt.ours.as_deref().is_some_and(|ours| ours.starts_with("reply.")) {
            return finish(tools, job).await;
        }
        // Of a group it may be about somebody whom the text reaches by another way.
        if is_known {
            return finish(tools, job).await;
        }
        if job.tries() >= LOOKS {
            tracing::warn!(%account, "a carrier reported on a text that is not known");
            return finish(tools, job).await;
        }
        let mut tx = tools.store.write_system().await?;
        let run_at = tools.env.now().plus(store::jobs::backoff(job.tries()));
        return if store::jobs::retry(&mut tx, job, run_at).await? { tx.commit().await } else { Ok(()) };
    };
    let mut tx = tools.store.write_in_background(first.tenant).await?;
    for part in parts {
        receipts::take_in(&mut tx, account, &receipt, part, tools.env.now()).await?;
    }
    if store::jobs::done(&mut tx, job).await? { tx.commit().await } else { Ok(()) }
}

/// What a report names, with the reference in the form that is known. Where it has several forms the recipient's number may be written in a way
/// of its own, too: then it only tells texts apart whose references are the same.
async fn named(
    tx: &mut Tx,
    account: CarrierAccountId,
    receipt: Receipt,
    forms: Vec<String>,
    is_late: bool,
) -> Result<(Receipt, Vec<Named>), StoreError> {
    let in_form = |(to, form): (_, &String)| Receipt { reference: form.clone(), to, ..receipt.clone() };
    let strict = forms.iter().map(|form| in_form((receipt.to, form)));
    let loose = forms.iter().take(usize::from(is_late)).map(|form| in_form((None, form)));
    for candidate in strict.chain(loose) {
        let parts = receipts::named(tx, account, &candidate).await?;
        if !parts.is_empty() {
            return Ok((candidate, parts));
        }
    }
    let parts = if forms.is_empty() { receipts::named(tx, account, &receipt).await? } else { Vec::new() };
    Ok((receipt, parts))
}
