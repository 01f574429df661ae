//! Files in words.

use halyard_protocol::{Media, MediaKind};
use halyard_words::{self as words, Text};

/// What stands where a message's text would, when it has none: "Picture", "3 pictures", "plan.pdf".
#[must_use]
pub(crate) fn words(media: &[Media]) -> Text {
    let [first, rest @ ..] = media else { return Text::default() };
    let pictures = media.iter().all(|file| file.kind.is_picture());
    match (pictures, rest.len() + 1) {
        (true, 1) => words::PICTURE.into(),
        (true, many) => words::pictures(many),
        (false, 1) => file_words(first),
        (false, many) => words::files(many),
    }
}

/// A file in a few words: its name, or what it is.
#[must_use]
pub(crate) fn file_words(media: &Media) -> Text {
    if !media.name.is_empty() {
        return Text::as_is(&media.name);
    }
    let word = match media.kind {
        kind if kind.is_picture() => words::PICTURE,
        MediaKind::Mp4 => words::VIDEO,
        MediaKind::Mp3 | MediaKind::Amr | MediaKind::Wav => words::RECORDING,
        MediaKind::Vcard => words::CONTACT,
        MediaKind::Pdf => words::DOCUMENT,
        _ => words::FILE,
    };
    word.into()
}

/// A file's size in words.
#[must_use]
pub(crate) fn size_words(media: &Media) -> Text {
    if media.size < 1_000_000 {
        return words::kilobytes(media.size.div_ceil(1_000));
    }
    let tenths = media.size / 100_000;
    words::megabytes(tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use halyard_protocol::{MediaId, Ulid};

    #[test]
    fn sizes_read_well() {
        let (id, kind, name) = (MediaId(Ulid::from_bits(1)), MediaKind::Jpeg, String::new());
        let mut media = Media { id, kind, name, size: 0, width: 0, height: 0 };
        for (bytes, words) in [(0, "0 kB"), (1, "1 kB"), (999, "1 kB"), (599_001, "600 kB"), (1_250_000, "1.2 MB")] {
            media.size = bytes;
            assert_eq!(size_words(&media), words);
        }
    }
}
