//! Users: the extensions of a tenant.
//!
//! Always holds: a disabled user keeps what they have and can no longer sign in. A removed one is disabled for good: they have nothing
//! but their name in what they wrote, and their extension is free.

use halyard_protocol::{Availability, DeviceId, FormerUser, Role, TenantId, UnixMs, User, UserId};

use super::sql::{Row, args, json, word};
use super::{StoreError, Tx, dialect, sessions};

/// Adds a user.
///
/// # Errors
/// [`StoreError::Taken`] when the tenant has that extension.
pub async fn add(
    tx: &mut Tx,
    tenant: TenantId,
    user: &User,
    password_hash: &str,
    now: UnixMs,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO users (id, tenant, extension, name, department, email, role, availability, status_text,
                            password_hash, cursor, created_at, disabled_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, NULL)",
        args![
            user.id,
            tenant,
            &user.extension,
            &user.name,
            &user.department,
            &user.email,
            word(user.role)?,
            word(user.availability)?,
            &user.status_text,
            password_hash,
            now,
        ],
    )
    .await?;
    Ok(())
}

/// The user with this id, if they belong to the tenant and are not disabled.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, tenant: TenantId, id: UserId) -> Result<Option<User>, StoreError> {
    let row = tx
        .optional(
            "SELECT id, extension, name, department, email, role, availability, status_text, connected
             FROM users WHERE id = $1 AND tenant = $2 AND disabled_at IS NULL",
            args![id, tenant],
        )
        .await?;
    row.map(|row| user(&row)).transpose()
}

/// How many of some users, each named once, are of a tenant and not disabled.
///
/// # Errors
/// When the database fails.
pub async fn count_enabled(tx: &mut Tx, tenant: TenantId, users: &[UserId]) -> Result<u64, StoreError> {
    let [sqlite, postgres] = dialect::COUNT_ENABLED;
    tx.one(tx.pick(sqlite, postgres), args![tenant, json(&users)?]).await?.count("users")
}

/// The tenant's directory: everybody who is not disabled, by extension.
///
/// # Errors
/// When the database fails.
pub async fn directory(tx: &mut Tx, tenant: TenantId) -> Result<Vec<User>, StoreError> {
    let rows = tx
        .all(
            "SELECT id, extension, name, department, email, role, availability, status_text, connected
             FROM users WHERE tenant = $1 AND disabled_at IS NULL ORDER BY extension",
            args![tenant],
        )
        .await?;
    rows.iter().map(user).collect()
}

/// The users with these ids; also those who were disabled or removed.
pub(super) async fn by_ids(tx: &mut Tx, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
    let [sqlite, postgres] = dialect::USERS;
    let rows = tx.all(tx.pick(sqlite, postgres), args![json(&ids)?]).await?;
    rows.iter().map(user).collect()
}

/// A user who was not removed, as an administrator sees them.
#[derive(Clone, Debug)]
pub struct Account {
    /// The user.
    pub user: User,
    /// Since when they are here.
    pub created_at: UnixMs,
    /// Since when they are disabled.
    pub disabled_at: Option<UnixMs>,
}

/// All users of a tenant who were not removed, by extension.
///
/// # Errors
/// When the database fails.
pub async fn accounts(tx: &mut Tx, tenant: TenantId) -> Result<Vec<Account>, StoreError> {
    let rows = tx
        .all("SELECT * FROM users WHERE tenant = $1 AND removed_at IS NULL ORDER BY extension", args![tenant])
        .await?;
    rows.iter().map(account).collect()
}

/// The account with this id, if it is of the tenant.
///
/// # Errors
/// When the database fails.
pub async fn account_by_id(tx: &mut Tx, tenant: TenantId, id: UserId) -> Result<Option<Account>, StoreError> {
    let row = tx
        .optional("SELECT * FROM users WHERE id = $1 AND tenant = $2 AND removed_at IS NULL", args![id, tenant])
        .await?;
    row.map(|row| account(&row)).transpose()
}

/// The account with this extension.
///
/// # Errors
/// When the database fails.
pub async fn account_by_extension(
    tx: &mut Tx,
    tenant: TenantId,
    extension: &str,
) -> Result<Option<Account>, StoreError> {
    // A removed user has no extension any more.
    let row = tx.optional("SELECT * FROM users WHERE tenant = $1 AND extension = $2", args![tenant, extension]).await?;
    row.map(|row| account(&row)).transpose()
}

/// Writes what is known of a user, in place of what was. What they say of themselves is state: [`super::states::set_status`].
///
/// # Errors
/// [`StoreError::Taken`] when the tenant has another user with that extension.
pub async fn update(tx: &mut Tx, user: &User) -> Result<(), StoreError> {
    tx.run(
        "UPDATE users SET extension = $2, name = $3, department = $4, email = $5, role = $6 WHERE id = $1",
        args![user.id, &user.extension, &user.name, &user.department, &user.email, word(user.role)?],
    )
    .await?;
    Ok(())
}

/// What a user is called: `1001@harbor Maya Okafor`.
///
/// # Errors
/// When the database fails.
pub async fn login_and_name(tx: &mut Tx, user: UserId) -> Result<String, StoreError> {
    let row = tx
        .optional(
            "SELECT users.extension AS extension, tenants.domain AS domain, users.name AS name
             FROM users JOIN tenants ON tenants.id = users.tenant WHERE users.id = $1",
            args![user],
        )
        .await?;
    let Some(row) = row else { return Ok(String::new()) };
    Ok(format!("{}@{} {}", row.text("extension")?, row.text("domain")?, row.text("name")?))
}

/// What a user may do at this moment: their role, and whether their tenant operates this system; `None` when they are disabled.
///
/// # Errors
/// When the database fails.
pub async fn standing(tx: &mut Tx, user: UserId) -> Result<Option<(Role, bool)>, StoreError> {
    let row = tx
        .optional(
            "SELECT users.role AS role, tenants.operator AS operator
             FROM users JOIN tenants ON tenants.id = users.tenant WHERE users.id = $1 AND users.disabled_at IS NULL",
            args![user],
        )
        .await?;
    row.map(|row| Ok((row.word("role")?, row.flag("operator")?))).transpose()
}

/// The hash of a user's password.
///
/// # Errors
/// When the database fails.
pub async fn password_hash(tx: &mut Tx, user: UserId) -> Result<Option<String>, StoreError> {
    let row = tx.optional("SELECT password_hash FROM users WHERE id = $1", args![user]).await?;
    row.map(|row| row.text("password_hash")).transpose()
}

/// Changes a user's password, and ends their sessions, but for this device's: whoever else knew the old one is out.
///
/// # Errors
/// When the database fails.
pub async fn set_password(
    tx: &mut Tx,
    user: UserId,
    password_hash: &str,
    but: Option<DeviceId>,
) -> Result<(), StoreError> {
    tx.run("UPDATE users SET password_hash = $2 WHERE id = $1", args![user, password_hash]).await?;
    sessions::end_all(tx, user, but).await?;
    Ok(())
}

/// Disables a user, and ends their sessions.
///
/// # Errors
/// When the database fails.
pub async fn disable(tx: &mut Tx, user: UserId, now: UnixMs) -> Result<(), StoreError> {
    tx.run("UPDATE users SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL", args![user, now]).await?;
    sessions::end_all(tx, user, None).await?;
    Ok(())
}

/// Removes a user: nothing of theirs is left but what they wrote, with their name. Their extension is free again.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, user: UserId, now: UnixMs) -> Result<(), StoreError> {
    sessions::end_all(tx, user, None).await?;
    for sql in [
        "DELETE FROM password_links WHERE user_id = $1",
        "DELETE FROM known_networks WHERE user_id = $1",
        "DELETE FROM number_assignments WHERE user_id = $1",
        "DELETE FROM favourites WHERE user_id = $1",
        "DELETE FROM contacts WHERE owner = $1",
        "DELETE FROM contact_photos WHERE owner = $1",
        "DELETE FROM memberships WHERE user_id = $1",
        "DELETE FROM events WHERE user_id = $1",
    ] {
        tx.run(sql, args![user]).await?;
    }
    // Not an extension that anybody could have: those are digits. Nor a password: this is no hash.
    tx.run(
        "UPDATE users SET removed_at = $2, disabled_at = COALESCE(disabled_at, $2), extension = 'removed ' || id,
                          password_hash = '', department = '', email = '', status_text = ''
         WHERE id = $1",
        args![user, now],
    )
    .await?;
    Ok(())
}

/// Lets a disabled user in again. What was told to everybody meanwhile they
/// were not told, so a place of their log is left out: their devices start again from the snapshot.
///
/// # Errors
/// When the database fails.
pub async fn enable(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    tx.run(
        "UPDATE users SET disabled_at = NULL, cursor = cursor + 1 WHERE id = $1 AND removed_at IS NULL",
        args![user],
    )
    .await?;
    Ok(())
}

/// Leaves a gap in the log of every user, larger than what they may have seen of a log that this one takes the place of: all their devices
/// start again from the snapshot.
///
/// # Errors
/// When the database fails.
pub async fn leap(tx: &mut Tx) -> Result<(), StoreError> {
    tx.run("UPDATE users SET cursor = cursor + 1000000", args![]).await?;
    Ok(())
}

/// Those who were in the directory of a tenant and are disabled or removed, by id.
///
/// # Errors
/// When the database fails.
pub async fn former(tx: &mut Tx, tenant: TenantId) -> Result<Vec<FormerUser>, StoreError> {
    let sql = "SELECT id, name FROM users WHERE tenant = $1 AND disabled_at IS NOT NULL ORDER BY id";
    let rows = tx.all(sql, args![tenant]).await?;
    rows.iter().map(|row| Ok(FormerUser { id: row.id("id")?, name: row.text("name")? })).collect()
}

fn account(row: &Row) -> Result<Account, StoreError> {
    Ok(Account { user: user(row)?, created_at: row.time("created_at")?, disabled_at: row.maybe_time("disabled_at")? })
}

fn user(row: &Row) -> Result<User, StoreError> {
    Ok(User {
        id: row.id("id")?,
        extension: row.text("extension")?,
        name: row.text("name")?,
        department: row.text("department")?,
        email: row.text("email")?,
        role: row.word::<Role>("role")?,
        availability: row.word::<Availability>("availability")?,
        status_text: row.text("status_text")?,
        connected: row.flag("connected")?,
    })
}
