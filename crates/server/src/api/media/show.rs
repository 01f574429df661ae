//! `GET /media/{id}`: a file's content, to whoever sees the message that it is in.
//!
//! Outside of `/api/v1`: the app's service worker keeps these answers, and nothing of the interface. The browser's own
//! cache keeps none, so that nothing is left when a user leaves.

use std::fmt::Write;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use futures_util::TryStreamExt as _;
use halyard_protocol::{Media, MediaId, Ulid};

use crate::api::extract::{Id, SignedIn};
use crate::app::App;
use crate::media::contents::{Contents, ContentsError};
use crate::problem::Problem;
use crate::store::{self, media::Visible};

/// The content, all of it or the range that is asked for.
///
/// # Errors
/// Nobody is signed in; there is no such file, or it is none of theirs to see; or its content can't be had, which is an error of the server:
/// a device would keep "not found".
pub async fn show(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Id(id): Id<MediaId>,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    let asked = headers.get(header::RANGE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut before = None;
    loop {
        let mut tx = app.store.read().await?;
        let found = store::media::visible(&mut tx, id, session.user).await?.ok_or_else(Problem::not_found)?;
        let Visible { media, hash, object } = found;
        // What is still in the database is read as a whole: most contents are not.
        let here = match object {
            Some(_) => None,
            None => store::contents::bytes(&mut tx, &hash).await?,
        };
        drop(tx);
        let asked = asked.as_deref().map_or(Asked::Whole, |text| Asked::read(text, u64::from(media.size)));
        let content = match object {
            Some(object) => match from(&app.contents, object, &media, &asked).await {
                // Forgotten while it was looked up, and perhaps given again: then the database says so.
                Err(ContentsError::Missing(_)) if before != Some(object) => {
                    before = Some(object);
                    continue;
                }
                content => content?,
            },
            None => part(here.ok_or_else(Problem::internal)?, &asked),
        };
        return Ok(answer(&media, &asked, content));
    }
}

/// What is asked for of an object. It is read as it is sent.
async fn from(contents: &Contents, object: Ulid, media: &Media, asked: &Asked) -> Result<Body, ContentsError> {
    let range = match asked {
        Asked::Whole => None,
        Asked::Part(from, to) => Some(*from..to + 1),
        Asked::Nothing => return Ok(Body::empty()),
    };
    let body = contents.get(object, u64::from(media.size), range).await?;
    // The answer has begun: all that is left is to end it before its end, so that nobody takes it for the whole.
    Ok(Body::from_stream(body.inspect_err(move |error| tracing::error!(%error, %object, "a content breaks off"))))
}

/// What is asked for of a content.
fn part(mut content: Vec<u8>, asked: &Asked) -> Body {
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    match asked {
        Asked::Whole => {}
        Asked::Part(from, to) => {
            content.truncate(place(to + 1));
            content.drain(..place(*from).min(content.len()));
        }
        Asked::Nothing => content.clear(),
    }
    Body::from(content)
}

fn answer(media: &Media, asked: &Asked, content: Body) -> Response<Body> {
    let whole = u64::from(media.size);
    let (status, range, length) = match asked {
        Asked::Whole => (StatusCode::OK, None, whole),
        Asked::Part(from, to) => {
            (StatusCode::PARTIAL_CONTENT, Some(format!("bytes {from}-{to}/{whole}")), to + 1 - from)
        }
        Asked::Nothing => (StatusCode::RANGE_NOT_SATISFIABLE, Some(format!("bytes */{whole}")), 0),
    };
    let mut response = Response::new(content);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media.kind.mime()));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(media.kind.policy()));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let texts = [(header::CONTENT_DISPOSITION, Some(disposition(media))), (header::CONTENT_RANGE, range)];
    for (name, text) in texts {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert(name, value);
        }
    }
    response
}

/// What of a content is asked for (RFC 9110, 14.2).
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Whole,
    /// From here to there, both included.
    Part(u64, u64),
    /// What it does not have.
    Nothing,
}

impl Asked {
    /// One range. Several, or what is none, ask for the whole: a server may always give that.
    fn read(text: &str, whole: u64) -> Self {
        let bounds = text.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-'));
        let (from, to) = match bounds {
            Some(("", last)) => match last.parse::<u64>() {
                Ok(0) => return Self::Nothing,
                Ok(last) => (whole.saturating_sub(last), u64::MAX),
                Err(_) => return Self::Whole,
            },
            Some((from, "")) => match from.parse() {
                Ok(from) => (from, u64::MAX),
                Err(_) => return Self::Whole,
            },
            Some((from, to)) => match (from.parse(), to.parse()) {
                (Ok(from), Ok(to)) if from <= to => (from, to),
                _ => return Self::Whole,
            },
            None => return Self::Whole,
        };
        if from >= whole { Self::Nothing } else { Self::Part(from, to.min(whole - 1)) }
    }
}

/// How to show it, and under which name to save it (RFC 6266, RFC 8187).
fn disposition(media: &Media) -> String {
    let name = if media.name.is_empty() { format!("file.{}", media.kind.extension()) } else { media.name.clone() };
    let plain: String = name
        .chars()
        .map(
            |character| {
                if character.is_ascii_graphic() && !matches!(character, '"' | '\\' | '%') { character } else { '_' }
            },
        )
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing into a text does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    let how = if media.kind.is_shown() { "inline" } else { "attachment" };
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bench::{Bench, number, png};
    use halyard_protocol::{Destination, ErrorCode, MediaKind, Message, Peer};

    fn to(line: u16) -> Destination {
        Destination::new(Some(number(101)), vec![Peer::Number(number(line))])
    }

    #[tokio::test]
    async fn whoever_sees_the_message_sees_its_files() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let (devon, priya) = (bench.sign_in("1002@harbor").await, bench.sign_in("1003@harbor").await);
        let id = bench.media_id();
        maya.give(id, "boat.png", png(3, 2)).await;
        let path = format!("/media/{id}");
        assert_eq!(maya.open(&path, None).await.body, png(3, 2), "before it is sent, to who gave it");
        assert_eq!(devon.open(&path, None).await.code(), ErrorCode::NotFound);
        let message: Message = maya.send_with(bench.message_id(), to(142), "", &[id]).await.json();
        let shown = devon.open(&path, None).await;
        assert_eq!((shown.status.as_u16(), shown.body), (200, png(3, 2)), "he has the number, too");
        assert_eq!(shown.headers["content-type"], "image/png");
        assert_eq!(shown.headers["cache-control"], "no-store");
        assert_eq!(shown.headers["x-content-type-options"], "nosniff");
        assert_eq!(shown.headers["content-security-policy"], MediaKind::Png.policy());
        assert!(shown.headers["content-disposition"].to_str().unwrap().starts_with("inline; filename=\"boat.png\""));
        assert_eq!(priya.open(&path, None).await.code(), ErrorCode::NotFound);
        assert_eq!(bench.sign_in("1001@atlas").await.open(&path, None).await.code(), ErrorCode::NotFound);
        assert_eq!(bench.stranger().open(&path, None).await.code(), ErrorCode::SignedOut);
        devon.delete(&format!("/conversations/{}", message.conversation)).await;
        assert_eq!(devon.open(&path, None).await.code(), ErrorCode::NotFound, "he has deleted it");
        for nothing in ["/media/x", &format!("/media/{}", bench.media_id())] {
            assert_eq!(maya.open(nothing, None).await.status, 404, "{nothing}");
        }
    }

    #[tokio::test]
    async fn players_ask_for_parts() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let id = bench.media_id();
        let film = [b"\0\0\0\x10ftypmp42\0\0\0\0\0\0\0\xD0mdat".to_vec(), (0..200).collect()].concat();
        maya.give(id, "film.mp4", film.clone()).await;
        let path = format!("/media/{id}");
        let part = maya.open(&path, Some("bytes=10-19")).await;
        assert_eq!((part.status.as_u16(), &part.body[..]), (206, &film[10..20]));
        assert_eq!(part.headers["content-range"], format!("bytes 10-19/{}", film.len()));
        assert_eq!(part.headers["accept-ranges"], "bytes");
        let beyond = maya.open(&path, Some("bytes=5000-")).await;
        assert_eq!((beyond.status.as_u16(), beyond.body.len()), (416, 0));
        assert_eq!(maya.open(&path, Some("bytes=0-1,3-4")).await.body, film);
    }

    #[test]
    fn a_range_is_read_as_it_is_written() {
        let cases = [
            ("bytes=0-", Asked::Part(0, 99)),
            ("bytes=0-0", Asked::Part(0, 0)),
            ("bytes=90-200", Asked::Part(90, 99)),
            ("bytes=-10", Asked::Part(90, 99)),
            ("bytes=-1000", Asked::Part(0, 99)),
            ("bytes=-0", Asked::Nothing),
            ("bytes=100-", Asked::Nothing),
            ("bytes=5-4", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("bytes=a-b", Asked::Whole),
            ("lines=1-2", Asked::Whole),
            ("", Asked::Whole),
        ];
        for (text, asked) in cases {
            assert_eq!(Asked::read(text, 100), asked, "{text}");
        }
        assert_eq!(Asked::read("bytes=0-", 0), Asked::Nothing);
    }

    #[test]
    fn a_name_in_a_header_is_safe_in_any_language() {
        let media = |kind, name: &str| Media {
            id: MediaId(halyard_protocol::Ulid::from_bits(1)),
            kind,
            name: name.to_owned(),
            size: 0,
            width: 0,
            height: 0,
        };
        let named = disposition(&media(MediaKind::Vcard, "J\u{f6}rg \"x\".vcf"));
        assert_eq!(named, "attachment; filename=\"J_rg__x_.vcf\"; filename*=UTF-8''J%C3%B6rg%20%22x%22.vcf");
        for (kind, how) in
            [(MediaKind::Amr, "attachment"), (MediaKind::Unknown, "attachment"), (MediaKind::Pdf, "inline")]
        {
            assert!(disposition(&media(kind, "x")).starts_with(how), "{kind:?}");
        }
        assert_eq!(
            disposition(&media(MediaKind::Jpeg, "")),
            "inline; filename=\"file.jpg\"; filename*=UTF-8''file.jpg"
        );
    }
}
