//! Views in the document.
//!
//! Always holds: a live view has a text node of its own at its end, which marks its place; while it shows text alone,
//! that node holds it.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::{Owner, document};
use wasm_bindgen::JsCast;

use super::binding::bind_scope;
use super::call::Call;
use super::list::{self, Shown};
use super::view::{Kind, View};

/// What a view has put into the document.
pub(super) enum Mounted {
    Nothing,
    Node(web_sys::Node),
    Several(Vec<Mounted>),
    Live(Rc<Live>),
    List(Rc<Shown>),
}

/// A live view's place and what it shows.
pub(super) struct Live {
    content: RefCell<Mounted>,
    end: web_sys::Text,
}

/// Draws a view into the page, for as long as the page lives.
pub(crate) fn mount_to_body(view: impl FnOnce() -> View) {
    let owner = Owner::new();
    let Some(body) = document().body() else { return };
    owner.with(|| mount(view(), &body, None));
    std::mem::forget(owner);
}

/// Puts a view into an element, in front of a node or at the end.
pub(super) fn mount(view: View, parent: &web_sys::Node, before: Option<&web_sys::Node>) -> Mounted {
    match view.0 {
        Kind::Nothing => Mounted::Nothing,
        Kind::Text(text) => Mounted::Node(put(document().create_text_node(&text).into(), parent, before)),
        Kind::Element(element) => Mounted::Node(put(element.into(), parent, before)),
        Kind::Several(views) => Mounted::Several(views.into_iter().map(|view| mount(view, parent, before)).collect()),
        Kind::Live(read) => Mounted::Live(live(read, parent, before)),
        Kind::List(list) => Mounted::List(list::mount_into(*list, parent, before)),
    }
}

fn put(node: web_sys::Node, parent: &web_sys::Node, before: Option<&web_sys::Node>) -> web_sys::Node {
    // Refuses only a place that is not in the parent.
    let _ = parent.insert_before(&node, before);
    node
}

/// A text node that marks a place and shows nothing.
pub(super) fn mark(parent: &web_sys::Node, before: Option<&web_sys::Node>) -> web_sys::Text {
    let mark = document().create_text_node("");
    let _ = parent.insert_before(&mark, before);
    mark
}

fn live(mut read: Box<dyn Call<View>>, parent: &web_sys::Node, before: Option<&web_sys::Node>) -> Rc<Live> {
    let live = Rc::new(Live { content: RefCell::new(Mounted::Nothing), end: mark(parent, before) });
    let shown = Rc::clone(&live);
    bind_scope(Box::new(move || shown.show(read.call())));
    live
}

impl Live {
    fn show(&self, view: View) {
        let mut content = self.content.borrow_mut();
        content.remove();
        *content = Mounted::Nothing;
        if let Kind::Text(text) = &view.0 {
            self.end.set_data(text);
            return;
        }
        if self.end.length() > 0 {
            self.end.set_data("");
        }
        // Its place is gone with what was around it.
        let Some(parent) = self.end.parent_node() else { return };
        *content = mount(view, &parent, Some(&self.end));
    }
}

impl Mounted {
    /// Takes it out of the document.
    pub(super) fn remove(&self) {
        self.each_node(&mut |node| {
            if let Some(parent) = node.parent_node() {
                let _ = parent.remove_child(node);
            }
        });
    }

    /// Puts it somewhere else in its element.
    pub(super) fn move_before(&self, parent: &web_sys::Node, before: &web_sys::Node) {
        self.each_node(&mut |node| {
            let _ = parent.insert_before(node, Some(before));
        });
    }

    /// The first of its nodes.
    pub(super) fn first(&self) -> Option<web_sys::Node> {
        match self {
            Self::Nothing => None,
            Self::Node(node) => Some(node.clone()),
            Self::Several(all) => all.iter().find_map(Self::first),
            Self::Live(live) => live.content.borrow().first().or_else(|| Some(live.end.clone().unchecked_into())),
            Self::List(list) => Some(list.first()),
        }
    }

    /// All of its nodes, in order.
    pub(super) fn each_node(&self, then: &mut dyn FnMut(&web_sys::Node)) {
        match self {
            Self::Nothing => {}
            Self::Node(node) => then(node),
            Self::Several(all) => all.iter().for_each(|one| one.each_node(then)),
            Self::Live(live) => {
                live.content.borrow().each_node(then);
                then(&live.end);
            }
            Self::List(list) => list.each_node(then),
        }
    }
}
