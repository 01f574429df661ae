//! Texts that come in in parts, as a session with an SMSC brings them: what is brought again is told apart, and parts become texts.
//!
//! Always holds: a part and what it makes of those that are there are one transaction. What the carrier brings again, since it did not hear that it
//! was taken, counts once; what a person writes twice counts twice. No part is lost: what lacks others reaches the user with a mark after
//! [`GIVE_UP_AFTER`].

use std::time::Duration;

use halyard_carriers::sms::reassembly::{Decision, GIVE_UP_AFTER, Kept, decide, incomplete, is_over};
use halyard_carriers::sms::{Concat, Piece};
use halyard_carriers::{Address, Event, Inbound};
use halyard_protocol::{PhoneNumber, TenantId, Ulid, UnixMs};

use super::brought;
use crate::env::Env;
use crate::store::carrier_accounts::AccountRecord;
use crate::store::sms_parts::{self, Arrival, Text};
use crate::store::{self, Store, StoreError, Tx};

/// For how long the carrier may bring again what it brought before its connection ended, in milliseconds.
const AGAIN_WITHIN: i64 = 15 * 60 * 1_000;

/// A text that came in, or a part of one.
#[derive(Clone, Debug)]
pub struct Part {
    /// Who wrote it.
    pub from: Address,
    /// The own number.
    pub to: PhoneNumber,
    /// Which part of which text it is; none for a whole one.
    pub concat: Option<Concat>,
    /// Its content.
    pub piece: Piece,
    /// The same for the same message that is brought again.
    pub fingerprint: String,
}

/// Over which connection something comes.
#[derive(Clone, Copy, Debug)]
pub struct Over {
    /// The connection.
    pub connection: Ulid,
    /// After how long without a word such a connection has ended.
    pub silence: Duration,
}

/// Takes in what came, in a transaction of its own: when this is done it is committed.
///
/// # Errors
/// When the database fails.
pub async fn take_in(
    store: &Store,
    env: &Env,
    account: &AccountRecord,
    over: Over,
    part: Part,
) -> Result<(), StoreError> {
    let reference = env.ulid();
    let text = inbound(reference, &part.from, part.to, String::new());
    let event = Event::Inbound(text);
    let (mut tx, whose) = brought::begin(store, account, &event).await?;
    // Not before its turn has come: the carrier hears of it when this is committed, and may bring it again until then.
    let now = env.now();
    let Event::Inbound(text) = event else { return Ok(()) };
    let arrival = Arrival { account: account.id, fingerprint: &part.fingerprint, connection: over.connection };
    // A database of this server alone knows no other connection that is still there.
    let lost = if store.is_ours_alone() { now } else { now.plus(-millis(over.silence)) };
    if sms_parts::came_before(&mut tx, arrival, now.plus(-AGAIN_WITHIN), lost, now).await? {
        return tx.commit().await;
    }
    sms_parts::note_arrival(&mut tx, arrival, reference, now).await?;
    match part.concat {
        None => {
            let text = Inbound { body: part.piece.text(), ..text };
            brought::add_text(&mut tx, env, account.id, whose, text).await?;
        }
        Some(concat) => {
            let shared = Text { account: account.id, from: part.from, to: part.to, reference: concat.reference };
            join(&mut tx, env, whose, &shared, &Kept { concat, piece: part.piece, at: now }).await?;
        }
    }
    tx.commit().await
}

/// Puts a part to those that are there.
async fn join(tx: &mut Tx, env: &Env, whose: Option<TenantId>, shared: &Text, new: &Kept) -> Result<(), StoreError> {
    let mut kept = sms_parts::waiting(tx, shared).await?;
    loop {
        match decide(&kept, new) {
            Decision::Duplicate => return Ok(()),
            Decision::Waiting => return sms_parts::keep(tx, shared, new).await,
            Decision::Complete(body) => return give(tx, env, whose, shared, body).await,
            Decision::Another(body) => {
                give(tx, env, whose, shared, body).await?;
                kept.clear();
            }
        }
    }
}

/// Lets a text arrive, and forgets its parts.
async fn give(tx: &mut Tx, env: &Env, whose: Option<TenantId>, shared: &Text, body: String) -> Result<(), StoreError> {
    sms_parts::forget(tx, shared).await?;
    let text = inbound(env.ulid(), &shared.from, shared.to, body);
    brought::add_text(tx, env, shared.account, whose, text).await
}

fn inbound(reference: Ulid, from: &Address, to: PhoneNumber, body: String) -> Inbound {
    let from = *from;
    Inbound { reference: reference.to_string(), from, to, others: Vec::new(), body, media: Vec::new(), at: None }
}

/// Lets texts arrive whose other parts were waited for long enough. Says how many.
///
/// # Errors
/// When the database fails.
pub async fn give_up(store: &Store, env: &Env) -> Result<u64, StoreError> {
    let now = env.now();
    let mut tx = store.read().await?;
    let overdue = sms_parts::waiting_since(&mut tx, now.plus(-millis(GIVE_UP_AFTER))).await?;
    drop(tx);
    let mut given = 0;
    for shared in overdue {
        let mut tx = store.read().await?;
        let account = store::carrier_accounts::by_id(&mut tx, shared.account).await?;
        let whose = match account.and_then(|account| account.tenant) {
            Some(tenant) => Some(tenant),
            None => store::numbers::by_number(&mut tx, shared.to).await?.map(|(tenant, _)| tenant),
        };
        drop(tx);
        let mut tx = match whose {
            Some(tenant) => store.write_in_background(tenant).await?,
            None => store.write_system_in_background().await?,
        };
        // Another server may have been faster, or the last part has come.
        let kept = sms_parts::waiting(&mut tx, &shared).await?;
        if kept.iter().any(|kept| is_over(kept.at, now)) {
            give(&mut tx, env, whose, &shared, incomplete(&kept)).await?;
            tx.commit().await?;
            given += 1;
        }
    }
    Ok(given)
}

/// A connection is still there: what came over it before a moment will not come again.
///
/// # Errors
/// When the database fails.
pub async fn settle(store: &Store, connection: Ulid, before: UnixMs) -> Result<(), StoreError> {
    let mut tx = store.write_system_in_background().await?;
    sms_parts::settle(&mut tx, connection, before).await?;
    tx.commit().await
}

/// A connection has ended: what came over it, and was not settled, may come again.
///
/// # Errors
/// When the database fails.
pub async fn end_connection(store: &Store, connection: Ulid) -> Result<(), StoreError> {
    let mut tx = store.write_system().await?;
    sms_parts::end_connection(&mut tx, connection).await?;
    tx.commit().await
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
