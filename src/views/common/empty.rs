//! What a place says while nothing is in it.

use super::{Icon, IconName};
use crate::prelude::*;

/// An empty place: what it is, and what to do next.
#[component]
pub(crate) fn EmptyState(
    /// Its icon.
    icon: IconName,
    /// What there is none of.
    title: &'static str,
    /// What to do about it.
    text: &'static str,
    /// Buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon />
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}
