//! What the user can do from anywhere, with the names and the keys of it.
//!
//! One table serves the keyboard, the palette, the menus and the sheet of shortcuts. Always holds: no keys mean two
//! things, and a command about a card is about the one in front.
//!
//! Chosen so that they collide with little: `Alt` and a letter are no browser's own where they are taken, and the
//! arrows with `Ctrl+Alt` belong to desktops and screen readers, so resizing has the four keys beside them.

use halyard_protocol::event::Favourite;
use halyard_protocol::letters::is_alphanumeric;
use halyard_protocol::{ConversationId, Peer};
use halyard_words::{self as words, Word};

use crate::windows::{CardKey, Edge, SnapZone, WindowAction};

/// How far one key press moves a card or its edge, in CSS px.
const STEP: i32 = 16;

/// Something that can be done from anywhere.
#[derive(strum::IntoStaticStr, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// words::SEARCH_OR_JUMP.
    Palette,
    /// The sheet of shortcuts.
    Shortcuts,
    /// To the search of the list.
    Search,
    /// From the list to the card in front, and back.
    NextPart,
    /// words::NEW_CONVERSATION.
    NewConversation,
    /// words::CONTACTS.
    Contacts,
    /// words::CHAT_AND_SMS.
    Chats,
    /// words::SETTINGS.
    Settings,
    /// words::IMPORT_CONTACTS: to where a file is chosen.
    Import,
    /// To the next card in the order of Tab.
    NextCard,
    /// To the one before.
    PreviousCard,
    /// words::VIEW_IN_FULLSCREEN, and back.
    Fullscreen,
    /// words::PIN, and back.
    Pin,
    /// words::MINIMIZE.
    Minimise,
    /// words::CLOSE.
    Close,
    /// words::MINIMIZE_ALL.
    MinimiseAll,
    /// words::CLOSE_ALL.
    CloseAll,
    /// words::SIGN_OUT.
    SignOut,
    /// Lay all cards side by side.
    Tile,
    /// To a half or a quarter of the desk.
    Snap(SnapZone),
    /// Out of its half or quarter.
    Float,
    /// A step to the right and down.
    Move(i32, i32),
    /// Wider and taller by a step.
    Resize(i32, i32),
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

/// The keys of the palette.
pub const PALETTE_KEYS: &str = "Ctrl+K";

/// The keys, as [`KeyPress::keys`] writes them.
const KEYS: [(&str, Command); 24] = [
    (PALETTE_KEYS, Command::Palette),
    ("?", Command::Shortcuts),
    ("/", Command::Search),
    ("F6", Command::NextPart),
    ("Alt+N", Command::NewConversation),
    ("Alt+1", Command::Contacts),
    ("Alt+2", Command::Chats),
    ("Alt+PageDown", Command::NextCard),
    ("Alt+PageUp", Command::PreviousCard),
    ("Alt+Enter", Command::Fullscreen),
    ("Alt+P", Command::Pin),
    ("Alt+M", Command::Minimise),
    ("Alt+W", Command::Close),
    ("Alt+T", Command::Tile),
    ("Alt+L", Command::Snap(SnapZone::Left)),
    ("Alt+R", Command::Snap(SnapZone::Right)),
    ("Alt+Shift+ArrowLeft", Command::Move(-STEP, 0)),
    ("Alt+Shift+ArrowRight", Command::Move(STEP, 0)),
    ("Alt+Shift+ArrowUp", Command::Move(0, -STEP)),
    ("Alt+Shift+ArrowDown", Command::Move(0, STEP)),
    ("Alt+Shift+Home", Command::Resize(-STEP, 0)),
    ("Alt+Shift+End", Command::Resize(STEP, 0)),
    ("Alt+Shift+PageUp", Command::Resize(0, -STEP)),
    ("Alt+Shift+PageDown", Command::Resize(0, STEP)),
];

/// What the palette offers, in this order; after that [`Command::PLACES`].
pub(crate) const OFFERED: [Command; 14] = [
    Command::NewConversation,
    Command::Chats,
    Command::Contacts,
    Command::Settings,
    Command::Import,
    Command::Fullscreen,
    Command::Pin,
    Command::Minimise,
    Command::Close,
    Command::Tile,
    Command::MinimiseAll,
    Command::CloseAll,
    Command::Shortcuts,
    Command::SignOut,
];

/// A part of the sheet: its title, and what which keys do.
pub type Shortcuts = (Word, &'static [(&'static str, Word)]);

/// The sheet of shortcuts. Several keys for one line are divided by a space.
pub const SHEET: [Shortcuts; 4] = [
    (
        words::ANYWHERE,
        &[
            (PALETTE_KEYS, words::SEARCH_OR_JUMP_TO_KEY),
            ("/", words::SEARCH_THE_LIST),
            ("F6", words::NEXT_PART),
            ("Alt+N", words::NEW_CONVERSATION),
            ("Alt+1", words::CONTACTS),
            ("Alt+2", words::CHAT_AND_SMS),
            ("?", words::THESE_SHORTCUTS),
        ],
    ),
    (
        words::THE_CARD_IN_FRONT,
        &[
            ("Alt+Enter", words::FULLSCREEN_AND_BACK),
            ("Alt+P", words::PIN_OR_UNPIN),
            ("Alt+M", words::MINIMIZE),
            ("Alt+W", words::CLOSE),
            ("Alt+PageDown Alt+PageUp", words::NEXT_OR_PREVIOUS_CARD),
        ],
    ),
    (
        words::ARRANGING_CARDS,
        &[
            ("Alt+T", words::TILE_ALL),
            ("Alt+L Alt+R", words::LEFT_OR_RIGHT_HALF),
            ("Alt+Shift+\u{2190}\u{2191}\u{2193}\u{2192}", words::MOVE_CARD),
            ("Alt+Shift+Home Alt+Shift+End", words::NARROWER_OR_WIDER),
            ("Alt+Shift+PageUp Alt+Shift+PageDown", words::SHORTER_OR_TALLER),
            ("Escape", words::CANCEL_DRAGGING),
        ],
    ),
    (words::WRITING, &[("Enter", words::SEND), ("Shift+Enter", words::NEW_LINE)]),
];

/// A key that went down.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyPress<'a> {
    /// What it means on this keyboard: "m", "ArrowLeft".
    pub key: &'a str,
    /// Where it is: "KeyM".
    pub code: &'a str,
    /// Ctrl; ⌘ on a Mac.
    pub ctrl: bool,
    /// Alt; ⌥ on a Mac.
    pub alt: bool,
    /// Shift.
    pub shift: bool,
    /// The other one of Ctrl and ⌘ or Windows.
    pub other: bool,
    /// Whether it went into a text box.
    pub typing: bool,
    /// Whether the keyboard is a Mac's.
    pub mac: bool,
}

impl KeyPress<'_> {
    /// Whether the key writes a sign that is no plain letter or digit, or an accent that waits for its letter.
    fn writes_sign(&self) -> bool {
        self.key == "Dead" || (self.key.chars().count() == 1 && !self.key.is_ascii())
    }

    /// The keys as the table has them. Letters are found where they are when `Alt` makes other signs or accents of them,
    /// as on a Mac.
    fn keys(&self) -> String {
        let place = self.code.strip_prefix("Key").or_else(|| self.code.strip_prefix("Digit"));
        let is_sign = self.key.chars().count() == 1;
        let key = match place {
            Some(place) if self.alt && self.writes_sign() => place.to_owned(),
            Some(_) | None => self.key.to_ascii_uppercase(),
        };
        let is_sign = is_sign || self.key == "Dead";
        let key = if is_sign { &*key } else { self.key };
        // Which signs need Shift depends on the keyboard.
        let shift = self.shift && (!is_sign || key.chars().all(is_alphanumeric));
        [
            if self.ctrl { "Ctrl+" } else { "" },
            if self.alt { "Alt+" } else { "" },
            if shift { "Shift+" } else { "" },
            key,
        ]
        .concat()
    }
}

impl Command {
    /// Where a card can lie: the halves, the quarters, and where it was put.
    pub const PLACES: [Self; 9] = [
        Self::Float,
        Self::Snap(SnapZone::Left),
        Self::Snap(SnapZone::Right),
        Self::Snap(SnapZone::Top),
        Self::Snap(SnapZone::Bottom),
        Self::Snap(SnapZone::TopLeft),
        Self::Snap(SnapZone::TopRight),
        Self::Snap(SnapZone::BottomLeft),
        Self::Snap(SnapZone::BottomRight),
    ];

    /// What a key press asks for.
    #[must_use]
    pub fn of(press: &KeyPress<'_>) -> Option<Self> {
        let writes = press.typing && !press.ctrl && !press.alt && press.key.chars().count() == 1;
        // On a Mac these select words, and the option key writes signs: letters of Polish, accents, currencies.
        let selects = press.typing && press.mac && press.shift && press.key.starts_with("Arrow");
        let signs = press.typing && press.mac && press.alt && press.writes_sign();
        if press.other || writes || selects || signs {
            return None;
        }
        let keys = press.keys();
        KEYS.iter().find(|(known, _)| *known == keys).map(|(_, command)| *command)
    }

    /// Its keys; none for some.
    #[must_use]
    pub fn keys(self) -> &'static str {
        KEYS.iter().find(|(_, command)| *command == self).map_or("", |(keys, _)| keys)
    }

    /// Its name.
    #[must_use]
    pub const fn label(self) -> Word {
        match self {
            Self::Palette => words::SEARCH_OR_JUMP,
            Self::Shortcuts => words::KEYBOARD_SHORTCUTS,
            Self::Search => words::SEARCH_THE_LIST,
            Self::NextPart => words::NEXT_PART,
            Self::NewConversation => words::NEW_CONVERSATION,
            Self::Contacts => words::CONTACTS,
            Self::Chats => words::CHAT_AND_SMS,
            Self::Settings => words::SETTINGS,
            Self::Import => words::IMPORT_CONTACTS,
            Self::NextCard => words::NEXT_CARD,
            Self::PreviousCard => words::PREVIOUS_CARD,
            Self::Fullscreen => words::VIEW_IN_FULLSCREEN,
            Self::Pin => words::PIN,
            Self::Minimise => words::MINIMIZE,
            Self::Close => words::CLOSE,
            Self::Tile => words::TILE_ALL,
            Self::MinimiseAll => words::MINIMIZE_ALL,
            Self::CloseAll => words::CLOSE_ALL,
            Self::SignOut => words::SIGN_OUT,
            Self::Snap(zone) => zone_label(zone),
            Self::Float => words::FLOAT_CARD,
            Self::Move(..) => words::MOVE_CARD,
            Self::Resize(..) => words::RESIZE_CARD,
        }
    }

    /// Other words by which people look for it.
    pub(crate) const fn synonyms(self) -> Option<Word> {
        Some(match self {
            Self::Shortcuts => words::SYNONYMS_SHORTCUTS,
            Self::NewConversation => words::SYNONYMS_NEW_CONVERSATION,
            Self::Contacts => words::SYNONYMS_CONTACTS,
            Self::Chats => words::SYNONYMS_CHATS,
            Self::Settings => words::SYNONYMS_SETTINGS,
            Self::Import => words::SYNONYMS_IMPORT,
            Self::Fullscreen => words::SYNONYMS_FULLSCREEN,
            Self::Pin => words::SYNONYMS_PIN,
            Self::Minimise | Self::MinimiseAll => words::SYNONYMS_MINIMIZE,
            Self::Close | Self::CloseAll => words::SYNONYMS_CLOSE,
            Self::Tile => words::SYNONYMS_TILE,
            Self::SignOut => words::SYNONYMS_SIGN_OUT,
            Self::Palette
            | Self::Search
            | Self::NextPart
            | Self::NextCard
            | Self::PreviousCard
            | Self::Snap(_)
            | Self::Float
            | Self::Move(..)
            | Self::Resize(..) => return None,
        })
    }

    /// Whether it is about all cards that are open.
    pub(crate) const fn is_about_cards(self) -> bool {
        matches!(self, Self::MinimiseAll | Self::CloseAll)
    }

    /// Whether it is about the card in front.
    #[must_use]
    pub const fn is_about_card(self) -> bool {
        matches!(self, Self::Fullscreen | Self::Pin | Self::Minimise | Self::Close) || self.is_about_place()
    }

    /// Whether it places cards, for which there is room on a wide desk alone.
    pub(crate) const fn is_about_place(self) -> bool {
        matches!(self, Self::Tile | Self::Snap(_) | Self::Float | Self::Move(..) | Self::Resize(..))
    }

    /// The same for this card.
    #[must_use]
    pub const fn on(self, card: CardKey, pinned: bool) -> Option<WindowAction> {
        Some(match self {
            Self::NextCard => WindowAction::FocusNext,
            Self::PreviousCard => WindowAction::FocusPrevious,
            Self::Fullscreen => WindowAction::ToggleFullscreen(card),
            Self::Pin => WindowAction::SetPinned(card, !pinned),
            Self::Minimise => WindowAction::Minimise(card),
            Self::Close => WindowAction::Close(card),
            Self::Tile => WindowAction::Tile,
            Self::Snap(zone) => WindowAction::Snap { card, zone },
            Self::Float => WindowAction::Float(card),
            Self::Move(dx, dy) => WindowAction::MoveBy { card, dx, dy },
            Self::Resize(dx, dy) => WindowAction::ResizeBy { card, edge: Edge::BottomRight, dx, dy },
            Self::Palette
            | Self::Shortcuts
            | Self::Search
            | Self::NextPart
            | Self::NewConversation
            | Self::Contacts
            | Self::Chats
            | Self::Settings
            | Self::Import
            | Self::MinimiseAll
            | Self::CloseAll
            | Self::SignOut => return None,
        })
    }
}

const fn zone_label(zone: SnapZone) -> Word {
    match zone {
        SnapZone::Left => words::LEFT_HALF,
        SnapZone::Right => words::RIGHT_HALF,
        SnapZone::Top => words::TOP_HALF,
        SnapZone::Bottom => words::BOTTOM_HALF,
        SnapZone::TopLeft => words::TOP_LEFT_QUARTER,
        SnapZone::TopRight => words::TOP_RIGHT_QUARTER,
        SnapZone::BottomLeft => words::BOTTOM_LEFT_QUARTER,
        SnapZone::BottomRight => words::BOTTOM_RIGHT_QUARTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(key: &str, code: &str) -> Option<Command> {
        Command::of(&KeyPress { key, code, alt: true, typing: true, ..KeyPress::default() })
    }

    #[test]
    fn no_keys_mean_two_things() {
        for (at, (keys, command)) in KEYS.iter().enumerate() {
            for (other, also) in &KEYS[at + 1..] {
                assert!(keys != other && command != also, "{keys}");
            }
        }
    }

    #[test]
    fn the_sheet_tells_of_all_keys_and_of_no_others() {
        let listed: Vec<&str> =
            SHEET.iter().flat_map(|(_, lines)| *lines).flat_map(|(keys, _)| keys.split(' ')).collect();
        for (keys, _) in KEYS {
            let arrow = keys.contains("Arrow") && listed.iter().any(|keys| keys.starts_with("Alt+Shift+\u{2190}"));
            assert!(arrow || listed.contains(&keys), "{keys}");
        }
        let elsewhere = ["Enter", "Shift+Enter", "Escape"];
        for keys in listed {
            assert!(
                keys.contains('\u{2190}') || elsewhere.contains(&keys) || KEYS.iter().any(|(known, _)| *known == keys),
                "{keys}"
            );
        }
    }

    #[test]
    fn a_letter_is_found_also_where_alt_makes_another_sign_of_it() {
        assert_eq!(pressed("m", "KeyM"), Some(Command::Minimise));
        assert_eq!(pressed("M", "KeyM"), Some(Command::Minimise), "caps lock");
        assert_eq!(pressed("\u{b5}", "KeyM"), Some(Command::Minimise), "a Mac");
        assert_eq!(pressed("\u{a1}", "Digit1"), Some(Command::Contacts), "a Mac");
        assert_eq!(pressed("w", "KeyZ"), Some(Command::Close), "a French keyboard");
        assert_eq!(pressed("\u{446}", "KeyW"), Some(Command::Close), "a Russian keyboard");
    }

    #[test]
    fn on_a_mac_the_option_key_writes_signs_into_a_text_box_and_is_a_shortcut_elsewhere() {
        let on_mac = |key, code, typing| {
            Command::of(&KeyPress { key, code, alt: true, typing, mac: true, ..KeyPress::default() })
        };
        assert_eq!(on_mac("\u{142}", "KeyL", true), None, "a Polish letter");
        assert_eq!(on_mac("\u{2211}", "KeyW", true), None, "a sum");
        assert_eq!(on_mac("Dead", "KeyN", true), None, "an accent waits for its letter");
        assert_eq!(on_mac("\u{142}", "KeyL", false), Some(Command::Snap(SnapZone::Left)));
        assert_eq!(on_mac("Dead", "KeyN", false), Some(Command::NewConversation));
        assert_eq!(on_mac("Enter", "Enter", true), Some(Command::Fullscreen));
    }

    #[test]
    fn what_is_typed_is_typed() {
        let sign = |key, shift, typing| Command::of(&KeyPress { key, shift, typing, ..KeyPress::default() });
        assert_eq!(sign("?", true, false), Some(Command::Shortcuts));
        assert_eq!(sign("/", true, false), Some(Command::Search), "a German keyboard");
        assert_eq!(sign("?", true, true), None);
        assert_eq!(sign("/", false, true), None);
        assert_eq!(sign("F6", false, true), Some(Command::NextPart), "writes nothing");
        let alt_gr = KeyPress { key: "\u{b5}", code: "KeyM", ctrl: true, alt: true, ..KeyPress::default() };
        assert_eq!(Command::of(&alt_gr), None);
    }

    #[test]
    fn moving_has_four_keys_and_resizing_the_four_beside_them() {
        let with = |key, typing, mac| {
            Command::of(&KeyPress { key, alt: true, shift: true, typing, mac, ..KeyPress::default() })
        };
        assert_eq!(with("ArrowLeft", true, false), Some(Command::Move(-16, 0)));
        assert_eq!(with("ArrowDown", false, true), Some(Command::Move(0, 16)));
        assert_eq!(with("ArrowLeft", true, true), None, "selects a word");
        assert_eq!(with("End", true, true), Some(Command::Resize(16, 0)));
        assert_eq!(with("PageUp", true, false), Some(Command::Resize(0, -16)));
    }

    #[test]
    fn the_palette_opens_from_a_text_box_by_ctrl_or_the_macs_own_key() {
        let press = KeyPress { key: "k", code: "KeyK", ctrl: true, typing: true, ..KeyPress::default() };
        assert_eq!(Command::of(&press), Some(Command::Palette));
        assert_eq!(Command::of(&KeyPress { other: true, ..press }), None);
        assert_eq!(Command::of(&KeyPress { ctrl: false, other: true, ..press }), None);
    }
}
