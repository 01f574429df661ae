//! Files that users give to the server, for messages that follow.
//!
//! Always holds: what a file is, its content says; what a camera or a phone wrote into it is not kept. A file that the database names has its
//! content in the folder or bucket.

use axum::body::Bytes;
use halyard_protocol::media::{MediaError, clean_name};
use halyard_protocol::{CauseCode, ErrorCode, Media, MediaId, MediaKind, Ulid};

use super::{Actor, quotas};
use crate::digest::digest;
use crate::env::Env;
use crate::media::amr;
use crate::media::contents::Contents;
use crate::media::metadata::{Damaged, stripped};
use crate::problem::Problem;
use crate::store::contents::Claim;
use crate::store::media::Upload;
use crate::store::{self, Store, StoreError, Tx};

/// Bytes that a user may have given to us and not sent.
const MOST_UNSENT: u64 = 200_000_000;

/// A file as it will be kept.
pub struct Prepared {
    pub(crate) kind: MediaKind,
    pub(crate) content: Bytes,
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
        Ok(Self { kind, content: stripped.content.into(), width, height, hash, upload_hash: digest(body) })
    }

    /// Reads a file that came in from outside. One of a kind that is not known, or damaged, is kept as it is, and is a download. A phone's recording
    /// becomes one that browsers play, if it can be decoded: that takes seconds for a long one. None where it is nothing to read.
    #[must_use]
    pub fn read_inbound(body: &[u8]) -> Option<Self> {
        match Self::read(body) {
            Ok(prepared) if prepared.kind == MediaKind::Amr => Some(prepared.played()),
            Ok(prepared) => Some(prepared),
            Err(_) if body.is_empty() || is_layout(body) => None,
            Err(_) => Some(Self::as_it_came(Bytes::copy_from_slice(body))),
        }
    }

    /// A file to save, of which nothing is known.
    #[must_use]
    pub fn as_it_came(content: Bytes) -> Self {
        let hash = digest(&content);
        let upload_hash = hash.clone();
        Self { kind: MediaKind::Unknown, content, width: 0, height: 0, hash, upload_hash }
    }

    /// A recording as browsers play it, or as it is where it can't be decoded.
    fn played(self) -> Self {
        match amr::to_wav(&self.content) {
            Some(wav) => Self { kind: MediaKind::Wav, hash: digest(&wav), content: wav.into(), ..self },
            None => self,
        }
    }
}

/// What came with a text beside its files: how a slide show of them is laid out (3GPP TS 26.140), which is nothing to read.
fn is_layout(body: &[u8]) -> bool {
    let head = body.get(..body.len().min(512)).unwrap_or_default();
    String::from_utf8_lossy(head).to_ascii_lowercase().contains("<smil")
}

/// What became of a file in a transaction.
enum Step {
    /// It is kept; perhaps with the object that was offered.
    Kept(Media, Claim),
    /// Its content is not here, and has to be offered.
    Absent,
}

/// Takes in files that users give to the server.
pub struct Uploads<'a> {
    /// The database.
    pub store: &'a Store,
    /// The folder or bucket.
    pub contents: &'a Contents,
    /// Names of objects.
    pub env: &'a Env,
}

impl Uploads<'_> {
    /// Keeps a file under an id of the actor's device. The same again gives the same answer. The content is safe before the database
    /// names it, and nothing of the database is held while it is on its way.
    ///
    /// # Errors
    /// The id is another file's, too many files of the actor wait to be sent, or the database, the folder or the bucket fails.
    pub async fn keep(&self, actor: &Actor, id: MediaId, name: &str, file: &Prepared) -> Result<Media, Problem> {
        let mut tx = self.store.read_once().await?;
        let mut known = store::contents::is_known(&mut tx, &file.hash).await?;
        drop(tx);
        let mut offered = None;
        loop {
            if !known && offered.is_none() {
                let object = self.env.ulid();
                self.contents.put(object, file.content.clone()).await?;
                offered = Some(object);
            }
            let step = async {
                let mut tx = self.store.write(actor.tenant).await?;
                let step = keep(&mut tx, actor, id, name, file, offered).await?;
                Ok((tx, step))
            };
            let (tx, step) = match step.await {
                Ok(done) => done,
                Err(problem) => {
                    self.delete_unneeded(offered).await;
                    return Err(problem);
                }
            };
            match step {
                Step::Kept(media, claim) => {
                    // A commit that fails may have gone through (PostgreSQL): the object stays, and upkeep finds it if nothing names it.
                    tx.commit().await?;
                    if claim == Claim::Known {
                        self.delete_unneeded(offered).await;
                    }
                    return Ok(media);
                }
                // It was forgotten this very moment.
                Step::Absent => known = false,
            }
        }
    }

    /// Deletes an object that nothing names. What fails is left for upkeep.
    async fn delete_unneeded(&self, object: Option<Ulid>) {
        if let Err(error) = self.contents.delete(object.into_iter().collect()).await {
            tracing::warn!(%error, "an object that is not needed could not be deleted; upkeep will");
        }
    }
}

async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    id: MediaId,
    name: &str,
    file: &Prepared,
    offered: Option<Ulid>,
) -> Result<Step, Problem> {
    // Nobody, of what comes in from outside.
    let user = actor.maybe_user();
    let Prepared { kind, content, width, height, hash, upload_hash } = file;
    if let Some((known, uploader, known_hash)) = store::media::uploaded(tx, id).await? {
        let same = uploader == user && known_hash.as_ref() == Some(upload_hash);
        // What was offered is not needed.
        return if same { Ok(Step::Kept(known, Claim::Known)) } else { Err(taken()) };
    }
    let (kind, size) = (*kind, u32::try_from(content.len()).unwrap_or(u32::MAX));
    let media = Media { id, kind, name: clean_name(name, Some(kind)), size, width: *width, height: *height };
    if let Some(user) = user
        && store::media::unsent_bytes(tx, user).await? + u64::from(size) > MOST_UNSENT
    {
        let detail = "Too many of your files wait to be sent. Send or remove some first.";
        return Err(Problem::because(ErrorCode::InvalidMedia, CauseCode::TooManyUnsentFiles, detail));
    }
    quotas::count_bytes(tx, actor, size).await?;
    let claim = store::contents::claim(tx, hash, offered).await?;
    if claim == Claim::Absent {
        return Ok(Step::Absent);
    }
    let upload = Upload { media, uploader: user, hash: hash.clone(), upload_hash: upload_hash.clone() };
    store::media::add(tx, actor.tenant, &upload, actor.now).await.map_err(|error| match error {
        // Somebody of another tenant was faster.
        StoreError::Taken => taken(),
        other => other.into(),
    })?;
    Ok(Step::Kept(upload.media, claim))
}

fn taken() -> Problem {
    Problem::new(ErrorCode::Conflict, "This id belongs to another file.")
}

#[cfg(test)]
mod tests {
    use codec_core::codecs::amr::AmrVariant;

    use super::*;
    use crate::media::amr::tests::recording;

    #[test]
    fn a_phones_recording_that_comes_in_plays() {
        let file = recording(AmrVariant::NarrowBand, 7, 5);
        let inbound = Prepared::read_inbound(&file).unwrap();
        assert_eq!((inbound.kind, MediaKind::of(&inbound.content)), (MediaKind::Wav, Some(MediaKind::Wav)));
        assert_eq!((&inbound.hash, &inbound.upload_hash), (&digest(&inbound.content), &digest(&file)));
        // What a user gives to us stays what it is: carriers take AMR, and no WAV.
        let given = Prepared::read(&file).unwrap();
        assert_eq!((given.kind, &given.content[..]), (MediaKind::Amr, &file[..]));
    }

    #[test]
    fn a_recording_that_can_not_be_decoded_is_kept_as_it_came() {
        let file = b"#!AMR\n\x7C\x4C<any>";
        // The type of its second frame is none of AMR's; what tells the kind of a file sees that, too.
        assert_eq!(Prepared::read_inbound(file).unwrap().kind, MediaKind::Unknown);
        // Here it is behind what that sees.
        let file = [&b"#!AMR\n"[..], &[0x7C; 2_000], b"\x4C"].concat();
        let inbound = Prepared::read_inbound(&file).unwrap();
        assert_eq!((inbound.kind, &inbound.content[..]), (MediaKind::Amr, &file[..]));
    }
}
