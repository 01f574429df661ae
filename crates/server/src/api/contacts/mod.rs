//! `/contacts`: saved contacts, personal and shared.

pub mod delete;
pub mod import;
pub mod list;
mod photo;
pub mod put;
pub mod show_photo;

use halyard_protocol::contact::ContactDetails;
use halyard_protocol::{CauseCode, Change, Contact, ContactDraft, ContactScope, ErrorCode, UnixMs};

use self::photo::NewPhoto;
use crate::problem::Problem;
use crate::store::{self, StoreError, Tx, sessions::Session};

/// Whether the session may save or delete contacts of this scope.
fn may_edit(session: &Session, scope: ContactScope) -> Result<(), Problem> {
    if scope == ContactScope::Shared && !session.role.edits_shared_contacts() {
        let detail = "Only Office Managers and Administrators change shared contacts.";
        return Err(Problem::because(ErrorCode::Forbidden, CauseCode::SharedContactsReadOnly, detail));
    }
    Ok(())
}

/// A draft without the white space around its texts, and with the photo that came with it, if the rules allow both.
fn checked(mut draft: ContactDraft) -> Result<(ContactDraft, NewPhoto), Problem> {
    draft.trim();
    draft.check().map_err(|error| Problem::rule(ErrorCode::Invalid, error))?;
    let photo = NewPhoto::read(draft.photo_content.take())?;
    Ok((draft, photo))
}

/// The draft with the details of the contact that it replaces, if it has none of its own: an older version of the app does not know
/// details, and must not delete them. Empty details are none.
fn with_details(mut draft: ContactDraft, before: Option<&Contact>) -> ContactDraft {
    draft.details = match draft.details {
        None => before.and_then(|before| before.details.clone()),
        Some(details) if *details == ContactDetails::default() => None,
        some => some,
    };
    draft
}

/// Logs a change for everybody who sees contacts of this scope.
async fn publish(
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
