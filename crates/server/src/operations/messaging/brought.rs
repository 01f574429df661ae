//! What an account's carrier brings, on its way into the queue: texts that came in, and reports on those that went out.
//!
//! Always holds: texts of one sender to one number are taken in in the order in which they were brought. What is in the queue is taken in once,
//! by the references that it has.

use halyard_carriers::{Event, Inbound, Receipt};
use halyard_protocol::{CarrierAccountId, TenantId};
use serde::{Deserialize, Serialize};

use super::reference;
use crate::env::Env;
use crate::store::carrier_accounts::AccountRecord;
use crate::store::jobs::{NewJob, Queue};
use crate::store::questions::BroughtText;
use crate::store::{self, Store, StoreError, Tx};

/// The kind of the jobs that take in a text.
pub const INBOUND: &str = "inbound";

/// The kind of the jobs that take in a report.
pub const RECEIPT: &str = "receipt";

/// A text that is to be taken in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Brought {
    /// The account that brought it.
    pub account: CarrierAccountId,
    /// The text.
    pub text: Inbound,
}

/// A report that is to be taken in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BroughtReport {
    /// The account whose carrier reports.
    pub account: CarrierAccountId,
    /// The report.
    pub receipt: Receipt,
    /// All forms in which the text's reference may be kept, the likeliest first, where the carrier writes it in several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<String>,
}

/// Takes an event in: it is in the queue, on the disk, when this returns.
///
/// # Errors
/// When the database fails: it may be in the queue then. One that is there twice is taken in once.
pub async fn bring(store: &Store, env: &Env, account: &AccountRecord, event: Event) -> Result<(), StoreError> {
    if let (Event::Inbound(text), true) = (&event, store.asks_together())
        // What has files has a queue of its own.
        && text.media.is_empty()
        && let Some(tenant) = whose(store, account, &event).await?
    {
        let (lane, payload) = inbound_job(env, account.id, Some(tenant), text.clone())?;
        if store.bring_text(tenant, BroughtText { lane, kind: INBOUND, payload, now: env.now() }).await? {
            return Ok(());
        }
    }
    let (mut tx, whose) = begin(store, account, &event).await?;
    add(&mut tx, env, account, whose, event).await?;
    tx.commit().await
}

/// Begins the transaction that takes an event in: one of the business that it concerns, where that is known.
///
/// # Errors
/// When the database fails.
pub async fn begin(
    store: &Store,
    account: &AccountRecord,
    event: &Event,
) -> Result<(Tx, Option<TenantId>), StoreError> {
    let whose = whose(store, account, event).await?;
    let tx = match (event, whose) {
        (Event::Inbound(_), Some(tenant)) => store.write(tenant).await?,
        // A report has a lane of its own, so nobody else adds to that.
        (Event::Receipt(_), _) | (Event::Inbound(_), None) => store.write_system().await?,
    };
    Ok((tx, whose))
}

/// The business that an event concerns, where that is known.
async fn whose(store: &Store, account: &AccountRecord, event: &Event) -> Result<Option<TenantId>, StoreError> {
    if account.tenant.is_some() {
        return Ok(account.tenant);
    }
    match event {
        Event::Inbound(text) => {
            let found = store::numbers::by_number(&mut store.read_once().await?, text.to).await?;
            Ok(found.map(|(tenant, _)| tenant))
        }
        Event::Receipt(receipt) => match receipt.ours.as_deref().and_then(reference::read) {
            Some((conversation, ..)) => {
                let found = store::conversations::by_id(&mut store.read_once().await?, conversation).await?;
                Ok(found.map(|record| record.tenant))
            }
            None => Ok(None),
        },
    }
}

/// Puts an event into the queue.
///
/// # Errors
/// When the database fails.
pub async fn add(
    tx: &mut Tx,
    env: &Env,
    account: &AccountRecord,
    whose: Option<TenantId>,
    event: Event,
) -> Result<(), StoreError> {
    match event {
        Event::Inbound(text) => add_text(tx, env, account.id, whose, text).await,
        Event::Receipt(receipt) => {
            let reported = BroughtReport { account: account.id, receipt, forms: Vec::new() };
            add_report(tx, env, whose, &reported).await
        }
    }
}

/// By what a text of an account's carrier is known again. Of a group with several own numbers each gets it.
#[must_use]
pub fn reference_of(text: &Inbound) -> String {
    format!("{} {}", text.reference, text.to)
}

/// Puts a text into the queue.
///
/// # Errors
/// When the database fails.
pub async fn add_text(
    tx: &mut Tx,
    env: &Env,
    account: CarrierAccountId,
    whose: Option<TenantId>,
    text: Inbound,
) -> Result<(), StoreError> {
    let queue = match whose {
        Some(tenant) if !text.media.is_empty() => Queue::Files { tenant, account },
        Some(_) | None => queue(account, whose),
    };
    let (lane, payload) = inbound_job(env, account, whose, text)?;
    add_job(tx, env, queue, &lane, INBOUND, &payload).await
}

/// The lane of the job that takes in a text, and what it is about.
fn inbound_job(
    env: &Env,
    account: CarrierAccountId,
    whose: Option<TenantId>,
    mut text: Inbound,
) -> Result<(String, String), StoreError> {
    // No text of a person has it, and not every database can keep it.
    text.body.retain(|character| character != '\0');
    // A lane is locked by its tenant's lock.
    let lane = match (whose, &text.from) {
        (Some(tenant), from) => format!("{INBOUND} {tenant} {account} {from} {}", text.to),
        (None, _) => format!("{INBOUND} {account} {}", env.ulid()),
    };
    Ok((lane, store::sql::json(&Brought { account, text })?))
}

/// Puts a report into the queue.
///
/// # Errors
/// When the database fails.
pub async fn add_report(
    tx: &mut Tx,
    env: &Env,
    whose: Option<TenantId>,
    reported: &BroughtReport,
) -> Result<(), StoreError> {
    let lane = format!("{RECEIPT} {}", env.ulid());
    let payload = store::sql::json(reported)?;
    add_job(tx, env, queue(reported.account, whose), &lane, RECEIPT, &payload).await
}

/// In the turns of the business that it concerns.
fn queue(account: CarrierAccountId, whose: Option<TenantId>) -> Queue {
    whose.map_or(Queue::Account(account), Queue::Tenant)
}

async fn add_job(
    tx: &mut Tx,
    env: &Env,
    queue: Queue,
    lane: &str,
    kind: &str,
    payload: &str,
) -> Result<(), StoreError> {
    let now = env.now();
    store::jobs::add_last(tx, NewJob { queue, lane, position: 0, kind, payload, run_at: now }, now).await
}
