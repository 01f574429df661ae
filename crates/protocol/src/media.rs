//! Files in messages: which kinds, how large, and how one is known by its content.
//!
//! Always holds: a file is what its first bytes say, whatever its name or its sender call it, and those have to be a whole
//! structure of its format (`signature`). Both ends check with these functions, so the composer refuses what the server would.

mod name;
mod signature;

use serde::{Deserialize, Serialize};

pub use name::clean_name;
pub use signature::HEAD;

use crate::{Cause, CauseCode, ConversationKind, MediaId, SmsNumber, limits};

/// The kinds of files that a message may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A photo.
    Jpeg,
    /// A picture without loss.
    Png,
    /// A picture, perhaps an animated one.
    Gif,
    /// A picture, perhaps an animated one.
    Webp,
    /// A video, also one of a phone (3GPP).
    Mp4,
    /// A recording.
    Mp3,
    /// A recording of a phone.
    Amr,
    /// A recording without loss: what a recording of a phone becomes that a carrier brings, for browsers do not play AMR.
    Wav,
    /// Contacts.
    Vcard,
    /// A document.
    Pdf,
    /// A kind that this version does not know: offered for download.
    #[serde(other)]
    Unknown,
}

/// The kinds that this version knows.
const KINDS: [MediaKind; 10] = [
    MediaKind::Jpeg,
    MediaKind::Png,
    MediaKind::Gif,
    MediaKind::Webp,
    MediaKind::Mp4,
    MediaKind::Mp3,
    MediaKind::Amr,
    MediaKind::Wav,
    MediaKind::Vcard,
    MediaKind::Pdf,
];

/// A file that came or went with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Media {
    /// Its id: under `/media/` stands its content.
    pub id: MediaId,
    /// What it is.
    pub kind: MediaKind,
    /// Its name; may be empty.
    #[serde(default)]
    pub name: String,
    /// Bytes.
    pub size: u32,
    /// For a picture: pixels across; 0 when not known.
    #[serde(default)]
    pub width: u32,
    /// For a picture: pixels down; 0 when not known.
    #[serde(default)]
    pub height: u32,
}

/// Why files can't be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// Of no kind that may be sent, or by a text.
    #[error(
        "Pictures (JPEG, PNG, GIF, WebP), MP4 videos, MP3 and AMR recordings, contacts (vCard) and PDF can be sent."
    )]
    Kind,
    /// More files than one message carries.
    #[error("A message carries {} files at most.", limits::MEDIA_PER_MESSAGE)]
    TooMany,
    /// The own number has no MMS.
    #[error("This number can't send pictures or files. Choose another number.")]
    CannotSend,
    /// A file in a chat is too large.
    #[error("A file in a chat has 10 MB at most.")]
    TooLarge,
    /// The files of a text are too large together.
    #[error("Carriers take 600 kB of files with one text. Choose smaller ones, or fewer.")]
    TooLargeForText,
}

impl From<MediaError> for Cause {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Kind => CauseCode::UnsupportedFile.into(),
            MediaError::TooMany => CauseCode::TooManyFiles.limit(limits::MEDIA_PER_MESSAGE),
            MediaError::CannotSend => CauseCode::NumberCannotSendFiles.into(),
            MediaError::TooLarge => CauseCode::FileTooLarge.limit(limits::CHAT_MEDIA_BYTES as usize),
            MediaError::TooLargeForText => CauseCode::FilesTooLargeForText.limit(limits::TEXT_MEDIA_BYTES as usize),
        }
    }
}

impl MediaKind {
    /// The kinds that this version knows.
    pub const ALL: [Self; 10] = KINDS;

    /// The kind of a file, by how it begins: its first [`HEAD`] bytes decide.
    #[must_use]
    pub fn of(content: &[u8]) -> Option<Self> {
        signature::kind(content)
    }

    /// Its media type (RFC 6838).
    #[must_use]
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Mp4 => "video/mp4",
            Self::Mp3 => "audio/mpeg",
            Self::Amr => "audio/amr",
            Self::Wav => "audio/wav",
            Self::Vcard => "text/vcard",
            Self::Pdf => "application/pdf",
            Self::Unknown => "application/octet-stream",
        }
    }

    /// What such a file may do when it is opened in a tab (Content-Security-Policy): show itself, and run nothing. A film or recording
    /// is fetched by the browser's player, which has to be of our origin for that.
    #[must_use]
    pub fn policy(self) -> &'static str {
        match self {
            Self::Mp4 | Self::Mp3 | Self::Wav => {
                "sandbox allow-same-origin; default-src 'none'; media-src 'self'; style-src 'unsafe-inline'"
            }
            _ => "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'",
        }
    }

    /// How names of such files end, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        self.ends().first().copied().unwrap_or_default()
    }

    /// How names of such files may end, in small letters, [`MediaKind::extension`] first.
    fn ends(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::Png => &["png"],
            Self::Gif => &["gif"],
            Self::Webp => &["webp"],
            Self::Mp4 => &["mp4", "m4v", "m4a", "3gp", "3g2", "3gpp"],
            Self::Mp3 => &["mp3"],
            Self::Amr => &["amr", "awb"],
            Self::Wav => &["wav"],
            Self::Vcard => &["vcf", "vcard"],
            Self::Pdf => &["pdf"],
            Self::Unknown => &["bin"],
        }
    }

    /// Whether the app shows it in place or opens it in a tab. What is not shown is a download.
    #[must_use]
    pub fn is_shown(self) -> bool {
        self.is_picture() || matches!(self, Self::Mp4 | Self::Mp3 | Self::Wav | Self::Pdf)
    }

    /// Whether a text may carry it: no carrier takes WAV, and nothing makes another kind of it.
    #[must_use]
    pub fn is_for_texts(self) -> bool {
        self != Self::Wav
    }

    /// Whether it is shown as a picture.
    #[must_use]
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Gif | Self::Webp)
    }
}

impl Media {
    /// Where its content is.
    #[must_use]
    pub fn path(&self) -> String {
        path(self.id)
    }
}

/// Where a file's content is: outside of `/api`, for a service worker keeps it.
#[must_use]
pub fn path(id: MediaId) -> String {
    ["/media/", &id.to_string()].concat()
}

/// Checks the files of a message for a kind of conversation. `own` is the number that a text goes from.
///
/// # Errors
/// [`MediaError`], in words for the author.
pub fn check_media(kind: ConversationKind, own: Option<&SmsNumber>, media: &[Media]) -> Result<(), MediaError> {
    if media.is_empty() {
        return Ok(());
    }
    if media.len() > limits::MEDIA_PER_MESSAGE {
        return Err(MediaError::TooMany);
    }
    if !kind.is_text() {
        let large = media.iter().any(|file| file.size > limits::CHAT_MEDIA_BYTES);
        return if large { Err(MediaError::TooLarge) } else { Ok(()) };
    }
    if !own.is_some_and(|own| own.capabilities.mms) {
        return Err(MediaError::CannotSend);
    }
    if media.iter().any(|file| !file.kind.is_for_texts()) {
        return Err(MediaError::Kind);
    }
    let together = media.iter().fold(0u32, |sum, file| sum.saturating_add(file.size));
    if together > limits::TEXT_MEDIA_BYTES { Err(MediaError::TooLargeForText) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Capabilities, PhoneNumber, Ulid};

    fn file(size: u32) -> Media {
        Media { id: MediaId(Ulid::from_bits(1)), kind: MediaKind::Jpeg, name: String::new(), size, width: 0, height: 0 }
    }

    #[test]
    fn a_text_takes_less_than_a_chat_and_wants_a_number_with_mms() {
        let own = |mms| SmsNumber {
            number: PhoneNumber::from_e164("+16195550101").unwrap(),
            label: String::new(),
            capabilities: Capabilities { sms: true, mms, group_recipients: 0, short_codes: false },
        };
        let (with, without) = (own(true), own(false));
        let check = |own: &SmsNumber, files: &[Media]| check_media(ConversationKind::Sms, Some(own), files);
        assert_eq!(check(&with, &[file(300_000), file(300_000)]), Ok(()));
        assert_eq!(check(&with, &[file(300_000), file(300_001)]), Err(MediaError::TooLargeForText));
        assert_eq!(check(&with, &[file(u32::MAX), file(u32::MAX)]), Err(MediaError::TooLargeForText));
        assert_eq!(check(&without, &[file(1)]), Err(MediaError::CannotSend));
        assert_eq!(check(&without, &[]), Ok(()));
        let wav = Media { kind: MediaKind::Wav, ..file(1) };
        assert_eq!(check(&with, &[file(1), wav.clone()]), Err(MediaError::Kind));
        let chat = |files: &[Media]| check_media(ConversationKind::Chat, None, files);
        assert_eq!(chat(&[file(10_000_000), file(10_000_000)]), Ok(()));
        assert_eq!(chat(&[wav]), Ok(()));
        assert_eq!(chat(&[file(10_000_001)]), Err(MediaError::TooLarge));
        assert_eq!(chat(&vec![file(1); 11]), Err(MediaError::TooMany));
    }

    #[test]
    fn the_service_worker_answers_with_the_same_types_and_policies() {
        let worker = include_str!("../../../service-worker.js");
        let list = |name: &str| worker.split_once(name).and_then(|(_, rest)| rest.split_once(';')).unwrap().0;
        let (types, shown) = (list("const TYPES = "), list("const SHOWN = "));
        for kind in KINDS {
            let word = serde_json::to_string(&kind).unwrap();
            assert!(types.contains(&format!("{}: \"{}\"", word.trim_matches('"'), kind.mime())), "{kind:?}");
            assert_eq!(shown.contains(&word), kind.is_shown(), "{kind:?}");
            assert!(worker.contains(&format!("\"{}\"", kind.policy())), "{kind:?}");
        }
        assert_eq!(types.matches("/").count(), KINDS.len());
    }
}
