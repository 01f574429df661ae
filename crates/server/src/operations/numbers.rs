//! Giving numbers to users and taking them away.
//!
//! Always holds: the members of a number's conversations are the users that it is assigned to.

use halyard_protocol::{Change, PhoneNumber, UnixMs, UserId};

use super::messaging::append::publish_changed;
use crate::store::{self, StoreError, Tx};

/// Lets a user text from a number. They see what was written there so far, as read. Says whether that is new.
///
/// # Errors
/// When the database fails.
pub async fn assign(tx: &mut Tx, number: PhoneNumber, user: UserId, now: UnixMs) -> Result<bool, StoreError> {
    if !store::numbers::assign(tx, number, user).await? {
        return Ok(false);
    }
    publish_numbers(tx, user, now).await?;
    for conversation in store::conversations::of_number(tx, number, user).await? {
        if store::memberships::add(tx, conversation, user).await? {
            publish_changed(tx, user, conversation, now).await?;
        }
    }
    Ok(true)
}

/// Takes a number from a user, and with it its conversations. Says whether they had it.
///
/// # Errors
/// When the database fails.
pub async fn unassign(tx: &mut Tx, number: PhoneNumber, user: UserId, now: UnixMs) -> Result<bool, StoreError> {
    if !store::numbers::unassign(tx, number, user).await? {
        return Ok(false);
    }
    publish_numbers(tx, user, now).await?;
    for conversation in store::conversations::of_number(tx, number, user).await? {
        let Some(shared) = store::conversations::by_id(tx, conversation).await? else { continue };
        if store::memberships::remove(tx, conversation, user).await? {
            let change = Change::ConversationRemoved { conversation, cleared_seq: shared.last_seq };
            store::events::log(tx, user, now, &change).await?;
        }
    }
    Ok(true)
}

async fn publish_numbers(tx: &mut Tx, user: UserId, now: UnixMs) -> Result<(), StoreError> {
    let numbers = store::numbers::of_user(tx, user).await?;
    store::events::log(tx, user, now, &Change::NumbersChanged { numbers }).await
}
