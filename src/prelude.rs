//! What the views import in the place of Leptos' own prelude: the same, but for how `view!` sets attributes and listens to events.
//!
//! Leptos has a type for each attribute's name and for each event, and with it a copy of the code that sets, changes and clones one.
//! The traits of this module have the same methods under the same names, but the name is a value; and all listeners are of one type.
//!
//! Always holds: what the page gets is what it gets from Leptos' own traits.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use leptos::ev::{Custom, EventDescriptor, on};
use leptos::tachys::html::attribute::AttributeValue;
use leptos::tachys::html::attribute::custom::{CustomAttr, custom_attribute};
use leptos::tachys::html::event::On;
use leptos::tachys::view::add_attr::AddAnyAttr;
use wasm_bindgen::JsCast;
use web_sys::Event;

pub(crate) use leptos::prelude::*;

pub(crate) use crate::erased::{Effect, For, NodeRef, NodeRefAttribute, RwSignal, Signal};

/// A view that is drawn again when a signal that it read changes.
pub(crate) type Reactive<V> = Arc<Mutex<dyn FnMut() -> V + Send>>;

/// A closure as a view, of one type whatever the closure: for one that does not stand in `view!` itself, where the macro does the same.
pub(crate) fn reactive<V: 'static>(draw: impl FnMut() -> V + Send + 'static) -> Reactive<V> {
    Arc::new(Mutex::new(draw))
}

macro_rules! attributes {
    ($trait:ident: $($method:ident $name:literal),*) => {
        pub(crate) trait $trait<V: AttributeValue>: AddAnyAttr + Sized {
            $(fn $method(self, value: V) -> Self::Output<CustomAttr<&'static str, V>> {
                self.add_any_attr(custom_attribute($name, value))
            })*
        }

        impl<E: AddAnyAttr, V: AttributeValue> $trait<V> for E {}
    };
}

// The ones in use: another one is added here.
attributes! {
    GlobalAttributes:
    autocapitalize "autocapitalize",
    enterkeyhint "enterkeyhint",
    hidden "hidden",
    id "id",
    inert "inert",
    inputmode "inputmode",
    lang "lang",
    popover "popover",
    role "role",
    spellcheck "spellcheck",
    tabindex "tabindex",
    title "title"
}

attributes! {
    AriaAttributes:
    aria_activedescendant "aria-activedescendant",
    aria_autocomplete "aria-autocomplete",
    aria_checked "aria-checked",
    aria_controls "aria-controls",
    aria_current "aria-current",
    aria_describedby "aria-describedby",
    aria_disabled "aria-disabled",
    aria_expanded "aria-expanded",
    aria_haspopup "aria-haspopup",
    aria_hidden "aria-hidden",
    aria_invalid "aria-invalid",
    aria_keyshortcuts "aria-keyshortcuts",
    aria_label "aria-label",
    aria_labelledby "aria-labelledby",
    aria_posinset "aria-posinset",
    aria_pressed "aria-pressed",
    aria_selected "aria-selected",
    aria_setsize "aria-setsize"
}

/// Handles an event of any kind.
type Listener = Box<dyn FnMut(Event)>;

/// Listens to an event of the element. There is no `on:event:capture`.
pub(crate) trait OnAttribute<D: EventDescriptor, F>: AddAnyAttr + Sized {
    fn on(self, event: D, handler: F) -> Self::Output<On<Custom<Event>, Listener>>;
}

impl<E, D, F> OnAttribute<D, F> for E
where
    E: AddAnyAttr,
    D: EventDescriptor,
    D::EventType: JsCast,
    F: FnMut(D::EventType) + 'static,
{
    fn on(self, event: D, mut handler: F) -> Self::Output<On<Custom<Event>, Listener>> {
        const { assert!(!D::CAPTURE) };
        self.add_any_attr(listener(event.name(), Box::new(move |event| handler(event.unchecked_into()))))
    }
}

fn listener(event: Cow<'static, str>, handler: Listener) -> On<Custom<Event>, Listener> {
    on(Custom::new(event), handler)
}
