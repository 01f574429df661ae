//! An avatar with the presence of whoever it shows.

use halyard_client::view::AvatarView;
use halyard_protocol::{Presence, UserId};

use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Avatar, AvatarSize};

/// An avatar; of a colleague with a live presence dot.
#[component]
pub(crate) fn Person(
    /// Whose.
    #[prop(into)]
    avatar: Signal<AvatarView>,
    /// How large.
    #[prop(default = AvatarSize::Medium)]
    size: AvatarSize,
) -> impl IntoView {
    let app = expect_context::<App>();
    let user = Memo::new(move |_| avatar.with(|avatar| avatar.user));
    reactive(move || {
        let presence = user.get().map(|user| presence(app, user));
        view! { <Avatar avatar=avatar presence=presence size=size /> }.into_any()
    })
}

/// A colleague's presence, for as long as the view that asks is on screen.
pub(crate) fn presence(app: App, user: UserId) -> Signal<Presence> {
    let signal =
        app.signals(|signals| signals.presence.acquire(user, || app.phone(|phone, _| phone.presence_view(user))));
    on_cleanup(move || app.signals(|signals| signals.presence.release(user)));
    signal.into()
}
