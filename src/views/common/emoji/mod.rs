//! The emoji picker: a button, a search, groups, and a grid that the arrow keys walk.

mod catalogue;

use std::sync::Arc;

use leptos::html::Div;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::popover::Toggle;
use super::{Icon, IconName, SearchField, is_composing, unique_id};
use crate::prelude::*;
use catalogue::{Catalogue, Emoji};

use crate::adapters::device;
use crate::erased::Memo;
use crate::words::{self, t};

/// Emoji in a row of the grid; `.emoji-row` has as many columns.
const COLUMNS: usize = 8;

/// A button that offers emoji.
#[component]
pub(crate) fn EmojiButton(
    /// One was chosen.
    #[prop(into)]
    on_pick: Callback<String>,
) -> impl IntoView {
    let toggle = Toggle::new();
    let id = unique_id("emoji");
    let pick = Callback::new(move |emoji: Emoji| {
        catalogue::remember(&emoji);
        toggle.dismiss();
        on_pick.run(emoji.text.clone());
    });
    let open = move || {
        toggle.show(|panel| {
            // The keyboard on the screen would cover the emoji.
            if device::is_touch_screen() {
                return;
            }
            let search = panel.query_selector("input").ok().flatten();
            if let Some(search) = search.and_then(|search| search.dyn_into::<HtmlElement>().ok()) {
                let _ = search.focus();
            }
        });
    };
    view! {
        <button
            type="button"
            class="tool"
            aria-label=t(words::EMOJI)
            title=t(words::EMOJI)
            aria-haspopup="dialog"
            aria-expanded=move || if toggle.open.get() { "true" } else { "false" }
            aria-controls=id.clone()
            node_ref=toggle.button
            on:pointerdown=move |event| toggle.pressed(event)
            on:click=move |_| {
                if toggle.clicked() {
                    open();
                }
            }
        >
            <Icon name=IconName::Smile />
        </button>
        <div
            class="popover emoji"
            popover="auto"
            role="dialog"
            aria-label=t(words::EMOJI)
            id=id
            node_ref=toggle.panel
            on:toggle=move |_| toggle.toggled()
            on:keydown=move |event| {
                toggle.escape(&event);
            }
        >
            {move || toggle.open.get().then(|| view! { <Picker on_pick=pick /> }.into_any())}
        </div>
    }
}

/// What the picker shows.
#[component]
fn Picker(on_pick: Callback<Emoji>) -> impl IntoView {
    let catalogue = catalogue::load();
    let none: Arc<[Emoji]> = Arc::new([]);
    let recent = catalogue::recent();
    // Group 0 is what was used last; it is left out while there is none.
    let group = RwSignal::new(if recent.is_empty() { 1 } else { 0_usize });
    let query = RwSignal::new(String::new());
    let shown: Memo<Arc<[Emoji]>> = Memo::new({
        let recent: Arc<[Emoji]> = recent.clone().into();
        move |_| {
            let catalogue = catalogue.get();
            match (&catalogue, query.with(|query| halyard_protocol::letters::lowercase(query.trim())), group.get()) {
                (Some(Catalogue::Ready(groups)), words, _) if !words.is_empty() => catalogue::find(groups, &words),
                (_, _, 0) => recent.clone(),
                (Some(Catalogue::Ready(groups)), _, group) => {
                    groups.get(group - 1).map_or_else(|| none.clone(), |group| group.emoji.clone())
                }
                _ => none.clone(),
            }
        }
    });
    let tabs = reactive(move || {
        let has_recent = !recent.is_empty();
        let first = has_recent.then(|| tab(0, t(words::USED_LAST).to_owned(), None, group, query));
        let groups = match catalogue.get() {
            Some(Catalogue::Ready(groups)) => groups,
            _ => Arc::from([]),
        };
        let tabs = groups.iter().enumerate().map(|(index, it)| {
            let face = it.emoji.first().map(|emoji| emoji.text.clone());
            tab(index + 1, it.name.clone(), face, group, query)
        });
        first.into_iter().chain(tabs).collect::<Vec<_>>()
    });
    let first = move || shown.with_untracked(|shown| shown.first().cloned());
    let pointed = RwSignal::new(None::<String>);
    let grid = NodeRef::<Div>::new();
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        _ if is_composing(&event) => {}
        "Enter" => {
            event.prevent_default();
            if let Some(emoji) = first() {
                on_pick.run(emoji);
            }
        }
        "ArrowDown" => {
            event.prevent_default();
            focus_cell(grid, 0);
        }
        _ => {}
    };
    let note = reactive(move || match (catalogue.get(), shown.with(|shown| shown.is_empty())) {
        (None, _) => t(words::LOADING).to_owned(),
        (Some(Catalogue::Missing), _) => t(words::THE_EMOJI_COULD_NOT_BE_LOADED).to_owned(),
        (Some(Catalogue::Ready(_)), true) => t(words::NO_EMOJI_IS_CALLED_THAT).to_owned(),
        _ => String::new(),
    });
    view! {
        <div on:keydown=key>
            <SearchField
                label=t(words::SEARCH_EMOJI)
                value=query
                on_input=move |text| query.set(text)
                slash=false
            />
        </div>
        <div class="emoji-groups" role="group" aria-label=t(words::GROUPS)>
            {tabs}
        </div>
        <Grid shown=shown pointed=pointed grid=grid on_pick=on_pick />
        <p class="emoji-name">
            <span role="status">{note}</span>
            // The emoji itself says its name to screen readers.
            <span aria-hidden="true">{move || pointed.get()}</span>
        </p>
    }
}

fn tab(index: usize, name: String, face: Option<String>, group: RwSignal<usize>, query: RwSignal<String>) -> AnyView {
    view! {
        <button
            type="button"
            class="emoji-tab"
            aria-label=name.clone()
            title=name
            aria-pressed=move || if group.get() == index { "true" } else { "false" }
            on:click=move |_| {
                query.set(String::new());
                group.set(index);
            }
        >
            {match face {
                Some(face) => face.into_any(),
                None => view! { <Icon name=IconName::History /> }.into_any(),
            }}
        </button>
    }
    .into_any()
}

/// The emoji, in rows.
#[component]
fn Grid(
    shown: Memo<Arc<[Emoji]>>,
    pointed: RwSignal<Option<String>>,
    grid: NodeRef<Div>,
    on_pick: Callback<Emoji>,
) -> impl IntoView {
    let cell = move |(index, emoji): (usize, Emoji)| {
        let name = emoji.name.clone();
        let chosen = emoji.clone();
        let text = emoji.text;
        let (label, hovered, focused) = (name.clone(), name.clone(), name.clone());
        view! {
            <button
                type="button"
                role="gridcell"
                class="emoji-cell"
                tabindex=if index == 0 { "0" } else { "-1" }
                data-cell=index.to_string()
                aria-label=label
                title=name
                on:pointerenter=move |_| pointed.set(Some(hovered.clone()))
                on:focus=move |_| pointed.set(Some(focused.clone()))
                on:click=move |_| on_pick.run(chosen.clone())
            >
                {text}
            </button>
        }
        .into_any()
    };
    let rows = reactive(move || {
        let emoji: Vec<(usize, Emoji)> = shown.get().iter().cloned().enumerate().collect();
        let rows = emoji.chunks(COLUMNS).map(|row| {
            let cells = row.iter().cloned().map(cell).collect::<Vec<_>>();
            view! {
                <div class="emoji-row" role="row">
                    {cells}
                </div>
            }
            .into_any()
        });
        rows.collect::<Vec<_>>()
    });
    let key = move |event: KeyboardEvent| {
        let count = shown.with_untracked(|shown| shown.len());
        let active = document().active_element().and_then(|cell| cell.get_attribute("data-cell"));
        let Some(at) = active.and_then(|index| index.parse::<usize>().ok()) else { return };
        let next = match event.key().as_str() {
            "ArrowRight" => at + 1,
            "ArrowLeft" => at.saturating_sub(1),
            "ArrowDown" => at + COLUMNS,
            "ArrowUp" => at.saturating_sub(COLUMNS),
            "Home" => at - at % COLUMNS,
            "End" => at - at % COLUMNS + COLUMNS - 1,
            "PageDown" => at + COLUMNS * 5,
            "PageUp" => at.saturating_sub(COLUMNS * 5),
            _ => return,
        };
        event.prevent_default();
        focus_cell(grid, next.min(count.saturating_sub(1)));
    };
    view! {
        <div class="emoji-grid" role="grid" aria-label=t(words::EMOJI) node_ref=grid on:keydown=key>
            {rows}
        </div>
    }
}

fn focus_cell(grid: NodeRef<Div>, index: usize) {
    let selector = ["[data-cell=\"", &index.to_string(), "\"]"].concat();
    let cell = grid.get_untracked().and_then(|grid| grid.query_selector(&selector).ok().flatten());
    if let Some(cell) = cell.and_then(|cell| cell.dyn_into::<HtmlElement>().ok()) {
        let _ = cell.focus();
    }
}
