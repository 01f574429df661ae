//! The people of a new conversation: bubbles, what is typed, whom it offers.

use halyard_protocol::{Peer, PhoneNumber, UserId};
use halyard_words::{self as words, Text};

use crate::recipients::{NewConversation, Suggestion};
use crate::softphone::Softphone;
use crate::windows::CardKey;

/// "Add Contact" and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientsView {
    /// Who is in.
    pub bubbles: Vec<BubbleView>,
    /// What is typed.
    pub query: String,
    /// Whom it offers.
    pub suggestions: Vec<Suggestion>,
    /// Whether what is typed is a number: "Add number to group" takes it.
    pub is_number: bool,
    /// What is wrong.
    pub error: Option<Text>,
    /// Whether "Done" can do something.
    pub can_finish: bool,
    /// The name of the group chat that they will be; `None` where they will be none.
    pub group_title: Option<String>,
    /// Where they are several numbers: whether each gets the text alone, and what that means, or the group.
    pub choice: Option<(bool, Text)>,
}

/// Somebody who is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BubbleView {
    /// Them.
    pub peer: Peer,
    /// Their name, or the number.
    pub name: Text,
    /// The number or the extension, where the name does not say it.
    pub detail: String,
}

impl Softphone {
    /// The people of a new conversation.
    #[must_use]
    pub fn recipients_view(&self, card: CardKey) -> Option<RecipientsView> {
        let new = self.recipients.get(card)?;
        let home = self.home();
        Some(RecipientsView {
            bubbles: self.bubbles(&new.peers),
            // What is wrong is said under the field, where the list would cover it.
            suggestions: if new.error.is_some() { Vec::new() } else { self.people().offered(new) },
            is_number: PhoneNumber::from_typed_recipient(&new.query, home).is_ok(),
            choice: new.is_several_numbers().then(|| (new.alone, self.choice_hint(new))),
            group_title: new.is_group_chat().then(|| new.title.clone()),
            can_finish: !new.peers.is_empty() || !new.query.trim().is_empty(),
            query: new.query.clone(),
            error: new.error.clone(),
        })
    }

    fn choice_hint(&self, new: &NewConversation) -> Text {
        if new.alone {
            return words::EACH_ALONE_HINT.into();
        }
        match (self.people().check(&new.peers, new.from), self.people().own_number(&new.peers, new.from)) {
            (Ok(_), Some(own)) => words::one_group_hint(own.capabilities.group_recipients),
            (Ok(_) | Err(_), _) => words::NOT_ONE_GROUP_HINT.into(),
        }
    }

    /// Each of these people.
    #[must_use]
    pub fn bubbles(&self, peers: &[Peer]) -> Vec<BubbleView> {
        let home = self.home();
        let bubble = |peer: &Peer| {
            let name = self.contacts.book.name(*peer, home);
            let detail = match peer {
                Peer::User(user) => {
                    self.contacts.book.user(*user).map(|user| user.extension.clone()).unwrap_or_default()
                }
                Peer::Number(number) => number.display(home),
                Peer::Sender(_) | Peer::Unknown => String::new(),
            };
            let detail = if name.as_written() == detail { String::new() } else { detail };
            BubbleView { peer: *peer, detail, name }
        };
        peers.iter().map(bubble).collect()
    }

    /// Which colleague is to be added to a group of these people, for what is typed and Enter.
    ///
    /// # Errors
    /// It means nobody, several, or somebody who can't be in a group chat: why, in words. Nothing to say where nothing is typed.
    pub fn who_joins(&self, group: &[Peer], typed: &str) -> Result<UserId, Option<Text>> {
        let typed = typed.trim();
        if typed.is_empty() { Err(None) } else { self.people().colleague_typed(typed, group).map_err(Some) }
    }

    /// Which colleagues can be added to a group of these people, for what is typed.
    #[must_use]
    pub fn who_can_join(&self, group: &[Peer], typed: &str) -> Vec<Suggestion> {
        self.people().colleagues(typed, group)
    }
}
