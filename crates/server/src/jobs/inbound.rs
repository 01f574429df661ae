//! The job that takes in a text that an account's carrier has brought: fetches its files, then lets the text arrive.
//!
//! Always holds: a text arrives once, however often it is brought. It arrives also without a file that can't be had, or that attempts failed by
//! again and again: then the timeline says so.

use std::time::Duration;

use axum::body::Bytes;
use halyard_carriers::Inbound;
use halyard_protocol::{CarrierAccountId, Media, MediaId, TenantId, Ulid, UnixMs};
use sha2::{Digest as _, Sha256};

use super::kinds::{Doing, JobError, Kind, Tools, payload};
use crate::carriers::fetch::{FetchError, fetch};
use crate::operations::Actor;
use crate::operations::media::{Prepared, Uploads};
use crate::operations::messaging::arriving::{self, Bringer};
use crate::operations::messaging::brought::{Brought, INBOUND, reference_of};
use crate::operations::messaging::own_group::{self, Echo, OwnGroup};
use crate::operations::messaging::receive::{InboundText, receive};
use crate::store::{self, StoreError, Tx, jobs::Job};

/// See [`Kind`].
pub(super) const KIND: Kind = Kind {
    name: INBOUND,
    attempt_time: Duration::from_secs(300),
    failures: 10,
    run: |tools, job| Box::pin(run(tools, job)),
    give_up: |tools, job, reason| -> Doing<'_, bool> { Box::pin(give_up(tools, job, reason)) },
};

/// How long all files of a text may take in one attempt.
const FETCHING: Duration = Duration::from_secs(120);
/// How often a file's carrier is asked that does not answer, before the text arrives without it.
const FETCHES: u64 = 6;
/// How many attempts may fail before the text arrives without the files that it still lacks: one of them may be what the attempts failed by.
const FAILURES: u64 = 4;

async fn run(tools: &Tools, job: &Job) -> Result<(), JobError> {
    let Brought { account, text } = payload(job)?;
    let mut tx = tools.store.read().await?;
    let record = store::carrier_accounts::by_id(&mut tx, account).await?;
    let owner = store::numbers::by_number(&mut tx, text.to).await?.map(|(tenant, _)| tenant);
    let opened = match text.media[..] {
        // Nothing is to be fetched.
        [] => None,
        [..] => tools.carriers.open_in(&mut tx, account).await?,
    };
    let own = own_group::find(&mut tx, account, &text, tools.env.now()).await?;
    drop(tx);
    let (tenant, record) = match (owner, record) {
        (Some(tenant), Some(record)) if record.tenant.is_none_or(|whose| whose == tenant) => (tenant, record),
        _ => {
            tracing::warn!(%account, "a text came in for a number that is not in use, or not this account's business's");
            return Ok(finish(tools, job).await?);
        }
    };
    match own {
        OwnGroup::Is(own) => return Ok(is_here(tools, job, tenant, own).await?),
        OwnGroup::MayBecome(until) => return Ok(wait(tools, job, tenant, until).await?),
        OwnGroup::IsNot => {}
    }
    let provider = opened.and_then(|(_, opened)| opened.provider);
    let api = record.settings.get("api").map(String::as_str);
    let (mut files, mut missing) = (Vec::new(), 0);
    let end = tokio::time::Instant::now() + FETCHING;
    for (place, url) in text.media.iter().enumerate() {
        let id = id_of(account, &text, place);
        let mut tx = tools.store.read_once().await?;
        if let Some((file, ..)) = store::media::uploaded(&mut tx, id).await? {
            files.push(file);
            continue;
        }
        drop(tx);
        let Some(provider) = provider.as_deref().filter(|_| job.failures < FAILURES) else {
            missing += 1;
            continue;
        };
        let fetched = tokio::time::timeout_at(end, fetch(provider, url, api)).await;
        match fetched.unwrap_or(Err(FetchError::Later)) {
            Ok(content) => files.extend(keep(tools, tenant, id, content).await?),
            Err(FetchError::Later) if job.tries() < FETCHES => return Ok(again(tools, job, tenant).await?),
            Err(FetchError::Later | FetchError::Never) => missing += 1,
        }
    }
    Ok(arrive(tools, job, Arriving { tenant, account, text, files, missing }).await?)
}

/// This system has brought it by its own way.
async fn is_here(tools: &Tools, job: &Job, tenant: TenantId, own: Echo) -> Result<(), StoreError> {
    let mut tx = tools.store.write_in_background(tenant).await?;
    own.note(&mut tx, tools.env.now()).await?;
    if store::jobs::done(&mut tx, job).await? { tx.commit().await } else { Ok(()) }
}

/// Lets it wait for what this system is about to bring: that is no try.
async fn wait(tools: &Tools, job: &Job, tenant: TenantId, until: UnixMs) -> Result<(), StoreError> {
    let mut tx = tools.store.write_in_background(tenant).await?;
    if store::jobs::wait_until(&mut tx, job, until).await? { tx.commit().await } else { Ok(()) }
}

struct Arriving {
    tenant: TenantId,
    account: CarrierAccountId,
    text: Inbound,
    files: Vec<Media>,
    missing: u32,
}

async fn arrive(tools: &Tools, job: &Job, arriving: Arriving) -> Result<(), StoreError> {
    let Arriving { tenant, account, text, files, missing } = arriving;
    let actor = Actor::system(tenant, tools.env.now());
    let inbound = InboundText {
        carrier: account.to_string(),
        reference: reference_of(&text),
        from: text.from,
        to: text.to,
        others: text.others,
        body: text.body,
        media: Vec::new(),
        files,
        missing,
    };
    if arriving::arrive(&tools.store, &actor, &tools.env, &inbound, Bringer::Account(job)).await? {
        return Ok(());
    }
    let mut tx = tools.store.write_in_background(tenant).await?;
    let actor = Actor::system(tenant, tools.env.now());
    receive(&mut tx, &actor, &tools.env, inbound).await?;
    if store::jobs::done(&mut tx, job).await? { tx.commit().await } else { Ok(()) }
}

/// The same file of the same text has the same id at every try.
fn id_of(account: CarrierAccountId, text: &Inbound, place: usize) -> MediaId {
    let hash = Sha256::digest(format!("{account} {} {place} {}", text.to, text.reference));
    let mut bits = [0; 16];
    bits.copy_from_slice(&hash[..16]);
    MediaId(Ulid::from_bits(u128::from_be_bytes(bits)))
}

/// Keeps a file; `None` where it is nothing to read.
async fn keep(tools: &Tools, tenant: TenantId, id: MediaId, content: Vec<u8>) -> Result<Option<Media>, JobError> {
    let Some(prepared) = prepared(content, Prepared::read_inbound).await? else { return Ok(None) };
    let uploads = Uploads { store: &tools.store, contents: &tools.contents, env: &tools.env };
    let actor = Actor::system(tenant, tools.env.now());
    match uploads.keep(&actor, id, "", &prepared).await {
        Ok(media) => Ok(Some(media)),
        Err(problem) => {
            tracing::warn!(problem = problem.detail(), "a file of a text could not be kept");
            Err(JobError::FileNotKept)
        }
    }
}

/// Reads a file beside the runtime. One that makes the reading panic is kept as it came; one that could not be read now, as the server is about to
/// stop, is for the next attempt.
async fn prepared(content: Vec<u8>, read: fn(&[u8]) -> Option<Prepared>) -> Result<Option<Prepared>, JobError> {
    let content = Bytes::from(content);
    let body = content.clone();
    match tokio::task::spawn_blocking(move || read(&body)).await {
        Ok(prepared) => Ok(prepared),
        Err(error) if error.is_panic() => {
            tracing::error!("a file of a text could not be read; it is kept as it came");
            Ok(Some(Prepared::as_it_came(content)))
        }
        Err(_) => Err(JobError::FileNotKept),
    }
}

async fn again(tools: &Tools, job: &Job, tenant: TenantId) -> Result<(), StoreError> {
    let mut tx = tools.store.write_in_background(tenant).await?;
    let run_at = tools.env.now().plus(store::jobs::backoff(job.tries()));
    if store::jobs::retry(&mut tx, job, run_at).await? { tx.commit().await } else { Ok(()) }
}

/// Takes a job out of its lane that has nothing more to do.
pub(super) async fn finish(tools: &Tools, job: &Job) -> Result<(), StoreError> {
    let mut tx = begin(tools, job).await?;
    if store::jobs::done(&mut tx, job).await? { tx.commit().await } else { Ok(()) }
}

/// A transaction that may change the job's lane.
async fn begin(tools: &Tools, job: &Job) -> Result<Tx, StoreError> {
    match job.queue.and_then(store::jobs::Queue::tenant) {
        Some(tenant) => tools.store.write_in_background(tenant).await,
        None => tools.store.write_system().await,
    }
}

/// Nobody waits for it: it is kept among the dead ones, from where it can be taken in again.
pub(super) async fn give_up(tools: &Tools, job: &Job, reason: &str) -> Result<bool, StoreError> {
    let mut tx = begin(tools, job).await?;
    if store::jobs::move_to_dead(&mut tx, job, reason, tools.env.now()).await? {
        tx.commit().await?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use halyard_protocol::MediaKind;

    use super::*;

    #[tokio::test]
    async fn a_file_that_can_not_be_read_without_a_panic_is_kept_as_it_came() {
        let read: fn(&[u8]) -> Option<Prepared> = |_| panic!("of a decoder");
        let kept = prepared(b"any".to_vec(), read).await.unwrap().unwrap();
        assert_eq!((kept.kind, &kept.content[..]), (MediaKind::Unknown, &b"any"[..]));
    }
}
