//! Signs that are not seen, or change how others are seen: which they are, and of which kind.
//!
//! Always holds: a sign is invisible, a blank, or neither; whatever is invisible or a blank other than the space has a kind.

/// Whether a sign shows nothing, or turns the direction of what stands around it: controls and Unicode's default-ignorable
/// code points (UAX #44). In a name or an address it only deceives.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a sign is a blank of some width.
#[must_use]
pub const fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// A kind of sign that can't be seen. What it is called is for the app to say, in the language of the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnseenSign {
    /// A tab.
    Tab,
    /// A line break of some kind.
    LineBreak,
    /// A space at which no line ends.
    NoBreakSpace,
    /// A blank as wide as half an em.
    EnSpace,
    /// A blank as wide as the type is high.
    EmSpace,
    /// A blank as wide as a digit.
    FigureSpace,
    /// A narrow blank.
    ThinSpace,
    /// A narrow blank at which no line ends.
    NarrowNoBreakSpace,
    /// A blank as wide as an ideograph.
    IdeographicSpace,
    /// Another blank than these.
    SpecialSpace,
    /// A place where a word may be cut.
    SoftHyphen,
    /// A place where a line may end.
    ZeroWidthSpace,
    /// Keeps letters apart.
    ZeroWidthNonJoiner,
    /// Joins letters or pictures.
    ZeroWidthJoiner,
    /// A place where no line ends.
    ZeroWidthNoBreakSpace,
    /// A direction without a letter.
    DirectionMark,
    /// Turns the direction of what follows.
    DirectionControl,
    /// Chooses how the sign before it looks.
    VariationSelector,
    /// A letter of a tag, as flags of regions have them.
    Tag,
    /// Stands where a Hangul letter is missing.
    HangulFiller,
    /// A Braille pattern without dots.
    BlankBraillePattern,
    /// A control of ASCII or Latin-1.
    ControlCharacter,
    /// Another sign that shows nothing.
    InvisibleCharacter,
}

/// Which kind of sign that can't be seen this is; `None` for one that can, and for the space.
#[must_use]
pub const fn unseen(c: char) -> Option<UnseenSign> {
    Some(match c {
        ' ' => return None,
        '\t' => UnseenSign::Tab,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => UnseenSign::LineBreak,
        '\u{a0}' => UnseenSign::NoBreakSpace,
        '\u{2000}' | '\u{2002}' => UnseenSign::EnSpace,
        '\u{2001}' | '\u{2003}' => UnseenSign::EmSpace,
        '\u{2007}' => UnseenSign::FigureSpace,
        '\u{2009}' | '\u{200a}' => UnseenSign::ThinSpace,
        '\u{202f}' => UnseenSign::NarrowNoBreakSpace,
        '\u{3000}' => UnseenSign::IdeographicSpace,
        _ if is_blank(c) => UnseenSign::SpecialSpace,
        '\u{ad}' => UnseenSign::SoftHyphen,
        '\u{200b}' => UnseenSign::ZeroWidthSpace,
        '\u{200c}' => UnseenSign::ZeroWidthNonJoiner,
        '\u{200d}' => UnseenSign::ZeroWidthJoiner,
        '\u{2060}' | '\u{feff}' => UnseenSign::ZeroWidthNoBreakSpace,
        '\u{61c}' | '\u{200e}' | '\u{200f}' => UnseenSign::DirectionMark,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => UnseenSign::DirectionControl,
        '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            UnseenSign::VariationSelector
        }
        '\u{e0000}'..='\u{e007f}' => UnseenSign::Tag,
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => UnseenSign::HangulFiller,
        '\u{2800}' => UnseenSign::BlankBraillePattern,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => UnseenSign::ControlCharacter,
        _ if is_invisible(c) => UnseenSign::InvisibleCharacter,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_has_a_kind_and_nothing_else_has() {
        for c in '\0'..=char::MAX {
            assert!(!(is_blank(c) && is_invisible(c)), "{c:?}");
            assert_eq!(unseen(c).is_some(), c != ' ' && (is_blank(c) || is_invisible(c)), "{c:?}");
        }
    }

    #[test]
    fn the_kinds_of_some() {
        for (c, expected) in [
            ('\u{202e}', Some(UnseenSign::DirectionControl)),
            ('\u{fe0f}', Some(UnseenSign::VariationSelector)),
            ('\u{a0}', Some(UnseenSign::NoBreakSpace)),
            ('\u{1680}', Some(UnseenSign::SpecialSpace)),
            ('\u{2061}', Some(UnseenSign::InvisibleCharacter)),
            ('\u{7}', Some(UnseenSign::ControlCharacter)),
            ('a', None),
            ('\u{301}', None),
            ('😀', None),
        ] {
            assert_eq!(unseen(c), expected, "{c:?}");
        }
    }
}
