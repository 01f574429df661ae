//! PNG (ISO/IEC 15948): a signature, then chunks.

use super::{Stripped, be32, orientation};

const SIGNATURE: usize = 8;
/// What says of a picture more than how it looks.
const DROPPED: [&[u8]; 5] = [b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"];

/// Without texts, times and EXIF, but for how the picture is to be turned. Colour profiles and the frames of an animation stay.
pub(super) fn stripped(content: &[u8]) -> Option<Stripped> {
    let mut output = content.get(..SIGNATURE)?.to_vec();
    let (mut size, mut turned, mut behind_head) = (None, 1, SIGNATURE);
    let mut at = SIGNATURE;
    loop {
        let length = usize::try_from(be32(content, at)?).ok()?;
        // Length, name, data, check sum.
        let end = at.checked_add(12)?.checked_add(length)?;
        let chunk = content.get(at..end)?;
        let (name, data) = (chunk.get(4..8)?, chunk.get(8..8 + length)?);
        if name == b"IHDR" {
            size = Some((be32(data, 0)?, be32(data, 4)?));
            behind_head = output.len() + chunk.len();
        }
        if name == b"eXIf" {
            turned = orientation::of(data).unwrap_or(turned);
        }
        if !DROPPED.contains(&name) {
            output.extend(chunk);
        }
        if name == b"IEND" {
            break;
        }
        at = end;
    }
    let (width, height) = orientation::sides(turned, size?);
    if turned > 1 {
        let chunk = chunk(b"eXIf", &orientation::tiff(turned))?;
        output.splice(behind_head..behind_head, chunk);
    }
    Some(Stripped { content: output, width, height })
}

/// A chunk with its check sum, without which viewers pass over it.
fn chunk(name: &[u8; 4], data: &[u8]) -> Option<Vec<u8>> {
    let checked = [&name[..], data].concat();
    let length = u32::try_from(data.len()).ok()?;
    Some([&length.to_be_bytes()[..], &checked, &crc(&checked).to_be_bytes()].concat())
}

/// The check sum of chunks (PNG, annex D).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 })
    })
}
