//! Who wants no texts from a number of the business, as those see and change it who manage that, and how the business texts to phones outside.
//!
//! Always holds: each change by hand is in the audit log; who wants texts again only somebody says who knows it, and how.

use halyard_protocol::admin::{AuditAction, OptOut, Texting};
use halyard_protocol::{CauseCode, Permission, PhoneNumber, limits};

use super::audit::{self, Fields, Subject};
use super::messaging::consent::{Source, note, tell};
use super::{Actor, numbers};
use crate::problem::Problem;
use crate::store::{self, Tx};

/// Those who want no texts from numbers of the tenant.
///
/// # Errors
/// The actor may not see them.
pub async fn list(tx: &mut Tx, actor: &Actor) -> Result<Vec<OptOut>, Problem> {
    actor.require(Permission::ManageOptOuts)?;
    let all = store::opt_outs::of_tenant(tx, actor.tenant).await?;
    let opt_out =
        |store::opt_outs::OptOut { own, recipient, source, at }| OptOut { number: own, recipient, source, at };
    Ok(all.into_iter().map(opt_out).collect())
}

/// Notes that somebody wants no texts from a number of the tenant. Says whether that is new.
///
/// # Errors
/// The actor may not, or the tenant has no such number.
pub async fn add(
    tx: &mut Tx,
    actor: &Actor,
    own: PhoneNumber,
    recipient: PhoneNumber,
    source: Source,
) -> Result<bool, Problem> {
    actor.require(Permission::ManageOptOuts)?;
    numbers::find(tx, actor, own).await?;
    let is_new = note(tx, actor.tenant, own, recipient, source, actor.now).await?;
    if is_new {
        let fields = Fields::default().now("number", own).now("source", source.name());
        audit::note(tx, actor, AuditAction::OptOutAdded, Subject::new(recipient, ""), fields).await?;
    }
    Ok(is_new)
}

/// Notes that somebody wants texts from a number of the tenant again, and in the audit log why that is known. Says whether they did not.
///
/// # Errors
/// The actor may not, the tenant has no such number, or the reason is empty.
pub async fn remove(
    tx: &mut Tx,
    actor: &Actor,
    own: PhoneNumber,
    recipient: PhoneNumber,
    reason: &str,
) -> Result<bool, Problem> {
    actor.require(Permission::ManageOptOuts)?;
    numbers::find(tx, actor, own).await?;
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > limits::NAME_LENGTH {
        return Err(Problem::too_long(CauseCode::NameOrCompanyTooLong, limits::NAME_LENGTH).at("reason"));
    }
    let was = store::opt_outs::remove(tx, own, recipient).await?;
    if was {
        tell(tx, actor.tenant, own, recipient, actor.now).await?;
        let fields = Fields::default().was("number", own).now("reason", reason);
        audit::note(tx, actor, AuditAction::OptOutRemoved, Subject::new(recipient, ""), fields).await?;
    }
    Ok(was)
}

/// How the tenant texts to phones outside.
///
/// # Errors
/// The actor may not see it.
pub async fn texting(tx: &mut Tx, actor: &Actor) -> Result<Texting, Problem> {
    actor.require(Permission::ManageOptOuts)?;
    Ok(store::tenants::texting(tx, actor.tenant).await?)
}

/// Says how the tenant texts to phones outside.
///
/// # Errors
/// The actor may not; to which countries only who operates the system says.
pub async fn set_texting(tx: &mut Tx, actor: &Actor, texting: Texting) -> Result<Texting, Problem> {
    let before = self::texting(tx, actor).await?;
    let mut after = Texting { help_text: texting.help_text.trim().to_owned(), countries: texting.countries };
    after.countries.sort_unstable();
    after.countries.dedup();
    if after.countries != before.countries {
        actor.require(Permission::ManageTenants)?;
    }
    if after.help_text.chars().count() > limits::HELP_TEXT_LENGTH {
        return Err(Problem::too_long(CauseCode::HelpTextTooLong, limits::HELP_TEXT_LENGTH).at("help_text"));
    }
    if let Some(code) = after.countries.iter().find(|code| !(1..=999).contains(&code.0)) {
        let detail = format!("{} is no calling code.", code.0);
        return Err(Problem::invalid(CauseCode::InvalidCallingCode, detail).at("countries"));
    }
    if after != before {
        store::tenants::set_texting(tx, actor.tenant, &after).await?;
        let tenant = store::tenants::by_id(tx, actor.tenant).await?.ok_or_else(Problem::not_found)?;
        let all =
            |texting: &Texting| texting.countries.iter().map(|code| code.0.to_string()).collect::<Vec<_>>().join(", ");
        let fields = Fields::default().changed("help_text", &before.help_text, &after.help_text).changed(
            "countries",
            all(&before),
            all(&after),
        );
        let subject = Subject::new(&tenant.domain, &tenant.name);
        audit::note(tx, actor, AuditAction::TenantChanged, subject, fields).await?;
    }
    Ok(after)
}
