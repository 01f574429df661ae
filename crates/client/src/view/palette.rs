//! The palette: what it offers, as rows.

use halyard_protocol::Peer;
use halyard_protocol::event::Favourite;
use halyard_words::{self as words, Text, Word};

use super::AvatarView;
use crate::commands::Target;
use crate::overlay::Overlay;
use crate::softphone::Softphone;
use crate::windows::CardKey;

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
    pub title: Text,
    /// Number, extension, people.
    pub detail: Text,
    /// What it is, or the keys of an action.
    pub note: Note,
    /// Of a person or conversation.
    pub avatar: Option<AvatarView>,
}

/// What stands behind an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// What it is.
    Word(Word),
    /// The keys of an action; may be empty.
    Keys(&'static str),
}

impl Softphone {
    /// The palette, while it is open.
    #[must_use]
    pub fn palette_view(&self) -> Option<PaletteView> {
        let Overlay::Palette { query, targets, marked } = &self.overlay else { return None };
        let shown = |target: &Target| self.palette_entry(*target);
        // What has gone since it was offered is left out; the mark stays where it was as far as that goes.
        let before = targets.iter().take(*marked).filter_map(shown).count();
        let entries: Vec<PaletteEntry> = targets.iter().filter_map(shown).collect();
        let marked = before.min(entries.len().saturating_sub(1));
        Some(PaletteView { query: query.clone(), entries, marked })
    }

    /// Whether the sheet of shortcuts is open.
    #[must_use]
    pub fn shows_shortcuts(&self) -> bool {
        self.overlay == Overlay::Shortcuts
    }

    fn palette_entry(&self, target: Target) -> Option<PaletteEntry> {
        match target {
            Target::Card(card) => {
                let minimised = self.desk.windows.get(card)?.is_minimised();
                self.card_entry(card, target, if minimised { words::MINIMIZED } else { words::OPEN_CARD })
            }
            Target::Conversation(id) => self.card_entry(CardKey::Conversation(id), target, words::CONVERSATION),
            Target::Peer(peer) => match (self.contacts.entry_of(peer), peer) {
                (Some(entry), _) => self.person_entry(entry, target),
                (None, Peer::Number(number)) => {
                    let title = number.display(self.home());
                    let avatar = Some(AvatarView::number(&title));
                    let (title, note) = (Text::as_is(title), Note::Word(words::SEND_TO_THIS_NUMBER));
                    Some(PaletteEntry { target, title, detail: Text::default(), note, avatar })
                }
                (None, Peer::User(_) | Peer::Sender(_) | Peer::Unknown) => None,
            },
            Target::Details(entry) => self.person_entry(entry, target),
            Target::Command(command) => Some(PaletteEntry {
                target,
                title: self.command_label(command).into(),
                detail: Text::default(),
                note: Note::Keys(command.keys()),
                avatar: None,
            }),
        }
    }

    fn card_entry(&self, card: CardKey, target: Target, note: Word) -> Option<PaletteEntry> {
        let header = self.header_view(card)?;
        Some(PaletteEntry {
            target,
            title: header.title,
            detail: header.subtitle,
            note: Note::Word(note),
            avatar: Some(header.avatar),
        })
    }

    fn person_entry(&self, entry: Favourite, target: Target) -> Option<PaletteEntry> {
        let row = self.contact_row_view(entry)?;
        let note = if matches!(entry, Favourite::User(_)) { words::EXTENSION } else { words::CONTACT };
        let (title, detail) = (Text::as_is(row.name), Text::as_is(row.detail));
        Some(PaletteEntry { target, title, detail, note: Note::Word(note), avatar: Some(row.avatar) })
    }
}
