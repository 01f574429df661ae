//! Writing down who administered what, and reading it.
//!
//! Always holds: an entry is in the transaction of what it tells of. It has names, roles and numbers, never the text of a message, a
//! password or what a contact holds.

pub mod table;

use std::collections::BTreeMap;

use halyard_protocol::admin::{AuditAction, AuditEntry, AuditPage};
use halyard_protocol::{Permission, User};

use super::Actor;
use crate::problem::Problem;
use crate::store::{self, StoreError, Tx};

/// Entries on one page, at most.
pub const PAGE: u32 = 500;

/// What something was done to.
pub(super) struct Subject {
    id: String,
    name: String,
}

impl Subject {
    /// Something with an id, a number or a domain, and a name that people know.
    pub(super) fn new(id: impl ToString, name: impl Into<String>) -> Self {
        Self { id: id.to_string(), name: name.into() }
    }

    /// A user.
    pub(super) fn user(user: &User) -> Self {
        Self::new(user.id, format!("{} {}", user.extension, user.name))
    }
}

/// Fields that change, as they were and as they are.
#[derive(Default)]
pub(super) struct Fields {
    before: BTreeMap<String, String>,
    after: BTreeMap<String, String>,
}

impl Fields {
    /// Adds a field, if it changes.
    pub(super) fn changed(mut self, name: &str, before: impl ToString, after: impl ToString) -> Self {
        let (before, after) = (before.to_string(), after.to_string());
        if before != after {
            self.before.insert(name.to_owned(), before);
            self.after.insert(name.to_owned(), after);
        }
        self
    }

    /// Adds a field that is new.
    pub(super) fn now(mut self, name: &str, value: impl ToString) -> Self {
        self.after.insert(name.to_owned(), value.to_string());
        self
    }

    /// Adds a field that was, and is no more.
    pub(super) fn was(mut self, name: &str, value: impl ToString) -> Self {
        self.before.insert(name.to_owned(), value.to_string());
        self
    }
}

/// Writes down what the actor has done.
pub(super) async fn note(
    tx: &mut Tx,
    actor: &Actor,
    action: AuditAction,
    subject: Subject,
    fields: Fields,
) -> Result<(), StoreError> {
    let user = actor.maybe_user();
    let actor_name = match user {
        Some(user) => store::users::login_and_name(tx, user).await?,
        None => String::new(),
    };
    let entry = AuditEntry {
        seq: 0,
        at: actor.now,
        actor: actor.kind(),
        user,
        actor_name,
        action,
        subject: subject.id,
        subject_name: subject.name,
        before: fields.before,
        after: fields.after,
    };
    store::audit::add(tx, actor.tenant, &entry).await
}

/// A page of the tenant's audit log: up to `limit` entries before the one with the number `before`, the newest first.
///
/// # Errors
/// The actor may not read it.
pub async fn page(tx: &mut Tx, actor: &Actor, before: Option<u64>, limit: u32) -> Result<AuditPage, Problem> {
    actor.require(Permission::ReadAudit)?;
    let limit = limit.min(PAGE);
    let before = before.unwrap_or(u64::MAX);
    let mut entries = store::audit::before(tx, actor.tenant, before, limit + 1).await?;
    let older = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    Ok(AuditPage { entries, older })
}
