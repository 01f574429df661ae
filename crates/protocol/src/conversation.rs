//! Conversations: their keys, and the ids that the keys make.
//!
//! Always holds: of texts, and of a chat between two, the same tenant, own number and people give the same [`ConversationId`] on every
//! device and on the server, in whatever order the people are named. A group chat's people change, so its id is made of the tenant,
//! who began it and a number drawn by chance ([`group_id`]). So a conversation that was begun offline needs no second name when the
//! server hears of it.

use sha2::{Digest, Sha256};

use serde::{Deserialize, Serialize};

use crate::{
    ConversationId, Destination, Entry, Message, Peer, PhoneNumber, SenderId, Seq, TenantId, ToGroup, Ulid, UnixMs,
    UserId,
};

/// The four kinds of conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConversationKind {
    /// Extension to extension.
    Chat,
    /// Several extensions.
    GroupChat,
    /// Own number to one number, or with a business that texts under a word.
    Sms,
    /// Own number to several numbers.
    GroupMms,
    /// A kind that this version does not know: shown, not written into.
    #[serde(other)]
    Unknown,
}

impl ConversationKind {
    /// Whether it goes through a carrier from an own number.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::Sms | Self::GroupMms)
    }

    /// Whether more than two take part.
    #[must_use]
    pub fn is_group(self) -> bool {
        matches!(self, Self::GroupChat | Self::GroupMms)
    }
}

/// What makes a conversation this one and no other. People are sorted and without repeats.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConversationKey {
    /// Users of the tenant, the one who asks among them. More than two make the id of a group that an app began before groups had
    /// ids of their own.
    Chat(Vec<UserId>),
    /// A group chat.
    Group {
        /// Its id: another group may have the same people.
        id: ConversationId,
        /// Those who take part now, the one who asks among them.
        users: Vec<UserId>,
    },
    /// An own number and the numbers outside.
    Text {
        /// The number of the business.
        own: PhoneNumber,
        /// The others.
        remote: Vec<PhoneNumber>,
    },
    /// An own number and a business that texts it under a word.
    Sender {
        /// The number of the business whose conversation it is.
        own: PhoneNumber,
        /// Who texts.
        sender: SenderId,
    },
}

impl ConversationKey {
    /// The key of a chat between these users, in whatever order and however often they are named.
    #[must_use]
    pub fn chat(users: impl IntoIterator<Item = UserId>) -> Self {
        Self::Chat(sorted(users))
    }

    /// The key of the texts between an own number and these numbers.
    #[must_use]
    pub fn text(own: PhoneNumber, remote: impl IntoIterator<Item = PhoneNumber>) -> Self {
        Self::Text { own, remote: sorted(remote) }
    }

    /// The key of a group chat with these users, in whatever order and however often they are named.
    #[must_use]
    pub fn group(id: ConversationId, users: impl IntoIterator<Item = UserId>) -> Self {
        Self::Group { id, users: sorted(users) }
    }

    /// The kind of conversation that it is of.
    #[must_use]
    pub fn kind(&self) -> ConversationKind {
        match self {
            Self::Group { .. } => ConversationKind::GroupChat,
            Self::Chat(users) if users.len() > 2 => ConversationKind::GroupChat,
            Self::Chat(_) => ConversationKind::Chat,
            Self::Text { remote, .. } if remote.len() > 1 => ConversationKind::GroupMms,
            Self::Text { .. } | Self::Sender { .. } => ConversationKind::Sms,
        }
    }

    /// The conversation's id. A group has one; otherwise it is the first 128 bits of the SHA-256 of the tenant and the key.
    #[must_use]
    pub fn id(&self, tenant: TenantId) -> ConversationId {
        let mut digest = Sha256::new();
        digest.update(b"halyard conversation 1\n");
        digest.update(tenant.0.bits().to_be_bytes());
        match self {
            Self::Group { id, .. } => return *id,
            Self::Chat(users) => {
                digest.update(b"chat");
                for user in users {
                    digest.update(user.0.bits().to_be_bytes());
                }
            }
            Self::Text { own, remote } => {
                digest.update(b"text");
                for number in core::iter::once(own).chain(remote) {
                    digest.update(number.value().to_be_bytes());
                }
            }
            Self::Sender { own, sender } => {
                digest.update(b"sender");
                digest.update(own.value().to_be_bytes());
                digest.update(sender.as_str());
            }
        }
        first_bits(digest)
    }

    /// The users of a chat.
    #[must_use]
    pub fn users(&self) -> Option<&[UserId]> {
        match self {
            Self::Chat(users) | Self::Group { users, .. } => Some(users),
            Self::Text { .. } | Self::Sender { .. } => None,
        }
    }

    /// The others, as `me` sees the conversation.
    #[must_use]
    pub fn peers(&self, me: UserId) -> Vec<Peer> {
        match self {
            Self::Chat(users) | Self::Group { users, .. } => {
                users.iter().filter(|user| **user != me).map(|user| Peer::User(*user)).collect()
            }
            Self::Text { remote, .. } => remote.iter().map(|number| Peer::Number(*number)).collect(),
            Self::Sender { sender, .. } => vec![Peer::Sender(*sender)],
        }
    }

    /// The own number, when it is one of texts.
    #[must_use]
    pub fn own_number(&self) -> Option<PhoneNumber> {
        match self {
            Self::Chat(_) | Self::Group { .. } => None,
            Self::Text { own, .. } | Self::Sender { own, .. } => Some(*own),
        }
    }
}

/// The id of a group chat that this user begins: the first 128 bits of a SHA-256 over the tenant, the user and a number that was drawn
/// by chance. So nobody can give a group the id that another conversation has or will have.
#[must_use]
pub fn group_id(tenant: TenantId, creator: UserId, nonce: Ulid) -> ConversationId {
    let mut digest = Sha256::new();
    digest.update(b"halyard group 1\n");
    for id in [tenant.0, creator.0, nonce] {
        digest.update(id.bits().to_be_bytes());
    }
    first_bits(digest)
}

fn first_bits(digest: Sha256) -> ConversationId {
    let hash = digest.finalize();
    let mut bits = [0u8; 16];
    bits.copy_from_slice(&hash[..16]);
    ConversationId(Ulid::from_bits(u128::from_be_bytes(bits)))
}

/// They are few: the standard sort would be kilobytes of code for each type.
fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut sorted = Vec::new();
    for item in items {
        if let Err(place) = sorted.binary_search(&item) {
            sorted.insert(place, item);
        }
    }
    sorted
}

/// How far a colleague has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PeerRead {
    /// The colleague.
    pub user: UserId,
    /// The place of the last entry that they have read; 0 for none.
    pub seq: Seq,
    /// The place after which they take part; absent where they do so from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined: Option<Seq>,
}

/// How far a member of a conversation has read, as it is now: it is no event, and in no log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadPosition {
    /// The conversation.
    pub conversation: ConversationId,
    /// The member.
    pub user: UserId,
    /// The place of the last entry that they have read; 0 for none.
    pub seq: Seq,
    /// How many are left that count as unread. Only who reads this is told it of themselves; of others it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<u32>,
}

/// A conversation as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conversation {
    /// Its id: derived from tenant, own number and people; a group chat has one of its own.
    pub id: ConversationId,
    /// Its kind.
    pub kind: ConversationKind,
    /// For texts: the number of the business that they go from and come to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_number: Option<PhoneNumber>,
    /// Everybody but the reader, sorted.
    pub peers: Vec<Peer>,
    /// A name that members gave the group; empty for none.
    #[serde(default)]
    pub title: String,
    /// Place of the newest entry; 0 when there is none.
    pub last_seq: Seq,
    /// The newest entry that the reader can see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_entry: Option<Entry>,
    /// When anything last happened here: what the column is sorted by.
    pub last_activity: UnixMs,
    /// The place of the last entry that the reader has read; 0 for none.
    pub read_seq: Seq,
    /// How many entries that count as unread stand after that one.
    pub unread: u32,
    /// Entries up to this place were deleted by the reader; 0 for none.
    #[serde(default)]
    pub cleared_seq: Seq,
    /// Whether the reader turned notifications off.
    pub muted: bool,
    /// When the reader last wrote here: decides which own number is offered first for these people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sent_at: Option<UnixMs>,
    /// In chats: how far each of the others has read.
    #[serde(default)]
    pub reads: Vec<PeerRead>,
    /// In texts: those who want none from the own number. Nothing can be sent to them until they ask for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opted_out: Vec<PhoneNumber>,
}

impl Conversation {
    /// The newest entry, if it is a message.
    #[must_use]
    pub fn last_message(&self) -> Option<&Message> {
        self.last_entry.as_ref().and_then(Entry::message)
    }

    /// Who is on the other side, if it is one alone. A group of two is still a group.
    #[must_use]
    pub fn only_peer(&self) -> Option<Peer> {
        match self.peers[..] {
            [peer] if !self.kind.is_group() => Some(peer),
            _ => None,
        }
    }

    /// Where a message into it goes.
    #[must_use]
    pub fn to_destination(&self) -> Destination {
        let group = (self.kind == ConversationKind::GroupChat).then_some(ToGroup { id: self.id, begin: None });
        Destination { from: self.own_number, peers: self.peers.clone(), group }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn user(bits: u128) -> UserId {
        UserId(Ulid::from_bits(bits))
    }

    #[test]
    fn the_number_of_people_makes_the_kind() {
        assert_eq!(ConversationKey::chat([user(1), user(2)]).kind(), ConversationKind::Chat);
        assert_eq!(ConversationKey::chat([user(1), user(2), user(3)]).kind(), ConversationKind::GroupChat);
    }

    #[test]
    fn a_group_has_the_id_of_who_began_it_whoever_is_in_it() {
        let (tenant, other) = (TenantId(Ulid::from_bits(1)), TenantId(Ulid::from_bits(2)));
        let id = group_id(tenant, user(1), Ulid::from_bits(9));
        let key = ConversationKey::group(id, [user(3), user(1), user(3)]);
        assert_eq!(
            (key.id(tenant), key.kind(), key.users()),
            (id, ConversationKind::GroupChat, Some(&[user(1), user(3)][..]))
        );
        for another in [
            group_id(other, user(1), Ulid::from_bits(9)),
            group_id(tenant, user(2), Ulid::from_bits(9)),
            group_id(tenant, user(1), Ulid::from_bits(8)),
            ConversationKey::chat([user(1), user(3)]).id(tenant),
        ] {
            assert_ne!(id, another);
        }
    }

    #[test]
    fn another_tenant_has_another_id() {
        let key = ConversationKey::chat([user(1), user(2)]);
        assert_ne!(key.id(TenantId(Ulid::from_bits(1))), key.id(TenantId(Ulid::from_bits(2))));
    }

    proptest! {
        #[test]
        fn order_and_repeats_do_not_matter(bits in prop::collection::vec(any::<u128>(), 1..8), turn in 0usize..8) {
            let tenant = TenantId(Ulid::from_bits(7));
            let mut other = bits.clone();
            other.rotate_left(turn % bits.len());
            other.push(bits[0]);
            let key = ConversationKey::chat(bits.into_iter().map(user));
            let turned = ConversationKey::chat(other.into_iter().map(user));
            prop_assert_eq!(key.id(tenant), turned.id(tenant));
        }
    }
}
