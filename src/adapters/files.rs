//! Files that the user chooses.

use halyard_client::contacts::import::CARDS_BYTES;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, File, FileList, HtmlElement, Url};

use super::pictures::bytes;
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

/// The files of a list.
pub(crate) fn list(files: Option<FileList>) -> Vec<File> {
    let Some(files) = files else { return Vec::new() };
    (0..files.length()).filter_map(|n| files.get(n)).collect()
}

/// Reads files one after the other, and calls back with the name and the bytes of each; with none when it can't be read.
pub(crate) fn read(files: Vec<File>, each: Box<dyn Fn(String, Vec<u8>)>) {
    spawn(async move {
        for file in files {
            let content = match file.slice_with_f64_and_f64(0.0, MOST) {
                Ok(part) => bytes(&part).await,
                Err(error) => Err(error),
            };
            each(file.name(), content.unwrap_or_default());
        }
    });
}
