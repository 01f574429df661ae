//! Sending a message: what a user's device asks for.
//!
//! Always holds: what is refused, and why, is decided by [`accept`] alone. A message into a chat that is there, and its author's, needs
//! nothing of that: where ways to the database cost more than its answers, it is appended together with others.

use halyard_protocol::recipients::check_text;
use halyard_protocol::rest::SendMessage;
use halyard_protocol::{Author, ConversationKey, Message, MessageId};

use super::accept::{accept, check_title, request_hash};
use crate::operations::Actor;
use crate::problem::Problem;
use crate::store::entries::ChatMessage;
use crate::store::{Store, conversations};

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

/// The same for a chat that is as it is to be. `None` for everything else: what is new, comes again, or is to be refused.
async fn into_chat(
    store: &Store,
    actor: &Actor,
    id: MessageId,
    request: &SendMessage,
) -> Result<Option<Message>, Problem> {
    let Actor { tenant, now, .. } = *actor;
    let author = actor.user()?;
    let SendMessage { to, body, media } = request;
    if to.from.is_some() || !media.is_empty() {
        return Ok(None);
    }
    let Ok(key) = to.key(author, None) else { return Ok(None) };
    if check_text(key.kind(), body, false).is_err() || check_title(to).is_err() {
        return Ok(None);
    }
    let participants = match &key {
        ConversationKey::Chat(_) => Some(conversations::participants(&key)),
        ConversationKey::Group { .. } => None,
        ConversationKey::Text { .. } | ConversationKey::Sender { .. } => return Ok(None),
    };
    let (conversation, request_hash) = (key.id(tenant), request_hash(request)?);
    let new = ChatMessage { conversation, participants, id, author, body: body.clone(), request_hash, now };
    let Some((seq, at)) = store.append_to_chat(tenant, new).await? else { return Ok(None) };
    let (body, author) = (body.clone(), Author::User(author));
    Ok(Some(Message { id, conversation, seq, author, body, media: Vec::new(), at, deliveries: Vec::new() }))
}
