//! The numbers of a tenant: whose they are, and who texts from them.
//!
//! Always holds: the members of the conversations of a number in use are the users that it is assigned to. When a number is retired or
//! moved, those who had it keep what was written so far, and nobody texts from it any more.

use halyard_protocol::admin::{AuditAction, NewNumber, NumberAccount, UpdateNumber};
use halyard_protocol::{
    Capabilities, CauseCode, Change, ErrorCode, Permission, PhoneNumber, SmsNumber, UserId, limits,
};

use super::Actor;
use super::audit::{self, Fields, Subject};
use crate::problem::Problem;
use crate::store::events::News;
use crate::store::{self, StoreError, Tx};

/// The numbers of the tenant, with who texts from them.
///
/// # Errors
/// The actor may not see them.
pub async fn list(tx: &mut Tx, actor: &Actor) -> Result<Vec<NumberAccount>, Problem> {
    actor.require(Permission::AssignNumbers)?;
    let numbers = store::numbers::of_tenant(tx, actor.tenant).await?;
    let mut accounts: Vec<NumberAccount> =
        numbers.into_iter().map(|number| NumberAccount { number, users: Vec::new() }).collect();
    for (user, numbers) in store::numbers::assigned(tx, actor.tenant).await? {
        for account in accounts.iter_mut().filter(|account| numbers.contains(&account.number.number)) {
            account.users.push(user);
        }
    }
    Ok(accounts)
}

pub(super) async fn find(tx: &mut Tx, actor: &Actor, number: PhoneNumber) -> Result<SmsNumber, Problem> {
    actor.require(Permission::AssignNumbers)?;
    let found = store::numbers::by_number(tx, number).await?;
    let (_, own) = found.filter(|(tenant, _)| *tenant == actor.tenant).ok_or_else(Problem::not_found)?;
    Ok(own)
}

/// Adds a number to the tenant.
///
/// # Errors
/// The actor may not, or the number is in use on this system.
pub async fn add(tx: &mut Tx, actor: &Actor, new: NewNumber) -> Result<NumberAccount, Problem> {
    actor.require(Permission::ManageNumbers)?;
    let NewNumber { number, label, capabilities } = new;
    let number = SmsNumber { number, label: label.trim().to_owned(), capabilities };
    check(&number)?;
    store::numbers::add(tx, actor.tenant, &number, actor.now).await.map_err(|error| match error {
        StoreError::Taken => {
            let detail = "This number is in use on this system.";
            Problem::because(ErrorCode::Conflict, CauseCode::NumberTaken, detail).at("number")
        }
        other => other.into(),
    })?;
    forget_members(tx, actor, number.number).await?;
    let fields = Fields::default().now("can", can(number.capabilities));
    audit::note(tx, actor, AuditAction::NumberAdded, subject(&number), fields).await?;
    Ok(NumberAccount { number, users: Vec::new() })
}

/// Names a number, or says what it can do. What is absent stays; those who text from it hear of it.
///
/// # Errors
/// The actor may not, it is none of the tenant's, or the name is too long.
pub async fn update(
    tx: &mut Tx,
    actor: &Actor,
    number: PhoneNumber,
    changes: UpdateNumber,
) -> Result<NumberAccount, Problem> {
    let before = find(tx, actor, number).await?;
    if changes.capabilities.is_some_and(|capabilities| capabilities != before.capabilities) {
        actor.require(Permission::ManageNumbers)?;
    }
    set(tx, actor, number, changes).await
}

/// The same for whoever may say what the number can do because of what carries it.
pub(super) async fn set(
    tx: &mut Tx,
    actor: &Actor,
    number: PhoneNumber,
    changes: UpdateNumber,
) -> Result<NumberAccount, Problem> {
    let before = find(tx, actor, number).await?;
    let after = SmsNumber {
        number,
        label: changes.label.map_or_else(|| before.label.clone(), |label| label.trim().to_owned()),
        capabilities: changes.capabilities.unwrap_or(before.capabilities),
    };
    check(&after)?;
    let users = store::numbers::users_of(tx, number).await?;
    if after != before {
        store::numbers::update(tx, &after).await?;
        let fields = Fields::default().changed("label", &before.label, &after.label).changed(
            "can",
            can(before.capabilities),
            can(after.capabilities),
        );
        audit::note(tx, actor, AuditAction::NumberChanged, subject(&after), fields).await?;
        for user in &users {
            publish_numbers(tx, actor, *user).await?;
        }
    }
    Ok(NumberAccount { number: after, users })
}

/// Lets a user text from a number. They see what was written there so far, as read. Says whether that is new.
///
/// # Errors
/// The actor may not, or the tenant has no such number or user.
pub async fn assign(tx: &mut Tx, actor: &Actor, number: PhoneNumber, user: UserId) -> Result<bool, Problem> {
    let own = find(tx, actor, number).await?;
    let account = store::users::account_by_id(tx, actor.tenant, user).await?.ok_or_else(Problem::not_found)?;
    if !store::numbers::assign(tx, number, user).await? {
        return Ok(false);
    }
    let fields = Fields::default().now("user", format!("{} {}", account.user.extension, account.user.name));
    audit::note(tx, actor, AuditAction::NumberAssigned, subject(&own), fields).await?;
    publish_numbers(tx, actor, user).await?;
    for conversation in store::conversations::of_number(tx, number, user).await? {
        if store::memberships::add(tx, conversation, user).await? {
            store::events::log(tx, user, actor.now, News::Conversation(conversation)).await?;
        }
    }
    Ok(true)
}

/// Takes a number from a user, and with it its conversations. Says whether they had it.
///
/// # Errors
/// The actor may not, or the tenant has no such number or user.
pub async fn unassign(tx: &mut Tx, actor: &Actor, number: PhoneNumber, user: UserId) -> Result<bool, Problem> {
    let own = find(tx, actor, number).await?;
    let account = store::users::account_by_id(tx, actor.tenant, user).await?.ok_or_else(Problem::not_found)?;
    if !store::numbers::unassign(tx, number, user).await? {
        return Ok(false);
    }
    let fields = Fields::default().was("user", format!("{} {}", account.user.extension, account.user.name));
    audit::note(tx, actor, AuditAction::NumberUnassigned, subject(&own), fields).await?;
    publish_numbers(tx, actor, user).await?;
    for conversation in store::conversations::of_number(tx, number, user).await? {
        let Some(record) = store::conversations::by_id(tx, conversation).await? else { continue };
        if store::memberships::remove(tx, conversation, user).await? {
            let change = Change::ConversationRemoved { conversation, cleared_seq: record.last_seq };
            store::events::log(tx, user, actor.now, &change).await?;
        }
    }
    Ok(true)
}

/// Takes a number out of use.
///
/// # Errors
/// The actor may not, or it is none of the tenant's.
pub async fn retire(tx: &mut Tx, actor: &Actor, number: PhoneNumber) -> Result<(), Problem> {
    actor.require(Permission::ManageNumbers)?;
    let own = find(tx, actor, number).await?;
    release(tx, actor, number).await?;
    store::numbers::retire(tx, number, actor.now).await?;
    Ok(audit::note(tx, actor, AuditAction::NumberRetired, subject(&own), Fields::default()).await?)
}

/// Moves a number to another tenant, where nobody texts from it yet. Its conversations stay where they were written. The transaction is
/// one of [`store::Store::write_system`].
///
/// # Errors
/// The actor may not, it is none of the tenant's, or there is no tenant `to` (a domain).
pub async fn move_to(tx: &mut Tx, actor: &Actor, number: PhoneNumber, to: &str) -> Result<(), Problem> {
    actor.require(Permission::ManageNumbers)?;
    let domain = to.trim().to_lowercase();
    let found = store::tenants::by_domain(tx, &domain).await?;
    tx.lock_tenants(found.iter().map(|found| found.id).chain([actor.tenant]).collect()).await?;
    // Once more, as it is now that nobody else changes it.
    let found = store::tenants::by_domain(tx, &domain).await?.filter(|found| found.id != actor.tenant);
    let own = find(tx, actor, number).await?;
    let other = found.ok_or_else(|| Problem::not_found().at("to"))?;
    let there = actor.in_tenant(other.id)?;
    release(tx, actor, number).await?;
    store::numbers::retire(tx, number, actor.now).await?;
    let moved = SmsNumber { label: String::new(), ..own.clone() };
    store::numbers::add(tx, other.id, &moved, actor.now).await?;
    forget_members(tx, &there, number).await?;
    // Neither learns which the other business is.
    let (out, into) = (Fields::default().now("moved", "out"), Fields::default().now("moved", "in"));
    audit::note(tx, actor, AuditAction::NumberMoved, subject(&own), out).await?;
    Ok(audit::note(tx, &there, AuditAction::NumberMoved, subject(&moved), into).await?)
}

/// A number comes into use again: those who had it once and kept its conversations are members no longer. Who gets the number gets them.
async fn forget_members(tx: &mut Tx, actor: &Actor, number: PhoneNumber) -> Result<(), StoreError> {
    for conversation in store::conversations::of_number_in(tx, number, actor.tenant).await? {
        let Some(record) = store::conversations::by_id(tx, conversation).await? else { continue };
        for user in store::memberships::members(tx, conversation).await? {
            store::memberships::remove(tx, conversation, user).await?;
            let change = Change::ConversationRemoved { conversation, cleared_seq: record.last_seq };
            store::events::log(tx, user, actor.now, &change).await?;
        }
    }
    Ok(())
}

/// Takes a number from everybody. They keep its conversations.
pub(super) async fn release(tx: &mut Tx, actor: &Actor, number: PhoneNumber) -> Result<(), StoreError> {
    for user in store::numbers::unassign_all(tx, number).await? {
        publish_numbers(tx, actor, user).await?;
    }
    Ok(())
}

async fn publish_numbers(tx: &mut Tx, actor: &Actor, user: UserId) -> Result<(), StoreError> {
    let numbers = store::numbers::of_user(tx, user).await?;
    store::events::log(tx, user, actor.now, &Change::NumbersChanged { numbers }).await
}

fn check(number: &SmsNumber) -> Result<(), Problem> {
    if number.label.chars().count() > limits::NAME_LENGTH {
        return Err(Problem::too_long(CauseCode::NameOrCompanyTooLong, limits::NAME_LENGTH).at("label"));
    }
    Ok(())
}

pub(super) fn subject(number: &SmsNumber) -> Subject {
    Subject::new(number.number, &number.label)
}

/// What a number can do, for the audit log: `sms, mms, groups of 10`.
fn can(capabilities: Capabilities) -> String {
    let Capabilities { sms, mms, group_recipients, short_codes } = capabilities;
    let mut can = Vec::new();
    can.extend(sms.then(|| "sms".to_owned()));
    can.extend(mms.then(|| "mms".to_owned()));
    can.extend((group_recipients > 0).then(|| format!("groups of {group_recipients}")));
    can.extend(short_codes.then(|| "short codes".to_owned()));
    can.join(", ")
}
