//! Calls by name, for the browser's interfaces that are young or rare.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A property; nothing where there is none.
pub(super) fn get(target: &JsValue, name: &str) -> JsValue {
    Reflect::get(target, &JsValue::from_str(name)).unwrap_or_default()
}

/// Calls a method.
pub(super) fn call(target: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = get(target, name).dyn_into()?;
    method.apply(target, &arguments.iter().collect::<Array>())
}

/// Waits for what a call gave, if that is a promise.
pub(super) async fn resolved(outcome: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&outcome?)).await
}
