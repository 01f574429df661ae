//! "New Conversation": finding the people, as bubbles, until "Done".
//!
//! Always holds: nobody is among the bubbles twice; what was typed and could not be taken stays in the field.

use halyard_protocol::event::Favourite;
use halyard_protocol::{
    CallingCode, ConversationKey, Destination, NumberLabel, Peer, PhoneNumber, RecipientsError, SmsNumber,
};
use serde::{Deserialize, Serialize};

use crate::effect::{Effect, FocusTarget};
use crate::softphone::Softphone;
use crate::sorted::{SortedMap, sorted};
use crate::update::{Changed, Update};
use crate::windows::CardKey;

/// How many suggestions are offered.
const SUGGESTIONS: usize = 8;

/// A conversation that has no people yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NewConversation {
    pub(crate) peers: Vec<Peer>,
    pub(crate) query: String,
    #[serde(skip)]
    pub(crate) error: Option<String>,
    /// The own number that was chosen; the one last used with these people otherwise.
    pub(crate) from: Option<PhoneNumber>,
}

/// All that are open.
pub(crate) type NewConversations = SortedMap<CardKey, NewConversation>;

/// Somebody whom "Add Contact" offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Them.
    pub peer: Peer,
    /// Their name, or the number as typed.
    pub name: String,
    /// Extension, or number and its kind.
    pub detail: String,
}

impl Softphone {
    pub(crate) fn new_conversation(&mut self, out: &mut Update) {
        // One that was closed in the middle goes on; one that is open and has nobody yet is as good as a new one.
        let closed = |(card, _): &&(CardKey, NewConversation)| !self.windows.is_open(*card);
        let empty = |(_, new): &&(CardKey, NewConversation)| new.peers.is_empty();
        let mut all = self.new.entries().iter();
        let begun = all.clone().find(closed).or_else(|| all.find(empty)).map(|(card, _)| *card);
        let card = begun.unwrap_or_else(|| {
            self.last_new += 1;
            CardKey::New(self.last_new)
        });
        self.new.get_or_insert(card, NewConversation::default());
        self.open_card(card, out);
        out.effect(Effect::Focus(FocusTarget::Recipients(card)));
    }

    pub(crate) fn recipient_query(&mut self, card: CardKey, query: String, out: &mut Update) {
        // A list that was pasted is taken apart at once; the last piece stays in the field.
        match query.rsplit_once(SEPARATORS) {
            Some((list, rest)) if is_list(&query) => self.add_list(card, list, rest, out),
            _ => self.set_query(card, query, out),
        }
    }

    /// Takes all of a list that can be taken; the rest of it stays in the field.
    fn add_list(&mut self, card: CardKey, list: &str, rest: &str, out: &mut Update) {
        let mut refused: Vec<&str> = Vec::new();
        let mut why = None;
        for piece in list.split(SEPARATORS).map(str::trim).filter(|piece| !piece.is_empty()) {
            self.set_query(card, piece.to_owned(), out);
            self.add_one(card, out);
            if let Some(error) = self.new.get(&card).and_then(|new| new.error.clone()) {
                refused.push(piece);
                why = why.or(Some(error));
            }
        }
        refused.extend(Some(rest).filter(|rest| !rest.trim().is_empty()));
        self.set_query(card, refused.join(", "), out);
        if let Some(why) = why {
            self.refuse(card, why, out);
        }
    }

    pub(crate) fn set_query(&mut self, card: CardKey, query: String, out: &mut Update) {
        if let Some(new) = self.new.get_mut(&card) {
            new.query = query;
            new.error = None;
            out.changed(Changed::Recipients(card));
        }
    }

    /// Takes what is typed: an extension, a number, or the first suggestion for a name.
    pub(crate) fn add_typed(&mut self, card: CardKey, out: &mut Update) {
        let Some(new) = self.new.get(&card) else { return };
        let typed = new.query.clone();
        if is_list(&typed) {
            self.add_list(card, &typed, "", out);
        } else {
            self.add_one(card, out);
        }
    }

    fn add_one(&mut self, card: CardKey, out: &mut Update) {
        let Some(new) = self.new.get(&card) else { return };
        let typed = new.query.trim().to_owned();
        if typed.is_empty() {
            return;
        }
        match self.typed_peer(&typed) {
            Ok(peer) => self.add_recipient(card, peer, out),
            Err(message) => self.refuse(card, message, out),
        }
    }

    fn typed_peer(&self, typed: &str) -> Result<Peer, String> {
        if let Some(user) = self.book.extension(typed) {
            return Ok(Peer::User(user.id));
        }
        let number = PhoneNumber::from_typed(typed, self.home());
        if let Ok(number) = number {
            return Ok(Peer::Number(number));
        }
        if let Some(found) = self.suggestions(typed, &[]).into_iter().next() {
            return Ok(found.peer);
        }
        match number {
            Err(error) if typed.bytes().any(|byte| byte.is_ascii_digit()) => Err(error.to_string()),
            _ => {
                Err(["Nobody here is called \u{201c}", typed, "\u{201d}. Type a name, an extension or a number."]
                    .concat())
            }
        }
    }

    pub(crate) fn add_recipient(&mut self, card: CardKey, peer: Peer, out: &mut Update) {
        let Some(new) = self.new.get(&card) else { return };
        let mut peers = new.peers.clone();
        if !peers.contains(&peer) {
            peers.push(peer);
        }
        match self.check_people(&peers, new.from) {
            // One can add the rest first and see to the own number later: these errors show at the composer.
            Ok(_) | Err(RecipientsError::NoSmsNumber | RecipientsError::CannotText) => {}
            Err(error) => return self.refuse(card, error.to_string(), out),
        }
        if let Some(new) = self.new.get_mut(&card) {
            new.peers = peers;
            new.query.clear();
            new.error = None;
        }
        let name = self.book.name(peer, self.home());
        out.effect(Effect::Announce([&name, " added"].concat()));
        self.recipients_changed(card, out);
        out.effect(Effect::Focus(FocusTarget::Recipients(card)));
    }

    pub(crate) fn remove_recipient(&mut self, card: CardKey, peer: Peer, out: &mut Update) {
        let Some(new) = self.new.get_mut(&card) else { return };
        new.peers.retain(|known| *known != peer);
        new.error = None;
        let name = self.book.name(peer, self.home());
        out.effect(Effect::Announce([&name, " removed"].concat()));
        self.recipients_changed(card, out);
        out.effect(Effect::Focus(FocusTarget::Recipients(card)));
    }

    fn recipients_changed(&self, card: CardKey, out: &mut Update) {
        out.changed(Changed::Recipients(card));
        out.changed(Changed::Header(card));
        out.changed(Changed::Composer(card));
    }

    pub(crate) fn refuse(&mut self, card: CardKey, message: String, out: &mut Update) {
        if let Some(new) = self.new.get_mut(&card) {
            out.effect(Effect::Announce(message.clone()));
            new.error = Some(message);
        }
        out.changed(Changed::Recipients(card));
    }

    /// "Done": the card becomes the conversation's. Says which, unless something stands in the way.
    pub(crate) fn finish_recipients(&mut self, card: CardKey, out: &mut Update) -> Option<CardKey> {
        // What is still in the field was meant; if there is nothing, what was wrong may be so no longer.
        if let Some(new) = self.new.get_mut(&card).filter(|new| new.query.trim().is_empty()) {
            new.error = None;
        }
        self.add_typed(card, out);
        let new = self.new.get(&card)?;
        if new.error.is_some() {
            return None;
        }
        let from = new.from;
        match self.check_people(&new.peers.clone(), from) {
            Ok((to, _)) => {
                let id = self.open_thread(&to)?;
                let becomes = CardKey::Conversation(id);
                self.new.remove(&card);
                self.carry_draft(card, becomes, out);
                self.retarget_card(card, becomes, out);
                Some(becomes)
            }
            Err(error) => {
                self.refuse(card, error.to_string(), out);
                None
            }
        }
    }

    /// Where a message to these people goes, and the conversation's key; or which rule they break.
    pub(crate) fn check_people(
        &self,
        peers: &[Peer],
        from: Option<PhoneNumber>,
    ) -> Result<(Destination, ConversationKey), RecipientsError> {
        let me = self.session.me().ok_or(RecipientsError::Nobody)?;
        let is_text = peers.iter().any(|peer| matches!(peer, Peer::Number(_)));
        let own = if is_text { self.own_number(peers, from) } else { None };
        let to = Destination { from: own.map(|own| own.number), peers: peers.to_vec() };
        let key = to.key(me.user.id, own)?;
        Ok((to, key))
    }

    /// The own number for these people: the one chosen, else the one last used with them, else the first that can.
    pub(crate) fn own_number(&self, peers: &[Peer], from: Option<PhoneNumber>) -> Option<&SmsNumber> {
        let numbers = &self.session.me()?.numbers;
        let wanted = from.or_else(|| self.conversations.last_used(&sorted(peers)));
        numbers.iter().find(|own| Some(own.number) == wanted).or_else(|| {
            let group = peers.len() > 1;
            let fits = |own: &&SmsNumber| {
                let can = own.capabilities;
                can.sms && (!group || usize::from(can.group_recipients) >= peers.len())
            };
            numbers.iter().find(fits).or(numbers.first())
        })
    }

    /// Whom "Add Contact" offers for what is typed.
    pub(crate) fn suggestions(&self, typed: &str, without: &[Peer]) -> Vec<Suggestion> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Vec::new();
        }
        let home = self.home();
        let mine = self.session.me().map(|me| me.user.id);
        let mut all = Vec::new();
        if let Ok(number) = PhoneNumber::from_typed(typed, home)
            && self.book.owner(number).is_none()
        {
            all.push(Suggestion {
                peer: Peer::Number(number),
                name: number.display(home),
                detail: "Send to this number".to_owned(),
            });
        }
        for entry in self.book.search(typed, SUGGESTIONS * 2, |_| true) {
            match entry {
                Favourite::User(id) if Some(id) != mine => {
                    if let Some(user) = self.book.user(id) {
                        let detail = ["Extension ", &user.extension].concat();
                        all.push(Suggestion { peer: Peer::User(id), name: user.name.clone(), detail });
                    }
                }
                Favourite::User(_) | Favourite::Unknown => {}
                Favourite::Contact(id) => {
                    let Some(contact) = self.book.contact(id) else { continue };
                    for entry in contact.numbers.iter().filter(|entry| entry.label != NumberLabel::Fax) {
                        all.push(Suggestion {
                            peer: Peer::Number(entry.number),
                            name: contact.display_name(),
                            detail: number_detail(entry.number, entry.label, home),
                        });
                    }
                }
            }
        }
        all.retain(|suggestion| !without.contains(&suggestion.peer));
        all.truncate(SUGGESTIONS);
        all
    }
}

/// What stands between the people of a list.
const SEPARATORS: [char; 3] = [',', ';', '\n'];

/// Whether this is a list of numbers or extensions, rather than a name with a comma.
fn is_list(typed: &str) -> bool {
    typed.contains(SEPARATORS) && typed.chars().filter(char::is_ascii_digit).count() > 2
}

/// A number and its kind: "(619) 555‑0142 · mobile".
pub(crate) fn number_detail(number: PhoneNumber, label: NumberLabel, home: CallingCode) -> String {
    [&number.display(home), " \u{b7} ", label_word(label)].concat()
}

pub(crate) fn label_word(label: NumberLabel) -> &'static str {
    match label {
        NumberLabel::Work => "work",
        NumberLabel::Mobile => "mobile",
        NumberLabel::Home => "home",
        NumberLabel::Fax => "fax",
        NumberLabel::Other => "other",
    }
}
