//! The app on this device: installing it, and links of other pages that open in it.

use halyard_client::installation::{Install, Links};
use halyard_client::{AppCommand, Ui};

use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Icon, IconName};
use crate::words::{self, t};

/// Two sections.
#[component]
pub(super) fn OnThisDevice() -> impl IntoView {
    let app = expect_context::<App>();
    let view = app.signals(|signals| signals.installation.clone());
    let install = {
        let view = view.clone();
        Memo::new(move |_| view.get().install)
    };
    let links = Memo::new(move |_| view.get().links);
    view! {
        <section class="setting" aria-labelledby="install-title">
            <h2 id="install-title">{t(words::INSTALL_HALYARD)}</h2>
            <p class="muted">{move || t(install.get().words())}</p>
            {move || {
                (install.get() == Install::Offered)
                    .then(|| {
                        view! {
                            <button class="btn quiet" on:click=move |_| app.send(Ui::App(AppCommand::Install))>
                                <Icon name=IconName::Download />
                                {t(words::INSTALL)}
                            </button>
                        }.into_any()
                    })
            }}
        </section>
        <section class="setting" aria-labelledby="links-title">
            <h2 id="links-title">{t(words::LINKS)}</h2>
            <p class="muted" role="status">
                {move || t(links.get().words())}
            </p>
            {move || {
                (links.get() == Links::Possible)
                    .then(|| {
                        view! {
                            <button class="btn quiet" on:click=move |_| app.send(Ui::App(AppCommand::HandleLinks))>
                                {t(words::MAKE_HALYARD_HANDLE_MY_LINKS)}
                            </button>
                        }.into_any()
                    })
            }}
        </section>
    }
}
