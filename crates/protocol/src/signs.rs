//! Signs that are not seen, or change how others are seen: which they are, and what they are called.
//!
//! Always holds: a sign is invisible, a blank, or neither; whatever is invisible or a blank other than the space has a name.

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

/// What a sign that can't be seen is called; `None` for one that can.
#[must_use]
pub const fn name(c: char) -> Option<&'static str> {
    Some(match c {
        ' ' => return None,
        '\t' => "Tab",
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => "Line break",
        '\u{a0}' => "No-break space",
        '\u{2000}' | '\u{2002}' => "En space",
        '\u{2001}' | '\u{2003}' => "Em space",
        '\u{2007}' => "Figure space",
        '\u{2009}' | '\u{200a}' => "Thin space",
        '\u{202f}' => "Narrow no-break space",
        '\u{3000}' => "Ideographic space",
        _ if is_blank(c) => "Special space",
        '\u{ad}' => "Soft hyphen",
        '\u{200b}' => "Zero-width space",
        '\u{200c}' => "Zero-width non-joiner",
        '\u{200d}' => "Zero-width joiner",
        '\u{2060}' | '\u{feff}' => "Zero-width no-break space",
        '\u{61c}' | '\u{200e}' | '\u{200f}' => "Direction mark",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "Direction control",
        '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            "Variation selector"
        }
        '\u{e0000}'..='\u{e007f}' => "Tag",
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => "Hangul filler",
        '\u{2800}' => "Blank Braille pattern",
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => "Control character",
        _ if is_invisible(c) => "Invisible character",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_has_a_name_and_nothing_else_has() {
        for c in '\0'..=char::MAX {
            assert!(!(is_blank(c) && is_invisible(c)), "{c:?}");
            assert_eq!(name(c).is_some(), c != ' ' && (is_blank(c) || is_invisible(c)), "{c:?}");
        }
    }

    #[test]
    fn the_names_of_some() {
        for (c, expected) in [
            ('\u{202e}', Some("Direction control")),
            ('\u{fe0f}', Some("Variation selector")),
            ('\u{a0}', Some("No-break space")),
            ('\u{1680}', Some("Special space")),
            ('\u{2061}', Some("Invisible character")),
            ('\u{7}', Some("Control character")),
            ('a', None),
            ('\u{301}', None),
            ('😀', None),
        ] {
            assert_eq!(name(c), expected, "{c:?}");
        }
    }
}
