//! A reference to an element of a view.

use std::marker::PhantomData;

use leptos::html::ElementType;
use leptos::prelude::{Get, GetUntracked, LocalStorage, RwSignal, Set};
use wasm_bindgen::JsCast;

/// Knows an element once it is made; reading it in an effect waits for that.
pub(crate) struct NodeRef<E>(RwSignal<Option<web_sys::Element>, LocalStorage>, PhantomData<fn() -> E>);

impl<E> Clone for NodeRef<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for NodeRef<E> {}

impl<E: ElementType> NodeRef<E> {
    /// Of an element that is yet to be made.
    pub(crate) fn new() -> Self {
        Self(RwSignal::new_local(None), PhantomData)
    }

    pub(super) fn set(self, element: &web_sys::Element) {
        self.0.set(Some(element.clone()));
    }

    /// The element.
    pub(crate) fn get(self) -> Option<E::Output>
    where
        E::Output: JsCast,
    {
        self.0.get().map(JsCast::unchecked_into)
    }

    /// The element, without being told of a later one. `None` also when the view that made the reference is gone.
    pub(crate) fn get_untracked(self) -> Option<E::Output>
    where
        E::Output: JsCast,
    {
        self.0.try_get_untracked().flatten().map(JsCast::unchecked_into)
    }
}
