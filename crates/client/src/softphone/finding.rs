//! Finding conversations and people by what is typed, for the column and for the palette.

use halyard_protocol::{ConversationId, Peer, PhoneNumber};
use halyard_words::{self as words, Word};

use super::Softphone;
use crate::commands::{Command, OFFERED, Target};
use crate::contacts::search::{Matcher, fold};
use crate::conversations::Thread;
use crate::sorted::sort_few;
use crate::windows::CardKey;

/// How many conversations, and how many people, the palette offers at most.
const SOME: usize = 6;

impl Softphone {
    /// Whether a conversation's names or numbers match what is looked for.
    pub(crate) fn matches(&self, thread: &Thread, wanted: &Matcher) -> bool {
        let conversation = &thread.conversation;
        let mut text = conversation.title.clone();
        let mut numbers = Vec::new();
        for peer in &conversation.peers {
            text.push(' ');
            text.push_str(self.peer_name(*peer).as_written());
            match peer {
                Peer::Number(number) => numbers.push(*number),
                Peer::User(user) => {
                    if let Some(user) = self.contacts.book.user(*user) {
                        text.push(' ');
                        text.push_str(&user.extension);
                    }
                }
                Peer::Sender(_) | Peer::Unknown => {}
            }
        }
        wanted.finds(&text, &numbers)
    }

    /// What the palette offers for what is typed, best first, and which of it is marked at first.
    pub(super) fn offered(&self, query: &str) -> (Vec<Target>, usize) {
        let query = fold(query.trim());
        let mut targets = self.cards_for(&query);
        // An action that is called so comes before people, also by another word of three letters and more.
        let named = |command: &Command| {
            let synonyms = command.synonyms().map_or("", |words| self.in_words(words));
            let known = [fold(self.in_words(command.label())), fold(synonyms)];
            known[0].starts_with(&query) || (query.len() > 2 && begins(&known[1], &query))
        };
        let begins_with = |command: &Command| !query.is_empty() && named(command);
        let (first, rest): (Vec<_>, Vec<_>) = self.commands_for(&query).partition(begins_with);
        targets.extend(first.into_iter().map(Target::Command));
        if !query.is_empty() {
            self.add_conversations(&query, &mut targets);
            self.add_people(&query, &mut targets);
        }
        targets.extend(rest.into_iter().map(Target::Command));
        // Who opens it wants to get away from the card in front.
        let front = self.desk.front_card().map(Target::Card);
        let elsewhere = |target: &Target| front != Some(*target);
        let marked = if query.is_empty() { targets.iter().position(elsewhere).unwrap_or(0) } else { 0 };
        (targets, marked)
    }

    /// The open cards, the one that was in front last before the others.
    fn cards_for(&self, query: &str) -> Vec<Target> {
        let mut cards: Vec<_> = self.desk.windows.cards().collect();
        sort_few(&mut cards, |a, b| a.stacking() > b.stacking());
        let keys = cards.into_iter().map(crate::windows::Card::key);
        keys.filter(|card| query.is_empty() || self.card_matches(*card, query)).map(Target::Card).collect()
    }

    fn card_matches(&self, card: CardKey, query: &str) -> bool {
        match card {
            CardKey::Conversation(id) => {
                let wanted = Matcher::read(query);
                let thread = self.conversations.get(id);
                thread.zip(wanted).is_some_and(|(thread, wanted)| self.matches(thread, &wanted))
            }
            CardKey::New(_) => begins(self.in_words(Command::NewConversation.label()), query),
        }
    }

    fn commands_for(&self, query: &str) -> impl Iterator<Item = Command> {
        let front = self.desk.front_card();
        let wide = !self.desk.windows.is_narrow();
        let any = self.desk.windows.cards().next().is_some();
        OFFERED
            .into_iter()
            .chain(Command::PLACES)
            .filter(move |command| front.is_some() || !command.is_about_card())
            .filter(move |command| wide || !(command.is_about_place() || *command == Command::Fullscreen))
            .filter(move |command| *command != Command::Float || front.is_some_and(|card| self.is_snapped(card)))
            .filter(move |command| any || !command.is_about_cards())
            .filter(move |command| {
                let synonyms = || command.synonyms().map_or("", |words| self.in_words(words));
                let known = || [self.in_words(self.command_label(*command)), " ", synonyms()].concat();
                query.is_empty() || begins(&known(), query)
            })
    }

    fn in_words(&self, word: Word) -> &'static str {
        self.words.map_or("", |words| words.word(word))
    }

    fn is_snapped(&self, card: CardKey) -> bool {
        self.desk.windows.get(card).is_some_and(|card| card.snapped().is_some())
    }

    /// What a command is called, as the card in front stands.
    pub(crate) fn command_label(&self, command: Command) -> Word {
        let front = self.desk.front_card().and_then(|card| self.desk.windows.get(card));
        match command {
            Command::Fullscreen if front.is_some_and(|card| card.is_fullscreen()) => words::EXIT_FULLSCREEN,
            Command::Pin if front.is_some_and(|card| card.is_pinned()) => words::UNPIN,
            command => command.label(),
        }
    }

    fn add_conversations(&self, query: &str, targets: &mut Vec<Target>) {
        let closed = |id: &ConversationId| !self.desk.is_open(*id);
        let found = self.conversations.in_order().filter(closed);
        let found = found.filter(|id| self.card_matches(CardKey::Conversation(*id), query)).take(SOME);
        targets.extend(found.map(Target::Conversation));
    }

    /// People with whom nothing above is about, and a number that is nobody's.
    fn add_people(&self, query: &str, targets: &mut Vec<Target>) {
        let with: Vec<Peer> = targets.iter().filter_map(|target| self.only_peer(*target)).collect();
        for entry in self.contacts.book.search(query, SOME, |_| true) {
            targets.push(match self.contacts.ways_to_write(entry, self.user()).as_slice() {
                [only] if with.contains(only) => continue,
                [only] => Target::Peer(*only),
                _ => Target::Details(entry),
            });
        }
        if let Ok(number) = PhoneNumber::from_typed_recipient(query, self.home())
            && self.contacts.book.owner(number).is_none()
            && !with.contains(&Peer::Number(number))
        {
            targets.push(Target::Peer(Peer::Number(number)));
        }
    }

    /// Who is on the other side, if it is one alone.
    fn only_peer(&self, target: Target) -> Option<Peer> {
        let (Target::Card(CardKey::Conversation(id)) | Target::Conversation(id)) = target else { return None };
        self.conversations.get(id)?.conversation.only_peer()
    }
}

/// Whether each word of the query begins a word of the text.
fn begins(text: &str, query: &str) -> bool {
    let text = fold(text);
    let query = fold(query);
    query.split_whitespace().all(|word| text.split_whitespace().any(|known| known.starts_with(word)))
}
