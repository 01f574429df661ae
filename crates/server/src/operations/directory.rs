//! The directory: the users of a tenant.
//!
//! Always holds: everybody of the tenant hears of a change that they can see: of a status as state, of anything else by the log. Nobody disables, removes or gives another role to
//! themselves, so a tenant that has an Administrator keeps one.

use halyard_protocol::admin::{AuditAction, NewUser, UpdateUser, UserAccount};
use halyard_protocol::contact::is_email;
use halyard_protocol::rest::UpdateMe;
use halyard_protocol::{Availability, CauseCode, Change, EntryId, ErrorCode, Permission, Role, User, UserId, limits};

use super::audit::{self, Fields, Subject};
use super::{Actor, conversations};
use crate::problem::Problem;
use crate::store::events::News;
use crate::store::users::Account;
use crate::store::{self, StoreError, Tx};

/// All users of the tenant, by extension, with their numbers.
///
/// # Errors
/// The actor may not see them.
pub async fn list(tx: &mut Tx, actor: &Actor) -> Result<Vec<UserAccount>, Problem> {
    actor.require(Permission::SeeUsers)?;
    let mut numbers = store::numbers::assigned(tx, actor.tenant).await?;
    let accounts = store::users::accounts(tx, actor.tenant).await?.into_iter().map(|account| UserAccount {
        numbers: numbers.remove(&account.user.id).unwrap_or_default(),
        user: account.user,
        created_at: account.created_at,
        disabled_at: account.disabled_at,
    });
    Ok(accounts.collect())
}

/// A user whom the actor may manage. Administrators are managed by Administrators alone.
///
/// # Errors
/// The actor may not, or there is no such user.
pub async fn find_to_manage(tx: &mut Tx, actor: &Actor, user: UserId) -> Result<Account, Problem> {
    actor.require(Permission::ManageUsers)?;
    let account = store::users::account_by_id(tx, actor.tenant, user).await?.ok_or_else(Problem::not_found)?;
    require_for_role(actor, account.user.role)?;
    Ok(account)
}

fn require_for_role(actor: &Actor, role: Role) -> Result<(), Problem> {
    match role {
        Role::Administrator => actor.require(Permission::ManageAdministrators),
        Role::Basic | Role::Supervisor | Role::OfficeManager | Role::Unknown => Ok(()),
    }
}

/// Whether the actor may add a user with this role.
///
/// # Errors
/// They may not.
pub fn may_add(actor: &Actor, role: Role) -> Result<(), Problem> {
    actor.require(Permission::ManageUsers)?;
    require_for_role(actor, role)
}

/// Adds a user with a password of this hash.
///
/// # Errors
/// The actor may not, the extension is taken, or a rule is broken.
pub async fn add(
    tx: &mut Tx,
    actor: &Actor,
    id: UserId,
    new: NewUser,
    password_hash: &str,
) -> Result<UserAccount, Problem> {
    may_add(actor, new.role)?;
    let user = User {
        id,
        extension: new.extension,
        name: new.name.trim().to_owned(),
        department: new.department.trim().to_owned(),
        email: new.email.trim().to_owned(),
        role: new.role,
        availability: Availability::Available,
        status_text: String::new(),
        connected: false,
    };
    check(&user)?;
    store::users::add(tx, actor.tenant, &user, password_hash, actor.now).await.map_err(extension_taken)?;
    let fields = Fields::default().now("role", user.role.title()).now("department", &user.department);
    audit::note(tx, actor, AuditAction::UserAdded, Subject::user(&user), fields).await?;
    publish(tx, actor, user.id).await?;
    Ok(UserAccount { user, numbers: Vec::new(), created_at: actor.now, disabled_at: None })
}

/// Changes a user. What is absent stays; what is the same is no news.
///
/// # Errors
/// The actor may not, there is no such user, the extension is taken, or a rule is broken.
pub async fn update(tx: &mut Tx, actor: &Actor, id: UserId, changes: UpdateUser) -> Result<UserAccount, Problem> {
    let is_status_only =
        UpdateUser { availability: None, status_text: None, ..changes.clone() } == UpdateUser::default();
    let before = if is_status_only {
        actor.require(Permission::SetStatusOfOthers)?;
        let found = store::users::account_by_id(tx, actor.tenant, id).await?;
        // Who is disabled is not there for those who don't manage users.
        let found = found.filter(|found| found.disabled_at.is_none() || actor.may(Permission::SeeUsers));
        found.ok_or_else(Problem::not_found)?
    } else {
        find_to_manage(tx, actor, id).await?
    };
    let UpdateUser { extension, name, department, email, role, availability, status_text, disabled } = changes;
    let was = &before.user;
    let trimmed = |text: Option<String>, was: &String| text.map_or_else(|| was.clone(), |text| text.trim().to_owned());
    let user = User {
        id,
        extension: extension.unwrap_or_else(|| was.extension.clone()),
        name: trimmed(name, &was.name),
        department: trimmed(department, &was.department),
        email: trimmed(email, &was.email),
        role: role.unwrap_or(was.role),
        availability: availability.unwrap_or(was.availability),
        status_text: trimmed(status_text, &was.status_text),
        connected: was.connected,
    };
    let disabled = disabled.unwrap_or(before.disabled_at.is_some());
    if actor.maybe_user() == Some(id) && (user.role != was.role || disabled) {
        return Err(own_account());
    }
    if user.role != was.role {
        require_for_role(actor, user.role)?;
    }
    check(&user)?;
    save(tx, actor, &before, &user).await?;
    set_disabled(tx, actor, &before, &user, disabled).await?;
    let found = store::users::account_by_id(tx, actor.tenant, id).await?.ok_or_else(Problem::not_found)?;
    let mut numbers = Vec::new();
    if actor.may(Permission::SeeUsers) {
        numbers = store::numbers::of_user(tx, id).await?.into_iter().map(|own| own.number).collect();
    }
    Ok(UserAccount { user, numbers, created_at: found.created_at, disabled_at: found.disabled_at })
}

async fn save(tx: &mut Tx, actor: &Actor, account: &Account, user: &User) -> Result<(), Problem> {
    let before = &account.user;
    if user == before {
        return Ok(());
    }
    if user.role != before.role {
        // Who made the link might not manage this role.
        store::password_links::remove(tx, user.id).await?;
    }
    store::users::update(tx, user).await.map_err(extension_taken)?;
    let fields = Fields::default()
        .changed("extension", &before.extension, &user.extension)
        .changed("name", &before.name, &user.name)
        .changed("department", &before.department, &user.department)
        .changed("email", &before.email, &user.email)
        .changed("role", before.role.title(), user.role.title())
        .changed("availability", store::sql::word(before.availability)?, store::sql::word(user.availability)?)
        .changed("status_text", &before.status_text, &user.status_text);
    audit::note(tx, actor, AuditAction::UserChanged, Subject::user(user), fields).await?;
    if (user.availability, &user.status_text) != (before.availability, &before.status_text) {
        store::states::set_status(tx, actor.tenant, user).await?;
    }
    let with_status_before =
        User { availability: before.availability, status_text: before.status_text.clone(), ..user.clone() };
    // Who is disabled is in nobody's directory. A status is state: that alone is no event.
    if account.disabled_at.is_none() && with_status_before != *before {
        publish(tx, actor, user.id).await?;
    }
    Ok(())
}

async fn set_disabled(
    tx: &mut Tx,
    actor: &Actor,
    before: &Account,
    user: &User,
    disabled: bool,
) -> Result<(), Problem> {
    match (before.disabled_at.is_some(), disabled) {
        (false, true) => {
            store::users::disable(tx, user.id, actor.now).await?;
            store::password_links::remove(tx, user.id).await?;
            audit::note(tx, actor, AuditAction::UserDisabled, Subject::user(user), Fields::default()).await?;
            let change = Change::UserRemoved { user: user.id };
            store::events::log_all(tx, actor.tenant, actor.now, &change).await?;
        }
        (true, false) => {
            store::users::enable(tx, user.id).await?;
            audit::note(tx, actor, AuditAction::UserEnabled, Subject::user(user), Fields::default()).await?;
            publish(tx, actor, user.id).await?;
        }
        (true, true) | (false, false) => {}
    }
    Ok(())
}

/// Removes a user: what they wrote stays with their name, everything else goes, and the extension is free. `line` gives the ids of the
/// entries that say in their group chats that they are gone.
///
/// # Errors
/// The actor may not, or there is no such user.
pub async fn remove(tx: &mut Tx, actor: &Actor, id: UserId, line: impl Fn() -> EntryId) -> Result<(), Problem> {
    let account = find_to_manage(tx, actor, id).await?;
    if actor.maybe_user() == Some(id) {
        return Err(own_account());
    }
    let groups = store::conversations::groups_of(tx, id).await?;
    store::users::remove(tx, id, actor.now).await?;
    for group in groups {
        conversations::account_removed(tx, actor, group, line(), id).await?;
    }
    let fields = Fields::default().was("extension", &account.user.extension).was("role", account.user.role.title());
    audit::note(tx, actor, AuditAction::UserRemoved, Subject::user(&account.user), fields).await?;
    store::events::log_all(tx, actor.tenant, actor.now, &Change::UserRemoved { user: id }).await?;
    Ok(())
}

/// Changes what the actor says of themselves.
///
/// # Errors
/// The status text is too long, or the availability unknown.
pub async fn set_own_status(tx: &mut Tx, actor: &Actor, request: UpdateMe) -> Result<(), Problem> {
    let found = store::users::by_id(tx, actor.tenant, actor.user()?).await?;
    let before = found.ok_or_else(Problem::signed_out)?;
    let user = User {
        availability: request.availability.unwrap_or(before.availability),
        status_text: request.status_text.map_or_else(|| before.status_text.clone(), |text| text.trim().to_owned()),
        ..before.clone()
    };
    check_status(&user)?;
    if user == before {
        return Ok(());
    }
    Ok(store::states::set_status(tx, actor.tenant, &user).await?)
}

/// Tells everybody of the tenant that a user is new or has changed.
async fn publish(tx: &mut Tx, actor: &Actor, user: UserId) -> Result<(), StoreError> {
    store::events::log_all(tx, actor.tenant, actor.now, News::User(user)).await
}

fn check(user: &User) -> Result<(), Problem> {
    let is_extension =
        (2..=8).contains(&user.extension.len()) && user.extension.bytes().all(|byte| byte.is_ascii_digit());
    if !is_extension {
        return Err(
            Problem::invalid(CauseCode::InvalidExtension, "An extension has two to eight digits.").at("extension")
        );
    }
    if user.name.is_empty() || user.name.chars().count() > limits::NAME_LENGTH {
        let cause = CauseCode::InvalidUserName.limit(limits::NAME_LENGTH);
        let detail = format!("A user has a name, of {} characters at most.", limits::NAME_LENGTH);
        return Err(Problem::invalid(cause, detail).at("name"));
    }
    if user.department.chars().count() > limits::NAME_LENGTH {
        return Err(Problem::too_long(CauseCode::NameOrCompanyTooLong, limits::NAME_LENGTH).at("department"));
    }
    if !user.email.is_empty() && !is_email(&user.email, limits::EMAIL_LENGTH) {
        return Err(Problem::invalid(CauseCode::InvalidEmail, "This is no e-mail address.").at("email"));
    }
    if user.role == Role::Unknown {
        return Err(Problem::invalid(CauseCode::UnknownRole, "This role is not known.").at("role"));
    }
    check_status(user)
}

fn check_status(user: &User) -> Result<(), Problem> {
    if user.availability == Availability::Unknown {
        let detail = "This availability is not known.";
        return Err(Problem::invalid(CauseCode::UnknownAvailability, detail).at("availability"));
    }
    if user.status_text.chars().count() > limits::STATUS_TEXT_LENGTH {
        return Err(Problem::too_long(CauseCode::StatusTextTooLong, limits::STATUS_TEXT_LENGTH).at("status_text"));
    }
    Ok(())
}

pub(super) fn own_account() -> Problem {
    let detail = "Nobody disables or removes themselves, or gives themselves another role or, this way, a password.";
    Problem::because(ErrorCode::Forbidden, CauseCode::OwnAccount, detail)
}

fn extension_taken(error: StoreError) -> Problem {
    match error {
        StoreError::Taken => {
            let detail = "Another user has this extension.";
            Problem::because(ErrorCode::Conflict, CauseCode::ExtensionTaken, detail).at("extension")
        }
        other => other.into(),
    }
}
