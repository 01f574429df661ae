//! Tenants: the businesses on this system.
//!
//! A tenant may operate the system: its Administrators manage numbers, jobs and all other tenants. Which one does, only a command says, so
//! nobody makes themselves an operator over the network.

use halyard_protocol::admin::{AuditAction, NewTenant, TenantAccount, UpdateTenant};
use halyard_protocol::{CallingCode, CauseCode, ErrorCode, Permission, Tenant, limits};

use super::Actor;
use super::audit::{self, Fields, Subject};
use super::numbers::release;
use crate::problem::Problem;
use crate::store::{self, StoreError, Tx};

/// All tenants, by domain.
///
/// # Errors
/// The actor may not see them.
pub async fn list(tx: &mut Tx, actor: &Actor) -> Result<Vec<TenantAccount>, Problem> {
    actor.require(Permission::ManageTenants)?;
    Ok(store::tenants::accounts(tx).await?)
}

/// Adds a tenant under a fresh id. `actor` acts in that tenant: see [`Actor::in_tenant`].
///
/// # Errors
/// The actor may not, the domain is taken, or a rule is broken.
pub async fn add(tx: &mut Tx, actor: &Actor, new: NewTenant) -> Result<Tenant, Problem> {
    actor.require(Permission::ManageTenants)?;
    let domain = new.domain.trim().to_lowercase();
    if !is_domain(&domain) {
        let detail = "A domain has letters, digits, hyphens and dots, as harbor.";
        return Err(Problem::invalid(CauseCode::InvalidDomain, detail).at("domain"));
    }
    let tenant = Tenant { id: actor.tenant, name: new.name.trim().to_owned(), domain, calling_code: new.calling_code };
    check(&tenant)?;
    store::tenants::add(tx, &tenant, actor.now).await.map_err(|error| match error {
        StoreError::Taken => {
            let detail = "Another business has this domain.";
            Problem::because(ErrorCode::Conflict, CauseCode::DomainTaken, detail).at("domain")
        }
        other => other.into(),
    })?;
    let fields = Fields::default().now("calling_code", tenant.calling_code.0);
    audit::note(tx, actor, AuditAction::TenantAdded, subject(&tenant), fields).await?;
    Ok(tenant)
}

/// Changes the actor's tenant. What is absent stays.
///
/// # Errors
/// The actor may not, or a rule is broken.
pub async fn update(tx: &mut Tx, actor: &Actor, changes: UpdateTenant) -> Result<Tenant, Problem> {
    actor.require(Permission::RenameTenant)?;
    let before = store::tenants::by_id(tx, actor.tenant).await?.ok_or_else(Problem::not_found)?;
    let after = Tenant {
        name: changes.name.map_or_else(|| before.name.clone(), |name| name.trim().to_owned()),
        calling_code: changes.calling_code.unwrap_or(before.calling_code),
        ..before.clone()
    };
    check(&after)?;
    if after != before {
        store::tenants::update(tx, &after).await?;
        let fields = Fields::default().changed("name", &before.name, &after.name).changed(
            "calling_code",
            before.calling_code.0,
            after.calling_code.0,
        );
        audit::note(tx, actor, AuditAction::TenantChanged, subject(&after), fields).await?;
    }
    Ok(after)
}

/// Says whether the Administrators of the actor's tenant operate this system.
///
/// # Errors
/// The actor runs no command.
pub async fn set_operator(tx: &mut Tx, actor: &Actor, operator: bool) -> Result<(), Problem> {
    actor.require_command()?;
    let tenant = store::tenants::by_id(tx, actor.tenant).await?.ok_or_else(Problem::not_found)?;
    if !store::tenants::set_operator(tx, actor.tenant, operator).await? {
        return Ok(());
    }
    let fields = Fields::default().changed("operator", !operator, operator);
    Ok(audit::note(tx, actor, AuditAction::TenantChanged, subject(&tenant), fields).await?)
}

/// Closes the actor's tenant: its users are signed out and disabled, its numbers retired, its domain is free. What it has stays in the
/// database.
///
/// # Errors
/// The actor may not.
pub async fn close(tx: &mut Tx, actor: &Actor) -> Result<(), Problem> {
    actor.require(Permission::ManageTenants)?;
    let tenant = store::tenants::by_id(tx, actor.tenant).await?.ok_or_else(Problem::not_found)?;
    if actor.is_at_home() {
        let detail = "Nobody closes the business that they are of.";
        return Err(Problem::because(ErrorCode::Forbidden, CauseCode::OwnAccount, detail));
    }
    for number in store::numbers::of_tenant(tx, actor.tenant).await? {
        release(tx, actor, number.number).await?;
        store::numbers::retire(tx, number.number, actor.now).await?;
    }
    for account in store::users::accounts(tx, actor.tenant).await? {
        store::users::disable(tx, account.user.id, actor.now).await?;
    }
    store::tenants::close(tx, actor.tenant, actor.now).await?;
    Ok(audit::note(tx, actor, AuditAction::TenantClosed, subject(&tenant), Fields::default()).await?)
}

/// Whether a text can be a domain: lower-case letters, digits, hyphens and dots.
#[must_use]
pub fn is_domain(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.'))
}

fn check(tenant: &Tenant) -> Result<(), Problem> {
    if tenant.name.is_empty() || tenant.name.chars().count() > limits::NAME_LENGTH {
        let cause = CauseCode::InvalidUserName.limit(limits::NAME_LENGTH);
        let detail = format!("A business has a name, of {} characters at most.", limits::NAME_LENGTH);
        return Err(Problem::invalid(cause, detail).at("name"));
    }
    let CallingCode(code) = tenant.calling_code;
    if !(1..=999).contains(&code) {
        let detail = "A calling code has one to three digits.";
        return Err(Problem::invalid(CauseCode::InvalidCallingCode, detail).at("calling_code"));
    }
    Ok(())
}

fn subject(tenant: &Tenant) -> Subject {
    Subject::new(&tenant.domain, &tenant.name)
}
