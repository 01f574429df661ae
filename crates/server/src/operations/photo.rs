//! The photo that comes with a contact: read and checked before the contact's transaction, kept within it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use halyard_protocol::{CauseCode, Contact, ContactDraft, MediaKind, PhotoId, Ulid, UnixMs, limits};
use sha2::{Digest, Sha256};

use crate::media::metadata::stripped;
use crate::problem::Problem;
use crate::store::address_book::AddressBook;
use crate::store::{self, StoreError, Tx};

/// What a draft says of the photo's content.
pub(super) enum NewPhoto {
    /// Nothing.
    None,
    /// It goes.
    Removed,
    /// This one, without what a camera wrote into it.
    Content(PhotoId, Vec<u8>),
}

impl NewPhoto {
    /// Reads a photo in base 64. What it is, its first bytes say.
    pub(super) fn read(text: Option<String>) -> Result<Self, Problem> {
        match text.as_deref() {
            None => Ok(Self::None),
            Some("") => Ok(Self::Removed),
            Some(text) => content(text).ok_or_else(|| {
                let (bytes, side) = (limits::PHOTO_BYTES, limits::PHOTO_SIDE);
                let detail = format!(
                    "A contact's photo is a JPEG, PNG or WebP picture of {bytes} bytes and {side} by {side} pixels at most, in base 64."
                );
                Problem::invalid(CauseCode::InvalidPhoto.limit(bytes), detail)
            }),
        }
    }

    /// Keeps the photo and gives the draft its id. Without a new one the draft's own stays, and where that is not there, the one that the
    /// contact has: an older version of the app does not know photos, and must not delete them.
    pub(super) async fn keep(
        self,
        tx: &mut Tx,
        book: AddressBook,
        mut draft: ContactDraft,
        before: Option<&Contact>,
        now: UnixMs,
    ) -> Result<ContactDraft, StoreError> {
        let has = before.filter(|before| before.scope == draft.scope).and_then(|before| before.photo);
        let wanted = match self {
            Self::None => [draft.photo, before.and_then(|before| before.photo)],
            Self::Removed => [None; 2],
            Self::Content(id, content) => {
                if has != Some(id) {
                    store::photos::keep(tx, book, draft.scope, id, content, now).await?;
                }
                draft.photo = Some(id);
                return Ok(draft);
            }
        };
        draft.photo = None;
        for id in wanted.into_iter().flatten() {
            if has == Some(id) || store::photos::keep_known(tx, book, draft.scope, id, now).await? {
                draft.photo = Some(id);
                break;
            }
        }
        Ok(draft)
    }
}

fn content(text: &str) -> Option<NewPhoto> {
    // No more is decoded than a photo may have.
    let content = Some(text).filter(|text| text.len() <= limits::PHOTO_BYTES.div_ceil(3) * 4)?;
    let content = STANDARD.decode(content).ok().filter(|content| content.len() <= limits::PHOTO_BYTES)?;
    let kind =
        MediaKind::of(&content).filter(|kind| matches!(kind, MediaKind::Jpeg | MediaKind::Png | MediaKind::Webp))?;
    let photo = stripped(kind, content).ok()?;
    if photo.width > limits::PHOTO_SIDE || photo.height > limits::PHOTO_SIDE {
        return None;
    }
    let digest = Sha256::digest(&photo.content);
    let bits = digest.iter().take(16).fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
    Some(NewPhoto::Content(PhotoId(Ulid::from_bits(bits)), photo.content))
}
