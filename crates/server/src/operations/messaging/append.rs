//! The one way in which a message gets into a conversation, whoever wrote it.

use halyard_protocol::{Author, ConversationKey, Delivery, Media, Message, MessageId, TenantId, UnixMs};

use crate::store::{self, StoreError, Tx, conversations::ConversationRecord, events::News};

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
    let conversation = open(tx, tenant, key, now).await?;
    let (seq, at) = store::conversations::next_seq(tx, conversation.id, now).await?;
    let NewMessage { id, author, body, media, deliveries, request_hash } = new;
    let message = Message { id, conversation: conversation.id, seq, author, body, media, at, deliveries };
    store::messages::add(tx, &message, request_hash).await?;
    store::media::put_into(tx, &message).await?;
    store::deliveries::add(tx, &message).await?;

    let (author, counts) = match message.author {
        Author::User(user) => (Some(user), matches!(conversation.key, ConversationKey::Chat(_))),
        Author::Number(_) | Author::Unknown => (None, true),
    };
    store::memberships::count_message(tx, conversation.id, author, counts, seq, at).await?;
    store::events::log_members(tx, conversation.id, now, News::Entry(conversation.id, seq)).await?;
    Ok(message)
}

/// The conversation, with all who belong to it as members; tells those for whom it is new or back.
async fn open(
    tx: &mut Tx,
    tenant: TenantId,
    key: ConversationKey,
    now: UnixMs,
) -> Result<ConversationRecord, StoreError> {
    let (conversation, users) = match store::conversations::by_id(tx, key.id(tenant)).await? {
        Some(found) => {
            let back = store::memberships::unhide_all(tx, found.id).await?;
            (found, back)
        }
        None => {
            let members = match &key {
                ConversationKey::Chat(users) => users.clone(),
                ConversationKey::Text { own, .. } => store::numbers::users_of(tx, *own).await?,
            };
            let added = store::conversations::add(tx, tenant, key, now).await?;
            for user in &members {
                store::memberships::add(tx, added.id, *user).await?;
            }
            (added, members)
        }
    };
    for user in users {
        store::events::log(tx, user, now, News::Conversation(conversation.id)).await?;
    }
    Ok(conversation)
}
