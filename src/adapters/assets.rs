//! Files of the app itself that are wanted later than the start.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::spawn;

/// Loads a text of the app and calls back with it, or with nothing when it can't be had.
pub(crate) fn load(path: &'static str, then: impl FnOnce(Option<String>) + 'static) {
    spawn(async move { then(fetch(path).await.ok().flatten()) });
}

pub(super) async fn fetch(path: &str) -> Result<Option<String>, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: web_sys::Response = JsFuture::from(window.fetch_with_str(path)).await?.dyn_into()?;
    if !response.ok() {
        return Ok(None);
    }
    Ok(JsFuture::from(response.text()?).await?.as_string())
}
