//! What can be shown.

use std::borrow::Cow;
use std::rc::Rc;

use send_wrapper::SendWrapper;

use super::call::Call;
use super::element::Element;
use super::list::List;
use super::signal::{ArcRwSignal, Memo, Readable, RwSignal, Signal};

/// Something to show, not yet in the document.
pub(crate) struct View(pub(super) Kind);

pub(super) enum Kind {
    Nothing,
    Text(Cow<'static, str>),
    Element(web_sys::Element),
    Several(Vec<View>),
    /// What the closure gives, anew whenever something changes that it reads.
    Live(Box<dyn Call<View>>),
    List(Box<List>),
}

impl View {
    /// Shows nothing.
    pub(crate) const NOTHING: Self = Self(Kind::Nothing);

    /// One after the other.
    pub(crate) fn several(views: impl Into<Vec<Self>>) -> Self {
        Self(Kind::Several(views.into()))
    }

    /// What a closure gives, anew whenever something changes that it reads.
    pub(crate) fn live<V: IntoView>(read: impl FnMut() -> V + 'static) -> Self {
        read.into_view()
    }
}

/// What a component has between its tags: made when the component asks for it.
pub(crate) type Children = Box<dyn FnOnce() -> View>;

/// A view that can be made again and again.
#[derive(Clone)]
pub(crate) struct ViewFn(SendWrapper<Rc<dyn Fn() -> View>>);

impl ViewFn {
    /// Makes the view.
    pub(crate) fn run(&self) -> View {
        (self.0)()
    }
}

impl<F: Fn() -> V + 'static, V: IntoView> From<F> for ViewFn {
    fn from(make: F) -> Self {
        Self(SendWrapper::new(Rc::new(move || make().into_view())))
    }
}

/// Can be shown.
pub(crate) trait IntoView {
    /// As a view.
    fn into_view(self) -> View;
}

impl IntoView for View {
    fn into_view(self) -> View {
        self
    }
}

impl IntoView for Element {
    fn into_view(self) -> View {
        View(Kind::Element(self.into_node()))
    }
}

impl IntoView for () {
    fn into_view(self) -> View {
        View::NOTHING
    }
}

impl IntoView for &'static str {
    fn into_view(self) -> View {
        View(Kind::Text(Cow::Borrowed(self)))
    }
}

impl IntoView for String {
    fn into_view(self) -> View {
        View(Kind::Text(Cow::Owned(self)))
    }
}

impl IntoView for u32 {
    fn into_view(self) -> View {
        self.to_string().into_view()
    }
}

impl<V: IntoView> IntoView for Option<V> {
    fn into_view(self) -> View {
        self.map_or(View::NOTHING, V::into_view)
    }
}

impl<V: IntoView> IntoView for Vec<V> {
    fn into_view(self) -> View {
        View(Kind::Several(self.into_iter().map(V::into_view).collect()))
    }
}

impl<V: IntoView, const N: usize> IntoView for [V; N] {
    fn into_view(self) -> View {
        View(Kind::Several(self.into_iter().map(V::into_view).collect()))
    }
}

impl<F: FnMut() -> V + 'static, V: IntoView> IntoView for F {
    fn into_view(mut self) -> View {
        View(Kind::Live(Box::new(move || self().into_view())))
    }
}

macro_rules! signals {
    ($($signal:ident),*) => {
        $(impl<V: IntoView + Clone + Send + Sync + 'static> IntoView for $signal<V> {
            fn into_view(self) -> View {
                View(Kind::Live(Box::new(move || self.get().into_view())))
            }
        })*
    };
}

signals!(ArcRwSignal, Memo, RwSignal, Signal);
