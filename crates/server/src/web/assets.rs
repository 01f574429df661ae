//! The app's files: from a folder, or from inside of the binary.
//!
//! Always holds: nothing outside of the folder is served; a file whose name carries its hash may be kept for ever,
//! every other is asked for again each time (with its ETag, so mostly the answer is "not modified").

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use halyard_protocol::ErrorCode;
use sha2::{Digest, Sha256};

use crate::digest::hex;
use crate::problem::Problem;

/// Where the app's files are.
#[derive(Clone, Debug)]
pub enum Assets {
    /// Nowhere: the server is used without its app.
    None,
    /// In a folder, as the build made it.
    Folder(PathBuf),
    /// Inside of this binary.
    #[cfg(feature = "embed-app")]
    Embedded,
}

#[cfg(feature = "embed-app")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../../dist"]
struct Embedded;

/// Encodings that the build may have prepared, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

impl Assets {
    /// Answers a request that no route took.
    ///
    /// # Errors
    /// [`Problem`]: not found, or not a GET.
    pub async fn serve(&self, request: Request) -> Result<Response, Problem> {
        let path = request.uri().path();
        if path == "/api" || path.starts_with("/api/") {
            return Err(Problem::not_found());
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(Problem::new(ErrorCode::MethodNotAllowed, "This address does not take that method."));
        }
        let name = relative(path).ok_or_else(Problem::not_found)?;
        // The app has addresses of its own; they have no dot, files do.
        let is_page = !name.rsplit('/').next().unwrap_or_default().contains('.');
        let name = if is_page { "index.html" } else { &name };
        match self.answer(name, request.headers()).await {
            Some(response) => Ok(response),
            None if is_page => Ok((StatusCode::OK, Html(NO_APP)).into_response()),
            None => Err(Problem::not_found()),
        }
    }

    async fn answer(&self, name: &str, headers: &HeaderMap) -> Option<Response> {
        let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut found = None;
        for (encoding, suffix) in ENCODINGS {
            if accepts(accepted, encoding)
                && let Some(bytes) = self.read(&format!("{name}{suffix}")).await
            {
                found = Some((bytes, Some(encoding)));
                break;
            }
        }
        let (bytes, encoding) = match found {
            Some(found) => found,
            None => (self.read(name).await?, None),
        };
        Some(file(name, bytes, encoding, headers))
    }

    async fn read(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        match self {
            Self::None => None,
            Self::Folder(folder) => tokio::fs::read(folder.join(name)).await.ok().map(Cow::Owned),
            #[cfg(feature = "embed-app")]
            Self::Embedded => Embedded::get(name).map(|file| file.data),
        }
    }
}

/// Answers with a file of this name, or says that the browser has it already.
#[must_use]
pub fn file(name: &str, bytes: Cow<'static, [u8]>, encoding: Option<&'static str>, asked: &HeaderMap) -> Response {
    let tag = etag(&bytes);
    let mut response = if matches(asked, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = bytes.into_owned().into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
        if let Some(encoding) = encoding {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    let caching = if has_hash(name) { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

const NO_APP: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Halyard</title>\
    <h1>Halyard</h1><p>The server runs. The app is not built: run <code>cargo xtask serve</code>, or name its folder with \
    <code>--app-dir</code>.</p><p><a href=\"/api/docs\">The interface</a></p></html>";

/// The path inside of the folder; `None` for one that leads out of it or can't be a file of ours.
fn relative(path: &str) -> Option<String> {
    let path = path.trim_start_matches('/');
    let fits = !path.contains(['\\', '%', '\0']);
    let stays = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    (fits && stays).then(|| path.to_owned())
}

fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|entry| {
        let (name, weight) = entry.split_once(';').unwrap_or((entry, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim_matches(['0', '.']).is_empty());
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

fn etag(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let digits = hex(&digest[..12]);
    format!("\"{digits}\"")
}

fn matches(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag)
}

/// Whether the build put a hash into the name: `halyard-1a2b3c4d5e6f7a8b_bg.wasm`.
fn has_hash(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    file.split('-').skip(1).any(|part| {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        digits >= 8 && part[digits..].starts_with(['.', '_'])
    })
}

fn content_type(name: &str) -> &'static str {
    if name == "manifest.json" {
        return "application/manifest+json";
    }
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "mp3" => "audio/mpeg",
        "ogg" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
