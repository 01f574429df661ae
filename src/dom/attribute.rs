//! What attributes, classes, styles and properties can be given: a value, a signal, or a closure.

use std::borrow::Cow;

use super::call::Call;
use super::signal::{ArcRwSignal, Memo, Readable, RwSignal, Signal};

/// A text, or none: the attribute is not there.
pub(super) type Text = Option<Cow<'static, str>>;

/// A value now, or a closure to read it from whenever it may have changed.
pub(crate) enum Value<T> {
    Fixed(T),
    Live(Box<dyn Call<T>>),
}

/// A value of an attribute or a style.
pub(crate) trait IntoText {
    /// As text.
    fn into_text(self) -> Text;
}

impl IntoText for &'static str {
    fn into_text(self) -> Text {
        Some(Cow::Borrowed(self))
    }
}

impl IntoText for String {
    fn into_text(self) -> Text {
        Some(Cow::Owned(self))
    }
}

/// On or off, as HTML has it: there, or not there.
impl IntoText for bool {
    fn into_text(self) -> Text {
        self.then_some(Cow::Borrowed(""))
    }
}

impl IntoText for u32 {
    fn into_text(self) -> Text {
        Some(Cow::Owned(self.to_string()))
    }
}

impl<T: IntoText> IntoText for Option<T> {
    fn into_text(self) -> Text {
        self.and_then(T::into_text)
    }
}

/// Can be an attribute or a style.
pub(crate) trait IntoAttribute {
    /// Its value.
    fn into_attribute(self) -> Value<Text>;
}

impl<F: FnMut() -> T + 'static, T: IntoText> IntoAttribute for F {
    fn into_attribute(mut self) -> Value<Text> {
        Value::Live(Box::new(move || self().into_text()))
    }
}

/// Can switch a class.
pub(crate) trait IntoFlag {
    /// Whether it is on.
    fn into_flag(self) -> Value<bool>;
}

impl IntoFlag for bool {
    fn into_flag(self) -> Value<bool> {
        Value::Fixed(self)
    }
}

impl<F: FnMut() -> bool + 'static> IntoFlag for F {
    fn into_flag(self) -> Value<bool> {
        Value::Live(Box::new(self))
    }
}

macro_rules! texts {
    ($($text:ty),*) => {
        $(impl IntoAttribute for $text {
            fn into_attribute(self) -> Value<Text> {
                Value::Fixed(self.into_text())
            }
        })*
    };
}

texts!(&'static str, String, bool, u32, Option<&'static str>, Option<String>);

macro_rules! signals {
    ($($signal:ident),*) => {
        $(impl<T: IntoText + Clone + Send + Sync + 'static> IntoAttribute for $signal<T> {
            fn into_attribute(self) -> Value<Text> {
                Value::Live(Box::new(move || self.get().into_text()))
            }
        }

        impl IntoFlag for $signal<bool> {
            fn into_flag(self) -> Value<bool> {
                Value::Live(Box::new(move || self.get()))
            }
        })*
    };
}

signals!(ArcRwSignal, Memo, RwSignal, Signal);
