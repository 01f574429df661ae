//! What the server itself answers to a text: that somebody has opted out or in, or whom to ask for help.
//!
//! Always holds: an answer stands in no timeline, and goes out at most once: where it may have left it is not sent again.

use halyard_protocol::{PhoneNumber, TenantId, UnixMs};
use serde::{Deserialize, Serialize};

use crate::env::Env;
use crate::operations::Actor;
use crate::store::jobs::{NewJob, Queue};
use crate::store::{self, StoreError, Tx};

/// The kind of the jobs that send an answer.
pub const KIND: &str = "reply";

/// What such a job is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reply {
    /// The tenant that answers.
    pub tenant: TenantId,
    /// The own number.
    pub from: PhoneNumber,
    /// Who is answered.
    pub to: PhoneNumber,
    /// What they hear.
    pub words: String,
    /// Ours, for the carrier.
    pub reference: String,
    /// Since when it waits.
    pub at: UnixMs,
}

/// Adds the job that answers.
///
/// # Errors
/// When the database fails.
pub(crate) async fn enqueue(
    tx: &mut Tx,
    actor: &Actor,
    env: &Env,
    from: PhoneNumber,
    to: PhoneNumber,
    words: &str,
) -> Result<(), StoreError> {
    let Actor { tenant, now, .. } = *actor;
    let reference = format!("reply.{}", env.ulid());
    let reply = Reply { tenant, from, to, words: words.to_owned(), reference, at: now };
    // In the turns of the number's other texts.
    let queue = match store::carrier_accounts::of_number(tx, from).await? {
        Some(account) => Queue::Line { tenant, account, number: from },
        None => Queue::Tenant(tenant),
    };
    let lane = format!("{KIND} {tenant} {from} {to}");
    let payload = store::sql::json(&reply)?;
    let job = NewJob { queue, lane: &lane, position: 0, kind: KIND, payload: &payload, run_at: now };
    store::jobs::add_last(tx, job, now).await
}
