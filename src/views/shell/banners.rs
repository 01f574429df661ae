//! Lasting words about the connection, the outbox, and the app itself.

use halyard_client::view::ConnectionView;
use leptos::prelude::*;

use crate::erased::Memo;
use crate::runtime::App;
use crate::views::common::{Banner, BannerTone, IconName};

/// The banners.
#[component]
pub(super) fn Banners() -> impl IntoView {
    let app = expect_context::<App>();
    let connection = app.signals(|signals| signals.connection.clone());
    let words = Memo::new(move |_| words(connection.get()));
    let installation = app.signals(|signals| signals.installation.clone());
    view! {
        <div class="banners">
            {move || {
                words
                    .get()
                    .map(|(icon, tone, text)| view! { <Banner icon=icon tone=tone>{text}</Banner> }.into_any())
            }}
            {move || {
                let view = installation.get();
                (view.update || view.hint).then(|| super::offers::offer(app, view.update))
            }}
        </div>
    }
}

fn words(connection: ConnectionView) -> Option<(IconName, BannerTone, String)> {
    let ConnectionView { live, offline, lost, waiting, reading } = connection;
    if reading {
        let text = "You're offline, reading what is saved on this device. Sign in to write when you're back online.";
        return Some((IconName::WifiOff, BannerTone::Warn, text.to_owned()));
    }
    let wait = match waiting {
        0 => String::new(),
        1 => " 1 message will send when you're back online.".to_owned(),
        many => [" ", &many.to_string(), " messages will send when you're back online."].concat(),
    };
    if offline {
        Some((IconName::WifiOff, BannerTone::Warn, ["Offline.", &wait].concat()))
    } else if lost && !live {
        Some((IconName::RefreshCw, BannerTone::Warn, ["Reconnecting\u{2026}", &wait].concat()))
    } else {
        None
    }
}
