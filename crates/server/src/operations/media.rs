//! Files that users give to the server, for messages that follow.
//!
//! Always holds: what a file is, its content says; what a camera or a phone wrote into it is not kept.

use halyard_protocol::media::{MediaError, clean_name};
use halyard_protocol::{CauseCode, ErrorCode, Media, MediaId, MediaKind};

use super::{Actor, quotas};
use crate::digest::digest;
use crate::media::metadata::{Damaged, stripped};
use crate::problem::Problem;
use crate::store::media::Upload;
use crate::store::{self, StoreError, Tx};

/// Bytes that a user may have given to us and not sent.
const MOST_UNSENT: u64 = 200_000_000;

/// A file as it will be kept.
pub struct Prepared {
    kind: MediaKind,
    content: Vec<u8>,
    width: u32,
    height: u32,
    hash: String,
    upload_hash: String,
}

impl Prepared {
    /// Reads a file. Takes some milliseconds for a large one.
    ///
    /// # Errors
    /// It is of no kind that can be sent, or damaged.
    pub fn read(body: &[u8]) -> Result<Self, Problem> {
        let code = ErrorCode::InvalidMedia;
        let kind = MediaKind::of(body).ok_or_else(|| Problem::rule(code, MediaError::Kind))?;
        let stripped = stripped(kind, body.to_vec())
            .map_err(|error: Damaged| Problem::because(code, CauseCode::DamagedFile, error.to_string()))?;
        let hash = digest(&stripped.content);
        let (width, height) = (stripped.width, stripped.height);
        Ok(Self { kind, content: stripped.content, width, height, hash, upload_hash: digest(body) })
    }
}

/// Keeps a file under an id of the actor's device. The same again gives the same answer.
///
/// # Errors
/// The id is another file's, or too many files of the actor wait to be sent.
pub async fn keep(tx: &mut Tx, actor: &Actor, id: MediaId, name: &str, file: Prepared) -> Result<Media, Problem> {
    let user = actor.user()?;
    let Prepared { kind, content, width, height, hash, upload_hash } = file;
    if let Some((known, uploader, known_hash)) = store::media::uploaded(tx, id).await? {
        let same = uploader == Some(user) && known_hash == Some(upload_hash);
        return if same { Ok(known) } else { Err(taken()) };
    }
    let size = u32::try_from(content.len()).unwrap_or(u32::MAX);
    let media = Media { id, kind, name: clean_name(name, Some(kind)), size, width, height };
    if store::media::unsent_bytes(tx, user).await? + u64::from(size) > MOST_UNSENT {
        let detail = "Too many of your files wait to be sent. Send or remove some first.";
        return Err(Problem::because(ErrorCode::InvalidMedia, CauseCode::TooManyUnsentFiles, detail));
    }
    quotas::count_bytes(tx, actor, size).await?;
    store::media::add_content(tx, &hash, content).await?;
    let upload = Upload { media, uploader: Some(user), hash, upload_hash };
    store::media::add(tx, actor.tenant, &upload, actor.now).await.map_err(|error| match error {
        // Somebody of another tenant was faster.
        StoreError::Taken => taken(),
        other => other.into(),
    })?;
    Ok(upload.media)
}

fn taken() -> Problem {
    Problem::new(ErrorCode::Conflict, "This id belongs to another file.")
}
