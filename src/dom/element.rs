//! An element that is being made.

use gloo_events::{EventListener, EventListenerOptions};
use leptos::ev::EventDescriptor;
use leptos::html::ElementType;
use leptos::prelude::on_cleanup;
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue, intern};

use super::attribute::{IntoAttribute, IntoFlag, Text, Value};
use super::binding::bind;
use super::call::CallWith;
use super::mount::mount;
use super::node_ref::NodeRef;
use super::view::IntoView;

const SVG: &str = "http://www.w3.org/2000/svg";

/// An element, its attributes and children.
pub(crate) struct Element(web_sys::Element);

impl Element {
    /// An element of HTML.
    #[inline(never)]
    pub(crate) fn html(tag: &'static str) -> Self {
        // Refuses only what is no name.
        Self(leptos::prelude::document().create_element(intern(tag)).unwrap_or_else(|_| unreachable!()))
    }

    /// An element of SVG.
    #[inline(never)]
    pub(crate) fn svg(tag: &'static str) -> Self {
        let document = leptos::prelude::document();
        Self(document.create_element_ns(Some(intern(SVG)), intern(tag)).unwrap_or_else(|_| unreachable!()))
    }

    pub(super) fn into_node(self) -> web_sys::Element {
        self.0
    }

    /// Sets an attribute, and keeps it as its signals say.
    pub(crate) fn attribute(&self, name: &'static str, value: impl IntoAttribute) {
        self.set(name, value.into_attribute(), write_attribute);
    }

    /// Sets a style's property by the object model, which the content security policy allows.
    pub(crate) fn style(&self, name: &'static str, value: impl IntoAttribute) {
        self.set(name, value.into_attribute(), write_style);
    }

    /// Switches a class.
    pub(crate) fn class(&self, name: &'static str, value: impl IntoFlag) {
        self.set(name, value.into_flag(), write_class);
    }

    /// Sets a property of the element's object: what a user changes by typing or choosing.
    pub(crate) fn property(&self, name: &'static str, value: impl IntoAttribute) {
        self.set(name, value.into_attribute(), write_property);
    }

    fn set<T: PartialEq + 'static>(
        &self,
        name: &'static str,
        value: Value<T>,
        write: fn(&web_sys::Element, &'static str, &T),
    ) {
        match value {
            Value::Fixed(value) => write(&self.0, name, &value),
            Value::Live(mut read) => {
                let element = self.0.clone();
                let mut before = None;
                bind(Box::new(move || {
                    let value = read.call();
                    if before.as_ref() != Some(&value) {
                        write(&element, name, &value);
                        before = Some(value);
                    }
                }));
            }
        }
    }

    /// Listens until the view goes.
    pub(crate) fn on<E: EventDescriptor>(&self, event: E, mut handler: impl FnMut(E::EventType) + 'static)
    where
        E::EventType: JsCast,
    {
        let handler = move |event: &web_sys::Event| handler(event.clone().unchecked_into());
        self.listen(event.name(), Box::new(handler));
    }

    #[inline(never)]
    fn listen(&self, event: std::borrow::Cow<'static, str>, mut handler: Box<dyn CallWith<web_sys::Event, ()>>) {
        let options = EventListenerOptions::enable_prevent_default();
        let handler = move |event: &web_sys::Event| handler.call_with(event);
        let listener = SendWrapper::new(EventListener::new_with_options(&self.0, event, options, handler));
        on_cleanup(move || drop(listener));
    }

    /// Tells the reference which element it is.
    pub(crate) fn bind<E: ElementType>(&self, reference: NodeRef<E>) {
        reference.set(&self.0);
    }

    /// Adds a child.
    pub(crate) fn child(&self, child: impl IntoView) {
        mount(child.into_view(), &self.0, None);
    }
}

fn write_attribute(element: &web_sys::Element, name: &'static str, value: &Text) {
    // Refuses only what is no name.
    let _ = match value {
        Some(value) => element.set_attribute(intern(name), value),
        None => element.remove_attribute(intern(name)),
    };
}

fn write_style(element: &web_sys::Element, name: &'static str, value: &Text) {
    let style = element.unchecked_ref::<web_sys::HtmlElement>().style();
    let _ = match value {
        Some(value) => style.set_property(intern(name), value),
        None => style.remove_property(intern(name)).map(drop),
    };
}

fn write_class(element: &web_sys::Element, name: &'static str, on: &bool) {
    let _ = element.class_list().toggle_with_force(intern(name), *on);
}

fn write_property(element: &web_sys::Element, name: &'static str, value: &Text) {
    // A flag that is on is an empty text: see `IntoText`.
    let is_flag = matches!(name, "checked" | "selected");
    let value = match value {
        _ if is_flag => JsValue::from_bool(value.is_some()),
        Some(value) => JsValue::from_str(value),
        None => JsValue::from_str(""),
    };
    let _ = js_sys::Reflect::set(element, &JsValue::from_str(intern(name)), &value);
}
