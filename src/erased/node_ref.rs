//! References to elements, with one copy of the code that fills and reads them.
//!
//! Always holds: a reference is filled only by an element of its own kind, as the attribute's types ask, so what comes out is of this kind.

use std::marker::PhantomData;

use leptos::html::{Div, ElementType, HtmlElement};
use leptos::prelude as stock;
use leptos::prelude::{Get, GetUntracked};
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::node_ref::{NodeRefAttr, node_ref};
use leptos::tachys::view::Render;
use leptos::tachys::view::add_attr::AddAnyAttr;
use wasm_bindgen::JsCast;

/// A reference to an element, empty until the element is made.
pub(crate) struct NodeRef<E>(stock::NodeRef<Div>, PhantomData<fn() -> E>);

impl<E> NodeRef<E>
where
    E: ElementType,
    E::Output: JsCast,
{
    pub(crate) fn new() -> Self {
        Self(stock::NodeRef::new(), PhantomData)
    }

    /// The element; who asks is told when it is there.
    pub(crate) fn get(&self) -> Option<E::Output> {
        self.0.get().map(JsCast::unchecked_into)
    }

    pub(crate) fn get_untracked(&self) -> Option<E::Output> {
        self.0.get_untracked().map(JsCast::unchecked_into)
    }

    /// The element; none also when the view is gone.
    pub(crate) fn try_get_untracked(&self) -> Option<E::Output> {
        self.0.try_get_untracked().flatten().map(JsCast::unchecked_into)
    }
}

impl<E> Clone for NodeRef<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for NodeRef<E> {}

/// What `node_ref=...` in `view!` calls.
pub(crate) trait NodeRefAttribute<E>: AddAnyAttr + Sized {
    fn node_ref(self, reference: NodeRef<E>) -> Self::Output<NodeRefAttr<Div, stock::NodeRef<Div>>> {
        self.add_any_attr(node_ref(reference.0))
    }
}

impl<E: ElementType, At: Attribute, Ch: Render> NodeRefAttribute<E> for HtmlElement<E, At, Ch> where Self: AddAnyAttr {}
