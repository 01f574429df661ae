//! PNG (ISO/IEC 15948): a signature, then chunks.

use super::{Stripped, be32};

const SIGNATURE: usize = 8;
/// What says of a picture more than how it looks.
const DROPPED: [&[u8]; 5] = [b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"];

/// Without texts, times and EXIF. Colour profiles and the frames of an animation stay.
pub(super) fn stripped(content: &[u8]) -> Option<Stripped> {
    let mut kept = content.get(..SIGNATURE)?.to_vec();
    let mut size = None;
    let mut at = SIGNATURE;
    loop {
        let length = usize::try_from(be32(content, at)?).ok()?;
        // Length, name, data, check sum.
        let end = at.checked_add(12)?.checked_add(length)?;
        let chunk = content.get(at..end)?;
        let (name, data) = (chunk.get(4..8)?, chunk.get(8..8 + length)?);
        if name == b"IHDR" {
            size = Some((be32(data, 0)?, be32(data, 4)?));
        }
        if !DROPPED.contains(&name) {
            kept.extend(chunk);
        }
        if name == b"IEND" {
            break;
        }
        at = end;
    }
    let (width, height) = size?;
    Some(Stripped { content: kept, width, height })
}
