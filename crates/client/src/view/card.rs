//! Cards: how they lie, and what their headers say.

use halyard_protocol::{Conversation, ConversationId, ConversationKind, Peer};
use halyard_words::{self as words, Text, Word};

use super::AvatarView;
use super::column::short_name;
use crate::recipients::number_label;
use crate::softphone::Softphone;
use crate::windows::{CardKey, Rect, SnapZone};

/// An open card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardView {
    /// Its key.
    pub key: CardKey,
    /// Where it lies on the desk.
    pub bounds: Rect,
    /// Higher lies above lower.
    pub stacking: u32,
    /// Whether it waits in the dock.
    pub minimised: bool,
    /// Whether it fills the desk.
    pub fullscreen: bool,
    /// Whether it is the one in front.
    pub front: bool,
    /// Whether it stays on this device.
    pub pinned: bool,
    /// The half or quarter of the desk that it is snapped to.
    pub snapped: Option<SnapZone>,
    /// Whether a pointer moves or resizes it now.
    pub held: bool,
}

/// A card's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderView {
    /// Name.
    pub title: Text,
    /// Number and its kind, extension and status, or the people of a group.
    pub subtitle: Text,
    /// What tells it from other open cards of this name; `None` where there are none.
    pub apart: Option<Text>,
    /// Avatar.
    pub avatar: AvatarView,
    /// The conversation; `None` for a new one.
    pub conversation: Option<ConversationId>,
    /// Its kind.
    pub kind: Option<ConversationKind>,
    /// Whether notifications are off.
    pub muted: bool,
    /// Unread messages.
    pub unread: u32,
    /// "View Contact", "Add to Contacts", or nothing for a group.
    pub contact_action: Option<Word>,
    /// The group's own name, empty for none; `None` where there can't be one.
    pub group_title: Option<String>,
    /// Those who are in a group chat beside the user; `None` for anything else, and for a group that is not on the server yet.
    pub people: Option<Vec<Peer>>,
}

impl Softphone {
    /// The open cards in the order of Tab.
    #[must_use]
    pub fn cards_view(&self) -> Vec<CardView> {
        let (front, held) = (self.desk.windows.focused(), self.desk.windows.dragged());
        self.desk
            .windows
            .cards()
            .map(|card| CardView {
                key: card.key(),
                bounds: card.bounds(),
                stacking: card.stacking(),
                minimised: card.is_minimised(),
                fullscreen: card.is_fullscreen(),
                front: front == Some(card.key()),
                pinned: card.is_pinned(),
                snapped: card.snapped(),
                held: held == Some(card.key()),
            })
            .collect()
    }

    /// Where the card that is dragged would snap to, if it were let go now.
    #[must_use]
    pub fn snap_view(&self) -> Option<Rect> {
        self.desk.windows.snap_preview().map(|(_, bounds)| bounds)
    }

    /// A card's header.
    #[must_use]
    pub fn header_view(&self, card: CardKey) -> Option<HeaderView> {
        let CardKey::Conversation(id) = card else {
            return self.recipients.get(card).map(|_| HeaderView { apart: self.new_card_number(card), ..new_header() });
        };
        let thread = self.conversations.get(id)?;
        let conversation = &thread.conversation;
        let can_change = conversation.kind == ConversationKind::GroupChat && thread.begin.is_none();
        let title = self.conversation_name(conversation);
        let contact_action = conversation.only_peer().and_then(|peer| match peer {
            Peer::Number(number) if self.contacts.book.owner(number).is_none() => Some(words::ADD_TO_CONTACTS),
            Peer::Number(_) | Peer::User(_) => Some(words::VIEW_CONTACT),
            // They are in no book.
            Peer::Sender(_) | Peer::Unknown => None,
        });
        let subtitle = {
            let subtitle = self.subtitle(conversation);
            match self.own_of(conversation) {
                Some(own) => Text::joined(vec![subtitle, own], " \u{b7} "),
                None => subtitle,
            }
        };
        Some(HeaderView {
            apart: self.desk.has_twin(card).then(|| subtitle.clone()),
            subtitle,
            avatar: self.avatar(conversation, title.as_written()),
            title,
            conversation: Some(id),
            kind: Some(conversation.kind),
            muted: conversation.muted,
            unread: conversation.unread,
            contact_action,
            group_title: conversation.kind.is_group().then(|| conversation.title.clone()),
            people: can_change.then(|| conversation.peers.clone()),
        })
    }

    /// A card's title; `None` for a new conversation's.
    pub(crate) fn title_of(&self, card: CardKey) -> Option<Text> {
        Some(self.conversation_name(&self.conversations.get(card.conversation()?)?.conversation))
    }

    /// Of several new conversations: which this is, in the order of opening.
    fn new_card_number(&self, card: CardKey) -> Option<Text> {
        let cards = self.desk.cards();
        let at = cards.iter().filter(|other| other.conversation().is_none()).position(|other| *other == card)?;
        self.desk.has_twin(card).then(|| Text::as_is((at + 1).to_string()))
    }

    fn subtitle(&self, conversation: &Conversation) -> Text {
        let home = self.home();
        let Conversation { kind, peers, title, .. } = conversation;
        match conversation.only_peer() {
            Some(Peer::User(user)) => self.contacts.book.user(user).map_or_else(Text::default, |user| {
                let words = if user.status_text.is_empty() { &user.department } else { &user.status_text };
                if words.is_empty() {
                    Text::as_is(&user.extension)
                } else {
                    words::extension_and_words(&user.extension, words)
                }
            }),
            Some(Peer::Number(number)) => {
                let label =
                    self.contacts.book.owner(number).and_then(|contact| {
                        contact.numbers.iter().find(|entry| entry.number == number).map(number_label)
                    });
                match label {
                    Some(label) => words::number_and_label(number.display(home), label),
                    // The number is the title already: the article shows no second line then.
                    None => words::SMS.into(),
                }
            }
            Some(Peer::Sender(_)) => words::SMS.into(),
            Some(Peer::Unknown) | None => {
                let word = if *kind == ConversationKind::GroupMms { words::GROUP_MMS } else { words::GROUP_CHAT };
                if title.is_empty() {
                    return words::people_and_kind(peers.len() + 1, word);
                }
                let names = peers.iter().map(|peer| short_name(self.contacts.book.name(*peer, home))).collect();
                words::names_and_kind(Text::joined(names, ", "), word)
            }
        }
    }

    /// Who is typing, in words.
    #[must_use]
    pub fn typing_words(&self, id: ConversationId) -> Option<Text> {
        let names: Vec<String> = self
            .typing
            .typing_in(id)
            .into_iter()
            .filter_map(|user| self.contacts.book.user(user))
            .map(|user| user.name.split_whitespace().next().unwrap_or(&user.name).to_owned())
            .collect();
        match names.as_slice() {
            [] => None,
            [one] => Some(words::one_is_typing(one)),
            [one, two] => Some(words::two_are_typing(one, two)),
            [one, rest @ ..] => Some(words::many_are_typing(rest.len(), one)),
        }
    }
}

fn new_header() -> HeaderView {
    HeaderView {
        title: words::NEW_CONVERSATION.into(),
        subtitle: words::NEW_CONVERSATION_HINT.into(),
        apart: None,
        avatar: AvatarView::group(""),
        conversation: None,
        kind: None,
        muted: false,
        unread: 0,
        contact_action: None,
        group_title: None,
        people: None,
    }
}
