//! Files that the user chooses.

use halyard_client::contacts::import::CARDS_BYTES;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, File, HtmlElement, Url};

use super::spawn;

/// Most bytes that are read of a file: one more than an address book may have, so that a larger one is refused and not cut.
const MOST: f64 = CARDS_BYTES as f64 + 1.0;

/// Lets the browser save a file, as it saves downloads.
pub(crate) fn save(name: &str, mime: &str, content: &str) {
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    let parts = js_sys::Array::of1(&JsValue::from_str(content));
    let _ = Blob::new_with_str_sequence_and_options(&parts, &options).and_then(|blob| {
        let address = Url::create_object_url_with_blob(&blob)?;
        let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
        let link = document.create_element("a")?;
        link.set_attribute("href", &address)?;
        link.set_attribute("download", name)?;
        link.unchecked_into::<HtmlElement>().click();
        // The browser has read the file by then.
        let forget = Closure::once_into_js(move || Url::revoke_object_url(&address));
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        window.set_timeout_with_callback_and_timeout_and_arguments_0(forget.unchecked_ref(), 60_000).map(drop)
    });
}

/// Reads a file and calls back with its bytes; with none when it can't be read.
pub(crate) fn read(file: File, then: impl FnOnce(Vec<u8>) + 'static) {
    spawn(async move {
        let bytes = match file.slice_with_f64_and_f64(0.0, MOST) {
            Ok(part) => {
                JsFuture::from(part.array_buffer()).await.map(|buffer| js_sys::Uint8Array::new(&buffer).to_vec())
            }
            Err(error) => Err(error),
        };
        then(bytes.unwrap_or_default());
    });
}
