//! WebP (RFC 9649): a RIFF container of chunks.

use super::{Stripped, le32, orientation};

/// `RIFF`, the size of all that follows, `WEBP`.
const HEAD: usize = 12;
/// The bit of VP8X that announces EXIF.
const EXIF: u8 = 0x08;
/// The bit of VP8X that announces XMP.
const XMP: u8 = 0x04;

/// Without EXIF and XMP, but for how the picture is to be turned. Colour profiles and the frames of an animation stay.
pub(super) fn stripped(content: &[u8]) -> Option<Stripped> {
    let mut output = content.get(..HEAD)?.to_vec();
    let (mut size, mut turned, mut flags_at) = (None, 1, None);
    let mut at = HEAD;
    while let Some(length) = le32(content, at + 4) {
        let length = usize::try_from(length).ok()?;
        let name = content.get(at..at + 4)?;
        let data = content.get(at + 8..(at + 8).checked_add(length)?)?;
        // Chunks begin at even places; some writers leave the last filling byte out.
        let filled = length + length % 2;
        if !matches!(name, b"EXIF" | b"XMP ") {
            let begins = output.len();
            output.extend(content.get(at..at + 8)?);
            output.extend(data);
            output.resize(begins + 8 + filled, 0);
            if name == b"VP8X" {
                *output.get_mut(begins + 8)? &= !(EXIF | XMP);
                flags_at = Some(begins + 8);
            }
        }
        if name == b"EXIF" {
            // Some writers put a JPEG segment's head before it.
            turned = orientation::of(data.strip_prefix(b"Exif\0\0").unwrap_or(data)).unwrap_or(turned);
        }
        size = size.or_else(|| size_of(name, data));
        at += 8 + filled;
    }
    // Without the head of the extended format nobody reads EXIF.
    turned = flags_at.map_or(1, |_| turned);
    if let Some(flags) = flags_at.filter(|_| turned > 1).and_then(|at| output.get_mut(at)) {
        *flags |= EXIF;
        let tiff = orientation::tiff(turned);
        output.extend([&b"EXIF"[..], &u32::try_from(tiff.len()).ok()?.to_le_bytes(), &tiff].concat());
    }
    let (width, height) = orientation::sides(turned, size?);
    let length = u32::try_from(output.len() - 8).ok()?;
    output.splice(4..8, length.to_le_bytes());
    Some(Stripped { content: output, width, height })
}

/// The size that one of the three kinds of heads says.
fn size_of(name: &[u8], data: &[u8]) -> Option<(u32, u32)> {
    match name {
        b"VP8X" => {
            let side =
                |at: usize| Some(u32::from_le_bytes([*data.get(at)?, *data.get(at + 1)?, *data.get(at + 2)?, 0]) + 1);
            Some((side(4)?, side(7)?))
        }
        // A key frame's start code, then two sides of 14 bits (RFC 6386, 9.1).
        b"VP8 " if data.get(3..6) == Some(&[0x9D, 0x01, 0x2A]) => {
            let sides = le32(data, 6)?;
            Some((sides & 0x3FFF, (sides >> 16) & 0x3FFF))
        }
        // A signature, then two sides less one of 14 bits.
        b"VP8L" if data.first() == Some(&0x2F) => {
            let sides = le32(data, 1)?;
            Some(((sides & 0x3FFF) + 1, ((sides >> 14) & 0x3FFF) + 1))
        }
        _ => None,
    }
}
