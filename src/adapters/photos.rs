//! Photos of contacts: made small by the browser, and fetched for a file of contacts.

use halyard_client::Event;
use halyard_client::contacts::export::Photo;
use halyard_client::contacts::photo::{MOST, STEPS};
use halyard_client::effect::PhotoOf;
use halyard_protocol::contact::photo_path;
use halyard_protocol::{MediaKind, PhotoId};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, Response};

use super::browser::{call, resolved};
use super::pictures::{blob_of, bytes, shrunk, side};
use super::{Dispatch, spawn};

/// Photos that are fetched at a time.
const AT_ONCE: usize = 8;

/// Where a photo comes from.
pub(super) enum Source {
    /// A file that the user chose.
    File(File),
    /// A content in base 64.
    Content(String),
}

/// Makes a photo small, and reports it.
pub(super) fn shrink(of: PhotoOf, source: Source, send: Dispatch) {
    spawn(async move {
        let small = small(source).await.ok();
        send(Event::Photo(of, small));
    });
}

async fn small(source: Source) -> Result<String, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let content = match source {
        Source::File(file) => bytes(&file).await?,
        Source::Content(text) => window.atob(&text)?.chars().map(|byte| byte as u8).collect(),
    };
    let kind = MediaKind::of(&content).filter(|kind| kind.is_picture()).ok_or(JsValue::NULL)?;
    let blob = blob_of(&content, kind)?;
    drop(content);
    let picture = resolved(call(&window, "createImageBitmap", &[blob.into()])).await?;
    let small = shrunk(&picture, side(&picture, "width"), side(&picture, "height"), MOST, &STEPS).await;
    let _ = call(&picture, "close", &[]);
    base64(&bytes(&small?.0).await?)
}

/// Gets photos for a file. Those that can't be had are left out; the others keep their order.
pub(crate) fn fetch(photos: Vec<PhotoId>, then: Box<dyn FnOnce(Vec<Photo>)>) {
    if photos.is_empty() {
        return then(Vec::new());
    }
    spawn(async move {
        let mut found = Vec::new();
        if let Some(window) = web_sys::window() {
            for some in photos.chunks(AT_ONCE) {
                let answers = some.iter().map(|id| (*id, JsFuture::from(window.fetch_with_str(&photo_path(*id)))));
                for (id, answer) in answers.collect::<Vec<_>>() {
                    found.extend(content(answer).await.ok().map(|content| (id, content)));
                }
            }
        }
        then(found);
    });
}

async fn content(answer: JsFuture) -> Result<String, JsValue> {
    let response: Response = answer.await?.dyn_into()?;
    if response.status() != 200 {
        return Err(JsValue::NULL);
    }
    base64(&Uint8Array::new(&JsFuture::from(response.array_buffer()?).await?).to_vec())
}

fn base64(content: &[u8]) -> Result<String, JsValue> {
    let text: String = content.iter().copied().map(char::from).collect();
    web_sys::window().ok_or(JsValue::NULL)?.btoa(&text)
}
