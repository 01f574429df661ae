//! Files that the user chooses.

use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::spawn;

/// Most bytes that are read of a file: far more than an address book has, and less than a tab can bear.
const MOST: f64 = 32.0 * 1024.0 * 1024.0;

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
