//! A lasting word about the state of things.

use super::{Icon, IconName};
use crate::prelude::*;

/// How loud a banner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BannerTone {
    /// Something is not as usual, and mends itself.
    Warn,
    /// Something can be done, when one likes.
    Calm,
}

/// A banner. Screen readers say it when it appears and when its words change.
#[component]
pub(crate) fn Banner(
    /// Its icon.
    icon: IconName,
    /// How loud it is.
    tone: BannerTone,
    /// Its words.
    children: Children,
) -> impl IntoView {
    let class = match tone {
        BannerTone::Warn => "banner",
        BannerTone::Calm => "banner calm",
    };
    view! {
        <div class=class role="status">
            <Icon name=icon />
            <span>{children()}</span>
        </div>
    }
}
