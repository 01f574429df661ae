//! Notices that come and go. What they say is announced where they are decided, so they are no live region.

use super::{Icon, IconButton, IconName};
use crate::prelude::*;
use crate::words::{self, t};

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Toast {
    /// Its id.
    pub(crate) id: u32,
    /// Its words.
    pub(crate) text: String,
    /// Whether something went wrong.
    pub(crate) bad: bool,
    /// What can be done about it.
    pub(crate) action: Option<&'static str>,
}

/// The notices, one below the other.
#[component]
pub(crate) fn Toasts(
    /// Oldest first.
    #[prop(into)]
    toasts: Signal<Vec<Toast>>,
    /// The action of one was used.
    #[prop(into)]
    on_action: Callback<u32>,
    /// The cross of one was used.
    #[prop(into)]
    on_dismiss: Callback<u32>,
    /// The pointer or the focus has come, or has left.
    #[prop(into)]
    on_hold: Callback<bool>,
) -> impl IntoView {
    view! {
        <section
            class="toasts"
            aria-label=t(words::NOTIFICATIONS)
            on:pointerenter=move |_| on_hold.run(true)
            on:pointerleave=move |_| on_hold.run(false)
            on:focusin=move |_| on_hold.run(true)
            on:focusout=move |_| on_hold.run(false)
        >
            <For
                each=move || toasts.get()
                key=|toast| (toast.id, toast.text.clone())
                children=move |Toast { id, text, bad, action }| {
                    view! {
                        <div class="toast" class:bad=bad>
                            {bad.then(|| view! { <Icon name=IconName::CircleAlert /> }.into_any())}
                            <p>{text}</p>
                            {action
                                .map(|action| {
                                    view! {
                                        <button type="button" class="link" on:click=move |_| on_action.run(id)>
                                            {action}
                                        </button>
                                    }.into_any()
                                })}
                            <IconButton icon=IconName::X label=t(words::DISMISS) on_click=move || on_dismiss.run(id) />
                        </div>
                    }
                }
            />
        </section>
    }
}
