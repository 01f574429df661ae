//! Notices that come and go.

use halyard_client::Ui;
use halyard_client::notices::NoticesAction;

use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Toast, Toasts};
use crate::words::{say, t};

/// The notices.
#[component]
pub(super) fn Notices() -> impl IntoView {
    let app = expect_context::<App>();
    let notices = app.signals(|signals| signals.notices.clone());
    let toasts = Signal::derive(move || {
        notices
            .get()
            .into_iter()
            .map(|notice| Toast {
                id: notice.id,
                text: say(&notice.text),
                bad: notice.is_error,
                action: notice.action.map(t),
            })
            .collect::<Vec<_>>()
    });
    view! {
        <Toasts
            toasts=toasts
            on_action=Callback::new(move |id| app.send(Ui::Notices(NoticesAction::Accept(id))))
            on_hold=Callback::new(move |held| app.send(Ui::Notices(NoticesAction::Hold(held))))
            on_dismiss=Callback::new(move |id| app.send(Ui::Notices(NoticesAction::Dismiss(id))))
        />
    }
}
