//! Which language the app speaks: the one chosen in Settings, kept on this device, or else the first of the browser's that there is.
//!
//! The page's start script chooses (`xtask/src/finish/start.js`) and loads the words while the WebAssembly comes. A page without
//! that script, as `cargo xtask dev` serves, loads what was chosen here, or English.

use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::assets;
use crate::words::{self, DIRECTION, LANGUAGES, t};

const KEY: &str = "halyard.language";

/// The language that was chosen on this device, if one was.
pub(crate) fn chosen() -> Option<&'static str> {
    let stored = storage().and_then(|storage| storage.get_item(KEY).ok().flatten())?;
    LANGUAGES.iter().map(|(language, _)| *language).find(|language| *language == stored)
}

/// Chooses a language, or the browser's own, and starts the page anew. What was typed is kept like at every start.
pub(crate) fn choose(language: Option<&str>) {
    if let Some(storage) = storage() {
        // A device that keeps nothing speaks the browser's language.
        let _ = match language {
            Some(language) => storage.set_item(KEY, language),
            None => storage.remove_item(KEY),
        };
    }
    if let Some(window) = web_sys::window() {
        // A page that can't be loaded again stays as it is.
        let _ = window.location().reload();
    }
}

/// Loads the words of the page's language, before anything is drawn.
///
/// # Panics
/// When they can't be had: then the screen for failures offers to load the page again.
pub(crate) async fn load() {
    let text = text().await.unwrap_or_default();
    let root = root();
    let language = root.as_ref().and_then(|root| root.get_attribute("lang")).unwrap_or_default();
    assert!(words::learn(text, &language), "the words of the app could not be loaded");
    if let Some(root) = root {
        // An attribute of an element that is there can be set.
        let _ = root.set_attribute("dir", t(DIRECTION));
    }
}

/// The words of the page's language, as their file has them.
async fn text() -> Option<String> {
    let coming = web_sys::window().and_then(|window| Reflect::get(&window, &"halyardWords".into()).ok());
    match coming.and_then(|coming| coming.dyn_into::<Promise<JsValue>>().ok()) {
        Some(coming) => JsFuture::from(coming).await.ok()?.as_string(),
        None => {
            let language = chosen().unwrap_or("en");
            if let Some(root) = root() {
                let _ = root.set_attribute("lang", language);
            }
            assets::fetch(&["/words/", language, ".txt"].concat()).await.ok()?
        }
    }
}

fn root() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.document_element()
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
