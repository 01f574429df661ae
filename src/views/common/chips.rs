//! Filters of which one is on.

use crate::prelude::*;
use crate::words::{Word, t};

/// A group of chips.
#[component]
pub(crate) fn Chips(
    /// The group's name.
    label: &'static str,
    /// The choices' names.
    #[prop(into)]
    options: Vec<Word>,
    /// Which of them is on.
    #[prop(into)]
    chosen: Signal<usize>,
    /// Another one was chosen.
    #[prop(into)]
    on_choose: Callback<usize>,
) -> impl IntoView {
    let chips = options
        .into_iter()
        .enumerate()
        .map(|(value, name)| {
            view! {
                <button
                    type="button"
                    class="chip"
                    aria-pressed=move || if chosen.get() == value { "true" } else { "false" }
                    on:click=move |_| on_choose.run(value)
                >
                    {t(name)}
                </button>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    view! {
        <div class="chips" role="group" aria-label=label>
            {chips}
        </div>
    }
}
