//! How a picture is to be turned, as EXIF says it (CIPA DC-008, 4.6.4): 1 to 8, 1 as it is.

use super::{be16, be32};

/// The tag.
const ORIENTATION: u16 = 0x0112;

/// The orientation that a TIFF structure says.
pub(super) fn of(tiff: &[u8]) -> Option<u8> {
    let little = tiff.starts_with(b"II");
    if !little && !tiff.starts_with(b"MM") {
        return None;
    }
    let short = |at| be16(tiff, at).map(|value| if little { value.swap_bytes() } else { value });
    let long = |at| be32(tiff, at).map(|value| if little { value.swap_bytes() } else { value });
    let directory = usize::try_from(long(4)?).ok()?;
    let entries = usize::from(short(directory)?);
    let entry = (0..entries).map(|n| directory + 2 + n * 12).find(|at| short(*at) == Some(ORIENTATION))?;
    let value = u8::try_from(short(entry + 8)?).ok()?;
    (1..=8).contains(&value).then_some(value)
}

/// A TIFF structure that says an orientation, and nothing else.
pub(super) fn tiff(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08\0\x01".to_vec();
    // One value of two bytes, and no directory after this one.
    tiff.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]);
    tiff
}

/// The sides of a picture as they are seen.
pub(super) fn sides(orientation: u8, (width, height): (u32, u32)) -> (u32, u32) {
    if orientation > 4 { (height, width) } else { (width, height) }
}
