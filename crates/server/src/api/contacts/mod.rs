//! `/contacts`: saved contacts, personal and shared.

pub mod delete;
pub mod import;
pub mod list;
pub mod put;

use halyard_protocol::{Change, ContactDraft, ContactScope, ErrorCode, UnixMs};

use super::problem::Problem;
use crate::store::{self, StoreError, Tx, sessions::Session};

/// Whether the session may save or delete contacts of this scope.
fn may_edit(session: &Session, scope: ContactScope) -> Result<(), Problem> {
    if scope == ContactScope::Shared && !session.role.edits_shared_contacts() {
        let message = "Only Office Managers and Administrators change shared contacts.";
        return Err(Problem::new(ErrorCode::Forbidden, message));
    }
    Ok(())
}

/// A draft without the white space around its texts, if the rules allow it.
fn checked(mut draft: ContactDraft) -> Result<ContactDraft, Problem> {
    for text in [&mut draft.given, &mut draft.family, &mut draft.company].into_iter().chain(&mut draft.emails) {
        if text.trim().len() != text.len() {
            *text = text.trim().to_owned();
        }
    }
    draft.check().map_err(|error| Problem::invalid(error.to_string()))?;
    Ok(draft)
}

/// Tells whoever sees contacts of this scope.
async fn tell(
    tx: &mut Tx,
    session: &Session,
    scope: ContactScope,
    now: UnixMs,
    change: &Change,
) -> Result<(), StoreError> {
    match scope {
        ContactScope::Personal | ContactScope::Unknown => store::events::log(tx, session.user, now, change).await,
        ContactScope::Shared => store::events::log_all(tx, session.tenant, now, change).await,
    }
}
