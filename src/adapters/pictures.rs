//! What is in files, and pictures made smaller by the browser.

use halyard_protocol::MediaKind;
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::browser::{call, get, resolved};

/// What is in a blob.
pub(super) async fn bytes(blob: &Blob) -> Result<Vec<u8>, JsValue> {
    Ok(Uint8Array::new(&wasm_bindgen_futures::JsFuture::from(blob.array_buffer()).await?).to_vec())
}

/// A content as a blob.
pub(super) fn blob_of(content: &[u8], kind: MediaKind) -> Result<Blob, JsValue> {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind.mime());
    Blob::new_with_u8_array_sequence_and_options(&Array::of1(&Uint8Array::from(content)), &options)
}

/// A side of a picture, in pixels.
pub(super) fn side(picture: &JsValue, name: &str) -> u32 {
    get(picture, name).as_f64().unwrap_or_default() as u32
}

/// A picture as a JPEG of fewer bytes: by the steps, until it has few enough.
pub(super) async fn shrunk(
    picture: &JsValue,
    width: u32,
    height: u32,
    most: u32,
    steps: &[(u32, u32)],
) -> Result<(Blob, u32, u32), JsValue> {
    for &(longest, quality) in steps {
        let scale = (f64::from(longest) / f64::from(width.max(height).max(1))).min(1.0);
        let [wide, high] = [width, height].map(|side| (f64::from(side) * scale).round().max(1.0) as u32);
        // No photo has so few bytes: not worth the time.
        if u64::from(wide) * u64::from(high) / 20 > u64::from(most) {
            continue;
        }
        let canvas = web_sys::OffscreenCanvas::new(wide, high)?;
        let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
        let [wide_js, high_js] = [wide, high].map(JsValue::from);
        Reflect::set(&context, &"imageSmoothingQuality".into(), &"high".into())?;
        // What shines through becomes white: a JPEG has no holes.
        Reflect::set(&context, &"fillStyle".into(), &"#fff".into())?;
        call(&context, "fillRect", &[0.into(), 0.into(), wide_js.clone(), high_js.clone()])?;
        call(&context, "drawImage", &[picture.clone(), 0.into(), 0.into(), wide_js, high_js])?;
        let options = Object::new();
        Reflect::set(&options, &"type".into(), &MediaKind::Jpeg.mime().into())?;
        Reflect::set(&options, &"quality".into(), &(f64::from(quality) / 100.0).into())?;
        let blob: Blob = resolved(call(&canvas, "convertToBlob", &[options.into()])).await?.dyn_into()?;
        if blob.size() <= f64::from(most) {
            return Ok((blob, wide, high));
        }
    }
    Err(JsValue::NULL)
}
