//! GIF (GIF89a specification): a screen, then blocks, each of a head and sub-blocks.

use super::Stripped;

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const TRAILER: u8 = 0x3B;
const COMMENT: u8 = 0xFE;
const PLAIN_TEXT: u8 = 0x01;
const APPLICATION: u8 = 0xFF;
/// What of programs' own blocks shows: how often an animation runs, and colors.
const SHOWS: [&[u8]; 3] = [b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"];

/// Without comments, XMP, and what follows the end. An animation stays one.
pub(super) fn stripped(content: &[u8]) -> Option<Stripped> {
    let &[a, b, c, d, flags] = content.get(6..11)? else { return None };
    let [width, height] = [[a, b], [c, d]].map(|side| u32::from(u16::from_le_bytes(side)));
    let mut at = 13 + table(flags);
    let mut output = content.get(..at)?.to_vec();
    // Viewers end at what is no block; what was cut off they show as far as it goes.
    while let Some(&block) = content.get(at).filter(|block| matches!(**block, EXTENSION | IMAGE)) {
        let begins = at;
        let mut shows = true;
        if block == EXTENSION {
            let label = content.get(at + 1).copied().unwrap_or(COMMENT);
            let program = content.get(at + 3..at + 14);
            shows = match label {
                COMMENT | PLAIN_TEXT => false,
                APPLICATION => program.is_some_and(|program| SHOWS.contains(&program)),
                _ => true,
            };
            at += 2;
        } else {
            // Place, size, flags; perhaps a table of colors; the width of codes.
            at += 11 + content.get(at + 9).map_or(0, |flags| table(*flags));
        }
        at = end_of_blocks(content, at);
        if shows {
            output.extend(content.get(begins..at)?);
        }
    }
    // Where the file is cut off there is none.
    if content.len() > at {
        output.push(TRAILER);
    }
    Some(Stripped { content: output, width, height })
}

/// Bytes of the table of colors that flags announce.
fn table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Behind a row of sub-blocks, which an empty one ends.
fn end_of_blocks(content: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(&length) = content.get(at) {
        at += 1 + usize::from(length);
        if length == 0 {
            break;
        }
    }
    at.min(content.len())
}
