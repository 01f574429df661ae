//! Files in words.

use halyard_protocol::media::size_in_words;
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
        MediaKind::Mp3 | MediaKind::Amr => words::RECORDING,
        MediaKind::Vcard => words::CONTACT,
        MediaKind::Pdf => words::DOCUMENT,
        _ => words::FILE,
    };
    word.into()
}

/// A file's size in words.
#[must_use]
pub(crate) fn size_words(media: &Media) -> String {
    size_in_words(media.size)
}
