//! "New Conversation": finding the people, as bubbles, until "Done".
//!
//! Always holds: nobody is among the bubbles twice; what was typed and could not be taken stays in the field.

use halyard_protocol::{ConversationKind, Destination, Peer, PhoneNumber, RecipientsError, limits};
use halyard_words::{self as words, Text};
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::effect::FocusTarget;
use crate::env::Env;
use crate::fact::Fact;
use crate::outbox::ROUND_PEOPLE;
use crate::reasons;
use crate::sorted::SortedMap;
use crate::update::Changed;
use crate::windows::{CardKey, Windows};

mod people;

pub use people::Suggestion;
pub(crate) use people::{People, number_label};

/// What the user does with the people of a new conversation.
#[derive(strum::IntoStaticStr, Clone, Debug)]
pub enum RecipientsAction {
    /// Typed into "Add Contact".
    Query(String),
    /// Enter, a comma, or "Add number to group": take what is typed.
    AddTyped,
    /// One of the suggestions.
    Add(Peer),
    /// The cross of a bubble.
    Remove(Peer),
    /// The name of the group that they will be.
    Title(String),
    /// Whether each of several numbers gets the text alone, rather than all in one group.
    Alone(bool),
    /// "Done".
    Finish,
}

/// A conversation that has no people yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NewConversation {
    pub(crate) peers: Vec<Peer>,
    pub(crate) query: String,
    #[serde(skip)]
    pub(crate) error: Option<Text>,
    /// The own number that was chosen; the one last used with these people otherwise.
    pub(crate) from: Option<PhoneNumber>,
    /// The name of the group that they will be; empty for none.
    #[serde(default)]
    pub(crate) title: String,
    /// Whether several numbers get the text each alone.
    #[serde(default)]
    pub(crate) alone: bool,
}

impl NewConversation {
    /// Whether these people will be a group chat.
    pub(crate) fn is_group_chat(&self) -> bool {
        self.peers.len() > 1 && self.peers.iter().all(|peer| matches!(peer, Peer::User(_)))
    }

    /// Whether these people are several numbers: one group, or each alone.
    pub(crate) fn is_several_numbers(&self) -> bool {
        self.peers.len() > 1 && self.peers.iter().all(|peer| matches!(peer, Peer::Number(_)))
    }

    /// Whether each of them gets the text alone.
    pub(crate) fn is_each_alone(&self) -> bool {
        self.alone && self.is_several_numbers()
    }
}

/// All new conversations that are open, or were closed with something typed. Their keys are drawn by chance: the device
/// keeps what is typed under them, and two tabs may begin one each.
#[derive(Debug, Default)]
pub(crate) struct Recipients {
    all: SortedMap<CardKey, NewConversation>,
}

impl Recipients {
    pub(crate) fn get(&self, card: CardKey) -> Option<&NewConversation> {
        self.all.get(&card)
    }

    pub(crate) fn cards(&self) -> impl Iterator<Item = CardKey> {
        self.all.keys()
    }

    pub(crate) fn entries(&self) -> &[(CardKey, NewConversation)] {
        self.all.entries()
    }

    pub(crate) fn remove(&mut self, card: CardKey) {
        self.all.remove(&card);
    }

    /// The card of "New Conversation": one that was closed in the middle goes on; one that is open and has nobody yet is
    /// as good as a new one.
    pub(crate) fn begin(&mut self, windows: &Windows, env: &Env) -> CardKey {
        let closed = |(card, _): &&(CardKey, NewConversation)| !windows.is_open(*card);
        let empty = |(_, new): &&(CardKey, NewConversation)| new.peers.is_empty();
        let mut all = self.all.entries().iter();
        let begun = all.clone().find(closed).or_else(|| all.find(empty)).map(|(card, _)| *card);
        begun.unwrap_or_else(|| self.fresh(env))
    }

    /// A new conversation in which nothing was typed; `untouched` says of a card whether its text box is empty.
    pub(crate) fn begin_fresh(&mut self, env: &Env, untouched: impl Fn(CardKey) -> bool) -> CardKey {
        let nobody = |(card, new): &&(CardKey, NewConversation)| {
            new.peers.is_empty() && new.query.is_empty() && untouched(*card)
        };
        let begun = self.all.entries().iter().find(nobody).map(|(card, _)| *card);
        begun.unwrap_or_else(|| self.fresh(env))
    }

    fn fresh(&mut self, env: &Env) -> CardKey {
        let card = CardKey::New(env.random(3) as u32);
        self.all.insert(card, NewConversation::default());
        card
    }

    /// Something was typed or put into this card. If it is a new conversation's, its people are gone, its draft is not:
    /// "New Conversation" brings it back.
    pub(crate) fn expect(&mut self, card: CardKey) {
        if let CardKey::New(_) = card {
            self.all.get_or_insert(card, NewConversation::default());
        }
    }

    /// New conversations as the device has stored them join those that are open.
    pub(crate) fn take_stored(&mut self, stored: &[(u32, NewConversation)]) {
        for (n, new) in stored {
            let begun = self.all.get_or_insert(CardKey::New(*n), new.clone());
            if begun.peers.is_empty() && begun.query.is_empty() {
                begun.clone_from(new);
            }
        }
    }

    /// The own number to send from was chosen.
    pub(crate) fn set_from(&mut self, card: CardKey, number: PhoneNumber, cx: &mut Context<'_, '_>) {
        if let Some(new) = self.all.get_mut(&card) {
            new.from = Some(number);
            changed(card, cx);
        }
    }

    pub(crate) fn act(
        &mut self,
        card: CardKey,
        action: RecipientsAction,
        people: People<'_>,
        cx: &mut Context<'_, '_>,
    ) {
        match action {
            RecipientsAction::Query(query) => self.type_in(card, query, people, cx),
            RecipientsAction::AddTyped => self.add_typed(card, people, cx),
            RecipientsAction::Add(peer) => self.add(card, peer, people, cx),
            RecipientsAction::Remove(peer) => self.take_out(card, peer, people, cx),
            RecipientsAction::Title(title) => {
                if let Some(new) = self.all.get_mut(&card) {
                    new.title = title;
                    new.error = None;
                }
                cx.changed(Changed::Recipients(card));
            }
            RecipientsAction::Alone(alone) => {
                if let Some(new) = self.all.get_mut(&card) {
                    new.alone = alone;
                    new.error = None;
                }
                changed(card, cx);
            }
            RecipientsAction::Finish => cx.fact(Fact::RecipientsFinished(card)),
        }
    }

    fn type_in(&mut self, card: CardKey, query: String, people: People<'_>, cx: &mut Context<'_, '_>) {
        // A list that was pasted is taken apart at once; the last piece stays in the field.
        match query.rsplit_once(SEPARATORS) {
            Some((list, rest)) if is_list(&query) => self.add_list(card, list, rest, people, cx),
            Some(_) | None => self.set_query(card, query, cx),
        }
    }

    /// Takes all of a list that can be taken; the rest of it stays in the field.
    fn add_list(&mut self, card: CardKey, list: &str, rest: &str, people: People<'_>, cx: &mut Context<'_, '_>) {
        let mut refused: Vec<&str> = Vec::new();
        let mut why = None;
        for piece in list.split(SEPARATORS).map(str::trim).filter(|piece| !piece.is_empty()) {
            self.set_query(card, piece.to_owned(), cx);
            self.add_one(card, people, cx);
            if let Some(error) = self.get(card).and_then(|new| new.error.clone()) {
                refused.push(piece);
                why = why.or(Some(error));
            }
        }
        refused.extend(Some(rest).filter(|rest| !rest.trim().is_empty()));
        self.set_query(card, refused.join(", "), cx);
        if let Some(why) = why {
            self.refuse(card, why, cx);
        }
    }

    pub(crate) fn set_query(&mut self, card: CardKey, query: String, cx: &mut Context<'_, '_>) {
        if let Some(new) = self.all.get_mut(&card) {
            new.query = query;
            new.error = None;
            cx.changed(Changed::Recipients(card));
        }
    }

    /// Takes what is typed: an extension, a number, or the first suggestion for a name.
    pub(crate) fn add_typed(&mut self, card: CardKey, people: People<'_>, cx: &mut Context<'_, '_>) {
        let Some(new) = self.get(card) else { return };
        let typed = new.query.clone();
        if is_list(&typed) {
            self.add_list(card, &typed, "", people, cx);
        } else {
            self.add_one(card, people, cx);
        }
    }

    fn add_one(&mut self, card: CardKey, people: People<'_>, cx: &mut Context<'_, '_>) {
        let Some(new) = self.get(card) else { return };
        let typed = new.query.trim().to_owned();
        if typed.is_empty() {
            return;
        }
        match people.typed(&typed, &new.peers) {
            Ok(peer) => {
                if let (Peer::Number(number), (_, Some(extension))) = (peer, PhoneNumber::split_extension(&typed)) {
                    cx.inform(words::extension_kept_out(number.display(people.home()), extension));
                }
                self.add(card, peer, people, cx);
            }
            Err(message) => self.refuse(card, message, cx),
        }
    }

    pub(crate) fn add(&mut self, card: CardKey, peer: Peer, people: People<'_>, cx: &mut Context<'_, '_>) {
        let Some(new) = self.get(card) else { return };
        let mut peers = new.peers.clone();
        if !peers.contains(&peer) {
            peers.push(peer);
        }
        match people.check(&peers, new.from) {
            Ok(_) => {}
            Err(error) if can_wait(error) => {}
            Err(error) => return self.refuse(card, reasons::rule(error), cx),
        }
        if peers.len() > ROUND_PEOPLE {
            return self.refuse(card, words::too_many_alone(ROUND_PEOPLE), cx);
        }
        if let Some(new) = self.all.get_mut(&card) {
            new.peers = peers;
            new.query.clear();
            new.error = None;
        }
        cx.announce(words::person_added(people.book.name(peer, people.home())));
        changed(card, cx);
        cx.focus(FocusTarget::Recipients(card));
    }

    /// These people did not get a text that was to go to each alone.
    pub(crate) fn put_each(
        &mut self,
        card: CardKey,
        peers: Vec<Peer>,
        from: Option<PhoneNumber>,
        cx: &mut Context<'_, '_>,
    ) {
        self.all.insert(card, NewConversation { peers, from, alone: true, ..NewConversation::default() });
        changed(card, cx);
    }

    fn take_out(&mut self, card: CardKey, peer: Peer, people: People<'_>, cx: &mut Context<'_, '_>) {
        let Some(new) = self.all.get_mut(&card) else { return };
        new.peers.retain(|known| *known != peer);
        new.error = None;
        cx.announce(words::person_removed(people.book.name(peer, people.home())));
        changed(card, cx);
        cx.focus(FocusTarget::Recipients(card));
    }

    pub(crate) fn refuse(&mut self, card: CardKey, message: Text, cx: &mut Context<'_, '_>) {
        if let Some(new) = self.all.get_mut(&card) {
            cx.announce(message.clone());
            new.error = Some(message);
        }
        cx.changed(Changed::Recipients(card));
    }

    /// "Done": where messages to these people go, unless something stands in the way.
    pub(crate) fn finish(
        &mut self,
        card: CardKey,
        people: People<'_>,
        cx: &mut Context<'_, '_>,
    ) -> Option<Destination> {
        // What is still in the field was meant; if there is nothing, what was wrong may be so no longer.
        if let Some(new) = self.all.get_mut(&card).filter(|new| new.query.trim().is_empty()) {
            new.error = None;
        }
        self.add_typed(card, people, cx);
        let new = self.get(card)?;
        if new.error.is_some() {
            return None;
        }
        let title = if new.is_group_chat() { new.title.trim() } else { "" };
        if title.chars().count() > limits::NAME_LENGTH {
            self.refuse(card, words::group_name_too_long(limits::NAME_LENGTH), cx);
            return None;
        }
        match people.check(&new.peers, new.from) {
            Ok((to, key)) if key.kind() == ConversationKind::GroupChat => Some(people.group(to, title, cx.env)),
            Ok((to, _)) => Some(to),
            Err(error) => {
                self.refuse(card, reasons::rule(error), cx);
                None
            }
        }
    }
}

/// Whether one can add the rest first and see later to the own number, and to whether it is one group: these errors show at the composer.
pub(crate) fn can_wait(error: RecipientsError) -> bool {
    match error {
        RecipientsError::NoSmsNumber
        | RecipientsError::CannotText
        | RecipientsError::CannotGroup
        | RecipientsError::NoShortCodes
        | RecipientsError::ShortCodeInGroup
        | RecipientsError::TooManyNumbers(_) => true,
        RecipientsError::Nobody
        | RecipientsError::Mixed
        | RecipientsError::Unknown
        | RecipientsError::Yourself
        | RecipientsError::OwnNumber
        | RecipientsError::TakesNoAnswer
        | RecipientsError::Emergency
        | RecipientsError::TooManyUsers(_) => false,
    }
}

fn changed(card: CardKey, cx: &mut Context<'_, '_>) {
    cx.changed(Changed::Recipients(card));
    cx.changed(Changed::Header(card));
    cx.changed(Changed::Composer(card));
}

/// What stands between the people of a list.
const SEPARATORS: [char; 4] = [',', ';', '\n', '\t'];

/// Whether this is a list: of lines or columns, or of numbers or extensions rather than a name with a comma.
fn is_list(typed: &str) -> bool {
    typed.contains(['\n', '\t']) || typed.contains(SEPARATORS) && typed.chars().filter(char::is_ascii_digit).count() > 2
}

#[cfg(test)]
mod tests;
