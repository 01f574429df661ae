//! The queue of what the server does later, as its operator sees it.

use halyard_protocol::Permission;
use halyard_protocol::admin::{AuditAction, JobsReport};

use super::Actor;
use super::audit::{self, Fields, Subject};
use crate::problem::Problem;
use crate::store::{self, Tx};

/// How many jobs wait or run, and those that failed at every attempt.
///
/// # Errors
/// The actor may not see them.
pub async fn report(tx: &mut Tx, actor: &Actor) -> Result<JobsReport, Problem> {
    actor.require(Permission::ManageJobs)?;
    let waiting = store::jobs::count(tx).await?;
    Ok(JobsReport { waiting, dead: store::jobs::dead(tx).await? })
}

/// Runs all jobs again that failed at every attempt. Says how many. The transaction is one of [`store::Store::write_system`].
///
/// # Errors
/// The actor may not.
pub async fn retry(tx: &mut Tx, actor: &Actor) -> Result<u64, Problem> {
    actor.require(Permission::ManageJobs)?;
    let tenants = store::jobs::tenants_of_dead(tx).await?;
    tx.lock_tenants(tenants.clone()).await?;
    for tenant in tenants {
        let there = Actor { tenant, ..*actor };
        audit::note(tx, &there, AuditAction::JobsRetried, Subject::new("", ""), Fields::default()).await?;
    }
    Ok(store::jobs::retry_dead(tx, actor.now).await?)
}
