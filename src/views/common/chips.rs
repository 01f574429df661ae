//! Filters of which one is on.

use crate::prelude::*;
use crate::words::{Word, t};

/// A group of chips.
#[component]
pub(crate) fn Chips<T>(
    /// The group's name.
    label: &'static str,
    /// The choices, with their names.
    options: Vec<(T, Word)>,
    /// The one that is on.
    #[prop(into)]
    chosen: Signal<T>,
    /// Another one was chosen.
    #[prop(into)]
    on_choose: Callback<T>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let chips = options
        .into_iter()
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
