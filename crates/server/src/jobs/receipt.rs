//! The job that takes in a carrier's report on a text.
//!
//! Always holds: a report that comes before its text's submission is written down waits for it. One that names nothing known is forgotten after a day.

use std::time::Duration;

use halyard_carriers::Receipt;
use halyard_protocol::CarrierAccountId;
use serde::{Deserialize, Serialize};

use super::inbound::{finish, give_up};
use super::kinds::{Doing, Kind, Tools, payload};
use crate::operations::messaging::receipts;
use crate::store::{self, StoreError, jobs::Job};

/// See [`Kind`].
pub(super) const KIND: Kind = Kind {
    name: RECEIPT,
    attempt_time: Duration::from_secs(60),
    failures: 10,
    run: |tools, job| Box::pin(run(tools, job)),
    give_up: |tools, job, reason| -> Doing<'_, bool> { Box::pin(give_up(tools, job, reason)) },
};

/// The name of such jobs.
pub const RECEIPT: &str = "receipt";

/// How often a text is looked for that a report names: for about a day.
const LOOKS: u64 = 36;

/// What such a job is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reported {
    /// The account whose carrier reports.
    pub account: CarrierAccountId,
    /// The report.
    pub receipt: Receipt,
}

async fn run(tools: &Tools, job: &Job) -> Result<(), StoreError> {
    let Reported { account, receipt } = payload(job)?;
    let mut tx = tools.store.read().await?;
    let parts = receipts::named(&mut tx, account, &receipt).await?;
    drop(tx);
    let Some(first) = parts.first() else {
        if job.attempts >= LOOKS {
            tracing::warn!(%account, "a carrier reported on a text that is not known");
            return finish(tools, job).await;
        }
        let mut tx = tools.store.write_system().await?;
        let run_at = tools.env.now().plus(store::jobs::backoff(job.attempts));
        return if store::jobs::retry(&mut tx, job, run_at).await? { tx.commit().await } else { Ok(()) };
    };
    let mut tx = tools.store.write_in_background(first.tenant).await?;
    for part in parts {
        receipts::take_in(&mut tx, account, &receipt, part, tools.env.now()).await?;
    }
    if store::jobs::done(&mut tx, job).await? { tx.commit().await } else { Ok(()) }
}
