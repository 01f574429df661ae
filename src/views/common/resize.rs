//! Hears of an element's size.

use std::rc::Rc;

use leptos::html::Div;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{HtmlDivElement, ResizeObserver};

use crate::prelude::*;

/// Says when the element is first laid out, and whenever its size has changed since: also when it is hidden (it has no height then)
/// and when it shows again.
pub(crate) fn on_resize(element: NodeRef<Div>, resized: Rc<dyn Fn(&HtmlDivElement)>) {
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let (watched, resized) = (element.clone(), resized.clone());
        let resized = Closure::<dyn Fn()>::new(move || resized(&watched));
        if let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
            observer.observe(&element);
            let held = StoredValue::new_local((observer, resized));
            on_cleanup(move || {
                held.try_with_value(|(observer, _)| observer.disconnect());
            });
        }
    });
}
