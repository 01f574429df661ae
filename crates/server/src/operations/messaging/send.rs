//! Sending a message: what a user's device asks for.
//!
//! Always holds: what is refused, and why, is decided by [`accept`] alone, behind the tenant's lock. A message into a chat that is there and
//! stays as it was when it was looked at needs nothing of that: where ways to the database cost more than its answers, it is looked at
//! without the lock, and appended by one statement that looks again.

use halyard_protocol::recipients::check_text;
use halyard_protocol::rest::SendMessage;
use halyard_protocol::{Author, ConversationKey, Message, MessageId};

use super::accept::{AUTHOR_AND_READER, accept, check_group, request_hash};
use crate::operations::Actor;
use crate::problem::Problem;
use crate::store::entries::ChatMessage;
use crate::store::memberships::{self, Members};
use crate::store::{Store, StoreError};

/// Takes a message in, once. It is on the disk when this returns.
///
/// # Errors
/// As [`accept`], or when the database fails: the message may be there then, and can be sent again under the same id.
pub async fn send(store: &Store, actor: &Actor, id: MessageId, request: SendMessage) -> Result<Message, Problem> {
    if store.appends_at_once()
        && let Some(message) = into_chat(store, actor, id, &request).await?
    {
        return Ok(message);
    }
    let mut tx = store.write(actor.tenant).await?;
    let message = accept(&mut tx, actor, id, request).await?;
    tx.commit().await?;
    Ok(message)
}

/// The same for a chat that is as it was. `None` for everything else: what is new, comes again, or is to be refused.
async fn into_chat(
    store: &Store,
    actor: &Actor,
    id: MessageId,
    request: &SendMessage,
) -> Result<Option<Message>, Problem> {
    let Actor { tenant, now, .. } = *actor;
    let author = actor.user()?;
    if request.to.from.is_some() || !request.media.is_empty() {
        return Ok(None);
    }
    let Ok(key) = request.to.key(author, None) else { return Ok(None) };
    if check_text(key.kind(), &request.body, false).is_err() {
        return Ok(None);
    }
    let conversation = key.id(tenant);
    let mut tx = store.read_once().await?;
    let members = memberships::count_unless_sent(&mut tx, conversation, author, id).await?;
    drop(tx);
    let stands = |members: &Members| {
        let same_people = match &key {
            ConversationKey::Chat(users) => members.key.users() == Some(users),
            ConversationKey::Group { .. } => true,
            ConversationKey::Text { .. } => false,
        };
        let here = members.has_user && members.hidden == 0 && members.enabled >= AUTHOR_AND_READER;
        same_people && here && check_group(tenant, author, &request.to, &key, Some(members)).is_ok()
    };
    let Some(members) = members.filter(stands) else { return Ok(None) };
    let (body, request_hash) = (request.body.clone(), request_hash(request)?);
    let message = ChatMessage { id, author, body: body.clone(), request_hash };
    match store.append_to_chat(tenant, conversation, &members, message, now).await {
        Ok(Some((seq, at))) => {
            let (author, media, deliveries) = (Author::User(author), Vec::new(), Vec::new());
            Ok(Some(Message { id, conversation, seq, author, body, media, at, deliveries }))
        }
        // The same in a transaction says whose the id is.
        Ok(None) | Err(StoreError::Taken) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
