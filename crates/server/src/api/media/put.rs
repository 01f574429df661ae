//! `PUT /media/{id}`: a file for a message that follows.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use halyard_protocol::media::MediaError;
use halyard_protocol::{ErrorBody, ErrorCode, Media, MediaId};
use serde::Deserialize;

use crate::api::extract::{Id, Params, SignedIn};
use crate::app::App;
use crate::operations::media::{Prepared, Uploads};
use crate::problem::Problem;

/// What the file is called.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// Its name. Folders in it, what can't be seen, and of a long one the end are left out, and it ends as names of its kind do.
    #[serde(default)]
    name: String,
}

/// Give a file to the server, for a message that follows.
///
/// What it is, its content says: JPEG, PNG, GIF, WebP, MP4, MP3, AMR, WAV (PCM; for chats alone), vCard or PDF, of 10 MB at
/// most. Where and when a picture was taken, and by what, is taken out of it. The same id with the same bytes gets the first answer again, with
/// other bytes a conflict. A file that no message carries is forgotten after seven days. `GET /media/{id}`, outside of
/// this interface's path, gives its content to whoever sees the message, also in ranges.
#[utoipa::path(
    put, path = "/media/{id}", tag = "conversations",
    params(("id" = MediaId, Path, description = "The file's id, chosen by the device"), Name),
    request_body(content_type = "application/octet-stream", description = "The file"),
    responses(
        (status = 200, description = "It is safe on disk", body = Media),
        (status = 404, description = "`not_found`: this can't be an id", body = ErrorBody),
        (status = 409, description = "`conflict`: the id is another file's", body = ErrorBody),
        (status = 413, description = "`too_large`: more than 10 MB", body = ErrorBody),
        (status = 422, description = "`invalid_media`: of no kind that can be sent, damaged, or too many wait to be sent; or `limit_reached`",
         body = ErrorBody),
    )
)]
pub async fn put(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Id(id): Id<MediaId>,
    Params(Name { name }): Params<Name>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Media>, Problem> {
    let body = body.map_err(unreadable)?;
    // Some milliseconds of work for a large file: not where the others wait.
    let file = tokio::task::spawn_blocking(move || Prepared::read(&body)).await.map_err(|_| Problem::internal())??;
    let uploads = Uploads { store: &app.store, contents: &app.contents, env: &app.env };
    Ok(Json(uploads.keep(&app.actor(&session), id, &name, &file).await?))
}

fn unreadable(error: BytesRejection) -> Problem {
    match error {
        BytesRejection::FailedToBufferBody(error) if error.status() == 413 => {
            Problem::rule(ErrorCode::TooLarge, MediaError::TooLarge)
        }
        _ => Problem::new(ErrorCode::MalformedRequest, "The file could not be read."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::digest;
    use crate::store;
    use crate::testing::bench::{Bench, number, png};
    use futures_util::StreamExt as _;
    use halyard_protocol::{Destination, MediaKind, Peer, limits};

    #[tokio::test]
    async fn the_same_again_gets_the_first_answer_and_anything_else_is_a_conflict() {
        let bench = Bench::new().await;
        let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
        let id = bench.media_id();
        let first = maya.give(id, "boat.png", png(3, 2)).await;
        assert_eq!(first.status, 200, "{first:?}");
        let media: Media = first.json();
        assert_eq!((media.kind, media.name.as_str(), media.width, media.height), (MediaKind::Png, "boat.png", 3, 2));
        assert_eq!(maya.give(id, "other.png", png(3, 2)).await.json::<Media>(), media);
        let named: Media = maya.give(bench.media_id(), "boat\u{202e}gnp.bat", png(3, 2)).await.json();
        assert_eq!(named.name, "boatgnp.bat.png", "it says what it is");
        assert_eq!(maya.give(id, "boat.png", png(2, 3)).await.code(), ErrorCode::Conflict);
        assert_eq!(rosa.give(id, "boat.png", png(3, 2)).await.code(), ErrorCode::Conflict, "another tenant's");
        assert_eq!(bench.stranger().give(bench.media_id(), "", png(3, 2)).await.code(), ErrorCode::SignedOut);
    }

    #[tokio::test]
    async fn refuses_what_is_no_file_that_can_be_sent() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        for content in [b"".to_vec(), b"MZ".to_vec(), b"<svg/>".to_vec(), b"\x89PNG\r\n\x1A\n damaged".to_vec()] {
            let answer = maya.give(bench.media_id(), "boat.png", content).await;
            assert_eq!(answer.code(), ErrorCode::InvalidMedia);
        }
        let mut large = b"%PDF-1.7".to_vec();
        large.resize(limits::CHAT_MEDIA_BYTES as usize + 1, b' ');
        assert_eq!(maya.give(bench.media_id(), "plan.pdf", large.clone()).await.code(), ErrorCode::TooLarge);
        large.pop();
        assert_eq!(maya.give(bench.media_id(), "plan.pdf", large).await.status, 200);
    }

    #[tokio::test]
    async fn what_nobody_sends_has_a_limit_and_an_end() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let mut large = b"%PDF-1.7".to_vec();
        large.resize(limits::CHAT_MEDIA_BYTES as usize, b' ');
        let first = bench.media_id();
        assert_eq!(maya.give(first, "", large.clone()).await.status, 200);
        for _ in 1..20 {
            assert_eq!(maya.give(bench.media_id(), "", large.clone()).await.status, 200);
        }
        let more = maya.give(bench.media_id(), "", png(1, 1)).await;
        assert_eq!(more.code(), ErrorCode::InvalidMedia);
        bench.test.pass(8 * crate::app::DAY);
        crate::upkeep::tidy(&bench.app).await.unwrap();
        let to = Destination::new(Some(number(101)), vec![Peer::Number(number(142))]);
        let answer = maya.send_with(bench.message_id(), to, "", &[first]).await;
        assert_eq!(answer.code(), ErrorCode::UnknownMedia, "it was forgotten");
        assert_eq!(maya.give(bench.media_id(), "", png(1, 1)).await.status, 200);
        let mut tx = bench.app.store.read().await.unwrap();
        assert!(!store::contents::is_known(&mut tx, &digest(&large)).await.unwrap(), "and its content");
        assert_eq!(bench.app.contents.list().count().await, 1, "the one of the last picture is there");
    }
}
