//! Names of files as they are shown and saved.
//!
//! Always holds: a name has no folders and nothing that can't be seen, and ends as files of its kind do, so a name never says that
//! a file is something else; cleaning twice is cleaning once.

use super::{KINDS, MediaKind};
use crate::{limits::MEDIA_NAME_LENGTH, signs};

/// The name that a file is shown and saved under. An empty one stays empty. Without a kind the end of the name stays as it is.
#[must_use]
pub fn clean_name(name: &str, kind: Option<MediaKind>) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen = name.chars().filter(|&c| !signs::is_invisible(c));
    let plain: String = seen.map(|c| if signs::is_blank(c) { ' ' } else { c }).collect();
    let name = trimmed(&plain);
    let Some(kind) = kind.filter(|_| !name.is_empty()) else { return cut(name, MEDIA_NAME_LENGTH) };
    let (stem, end) = match name.rsplit_once('.') {
        Some((stem, end)) if kind.ends().iter().any(|known| known.eq_ignore_ascii_case(end)) => (stem, end),
        // A picture that was called so and is one of another kind.
        Some((stem, end)) if is_end(end) => (stem, kind.extension()),
        _ => (name, kind.extension()),
    };
    let stem = cut(trimmed(stem), MEDIA_NAME_LENGTH - end.len() - 1);
    // Of a name that is an end alone nothing is left.
    let stem = if stem.is_empty() { "file".to_owned() } else { stem };
    [&stem, ".", end].concat()
}

/// Windows drops blanks and dots at the end; at the start blanks are not seen.
fn trimmed(name: &str) -> &str {
    name.trim_start().trim_end_matches([' ', '.'])
}

fn cut(name: &str, most: usize) -> String {
    match name.char_indices().nth(most) {
        Some((end, _)) => trimmed(name.get(..end).unwrap_or_default()).to_owned(),
        None => name.to_owned(),
    }
}

/// Whether some kind's names end so.
fn is_end(end: &str) -> bool {
    KINDS.iter().flat_map(|kind| kind.ends()).any(|known| known.eq_ignore_ascii_case(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_ends_as_its_kind() {
        for (name, kind, expected) in [
            ("boat.jpg", MediaKind::Jpeg, "boat.jpg"),
            ("BOAT.JPEG", MediaKind::Jpeg, "BOAT.JPEG"),
            ("boat.png", MediaKind::Jpeg, "boat.jpg"),
            ("boat", MediaKind::Webp, "boat.webp"),
            ("clip.3gp", MediaKind::Mp4, "clip.3gp"),
            ("song.m4a", MediaKind::Mp4, "song.m4a"),
            ("invoice\u{202e}fdp.html", MediaKind::Pdf, "invoicefdp.html.pdf"),
            ("invoice.pdf\u{200b}.html", MediaKind::Mp4, "invoice.pdf.html.mp4"),
            ("setup.bat", MediaKind::Mp4, "setup.bat.mp4"),
            ("setup.bat", MediaKind::Unknown, "setup.bat.bin"),
            ("setup.exe . .", MediaKind::Mp3, "setup.exe.mp3"),
            ("Mr. Kerr, no. 4", MediaKind::Vcard, "Mr. Kerr, no. 4.vcf"),
            (".jpg", MediaKind::Jpeg, "file.jpg"),
            (".htaccess", MediaKind::Pdf, ".htaccess.pdf"),
            (" ../a/b\\boat.jpg\u{0}\n ", MediaKind::Jpeg, "boat.jpg"),
            ("a\u{3000}b\u{a0}.pdf", MediaKind::Pdf, "a b.pdf"),
            ("", MediaKind::Jpeg, ""),
            ("\u{feff}", MediaKind::Jpeg, ""),
        ] {
            assert_eq!(clean_name(name, Some(kind)), expected, "{name:?}");
        }
        assert_eq!(clean_name("a/tool\u{202e}.exe", None), "tool.exe");
        let long = clean_name(&["x".repeat(500), ".bat".to_owned()].concat(), Some(MediaKind::Jpeg));
        assert!(long.len() == MEDIA_NAME_LENGTH && long.ends_with("x.jpg"));
    }

    fn any_kind() -> impl Strategy<Value = MediaKind> {
        prop::sample::select(vec![
            MediaKind::Jpeg,
            MediaKind::Mp4,
            MediaKind::Vcard,
            MediaKind::Pdf,
            MediaKind::Unknown,
        ])
    }

    proptest! {
        #[test]
        fn whatever_it_was_called_a_name_does_not_lie(
            name in "(\\PC|[\u{202a}-\u{202e}\u{200b}-\u{200f}./\\\\ ]|\\.(pdf|jpg|html|exe)){0,40}", kind in any_kind(),
        ) {
            let clean = clean_name(&name, Some(kind));
            prop_assert!(!clean.chars().any(|c| signs::is_invisible(c) || matches!(c, '/' | '\\')), "{:?}", clean);
            prop_assert!(clean.chars().count() <= MEDIA_NAME_LENGTH);
            let end = clean.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            prop_assert!(clean.is_empty() || kind.ends().contains(&end.as_str()), "{:?}", clean);
            prop_assert_eq!(&clean_name(&clean, Some(kind)), &clean);
        }
    }
}
