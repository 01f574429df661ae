//! What can be done about the app itself, said in passing: a new version, installing it.

use halyard_client::{AppCommand, Ui};

use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Banner, BannerTone, IconName};
use crate::words::{self, t};

/// A new version is ready, while there is no workspace to say so in.
pub(super) fn outside(app: App) -> AnyView {
    view! { <div class="banners">{offer(app, true)}</div> }.into_any()
}

/// A new version is ready; otherwise: the app can be installed.
pub(super) fn offer(app: App, update: bool) -> AnyView {
    let (icon, words, yes) = if update {
        (IconName::RefreshCw, t(words::A_NEW_VERSION_IS_READY), t(words::RELOAD))
    } else {
        (IconName::Download, t(words::HALYARD_CAN_BE_INSTALLED), t(words::INSTALL))
    };
    let act = move |_| app.send(Ui::App(if update { AppCommand::Update } else { AppCommand::Install }));
    view! {
        <Banner icon=icon tone=BannerTone::Calm>
            {words}
            <button type="button" class="link" on:click=act>
                {yes}
            </button>
            {(!update)
                .then(|| {
                    view! {
                        <button type="button" class="link" on:click=move |_| app.send(Ui::App(AppCommand::HideHint))>
                            {t(words::NOT_NOW)}
                        </button>
                    }.into_any()
                })}
        </Banner>
    }
    .into_any()
}
