//! Whom one can write to: what a typed text means, who is suggested, and from which own number it goes.
//!
//! Always holds: nobody is suggested who is chosen already; those who fit as well are in the order of the search.

use core::cmp::Reverse;

use halyard_protocol::conversation::group_id;
use halyard_protocol::event::Favourite;
use halyard_protocol::rest::Me;
use halyard_protocol::{
    BeginGroup, CallingCode, ContactNumber, ConversationKey, Destination, NumberLabel, Peer, PhoneNumber,
    PhoneNumberError, RecipientsError, SmsNumber, ToGroup, Ulid, UserId,
};
use halyard_words::{self as words, Text, Word};

use super::{NewConversation, can_wait};
use crate::contacts::Book;
use crate::contacts::search::fold;
use crate::context::home;
use crate::conversations::Conversations;
use crate::env::Env;
use crate::reasons;
use crate::sorted::{sort_few, sorted};

/// How many suggestions are offered.
const SUGGESTIONS: usize = 8;

/// Somebody whom "Add Contact" offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Them.
    pub peer: Peer,
    /// Their name, or the number as typed.
    pub name: String,
    /// Extension, or number and its kind.
    pub detail: Text,
    /// Why they can't be in this conversation, if so.
    pub why_not: Option<Text>,
}

/// Those whom one can write to, and from what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct People<'a> {
    pub(crate) book: &'a Book,
    pub(crate) conversations: &'a Conversations,
    pub(crate) me: Option<&'a Me>,
}

impl People<'_> {
    pub(super) fn home(&self) -> CallingCode {
        home(self.me)
    }

    /// Whom somebody means who typed this and pressed Enter; nobody who is chosen already.
    pub(super) fn typed(&self, typed: &str, without: &[Peer]) -> Result<Peer, Text> {
        if let Some(user) = self.book.extension(typed) {
            return Ok(Peer::User(user.id));
        }
        let number = PhoneNumber::from_typed(typed, self.home());
        match number {
            Ok(number) => return Ok(Peer::Number(number)),
            Err(PhoneNumberError::Emergency) => return Err(reasons::number(PhoneNumberError::Emergency)),
            Err(PhoneNumberError::Extension) => return self.named(typed),
            Err(_) => {}
        }
        let found = self.found(typed.trim(), without);
        let wanted = fold(typed);
        let named: Vec<&Suggestion> = found.iter().filter(|one| fold(&one.name) == wanted).collect();
        // An exact name wins. Who is only like it is taken if nobody else is.
        match if named.is_empty() { found.iter().collect() } else { named }.as_slice() {
            [] => {}
            [first, rest @ ..] if rest.iter().all(|one| one.name == first.name) => return Ok(first.peer),
            _ => return Err(words::several_match(typed)),
        }
        // Digits that somebody's number begins with are theirs.
        if let Some(code) = PhoneNumber::short_code_typed(typed) {
            return Ok(Peer::Number(code));
        }
        match number {
            Err(error) if typed.bytes().any(|byte| byte.is_ascii_digit()) => Err(reasons::number(error)),
            _ => Err(words::no_match(typed)),
        }
    }

    /// Whom a link names: a number or an extension. A name could be anybody's.
    pub(crate) fn named(&self, named: &str) -> Result<Peer, Text> {
        match self.book.extension(named) {
            Some(user) => Ok(Peer::User(user.id)),
            None => {
                let (number, _) = PhoneNumber::split_extension(named);
                PhoneNumber::from_typed_recipient(number, self.home()).map(Peer::Number).map_err(reasons::number)
            }
        }
    }

    /// Where a message to these people goes, and the conversation's key; or which rule they break.
    pub(crate) fn check(
        &self,
        peers: &[Peer],
        from: Option<PhoneNumber>,
    ) -> Result<(Destination, ConversationKey), RecipientsError> {
        let me = self.me.ok_or(RecipientsError::Nobody)?;
        let is_text = peers.iter().any(|peer| matches!(peer, Peer::Number(_)));
        let own = if is_text { self.own_number(peers, from) } else { None };
        let to = Destination::new(own.map(|own| own.number), peers.to_vec());
        let key = to.key(me.user.id, own)?;
        Ok((to, key))
    }

    /// The own number from which each of these people gets a text alone; or which rule that breaks.
    pub(crate) fn check_each(&self, peers: &[Peer], from: Option<PhoneNumber>) -> Result<PhoneNumber, RecipientsError> {
        let first = peers.get(..1).unwrap_or_default();
        let own = self.own_number(first, from).ok_or(RecipientsError::NoSmsNumber)?.number;
        peers.iter().try_for_each(|peer| self.check(&[*peer], Some(own)).map(drop))?;
        Ok(own)
    }

    /// Into the group chat of this name that there is with exactly these people, or one that begins with the first message: so the same
    /// people have as many groups as they have names for.
    pub(super) fn group(&self, to: Destination, title: &str, env: &Env) -> Destination {
        if let Some(known) = self.conversations.group_of(&to.peers, title) {
            return known.destination();
        }
        let group = self.me.map(|me| {
            let nonce = Ulid::from_bits(env.random(6));
            let id = group_id(me.tenant.id, me.user.id, nonce);
            ToGroup { id, begin: Some(BeginGroup { nonce, title: title.to_owned() }) }
        });
        Destination { group, ..to }
    }

    /// Which colleague somebody means who typed this and pressed Enter, to add them to a group.
    pub(crate) fn colleague_typed(&self, typed: &str, group: &[Peer]) -> Result<UserId, Text> {
        match self.typed(typed, group)? {
            Peer::User(user) => Ok(user),
            Peer::Number(_) | Peer::Sender(_) | Peer::Unknown => Err(reasons::rule(RecipientsError::Mixed)),
        }
    }

    /// Whom what is typed may mean among colleagues who are not in a group.
    pub(crate) fn colleagues(&self, typed: &str, group: &[Peer]) -> Vec<Suggestion> {
        let mut found = self.suggestions(typed, group);
        found.retain(|suggestion| matches!(suggestion.peer, Peer::User(_)));
        found
    }

    /// The own number for these people: the one chosen, else the one last used with them, else the first that can.
    pub(crate) fn own_number(&self, peers: &[Peer], from: Option<PhoneNumber>) -> Option<&SmsNumber> {
        let numbers = &self.me?.numbers;
        let wanted = from.or_else(|| self.conversations.last_used(&sorted(peers)));
        numbers.iter().find(|own| Some(own.number) == wanted).or_else(|| {
            let group = peers.len() > 1;
            let to_code = peers.iter().any(|peer| matches!(peer, Peer::Number(number) if number.is_short_code()));
            let fits = |own: &&SmsNumber| {
                let can = own.capabilities;
                can.sms && (!to_code || can.short_codes) && (!group || usize::from(can.group_recipients) >= peers.len())
            };
            numbers.iter().find(fits).or(numbers.first())
        })
    }

    /// Whom "Add Contact" offers for what is typed, to those who are in already; who can't join them is offered with the reason.
    pub(crate) fn offered(&self, new: &NewConversation) -> Vec<Suggestion> {
        let mut offered = self.suggestions(&new.query, &new.peers);
        for suggestion in &mut offered {
            let mut peers = new.peers.clone();
            peers.push(suggestion.peer);
            suggestion.why_not = match self.check(&peers, new.from) {
                Ok(_) => None,
                Err(error) if can_wait(error) => None,
                Err(error) => Some(reasons::rule(error)),
            };
        }
        offered
    }

    /// Whom what is typed may mean.
    fn suggestions(&self, typed: &str, without: &[Peer]) -> Vec<Suggestion> {
        let typed = typed.trim();
        if typed.is_empty() {
            return self.recent(without);
        }
        let mut found = self.found(typed, without);
        if let Some(code) = PhoneNumber::short_code_typed(typed) {
            found.truncate(SUGGESTIONS - 1);
            found.extend(self.new_number(code).filter(|code| !without.contains(&code.peer)));
        }
        found
    }

    /// A number that nobody in the book has, to be written to as it is.
    fn new_number(&self, number: PhoneNumber) -> Option<Suggestion> {
        let suggestion = || Suggestion {
            peer: Peer::Number(number),
            name: number.display(self.home()),
            detail: words::SEND_TO_THIS_NUMBER.into(),
            why_not: None,
        };
        self.book.owner(number).is_none().then(suggestion)
    }

    /// Whom what is typed may mean, by their names and numbers.
    fn found(&self, typed: &str, without: &[Peer]) -> Vec<Suggestion> {
        let home = self.home();
        let mine = self.me.map(|me| me.user.id);
        let mut all = Vec::new();
        if let Ok(number) = PhoneNumber::from_typed(typed, home) {
            all.extend(self.new_number(number));
        }
        for entry in self.book.search(typed, SUGGESTIONS * 2, |_| true) {
            match entry {
                Favourite::User(id) if Some(id) != mine => {
                    if let Some(user) = self.book.user(id) {
                        let detail = words::extension_number(&user.extension);
                        all.push(Suggestion { peer: Peer::User(id), name: user.name.clone(), detail, why_not: None });
                    }
                }
                Favourite::User(_) | Favourite::Unknown => {}
                Favourite::Contact(id) => {
                    let Some(contact) = self.book.contact(id) else { continue };
                    for entry in contact.numbers.iter().filter(|entry| entry.label != NumberLabel::Fax) {
                        all.push(Suggestion {
                            peer: Peer::Number(entry.number),
                            name: contact.display_name(),
                            detail: number_detail(entry, home),
                            why_not: None,
                        });
                    }
                }
            }
        }
        all.retain(|suggestion| !without.contains(&suggestion.peer));
        // Of those that fit, the nearest first; who is as near stays in the search's order.
        let wanted = fold(typed);
        let rank = |suggestion: &Suggestion| {
            (fold(&suggestion.name) != wanted, Reverse(self.conversations.nearness(suggestion.peer)))
        };
        let mut ranked: Vec<_> = all.into_iter().map(|suggestion| (rank(&suggestion), suggestion)).collect();
        sort_few(&mut ranked, |a, b| a.0 < b.0);
        ranked.into_iter().take(SUGGESTIONS).map(|(_, suggestion)| suggestion).collect()
    }

    /// Those whom the user wrote to last, for a field in which nothing is typed.
    fn recent(&self, without: &[Peer]) -> Vec<Suggestion> {
        let alone = |id| self.conversations.get(id)?.conversation.only_peer().filter(|peer| !without.contains(peer));
        let mut recent: Vec<Suggestion> = Vec::new();
        for peer in self.conversations.in_order().filter_map(alone) {
            if recent.len() == SUGGESTIONS {
                break;
            }
            if self.conversations.nearness(peer).is_some() && !recent.iter().any(|known| known.peer == peer) {
                recent.extend(self.suggestion(peer));
            }
        }
        recent
    }

    /// Somebody as a suggestion.
    fn suggestion(&self, peer: Peer) -> Option<Suggestion> {
        let name = self.book.name(peer, self.home()).as_written().to_owned();
        let detail = match peer {
            Peer::User(id) => words::extension_number(&self.book.user(id)?.extension),
            Peer::Number(number) => {
                let owner = self.book.owner(number);
                match owner.and_then(|owner| owner.numbers.iter().find(|entry| entry.number == number)) {
                    Some(entry) => number_detail(entry, self.home()),
                    None => words::SEND_TO_THIS_NUMBER.into(),
                }
            }
            Peer::Sender(_) | Peer::Unknown => return None,
        };
        Some(Suggestion { peer, name, detail, why_not: None })
    }
}

/// A number and its kind: "(619) 555‑0142 · mobile".
pub(crate) fn number_detail(entry: &ContactNumber, home: CallingCode) -> Text {
    words::number_and_label(entry.number.display(home), number_label(entry))
}

/// What a contact's number is for: the user's own word, or the label's.
pub(crate) fn number_label(entry: &ContactNumber) -> Text {
    if entry.name.is_empty() { label_word(entry.label).into() } else { Text::as_is(&entry.name) }
}

pub(crate) fn label_word(label: NumberLabel) -> Word {
    match label {
        NumberLabel::Work => words::WORK,
        NumberLabel::Mobile => words::MOBILE,
        NumberLabel::Home => words::HOME,
        NumberLabel::Fax => words::FAX,
        NumberLabel::Other => words::OTHER,
    }
}
