//! The app's words, in the language of the user: loaded at the start, read everywhere.
//!
//! Always holds: one language for the whole page. Another one is chosen by starting the page anew ([`crate::adapters::language`]),
//! so no view has to follow it.

use std::cell::OnceCell;

use js_sys::{Array, Intl, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

pub(crate) use halyard_words::*;

use crate::adapters::language;

thread_local! {
    static CATALOG: OnceCell<Catalog> = const { OnceCell::new() };
    static BROWSER: Browser = Browser::new();
}

/// Loads the words, before anything is drawn.
///
/// # Panics
/// When they can't be had: then the screen for failures offers to load the page again.
pub(crate) async fn load() {
    let source: Option<&'static str> = language::words().await.map(|text| &*text.leak());
    let Some(catalog) = source.and_then(|source| Catalog::read(source).ok()) else {
        panic!("the words of the app could not be loaded");
    };
    CATALOG.with(|known| known.get_or_init(|| catalog).word(DIRECTION));
    language::turn(t(DIRECTION));
}

/// A text without arguments.
pub(crate) fn t(word: Word) -> &'static str {
    CATALOG.with(|catalog| catalog.get().map_or("", |catalog| catalog.word(word)))
}

/// A text.
pub(crate) fn say(text: &Text) -> String {
    CATALOG.with(|catalog| {
        BROWSER.with(|browser| catalog.get().map(|catalog| catalog.text(text, browser)).unwrap_or_default())
    })
}

/// Numbers and plurals by the browser's `Intl`, whose tables every browser has.
struct Browser {
    plurals: Intl::PluralRules,
    numbers: js_sys::Function,
}

impl Browser {
    fn new() -> Self {
        let locales = Array::of1(&JsValue::from_str(&language::current()));
        let plurals = Intl::PluralRules::new(&locales, &Object::new());
        let numbers = Intl::NumberFormat::new(&locales, &Object::new());
        let format = Reflect::get(&numbers, &"format".into()).unwrap_or_default();
        Self { plurals, numbers: format.unchecked_into() }
    }
}

impl Numbers for Browser {
    fn number(&self, number: i64) -> String {
        let text = self.numbers.call1(&JsValue::UNDEFINED, &JsValue::from_f64(number as f64));
        text.ok().and_then(|text| text.as_string()).unwrap_or_else(|| number.to_string())
    }

    fn category(&self, number: i64) -> String {
        self.plurals.select(number as f64).into()
    }
}
