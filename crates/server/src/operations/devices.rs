//! Devices: the browsers that users are signed in on.

use halyard_protocol::admin::AuditAction;
use halyard_protocol::rest::Device;
use halyard_protocol::{DeviceId, Permission, UnixMs, UserId};

use super::Actor;
use super::audit::{self, Fields, Subject};
use super::directory::find_to_manage;
use crate::problem::Problem;
use crate::store::credentials::Credentials;
use crate::store::sessions::Lifetimes;
use crate::store::{self, StoreError, Tx};

/// Browsers on which one user is signed in: another one takes the place of the one that was not used for longest.
pub const MOST: u32 = 100;

/// A browser that somebody signs in with.
pub struct NewDevice<'a> {
    /// Its id.
    pub id: DeviceId,
    /// What to call it.
    pub name: &'a str,
    /// The hash of its session's token.
    pub token_hash: &'a str,
    /// The network that it is in, as a hash.
    pub network: &'a str,
}

/// Signs whoever knew the password in. Says whether it still is the user's: it may have been changed, or the user disabled, while it was
/// checked.
///
/// # Errors
/// When the database fails.
pub async fn sign_in(
    tx: &mut Tx,
    credentials: &Credentials,
    device: NewDevice<'_>,
    now: UnixMs,
) -> Result<bool, StoreError> {
    let NewDevice { id, name, token_hash, network } = device;
    if !store::sessions::add(tx, token_hash, id, credentials, name, now).await? {
        return Ok(false);
    }
    store::sessions::keep_newest(tx, credentials.user, id, MOST).await?;
    store::networks::note(tx, credentials.user, network, now).await?;
    Ok(true)
}

/// The devices that the actor is signed in on: this one first, then by when they were last heard of.
///
/// # Errors
/// When the database fails.
pub async fn list(tx: &mut Tx, actor: &Actor, lifetimes: Lifetimes) -> Result<Vec<Device>, Problem> {
    Ok(store::sessions::devices(tx, actor.user()?, actor.device(), actor.now, lifetimes).await?)
}

/// Signs the actor out on one of their devices.
///
/// # Errors
/// None of theirs.
pub async fn sign_out(tx: &mut Tx, actor: &Actor, device: DeviceId) -> Result<(), Problem> {
    if store::sessions::end(tx, actor.user()?, device).await? { Ok(()) } else { Err(Problem::not_found()) }
}

/// Signs the actor out on all devices but the one that they are at.
///
/// # Errors
/// When the database fails.
pub async fn sign_out_elsewhere(tx: &mut Tx, actor: &Actor) -> Result<(), Problem> {
    store::sessions::end_all(tx, actor.user()?, actor.device()).await?;
    Ok(())
}

/// The devices that a user is signed in on.
///
/// # Errors
/// The actor may not see them, or there is no such user.
pub async fn list_of(tx: &mut Tx, actor: &Actor, user: UserId, lifetimes: Lifetimes) -> Result<Vec<Device>, Problem> {
    actor.require(Permission::SeeUsers)?;
    store::users::account_by_id(tx, actor.tenant, user).await?.ok_or_else(Problem::not_found)?;
    Ok(store::sessions::devices(tx, user, actor.device(), actor.now, lifetimes).await?)
}

/// Signs a user out on a device.
///
/// # Errors
/// The actor may not, or there is no such device of theirs.
pub async fn sign_out_of(tx: &mut Tx, actor: &Actor, user: UserId, device: DeviceId) -> Result<(), Problem> {
    let account = find_to_manage(tx, actor, user).await?;
    if !store::sessions::end(tx, user, device).await? {
        return Err(Problem::not_found());
    }
    let subject = Subject::user(&account.user);
    let fields = Fields::default().was("device", device);
    Ok(audit::note(tx, actor, AuditAction::DeviceSignedOut, subject, fields).await?)
}

/// Signs a user out everywhere.
///
/// # Errors
/// The actor may not, or there is no such user.
pub async fn sign_out_everywhere(tx: &mut Tx, actor: &Actor, user: UserId) -> Result<(), Problem> {
    let account = find_to_manage(tx, actor, user).await?;
    let ended = store::sessions::end_all(tx, user, None).await?;
    if ended > 0 {
        let fields = Fields::default().was("devices", ended);
        audit::note(tx, actor, AuditAction::DevicesSignedOut, Subject::user(&account.user), fields).await?;
    }
    Ok(())
}
