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
    let mut tenants = store::jobs::tenants_of_dead(tx).await?;
    tenants.push(actor.tenant);
    tx.lock_tenants(tenants).await?;
    let jobs = store::jobs::retry_dead(tx, actor.now).await?;
    if jobs > 0 {
        let fields = Fields::default().now("jobs", jobs);
        audit::note(tx, actor, AuditAction::JobsRetried, Subject::new("", ""), fields).await?;
    }
    Ok(jobs)
}
