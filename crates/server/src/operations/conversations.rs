//! What a user does to a conversation: reads it, mutes it, names it, adds and removes people, deletes it for themselves and brings it back.
//!
//! Always holds: who takes part in a group chat is who is a member of it, and its timeline says who came, went and named it.

use halyard_protocol::rest::UpdateConversation;
use halyard_protocol::{
    CauseCode, Change, Conversation, ConversationId, ConversationKey, EntryId, ErrorCode, RecipientsError, Seq,
    SystemEvent, UserId, limits,
};

use super::Actor;
use crate::problem::Problem;
use crate::store::conversations::ConversationRecord;
use crate::store::entries::{NewContent, NewEntry};
use crate::store::events::News;
use crate::store::memberships::Membership;
use crate::store::{self, StoreError, Tx};

/// The user's membership in a conversation that they see; any other is not there.
///
/// # Errors
/// They see no such conversation.
pub async fn membership(tx: &mut Tx, user: UserId, id: ConversationId) -> Result<Membership, Problem> {
    let found = store::memberships::get(tx, id, user).await?;
    found.filter(|membership| !membership.hidden).ok_or_else(Problem::not_found)
}

/// Marks a conversation as read up to a place; never moves backwards. In chats the others hear of it.
///
/// # Errors
/// The actor sees no such conversation.
pub async fn read(tx: &mut Tx, actor: &Actor, id: ConversationId, seq: Seq) -> Result<(), Problem> {
    let me = actor.user()?;
    let membership = membership(tx, me, id).await?;
    let record = store::conversations::by_id(tx, id).await?.ok_or_else(Problem::not_found)?;
    let seq = seq.min(record.last_seq);
    if seq <= membership.read_seq {
        return Ok(());
    }
    let unread = store::messages::unread_after(tx, id, me, seq.max(membership.cleared_seq)).await?;
    Ok(store::states::set_read(tx, record.tenant, id, me, (seq, unread)).await?)
}

/// Turns notifications off or on for the actor, or names the group for all its members. What is absent stays. `line` is the id of the
/// entry that tells of the name.
///
/// # Errors
/// The actor sees no such conversation, the name is too long, or this is no group.
pub async fn update(
    tx: &mut Tx,
    actor: &Actor,
    id: ConversationId,
    line: EntryId,
    changes: UpdateConversation,
) -> Result<Conversation, Problem> {
    let title = changes.title.map(|title| title.trim().to_owned());
    if title.as_ref().is_some_and(|title| title.chars().count() > limits::NAME_LENGTH) {
        return Err(Problem::too_long(CauseCode::GroupNameTooLong, limits::NAME_LENGTH).at("title"));
    }
    let me = actor.user()?;
    let membership = membership(tx, me, id).await?;
    let before = store::conversations::view(tx, me, id).await?.ok_or_else(Problem::not_found)?;
    let title = title.filter(|title| *title != before.title);
    if title.is_some() && !before.kind.is_group() {
        return Err(Problem::invalid(CauseCode::NotAGroup, "Only groups have a name of their own.").at("title"));
    }
    let muted = changes.muted.filter(|muted| *muted != membership.muted);
    if let Some(muted) = muted {
        store::memberships::set_muted(tx, id, me, muted).await?;
    }
    let news = News::Conversation(id);
    if let Some(title) = title {
        store::conversations::set_title(tx, id, &title).await?;
        store::events::log_members(tx, id, actor.now, news).await?;
        append_line(tx, actor, id, line, SystemEvent::Renamed { title }).await?;
    } else if muted.is_some() {
        store::events::log(tx, me, actor.now, news).await?;
    } else {
        return Ok(before);
    }
    store::conversations::view(tx, me, id).await?.ok_or_else(Problem::not_found)
}

/// Adds colleagues to a group chat that the actor is in. They see what is written from now on. Who is in it already stays. `line` is
/// the id of the entry that tells of it.
///
/// # Errors
/// The actor sees no such conversation, it is no group chat, one of these people is not in the directory, or they would be too many.
pub async fn add_people(
    tx: &mut Tx,
    actor: &Actor,
    id: ConversationId,
    line: EntryId,
    users: &[UserId],
) -> Result<Conversation, Problem> {
    let me = actor.user()?;
    let (_, people) = group(tx, me, id).await?;
    let mut new: Vec<UserId> = users.iter().copied().filter(|user| !people.contains(user)).collect();
    new.sort_unstable();
    new.dedup();
    if !new.is_empty() {
        let all = [people, new.clone()].concat();
        if all.len() > limits::GROUP_CHAT_PEOPLE {
            let error = RecipientsError::TooManyUsers(limits::GROUP_CHAT_PEOPLE);
            return Err(Problem::because(ErrorCode::InvalidRecipients, error, error.to_string()).at("users"));
        }
        if store::users::count_enabled(tx, actor.tenant, &new).await? < new.len() as u64 {
            let detail = "One of these people is not in your directory.";
            return Err(Problem::because(ErrorCode::InvalidRecipients, CauseCode::NotInDirectory, detail).at("users"));
        }
        store::memberships::add_all(tx, id, &new, true).await?;
        set_people(tx, actor, id, &all, line, SystemEvent::Joined { users: new }).await?;
    }
    store::conversations::view(tx, me, id).await?.ok_or_else(Problem::not_found)
}

/// Removes somebody from a group chat that the actor is in; the actor themselves leaves it. It is no longer theirs to see. `line` is
/// the id of the entry that tells of it.
///
/// # Errors
/// The actor sees no such conversation, it is no group chat, or that user is not in it.
pub async fn remove_person(
    tx: &mut Tx,
    actor: &Actor,
    id: ConversationId,
    line: EntryId,
    user: UserId,
) -> Result<(), Problem> {
    let (record, mut people) = group(tx, actor.user()?, id).await?;
    if !people.contains(&user) {
        return Err(Problem::not_found());
    }
    people.retain(|known| *known != user);
    store::memberships::remove(tx, id, user).await?;
    let removed = Change::ConversationRemoved { conversation: id, cleared_seq: record.last_seq };
    store::events::log(tx, user, actor.now, &removed).await?;
    Ok(set_people(tx, actor, id, &people, line, SystemEvent::Left { users: vec![user] }).await?)
}

/// A user whose account was removed is no longer in a group chat that they were a member of. `line` is the id of the entry that tells of it.
///
/// # Errors
/// When the database fails.
pub(super) async fn account_removed(
    tx: &mut Tx,
    actor: &Actor,
    id: ConversationId,
    line: EntryId,
    user: UserId,
) -> Result<(), StoreError> {
    let record = store::conversations::by_id(tx, id).await?;
    let mut people = record.and_then(|record| record.key.users().map(<[UserId]>::to_vec)).unwrap_or_default();
    people.retain(|known| *known != user);
    // They did not leave, and nobody in the group removed them.
    set_people(tx, &Actor::system(actor.tenant, actor.now), id, &people, line, SystemEvent::Left { users: vec![user] })
        .await
}

/// A group chat that the user sees, with those who take part, themselves among them.
async fn group(tx: &mut Tx, me: UserId, id: ConversationId) -> Result<(ConversationRecord, Vec<UserId>), Problem> {
    membership(tx, me, id).await?;
    let record = store::conversations::by_id(tx, id).await?.ok_or_else(Problem::not_found)?;
    match &record.key {
        ConversationKey::Group { users, .. } => {
            let users = users.clone();
            Ok((record, users))
        }
        ConversationKey::Chat(_) | ConversationKey::Text { .. } | ConversationKey::Sender { .. } => {
            let detail = "People are added to group chats, and removed from those alone.";
            Err(Problem::invalid(CauseCode::NotAGroupChat, detail))
        }
    }
}

/// Other people take part in a group chat: its members hear of it as it is now, and of what happened.
async fn set_people(
    tx: &mut Tx,
    actor: &Actor,
    id: ConversationId,
    people: &[UserId],
    line: EntryId,
    event: SystemEvent,
) -> Result<(), StoreError> {
    store::conversations::set_people(tx, id, people).await?;
    store::events::log_members(tx, id, actor.now, News::Conversation(id)).await?;
    append_line(tx, actor, id, line, event).await
}

/// Adds to the timeline what the actor did to the conversation.
async fn append_line(
    tx: &mut Tx,
    actor: &Actor,
    id: ConversationId,
    line: EntryId,
    event: SystemEvent,
) -> Result<(), StoreError> {
    let content = NewContent::Line { by: actor.maybe_user(), event: &event };
    let entry = NewEntry { conversation: id, id: line, content };
    store::entries::append(tx, entry, actor.now).await?;
    Ok(())
}

/// Deletes a conversation for the actor, with what was written in it so far. Others keep theirs.
///
/// # Errors
/// The actor has no such conversation.
pub async fn remove(tx: &mut Tx, actor: &Actor, id: ConversationId) -> Result<(), Problem> {
    let me = actor.user()?;
    let membership = store::memberships::get(tx, id, me).await?.ok_or_else(Problem::not_found)?;
    if membership.hidden {
        return Ok(());
    }
    let record = store::conversations::by_id(tx, id).await?.ok_or_else(Problem::not_found)?;
    store::memberships::hide(tx, id, me, record.last_seq, actor.now).await?;
    let change = Change::ConversationRemoved { conversation: id, cleared_seq: record.last_seq };
    Ok(store::events::log(tx, me, actor.now, &change).await?)
}

/// Brings a conversation back that the actor deleted less than a minute ago, with its messages.
///
/// # Errors
/// The actor has no such conversation, or it is too late.
pub async fn restore(tx: &mut Tx, actor: &Actor, id: ConversationId) -> Result<Conversation, Problem> {
    let me = actor.user()?;
    let membership = store::memberships::get(tx, id, me).await?.ok_or_else(Problem::not_found)?;
    let Some(removed_at) = membership.removed_at else {
        // Nothing to undo, or undone already: the answer to the first try may have got lost.
        return store::conversations::view(tx, me, id).await?.ok_or_else(Problem::not_found);
    };
    if actor.now.since(removed_at) > limits::UNDO_SECONDS * 1_000 {
        return Err(Problem::new(ErrorCode::UndoExpired, "It is too late to bring this conversation back."));
    }
    let cleared = store::memberships::restore(tx, id, me).await?;
    let seen = membership.read_seq.max(cleared);
    let unread = store::messages::unread_after(tx, id, me, seen).await?;
    store::memberships::set_read(tx, id, me, membership.read_seq, unread).await?;
    store::events::log(tx, me, actor.now, News::Conversation(id)).await?;
    store::conversations::view(tx, me, id).await?.ok_or_else(Problem::not_found)
}
