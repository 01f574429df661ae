//! The app's words, in the language of the user: learned at the start ([`crate::adapters::language`]), read everywhere.
//!
//! Always holds: one language for the whole page. Another one is chosen by starting the page anew, so no view has to follow it.

use std::cell::OnceCell;

use js_sys::{Array, Intl, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

pub(crate) use halyard_words::*;

thread_local! {
    static LEARNED: OnceCell<(&'static Catalog, Browser)> = const { OnceCell::new() };
}

/// Takes the words of a language; whether they are this release's.
pub(crate) fn learn(source: String, language: &str) -> bool {
    let Ok(catalog) = Catalog::read(source.leak()) else { return false };
    LEARNED.with(|learned| learned.set((Box::leak(Box::new(catalog)), Browser::new(language)))).is_ok()
}

/// The words that were learned.
///
/// # Panics
/// Before any were.
pub(crate) fn catalog() -> &'static Catalog {
    LEARNED.with(|learned| learned.get().expect("nothing is drawn before the words are here").0)
}

/// A text without arguments.
pub(crate) fn t(word: Word) -> &'static str {
    catalog().word(word)
}

/// A text.
pub(crate) fn say(text: &Text) -> String {
    LEARNED.with(|learned| learned.get().map(|(catalog, browser)| catalog.text(text, browser)).unwrap_or_default())
}

/// A text without arguments, or this when no words were learned.
pub(crate) fn t_or(word: Word, otherwise: &'static str) -> &'static str {
    LEARNED.with(|learned| learned.get().map_or(otherwise, |(catalog, _)| catalog.word(word)))
}

/// Numbers and plurals by the browser's `Intl`, whose tables every browser has.
struct Browser {
    plurals: Intl::PluralRules,
    numbers: js_sys::Function,
}

impl Browser {
    fn new(language: &str) -> Self {
        let locales = Array::of1(&JsValue::from_str(language));
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
