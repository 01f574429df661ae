//! The kind of a file by how it begins: the whole first structure of each format is checked, not a magic word alone.
//!
//! Always holds: a file that a browser could take for a page or a script (it begins with `<`, white space or letters) is of
//! no kind here but a vCard; the answer depends on the first [`HEAD`] bytes alone, so both ends give the same one.

use super::MediaKind;

/// Bytes of a file that decide.
pub const HEAD: usize = 1_024;

type Check = fn(&[u8]) -> bool;

/// The formats, each with its check.
const KINDS: [(MediaKind, Check); 10] = [
    (MediaKind::Jpeg, is_jpeg),
    (MediaKind::Png, is_png),
    (MediaKind::Gif, is_gif),
    (MediaKind::Webp, is_webp),
    (MediaKind::Mp4, is_mp4),
    (MediaKind::Amr, is_amr),
    (MediaKind::Wav, is_wav),
    (MediaKind::Mp3, is_mp3),
    (MediaKind::Pdf, is_pdf),
    (MediaKind::Vcard, is_vcard),
];

/// The kind of a file, or `None` if it is of no kind that may be sent.
pub(super) fn kind(content: &[u8]) -> Option<MediaKind> {
    let head = content.get(..HEAD).unwrap_or(content);
    KINDS.into_iter().find(|(_, is)| is(head)).map(|(kind, _)| kind)
}

fn at(head: &[u8], place: usize, with: &[u8]) -> bool {
    head.get(place..).is_some_and(|rest| rest.starts_with(with))
}

fn be16(head: &[u8], place: usize) -> Option<usize> {
    Some(usize::from(u16::from_be_bytes(head.get(place..place + 2)?.try_into().ok()?)))
}

fn be32(head: &[u8], place: usize) -> Option<u32> {
    Some(u32::from_be_bytes(head.get(place..place + 4)?.try_into().ok()?))
}

fn le16(head: &[u8], place: usize) -> Option<u16> {
    Some(u16::from_le_bytes(head.get(place..place + 2)?.try_into().ok()?))
}

fn le32(head: &[u8], place: usize) -> Option<u32> {
    Some(u32::from_le_bytes(head.get(place..place + 4)?.try_into().ok()?))
}

/// A row of marker segments (ITU-T T.81, B.1.1): each that begins in the head has a marker and a length of its own.
fn is_jpeg(head: &[u8]) -> bool {
    if !head.starts_with(b"\xFF\xD8\xFF") {
        return false;
    }
    let mut place = 2;
    while let Some([first, marker]) = head.get(place..place + 2) {
        match (first, marker) {
            // Fill bytes may stand before a marker.
            (0xFF, 0xFF) => {
                place += 1;
                continue;
            }
            // The scan: what follows is the picture.
            (0xFF, 0xDA) => return place > 2,
            // What stands before a scan: heads of frames, tables, what programs write, comments.
            (0xFF, 0xC0..=0xCF | 0xDB..=0xFE) => {}
            _ => return false,
        }
        match be16(head, place + 2) {
            Some(length) if length >= 2 => place += 2 + length,
            Some(_) => return false,
            None => break,
        }
    }
    // At least the first segment's head was there.
    head.len() >= 6
}

/// The signature and the whole header chunk (PNG, 11.2.2).
fn is_png(head: &[u8]) -> bool {
    let side = |place| be32(head, place).is_some_and(|side| side > 0 && side <= 0x7FFF_FFFF);
    at(head, 0, b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR")
        && side(16)
        && side(20)
        && matches!(head.get(24..29), Some([1 | 2 | 4 | 8 | 16, 0 | 2 | 3 | 4 | 6, 0, 0, 0 | 1]))
}

/// The logical screen, its table of colors, and the first block (GIF89a, 17 to 20).
fn is_gif(head: &[u8]) -> bool {
    let Some(&[a, b, c, d, flags, _, _]) = head.get(6..13) else { return false };
    let table = if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let block = head.get(13 + table).is_none_or(|block| matches!(block, 0x21 | 0x2C | 0x3B));
    (at(head, 0, b"GIF87a") || at(head, 0, b"GIF89a")) && (a | b) > 0 && (c | d) > 0 && block
}

/// The container and the head of its first chunk (RFC 9649, 2.4).
fn is_webp(head: &[u8]) -> bool {
    let size = |place| le32(head, place).unwrap_or_default();
    let chunk = [b"VP8 ", b"VP8L", b"VP8X"].iter().any(|name| at(head, 12, *name));
    at(head, 0, b"RIFF") && at(head, 8, b"WEBP") && chunk && size(16) > 0 && size(4).checked_sub(12) >= Some(size(16))
}

/// The whole first box, with brands of films that browsers show, and the head of the box behind it (ISO/IEC 14496-12, 4.2 and 4.3).
/// HEIF pictures and `QuickTime` films are containers of this kind, too, with other brands.
fn is_mp4(head: &[u8]) -> bool {
    const BRANDS: [&[u8]; 8] = [b"iso", b"mp4", b"avc1", b"M4V", b"M4A", b"3gp", b"3g2", b"dash"];
    let size = be32(head, 0).and_then(|size| usize::try_from(size).ok()).unwrap_or_default();
    let Some(brands) = head.get(16..size.max(16)).filter(|_| size >= 16 && size.is_multiple_of(4)) else {
        return false;
    };
    let is_brand = |brand: &[u8]| brand == [0; 4] || brand.iter().all(|c| c.is_ascii_alphanumeric() || *c == b' ');
    let next = head.get(size + 4..size + 8).is_none_or(|name| name.iter().all(|c| matches!(c, b' '..=b'~' | 0xA9)));
    // 0: up to the end of the file; 1: the size stands behind the name.
    let next_size = be32(head, size).is_none_or(|size| size <= 1 || size >= 8);
    let known = BRANDS.into_iter().any(|brand| at(head, 8, brand)) && head.get(8..12).is_some_and(is_brand);
    at(head, 4, b"ftyp") && known && brands.chunks(4).all(is_brand) && next && next_size
}

/// The file's header and the heads of its frames (RFC 4867, 5).
fn is_amr(head: &[u8]) -> bool {
    // Bytes of a frame by its type, its head included.
    const NARROW: [usize; 9] = [13, 14, 16, 18, 20, 21, 27, 32, 6];
    const WIDE: [usize; 10] = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6];
    let (frames, sizes) = match (head.strip_prefix(b"#!AMR\n"), head.strip_prefix(b"#!AMR-WB\n")) {
        (Some(frames), _) => (frames, &NARROW[..]),
        (_, Some(frames)) => (frames, &WIDE[..]),
        _ => return false,
    };
    let mut place = 0;
    while let Some(frame) = frames.get(place) {
        let kind = usize::from(frame >> 3 & 15);
        // 14 and 15: lost speech, and nothing to send.
        let size = if kind >= 14 { Some(1) } else { sizes.get(kind).copied() };
        let Some(size) = size.filter(|_| frame & 0x83 == 0) else { return false };
        // The first frame is there as a whole; the last may be cut off.
        if place == 0 && frames.len() < size {
            return false;
        }
        place += size;
    }
    place > 0
}

/// The container, its whole format chunk, which says PCM, and the heads of the chunks behind it up to the samples' (IBM and Microsoft,
/// Multimedia Programming Interface and Data Specifications 1.0, chapter 3, "Waveform Audio File Format").
fn is_wav(head: &[u8]) -> bool {
    let chunk = |place: u64| {
        let rest = head.get(usize::try_from(place).ok()?..)?;
        Some((rest.get(..4)?, u64::from(le32(rest, 4)?)))
    };
    let Some((_, size)) = chunk(0).filter(|_| at(head, 0, b"RIFF") && at(head, 8, b"WAVEfmt ")) else { return false };
    let end = size + 8;
    let Some((_, format)) = chunk(12).filter(|(_, size)| *size >= 16 && is_pcm(head)) else { return false };
    // A chunk of an odd size is filled up.
    let mut place = 20 + format.next_multiple_of(2);
    while let Some((name, size)) = chunk(place).filter(|(_, size)| place + 8 + size <= end) {
        if name == b"data" {
            return size > 0;
        }
        if !name.iter().all(|c| matches!(c, b' '..=b'~')) {
            return false;
        }
        place += 8 + size.next_multiple_of(2);
    }
    false
}

/// Whether the format of a WAV file's first chunk is PCM of whole bytes, and its figures agree.
fn is_pcm(head: &[u8]) -> bool {
    let (short, long) = (|place| le16(head, place).unwrap_or_default(), |place| le32(head, place).unwrap_or_default());
    let (channels, rate, bits) = (short(22), long(24), short(34));
    let known = short(20) == 1 && (1..=8).contains(&channels) && matches!(bits, 8 | 16 | 24 | 32) && rate > 0;
    known && short(32) == channels * (bits / 8) && rate.checked_mul(u32::from(short(32))) == Some(long(28))
}

/// A whole head of a tag (ID3v2, 3.1), or of a frame of MPEG 1 or 2, layer III, with the next frame's behind it.
fn is_mp3(head: &[u8]) -> bool {
    if let Some(&[b'I', b'D', b'3', version, revision, flags, a, b, c, d]) = head.get(..10) {
        return (2..=4).contains(&version) && revision < 0xFF && flags & 0x0F == 0 && (a | b | c | d) < 0x80;
    }
    frame(head, 0).is_some_and(|length| head.len() < length + 4 || frame(head, length).is_some())
}

/// Bytes of the MPEG frame that begins at a place.
fn frame(head: &[u8], place: usize) -> Option<usize> {
    // kbit/s (ISO/IEC 11172-3, 2.4.2.3, and 13818-3); free and forbidden rates are not taken.
    const FIRST: [usize; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const SECOND: [usize; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let &[sync, layer, rates, _] = head.get(place..place + 4)? else { return None };
    if sync != 0xFF || layer & 0xE6 != 0xE2 {
        return None;
    }
    // Bits 3 and 4: 11 is MPEG 1, 10 is MPEG 2, 00 is 2.5.
    let (first, slower) = match layer >> 3 & 3 {
        3 => (true, 1),
        2 => (false, 2),
        0 => (false, 4),
        _ => return None,
    };
    let samples = [44_100, 48_000, 32_000].get(usize::from(rates >> 2 & 3))? / slower;
    let bits = *if first { &FIRST } else { &SECOND }.get(usize::from(rates >> 4).checked_sub(1)?)? * 1_000;
    let padding = usize::from(rates >> 1 & 1);
    Some(if first { 144 } else { 72 } * bits / samples + padding)
}

/// `%PDF-1.7` and the end of its line (ISO 32000-2, 7.5.2).
fn is_pdf(head: &[u8]) -> bool {
    at(head, 0, b"%PDF-")
        && matches!(head.get(5..8), Some([b'1' | b'2', b'.', b'0'..=b'9']))
        && head.get(8).is_none_or(u8::is_ascii_whitespace)
}

/// The first line (RFC 6350, 3.3), and text behind it.
fn is_vcard(head: &[u8]) -> bool {
    const FIRST: &[u8] = b"BEGIN:VCARD";
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let Some((first, rest)) = text.split_at_checked(FIRST.len()) else { return false };
    let line = rest.iter().copied().find(|c| !matches!(c, b' ' | b'\t'));
    let is_text = |c: &u8| *c >= b' ' && *c != 0x7F || matches!(c, b'\t' | b'\r' | b'\n');
    first.eq_ignore_ascii_case(FIRST) && matches!(line, Some(b'\r' | b'\n')) && rest.iter().all(is_text)
}

#[cfg(test)]
mod tests;
