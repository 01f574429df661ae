//! Avatars and presence.

use halyard_client::view::{AvatarView, Face};
use halyard_protocol::Presence;

use super::{Icon, IconName};
use crate::erased::Memo;
use crate::prelude::*;
use crate::words::{self, t};

/// How large an avatar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AvatarSize {
    /// In a card's header and in menus: 30 px.
    Small,
    /// In a row: 38 px.
    Medium,
    /// In details: 64 px.
    Large,
}

/// A presence in words.
#[must_use]
pub(crate) fn presence_word(presence: Presence) -> &'static str {
    match presence {
        Presence::Available => t(words::AVAILABLE),
        Presence::Busy => t(words::BUSY),
        Presence::Away => t(words::AWAY),
        Presence::DoNotDisturb => t(words::DO_NOT_DISTURB),
        Presence::Offline | Presence::Unknown => t(words::OFFLINE),
    }
}

fn presence_class(presence: Presence) -> &'static str {
    match presence {
        Presence::Available => "presence",
        Presence::Busy | Presence::DoNotDisturb => "presence busy",
        Presence::Away => "presence away",
        Presence::Offline | Presence::Unknown => "presence off",
    }
}

/// The presence's dot within text, where the words stand beside it.
#[component]
pub(crate) fn PresenceDot(
    /// Whose.
    #[prop(into)]
    presence: Signal<Presence>,
) -> impl IntoView {
    view! { <i class=move || [presence_class(presence.get()), " inline"].concat()></i> }
}

/// An avatar. It is decoration: the name, and the presence in words, stand beside it.
#[component]
pub(crate) fn Avatar(
    /// Whose.
    #[prop(into)]
    avatar: Signal<AvatarView>,
    /// The presence that its dot shows.
    presence: Option<Signal<Presence>>,
    /// How large.
    #[prop(default = AvatarSize::Medium)]
    size: AvatarSize,
) -> impl IntoView {
    let class = match size {
        AvatarSize::Small => "avatar s",
        AvatarSize::Medium => "avatar",
        AvatarSize::Large => "avatar l",
    };
    // By the style sheet, which draws them: as text they would be a part of the name of a button that holds the avatar.
    let face = Memo::new(move |_| avatar.with(|avatar| avatar.face.clone()));
    let initials = move || {
        face.with(|face| match face {
            Face::Initials(initials) => Some(initials.clone()),
            Face::Group | Face::Number => None,
        })
    };
    // Another photo is another element: the one before must not show beside the new name until this one is there.
    let photo = move || avatar.with(|avatar| avatar.photo.clone());
    let hue = move || avatar.with(|avatar| avatar.hue).to_string();
    view! {
        <span class=class style=("--hue", hue) aria-hidden="true" data-initials=initials>
            {move || match face.get() {
                Face::Initials(_) => ().into_any(),
                Face::Group => view! { <Icon name=IconName::UsersRound /> }.into_any(),
                Face::Number => view! { <Icon name=IconName::Phone /> }.into_any(),
            }}
            <For
                each=photo
                key=|photo| photo.clone()
                children=|photo| view! { <img src=photo alt="" decoding="async" /> }
            />
            {presence.map(|presence| view! { <i class=move || presence_class(presence.get())></i> }.into_any())}
        </span>
    }
}
