//! Sending a message: what a user's device asks for.
//!
//! Always holds: what is refused, and why, is decided by [`accept`] alone. A message into a chat that is there, and its author's, needs
//! nothing of that, and nor does a text to one number: where ways to the database cost more than its answers, it is accepted together with others.

use halyard_carriers::Kind;
use halyard_protocol::recipients::check_text;
use halyard_protocol::rest::SendMessage;
use halyard_protocol::{
    Author, Capabilities, ConversationId, ConversationKey, Message, MessageId, PhoneNumber, Seq, SmsNumber, UnixMs,
    UserId,
};

use super::accept::{accept, accepted, check_title, request_hash};
use super::outgoing::{self, DeliverText};
use crate::operations::Actor;
use crate::problem::Problem;
use crate::store::questions::ChatMessage;
use crate::store::questions::OutsideText;
use crate::store::usage::{DAY, MINUTE};
use crate::store::{Store, StoreError, conversations};

/// Takes a message in, once. It is on the disk when this returns.
///
/// # Errors
/// As [`accept`], or when the database fails: the message may be there then, and can be sent again under the same id.
pub async fn send(store: &Store, actor: &Actor, id: MessageId, request: SendMessage) -> Result<Message, Problem> {
    if store.asks_together()
        && let Some(message) = together(store, actor, id, &request).await?
    {
        return Ok(message);
    }
    let mut tx = store.write(actor.tenant).await?;
    let message = accept(&mut tx, actor, id, request).await?;
    tx.commit().await?;
    Ok(message)
}

/// The same together with others. `None` for what [`accept`] has to decide: what is new, comes again, has files, goes to several numbers, or is
/// to be refused.
async fn together(
    store: &Store,
    actor: &Actor,
    id: MessageId,
    request: &SendMessage,
) -> Result<Option<Message>, Problem> {
    let author = actor.user()?;
    let SendMessage { to, body, media } = request;
    if !media.is_empty() {
        return Ok(None);
    }
    // What the own number really can do the database says.
    let capabilities = Capabilities { sms: true, mms: false, group_recipients: 0, short_codes: false };
    let own = to.from.map(|number| SmsNumber { number, label: String::new(), capabilities });
    let Ok(key) = to.key(author, own.as_ref()) else { return Ok(None) };
    if check_text(key.kind(), body, false).is_err() || check_title(to).is_err() {
        return Ok(None);
    }
    // Whether its carrier takes it is not asked here.
    let shortest = Kind::ALL.iter().map(|kind| kind.text_length()).min().unwrap_or(0);
    if key.kind().is_text() && body.chars().count() > shortest {
        return Ok(None);
    }
    let new = New { conversation: key.id(actor.tenant), id, author, body, request_hash: request_hash(request)? };
    match (&key, own) {
        (ConversationKey::Chat(_), None) => into_chat(store, actor, new, Some(conversations::participants(&key))).await,
        (ConversationKey::Group { .. }, None) => into_chat(store, actor, new, None).await,
        (ConversationKey::Text { remote, .. }, Some(own)) => match remote[..] {
            [to] => to_number(store, actor, new, own.number, to).await,
            _ => Ok(None),
        },
        (ConversationKey::Chat(_) | ConversationKey::Group { .. }, Some(_))
        | (ConversationKey::Text { .. }, None)
        | (ConversationKey::Sender { .. }, _) => Ok(None),
    }
}

/// A message without files that has no place yet.
struct New<'a> {
    conversation: ConversationId,
    id: MessageId,
    author: UserId,
    body: &'a str,
    request_hash: String,
}

impl New<'_> {
    fn at(&self, (seq, at): (Seq, UnixMs)) -> Message {
        let Self { conversation, id, author, body, .. } = *self;
        let (body, author) = (body.to_owned(), Author::User(author));
        Message { id, conversation, seq, author, body, media: Vec::new(), at, deliveries: Vec::new() }
    }
}

async fn into_chat(
    store: &Store,
    actor: &Actor,
    new: New<'_>,
    participants: Option<String>,
) -> Result<Option<Message>, Problem> {
    let New { conversation, id, author, .. } = new;
    let (body, request_hash) = (new.body.to_owned(), new.request_hash.clone());
    let message = ChatMessage { conversation, participants, id, author, body, request_hash, now: actor.now };
    let place = store.append_to_chat(actor.tenant, message).await?;
    Ok(place.map(|place| new.at(place)))
}

async fn to_number(
    store: &Store,
    actor: &Actor,
    new: New<'_>,
    own: PhoneNumber,
    to: PhoneNumber,
) -> Result<Option<Message>, Problem> {
    let Actor { tenant, now, quotas, .. } = *actor;
    let New { conversation, id, author, .. } = new;
    let about = DeliverText { conversation, seq: 0, to, also: Vec::new() };
    let text = OutsideText {
        conversation,
        own,
        recipient: to,
        calling_code: to.calling_code().map(|code| code.0.to_string()),
        id,
        author,
        body: new.body.to_owned(),
        request_hash: new.request_hash.clone(),
        now,
        lane: outgoing::lane(conversation, to),
        payload: serde_json::to_value(&about).map_err(|_| StoreError::Corrupt("payload"))?,
        minute: now.0.div_euclid(MINUTE),
        user_minute: quotas.user_minute,
        tenant_minute: quotas.tenant_minute,
        day: now.0.div_euclid(DAY),
        user_day: quotas.user_day,
        tenant_day: quotas.tenant_day,
    };
    let place = store.accept_text(tenant, text).await?;
    Ok(place.map(|place| Message { deliveries: vec![accepted(to, now)], ..new.at(place) }))
}
