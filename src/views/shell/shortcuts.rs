//! The sheet of shortcuts.

use halyard_client::Ui;
use halyard_client::commands::SHEET;
use halyard_client::overlay::OverlayAction;

use crate::format;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::Dialog;
use crate::words::{self, Word, t};

/// The sheet, while it is open.
#[component]
pub(super) fn Shortcuts() -> impl IntoView {
    let app = expect_context::<App>();
    let open = app.signals(|signals| signals.shortcuts.clone());
    reactive(move || open.get().then(|| sheet(app)))
}

fn sheet(app: App) -> AnyView {
    let close = move || app.send(Ui::Overlay(OverlayAction::Close));
    view! {
        <Dialog title=t(words::KEYBOARD_SHORTCUTS) class="roomy" on_close=close>
            <div class="sheet">
                {SHEET
                    .map(|(title, lines)| {
                        view! {
                            <section>
                                <h3>{t(title)}</h3>
                                <dl>{lines.iter().map(line).collect::<Vec<_>>()}</dl>
                            </section>
                        }.into_any()
                    })}
            </div>
            <footer class="buttons end">
                <button class="btn primary" on:click=move |_| close()>
                    {t(words::CLOSE)}
                </button>
            </footer>
        </Dialog>
    }
    .into_any()
}

fn line((keys, words): &(&'static str, Word)) -> AnyView {
    let keys = keys.split(' ').map(|keys| view! { <kbd>{format::keys(keys)}</kbd> }.into_any()).collect::<Vec<_>>();
    view! {
        <div>
            <dt>{t(*words)}</dt>
            <dd>{keys}</dd>
        </div>
    }
    .into_any()
}
