//! The palette: one field that jumps to an open card, a conversation, a person or an action. And the sheet of
//! shortcuts, the other thing that lies over everything else.
//!
//! Always holds: what is offered is found when something is typed and stays until something else is, so what one
//! picks is what one saw; what has gone meanwhile does nothing.

use halyard_protocol::event::Favourite;
use halyard_protocol::{ConversationId, Peer, PhoneNumber};

use crate::commands::{Command, OFFERED};
use crate::contacts::search::fold;
use crate::env::Env;
use crate::softphone::Softphone;
use crate::update::{Changed, Update};
use crate::view::AvatarView;
use crate::windows::{CardKey, WindowAction};

/// How many conversations, and how many people, are offered at most.
const SOME: usize = 6;

/// What lies over everything else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Overlay {
    #[default]
    Nothing,
    Palette(PaletteView),
    Shortcuts,
}

/// The palette.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaletteView {
    /// What is typed.
    pub query: String,
    /// What is offered, best first.
    pub entries: Vec<PaletteEntry>,
    /// Which of these Enter takes.
    pub marked: usize,
}

/// Something to jump to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaletteEntry {
    /// What is picked.
    pub target: Target,
    /// Its name.
    pub title: String,
    /// Number, extension, people.
    pub detail: String,
    /// What it is, or the keys of an action.
    pub note: &'static str,
    /// Of a person or conversation.
    pub avatar: Option<AvatarView>,
}

/// Where the palette jumps to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// An open card, be it minimised.
    Card(CardKey),
    /// A conversation that is not open.
    Conversation(ConversationId),
    /// Somebody who can be written to in one way.
    Peer(Peer),
    /// The details of somebody who can be written to in several ways, or in none.
    Details(Favourite),
    /// An action.
    Command(Command),
}

impl Softphone {
    pub(crate) fn open_palette(&mut self, out: &mut Update) {
        self.palette_query(String::new(), out);
    }

    pub(crate) fn open_shortcuts(&mut self, out: &mut Update) {
        self.overlay = Overlay::Shortcuts;
        out.changed(Changed::Palette);
    }

    pub(crate) fn close_overlay(&mut self, out: &mut Update) {
        self.overlay = Overlay::Nothing;
        out.changed(Changed::Palette);
    }

    pub(crate) fn palette_query(&mut self, query: String, out: &mut Update) {
        let entries = self.palette_entries(&query);
        // Who opens it wants to get away from the card in front.
        let elsewhere = |entry: &PaletteEntry| self.front_card().map(Target::Card) != Some(entry.target);
        let marked = if query.is_empty() { entries.iter().position(elsewhere).unwrap_or(0) } else { 0 };
        self.overlay = Overlay::Palette(PaletteView { query, entries, marked });
        out.changed(Changed::Palette);
    }

    /// The mark goes on by so many, round at both ends.
    pub(crate) fn palette_step(&mut self, by: isize, out: &mut Update) {
        let Overlay::Palette(palette) = &mut self.overlay else { return };
        let count = palette.entries.len().max(1);
        palette.marked = (palette.marked + count).wrapping_add_signed(by % count as isize) % count;
        out.changed(Changed::Palette);
    }

    pub(crate) fn palette_pick(&mut self, target: Target, env: &Env, out: &mut Update) {
        self.close_overlay(out);
        match target {
            Target::Card(card) => {
                self.show_cards(out);
                self.window(WindowAction::Focus(card), out);
            }
            Target::Conversation(id) => {
                self.show_cards(out);
                self.open_conversation(id, out);
            }
            Target::Peer(peer) => {
                self.show_cards(out);
                self.message_peer(peer, None, env, out);
            }
            Target::Details(entry) => self.select_contact(Some(entry), out),
            Target::Command(command) => self.run(command, out),
        }
    }

    /// The palette, while it is open.
    #[must_use]
    pub fn palette_view(&self) -> Option<PaletteView> {
        if let Overlay::Palette(palette) = &self.overlay { Some(palette.clone()) } else { None }
    }

    /// Whether the sheet of shortcuts is open.
    #[must_use]
    pub fn shows_shortcuts(&self) -> bool {
        self.overlay == Overlay::Shortcuts
    }

    fn palette_entries(&self, query: &str) -> Vec<PaletteEntry> {
        let query = fold(query.trim());
        let mut entries = self.cards_for(&query);
        let (first, rest): (Vec<_>, Vec<_>) = self
            .commands_for(&query)
            .into_iter()
            .partition(|entry| !query.is_empty() && fold(&entry.title).starts_with(&query));
        entries.extend(first);
        if !query.is_empty() {
            self.add_conversations(&query, &mut entries);
            self.add_people(&query, &mut entries);
        }
        entries.extend(rest);
        entries
    }

    /// The open cards, the one that was in front last before the others.
    fn cards_for(&self, query: &str) -> Vec<PaletteEntry> {
        let mut cards: Vec<_> = self.windows.cards().collect();
        cards.sort_by_key(|card| core::cmp::Reverse(card.stacking()));
        cards
            .into_iter()
            .filter(|card| query.is_empty() || self.card_matches(card.key(), query))
            .filter_map(|card| {
                let note = if card.is_minimised() { "Minimised" } else { "Open card" };
                self.entry_of(card.key(), Target::Card(card.key()), note)
            })
            .collect()
    }

    fn card_matches(&self, card: CardKey, query: &str) -> bool {
        match card {
            CardKey::Conversation(id) => self.conversations.get(id).is_some_and(|thread| self.matches(thread, query)),
            CardKey::New(_) => begins(Command::NewConversation.label(), query),
        }
    }

    fn entry_of(&self, card: CardKey, target: Target, note: &'static str) -> Option<PaletteEntry> {
        let header = self.header_view(card)?;
        Some(PaletteEntry { target, title: header.title, detail: header.subtitle, note, avatar: Some(header.avatar) })
    }

    fn commands_for(&self, query: &str) -> Vec<PaletteEntry> {
        let front = self.front_card();
        let entry = |command: Command| {
            let (full, pinned) = front
                .and_then(|card| self.windows.get(card))
                .map_or((false, false), |card| (card.is_fullscreen(), card.is_pinned()));
            let title = match command {
                Command::Fullscreen if full => "Exit fullscreen",
                Command::Pin if pinned => "Unpin",
                command => command.label(),
            };
            PaletteEntry {
                target: Target::Command(command),
                title: title.to_owned(),
                detail: String::new(),
                note: command.keys(),
                avatar: None,
            }
        };
        let wide = !self.windows.is_narrow();
        OFFERED
            .into_iter()
            .chain(Command::PLACES)
            .filter(|command| front.is_some() || !command.is_about_card())
            .filter(|command| wide || !(command.is_about_place() || *command == Command::Fullscreen))
            .filter(|command| *command != Command::Float || front.is_some_and(|card| self.is_snapped(card)))
            .map(entry)
            .filter(|entry| query.is_empty() || begins(&entry.title, query))
            .collect()
    }

    fn is_snapped(&self, card: CardKey) -> bool {
        self.windows.get(card).is_some_and(|card| card.snapped().is_some())
    }

    fn add_conversations(&self, query: &str, entries: &mut Vec<PaletteEntry>) {
        let closed = |id: &ConversationId| !self.windows.is_open(CardKey::Conversation(*id));
        let found = self.conversations.in_order().filter(closed);
        let found = found.filter(|id| self.card_matches(CardKey::Conversation(*id), query)).take(SOME);
        entries.extend(
            found.filter_map(|id| self.entry_of(CardKey::Conversation(id), Target::Conversation(id), "Conversation")),
        );
    }

    /// People with whom nothing above is about, and a number that is nobody's.
    fn add_people(&self, query: &str, entries: &mut Vec<PaletteEntry>) {
        let home = self.home();
        let with: Vec<Peer> = entries.iter().filter_map(|entry| self.only_peer(entry.target)).collect();
        for entry in self.book.search(query, SOME, |_| true) {
            let Some(row) = self.contact_row_view(entry) else { continue };
            let target = match row.reach.as_slice() {
                [only] if with.contains(&only.peer) => continue,
                [only] => Target::Peer(only.peer),
                _ => Target::Details(entry),
            };
            let note = if matches!(entry, Favourite::User(_)) { "Extension" } else { "Contact" };
            entries.push(PaletteEntry { target, title: row.name, detail: row.detail, note, avatar: Some(row.avatar) });
        }
        if let Ok(number) = PhoneNumber::from_typed(query, home)
            && self.book.owner(number).is_none()
            && !with.contains(&Peer::Number(number))
        {
            let title = number.display(home);
            let avatar = Some(AvatarView::of(&title, None));
            let target = Target::Peer(Peer::Number(number));
            entries.push(PaletteEntry { target, title, detail: String::new(), note: "Send to this number", avatar });
        }
    }

    /// Who is on the other side, if it is one alone.
    fn only_peer(&self, target: Target) -> Option<Peer> {
        let (Target::Card(CardKey::Conversation(id)) | Target::Conversation(id)) = target else { return None };
        match self.conversations.get(id)?.conversation.peers.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }
}

/// Whether each word of the query begins a word of the text.
fn begins(text: &str, query: &str) -> bool {
    let text = fold(text);
    query.split_whitespace().all(|word| text.split_whitespace().any(|known| known.starts_with(word)))
}
