//! Passwords: one's own, and links with which users choose one.
//!
//! Always holds: a new password ends all sessions but the one that asked for it, and the link that there may be. A link works once, for
//! three days.

use halyard_protocol::admin::AuditAction;
use halyard_protocol::{CauseCode, ErrorCode, UnixMs, UserId};

use super::Actor;
use super::audit::{self, Fields, Subject};
use super::directory::{find_to_manage, own_account};
use crate::auth::password::{LONGEST, SHORTEST};
use crate::auth::token::Token;
use crate::problem::Problem;
use crate::store::users::Account;
use crate::store::{self, Tx};

/// How long a link works, in milliseconds.
pub const LINK_TIME: i64 = 3 * 24 * 60 * 60 * 1_000;

/// Whether this can be a password.
///
/// # Errors
/// It is too short or too long.
pub fn check(password: &str) -> Result<(), Problem> {
    if password.chars().count() < SHORTEST {
        let detail = format!("A password has at least {SHORTEST} characters.");
        return Err(Problem::invalid(CauseCode::PasswordTooShort.limit(SHORTEST), detail));
    }
    if password.len() > LONGEST {
        let detail = format!("A password has {LONGEST} bytes at most.");
        return Err(Problem::invalid(CauseCode::PasswordTooLong.limit(LONGEST), detail));
    }
    Ok(())
}

/// The current password is another one.
#[must_use]
pub fn wrong() -> Problem {
    let detail = "The current password is another one.";
    Problem::because(ErrorCode::Forbidden, CauseCode::WrongPassword, detail).at("current")
}

/// Changes the actor's password, if it still is the one of `known_hash`, which they have proven to know.
///
/// # Errors
/// It was changed meanwhile.
pub async fn change_own(tx: &mut Tx, actor: &Actor, known_hash: &str, hash: &str) -> Result<(), Problem> {
    let user = actor.user()?;
    if store::users::password_hash(tx, user).await?.as_deref() != Some(known_hash) {
        return Err(wrong());
    }
    set(tx, actor, user, hash).await
}

/// Changes a user's password.
///
/// # Errors
/// The actor may not, or there is no such user.
pub async fn change_of(tx: &mut Tx, actor: &Actor, user: UserId, hash: &str) -> Result<(), Problem> {
    find_other(tx, actor, user).await?;
    set(tx, actor, user, hash).await
}

/// A user whom the actor may manage, but not themselves: whoever finds an open device does not know the current password.
async fn find_other(tx: &mut Tx, actor: &Actor, user: UserId) -> Result<Account, Problem> {
    if actor.maybe_user() == Some(user) {
        return Err(own_account());
    }
    find_to_manage(tx, actor, user).await
}

async fn set(tx: &mut Tx, actor: &Actor, user: UserId, hash: &str) -> Result<(), Problem> {
    let account = store::users::account_by_id(tx, actor.tenant, user).await?.ok_or_else(Problem::not_found)?;
    let here = actor.device().filter(|_| actor.maybe_user() == Some(user));
    store::users::set_password(tx, user, hash, here).await?;
    store::password_links::remove(tx, user).await?;
    let subject = Subject::user(&account.user);
    Ok(audit::note(tx, actor, AuditAction::PasswordChanged, subject, Fields::default()).await?)
}

/// Makes a link for a user, in place of an earlier one. Until when it works.
///
/// # Errors
/// The actor may not, there is no such user, or they are disabled.
pub async fn make_link(tx: &mut Tx, actor: &Actor, user: UserId, token_hash: &str) -> Result<UnixMs, Problem> {
    let account = find_other(tx, actor, user).await?;
    if account.disabled_at.is_some() {
        return Err(Problem::new(ErrorCode::Conflict, "This user is disabled."));
    }
    let expires_at = actor.now.plus(LINK_TIME);
    store::password_links::add(tx, user, token_hash, expires_at).await?;
    let subject = Subject::user(&account.user);
    audit::note(tx, actor, AuditAction::PasswordLinkMade, subject, Fields::default()).await?;
    Ok(expires_at)
}

/// The link of a token. Behind the sign `#`: no server, proxy or log on the way sees it when the link is opened.
#[must_use]
pub fn link_address(origin: &str, token: &Token) -> String {
    format!("{}/password#{}", origin.trim_end_matches('/'), token.reveal())
}

/// Chooses a password by a link, as the server: nobody is signed in. Gives back the log-in.
///
/// # Errors
/// The link was used meanwhile, or has expired.
pub async fn use_link(tx: &mut Tx, actor: &Actor, token_hash: &str, hash: &str) -> Result<String, Problem> {
    let owner = store::password_links::owner(tx, token_hash, actor.now).await?;
    let (tenant, user) = owner.filter(|(tenant, _)| *tenant == actor.tenant).ok_or_else(link_expired)?;
    set(tx, actor, user, hash).await?;
    let account = store::users::account_by_id(tx, tenant, user).await?.ok_or_else(link_expired)?;
    let domain = store::tenants::by_id(tx, tenant).await?.ok_or_else(link_expired)?.domain;
    Ok(format!("{}@{domain}", account.user.extension))
}

/// The link does not work.
#[must_use]
pub fn link_expired() -> Problem {
    let detail = "This link was used, or has expired. Ask for another one.";
    Problem::because(ErrorCode::NotFound, CauseCode::LinkExpired, detail)
}
