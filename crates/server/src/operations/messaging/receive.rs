//! Taking in a text that a carrier brings to one of our numbers.

use halyard_carriers::Address;
use halyard_protocol::{
    Author, ConversationKey, EntryId, Media, MediaId, Message, MessageId, PhoneNumber, SystemEvent,
};

use super::append::{NewMessage, append};
use super::consent::{self, Said};
use crate::env::Env;
use crate::operations::Actor;
use crate::store::entries::{NewContent, NewEntry};
use crate::store::{self, StoreError, Tx};

/// Who carries a text between numbers of this system.
pub const ON_NET: &str = "on-net";

/// A text as a carrier brings it.
#[derive(Clone, Debug)]
pub struct InboundText {
    /// Who carries it: [`ON_NET`], or the id of an account.
    pub carrier: String,
    /// The carrier's reference: unique among what this carrier brings.
    pub reference: String,
    /// Who wrote it.
    pub from: Address,
    /// The own number that it came to.
    pub to: PhoneNumber,
    /// For a group MMS: the other recipients.
    pub others: Vec<PhoneNumber>,
    /// The text; may be empty when there are files.
    pub body: String,
    /// Files that are here already, under another message: this one gets copies.
    pub media: Vec<Media>,
    /// Files that are here for this message alone, in no other.
    pub files: Vec<Media>,
    /// How many files could not be had.
    pub missing: u32,
}

/// Takes a text in, once: `None` when it was taken in before. The actor acts in the tenant that the number belongs to.
///
/// # Errors
/// When the database fails.
pub async fn receive(tx: &mut Tx, actor: &Actor, env: &Env, text: InboundText) -> Result<Option<Message>, StoreError> {
    let Actor { tenant, now, .. } = *actor;
    if !store::deliveries::note_received(tx, &text.carrier, &text.reference, now).await? {
        return Ok(None);
    }
    let others = text.others.into_iter().filter(|number| *number != text.to);
    let (key, author) = match text.from {
        Address::Number(from) => {
            (ConversationKey::text(text.to, std::iter::once(from).chain(others)), Author::Number(from))
        }
        Address::Word(sender) => (ConversationKey::Sender { own: text.to, sender }, Author::Sender(sender)),
    };
    let mut media = text.files;
    for file in &text.media {
        media.extend(store::media::copy(tx, file.id, MediaId(env.ulid()), tenant, now).await?);
    }
    let new = NewMessage {
        id: MessageId(env.ulid()),
        author,
        body: text.body,
        media,
        deliveries: Vec::new(),
        request_hash: None,
    };
    let (own, from, missing) = (text.to, text.from, text.missing);
    let body = new.body.clone();
    let message = append(tx, tenant, key, new, now).await?;
    let conversation = message.conversation;
    if missing > 0 {
        let content = NewContent::Line { by: None, event: &SystemEvent::FilesMissing { files: missing } };
        let entry = NewEntry { conversation, id: EntryId(env.ulid()), content };
        store::entries::append(tx, entry, now).await?;
    }
    // Behind a short code or a word is a program: it would answer what it is answered with.
    if let Address::Number(from) = from
        && !from.is_short_code()
    {
        consent::heed(tx, actor, env, Said { own, from, conversation }, &body).await?;
    }
    Ok(Some(message))
}
