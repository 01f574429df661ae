//! Takes out of a picture or a film what a camera or a program wrote beside it: where, when, by what and by whom it was made. The
//! picture itself is not packed again. Pure.
//!
//! Always holds: what comes out shows the same picture, the same way up, and taking out twice is taking out once.

mod gif;
mod jpeg;
mod mp4;
mod orientation;
mod png;
#[cfg(test)]
mod tests;
mod webp;

use halyard_protocol::MediaKind;

/// A file without metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stripped {
    /// Its content.
    pub(crate) content: Vec<u8>,
    /// For a picture: pixels across, as it is to be seen; 0 for anything else.
    pub(crate) width: u32,
    /// For a picture: pixels down, as it is to be seen; 0 for anything else.
    pub(crate) height: u32,
}

/// A picture or a film that no viewer could show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This file is damaged.")]
pub(crate) struct Damaged;

/// The file without metadata, if it is a picture or a film that has some.
///
/// # Errors
/// [`Damaged`], when the parts of a picture or a film can't be told apart.
pub(crate) fn stripped(kind: MediaKind, content: Vec<u8>) -> Result<Stripped, Damaged> {
    let parts = match kind {
        MediaKind::Jpeg => jpeg::stripped(&content),
        MediaKind::Png => png::stripped(&content),
        MediaKind::Webp => webp::stripped(&content),
        MediaKind::Gif => gif::stripped(&content),
        MediaKind::Mp4 => {
            let content = mp4::stripped(content).ok_or(Damaged)?;
            return Ok(Stripped { content, width: 0, height: 0 });
        }
        _ => return Ok(Stripped { content, width: 0, height: 0 }),
    };
    parts.filter(|picture| picture.width > 0 && picture.height > 0).ok_or(Damaged)
}

/// Two bytes of a picture, the larger first.
fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// Four bytes of a picture, the largest first.
fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Four bytes of a picture, the smallest first.
fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
