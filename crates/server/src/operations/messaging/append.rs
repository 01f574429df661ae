//! The one way in which a message gets into a conversation, whoever wrote it.

use halyard_protocol::{
    Author, Change, Conversation, ConversationKey, Delivery, Entry, Media, Message, MessageId, TenantId, UnixMs, UserId,
};

use crate::store::{self, StoreError, Tx, conversations::ConversationRecord};

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
    let members = store::memberships::count_message(tx, conversation.id, author, counts, seq, at).await?;
    for member in members {
        let entry = Entry::Message(message.clone());
        let change = Change::EntryAdded { entry, unread: member.unread, read_seq: member.read_seq };
        store::events::log(tx, member.user, now, &change).await?;
    }
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
        publish_changed(tx, user, conversation.id, now).await?;
    }
    Ok(conversation)
}

/// Logs for a member what the conversation is to them now; gives it back.
pub(crate) async fn publish_changed(
    tx: &mut Tx,
    user: UserId,
    conversation: halyard_protocol::ConversationId,
    now: UnixMs,
) -> Result<Option<Conversation>, StoreError> {
    let view = store::conversations::view(tx, user, conversation).await?;
    if let Some(view) = &view {
        let change = Change::ConversationChanged { conversation: Box::new(view.clone()) };
        store::events::log(tx, user, now, &change).await?;
    }
    Ok(view)
}
