//! Files in words.

use halyard_protocol::media::size_in_words;
use halyard_protocol::{Media, MediaKind};

/// What stands where a message's text would, when it has none: "Picture", "3 pictures", "plan.pdf".
#[must_use]
pub(crate) fn words(media: &[Media]) -> String {
    let [first, rest @ ..] = media else { return String::new() };
    let pictures = media.iter().all(|file| file.kind.is_picture());
    match (pictures, rest.len() + 1) {
        (true, 1) => "Picture".to_owned(),
        (true, many) => [&many.to_string(), " pictures"].concat(),
        (false, 1) => file_words(first),
        (false, many) => [&many.to_string(), " files"].concat(),
    }
}

/// A file in a few words: its name, or what it is.
#[must_use]
pub(crate) fn file_words(media: &Media) -> String {
    if !media.name.is_empty() {
        return media.name.clone();
    }
    let word = match media.kind {
        kind if kind.is_picture() => "Picture",
        MediaKind::Mp4 => "Video",
        MediaKind::Mp3 | MediaKind::Amr => "Recording",
        MediaKind::Vcard => "Contact",
        MediaKind::Pdf => "Document",
        _ => "File",
    };
    word.to_owned()
}

/// A file's size in words.
#[must_use]
pub(crate) fn size_words(media: &Media) -> String {
    size_in_words(media.size)
}
