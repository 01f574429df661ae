//! The one way in which a message gets into a conversation, whoever wrote it.

use halyard_protocol::{Author, ConversationKey, Delivery, Media, Message, MessageId, TenantId, UnixMs};

use crate::store::entries::{NewContent, NewEntry};
use crate::store::{self, StoreError, Tx, events::News, memberships::Members};

/// A message on its way into a conversation.
pub(crate) struct NewMessage {
    pub(crate) id: MessageId,
    pub(crate) author: Author,
    pub(crate) body: String,
    /// Its files; they are in no message yet.
    pub(crate) media: Vec<Media>,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) request_hash: Option<String>,
}

/// Appends a message at the conversation's next place: makes the conversation and its memberships when they are new,
/// brings it back to those who deleted it, counts, and tells every member.
pub(crate) async fn append(
    tx: &mut Tx,
    tenant: TenantId,
    key: ConversationKey,
    new: NewMessage,
    now: UnixMs,
) -> Result<Message, StoreError> {
    let members = store::memberships::count(tx, key.id(tenant), None).await?;
    append_among(tx, tenant, Target { key, members, title: "" }, new, now).await
}

/// The conversation that a message goes into.
pub(super) struct Target<'a> {
    pub(super) key: ConversationKey,
    /// Its members, if there is such a conversation.
    pub(super) members: Option<Members>,
    /// The name that it gets as a new group; empty for none.
    pub(super) title: &'a str,
}

/// The same where the members, if there is such a conversation, have been counted.
pub(super) async fn append_among(
    tx: &mut Tx,
    tenant: TenantId,
    target: Target<'_>,
    new: NewMessage,
    now: UnixMs,
) -> Result<Message, StoreError> {
    let conversation = target.key.id(tenant);
    let counts = match (&new.author, &target.key) {
        (Author::User(_), ConversationKey::Text { .. } | ConversationKey::Sender { .. }) => false,
        (Author::User(_), ConversationKey::Chat(_) | ConversationKey::Group { .. })
        | (Author::Number(_) | Author::Sender(_) | Author::Unknown, _) => true,
    };
    open(tx, tenant, target, now).await?;
    let NewMessage { id, author, body, media, deliveries, request_hash } = new;
    let content = NewContent::Message { author, body: &body, media: &media, request_hash, counts };
    let entry = NewEntry { conversation, id: id.into(), content };
    let (seq, at) = store::entries::append(tx, entry, now).await?;
    let message = Message { id, conversation, seq, author, body, media, at, deliveries };
    store::media::put_into(tx, &message).await?;
    store::deliveries::add(tx, &message).await?;
    Ok(message)
}

/// Lets all who belong to a conversation be members of it, and tells those for whom it is new or back.
async fn open(tx: &mut Tx, tenant: TenantId, target: Target<'_>, now: UnixMs) -> Result<(), StoreError> {
    let Target { key, members, title } = target;
    let conversation = key.id(tenant);
    match members {
        Some(members) if members.hidden == 0 => {}
        Some(_) => {
            for user in store::memberships::unhide_all(tx, conversation).await? {
                store::events::log(tx, user, now, News::Conversation(conversation)).await?;
            }
        }
        None => {
            let users = match &key {
                ConversationKey::Chat(users) | ConversationKey::Group { users, .. } => users.clone(),
                ConversationKey::Text { own, .. } | ConversationKey::Sender { own, .. } => {
                    store::numbers::users_of(tx, *own).await?
                }
            };
            store::conversations::add(tx, tenant, key, title, now).await?;
            store::memberships::add_all(tx, conversation, &users, false).await?;
            store::events::log_members(tx, conversation, now, News::Conversation(conversation)).await?;
        }
    }
    Ok(())
}
