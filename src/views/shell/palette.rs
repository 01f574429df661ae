//! The palette, after the WAI-ARIA combobox pattern: the focus stays in the field, the arrow keys move the mark.

use halyard_client::Ui;
use halyard_client::overlay::OverlayAction;
use halyard_client::view::{Note, PaletteEntry, PaletteView};
use web_sys::KeyboardEvent;

use crate::erased::Memo;
use crate::format;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{AvatarSize, Dialog, Icon, IconName, is_composing};
use crate::views::person::Person;
use crate::words::{self, say, t};

/// The palette, while it is open.
#[component]
pub(super) fn Palette() -> impl IntoView {
    let app = expect_context::<App>();
    let palette = app.signals(|signals| signals.palette.clone());
    let open = Memo::new(move |_| palette.with(Option::is_some));
    reactive(move || open.get().then(|| dialog(app)))
}

fn dialog(app: App) -> AnyView {
    let palette = app.signals(|signals| signals.palette.clone());
    let palette = Memo::new(move |_| palette.get());
    view! {
        <Dialog title=t(words::SEARCH_OR_JUMP) class="palette" on_close=move || app.send(Ui::Overlay(OverlayAction::Close))>
            <Field palette=palette />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Field(palette: Memo<Option<PaletteView>>) -> impl IntoView {
    let app = expect_context::<App>();
    let query = Memo::new(move |_| palette.with(|palette| palette.as_ref().map(|it| it.query.clone())));
    let entries =
        Memo::new(move |_| palette.with(|palette| palette.as_ref().map_or_else(Vec::new, |it| it.entries.clone())));
    let marked = Memo::new(move |_| palette.with(|palette| palette.as_ref().map_or(0, |it| it.marked)));
    let some = Memo::new(move |_| entries.with(|entries| !entries.is_empty()));
    let key = move |event: KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        let closes = (event.ctrl_key() || event.meta_key()) && event.key() == "k";
        match event.key().as_str() {
            "ArrowDown" => app.send(Ui::Overlay(OverlayAction::Step(1))),
            "ArrowUp" => app.send(Ui::Overlay(OverlayAction::Step(-1))),
            "PageDown" => app.send(Ui::Overlay(OverlayAction::Step(5))),
            "PageUp" => app.send(Ui::Overlay(OverlayAction::Step(-5))),
            "Enter" => {
                let target = entries.with_untracked(|all| all.get(marked.get_untracked()).map(|entry| entry.target));
                if let Some(target) = target {
                    app.send(Ui::Overlay(OverlayAction::Pick(target)));
                }
            }
            _ if closes => app.send(Ui::Overlay(OverlayAction::Close)),
            _ => return,
        }
        event.prevent_default();
    };
    // What is marked is in sight.
    Effect::new(move |_| {
        marked.track();
        entries.track();
        request_animation_frame(move || {
            let option = marked.try_get_untracked().and_then(|marked| document().get_element_by_id(&id(marked)));
            if let Some(option) = option {
                let nearest = web_sys::ScrollIntoViewOptions::new();
                nearest.set_block(web_sys::ScrollLogicalPosition::Nearest);
                option.scroll_into_view_with_scroll_into_view_options(&nearest);
            }
        });
    });
    view! {
        <div class="field">
            <Icon name=IconName::Search />
            <input
                type="text"
                role="combobox"
                aria-label=t(words::SEARCH_OR_JUMP)
                aria-autocomplete="list"
                aria-haspopup="listbox"
                aria-expanded=move || if some.get() { "true" } else { "false" }
                aria-controls="palette-list"
                aria-activedescendant=move || some.get().then(|| id(marked.get()))
                placeholder=t(words::PALETTE_PLACEHOLDER)
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                enterkeyhint="go"
                prop:value=move || query.get().unwrap_or_default()
                on:input=move |event| app.send(Ui::Overlay(OverlayAction::Query(event_target_value(&event))))
                on:keydown=key
            />
        </div>
        <div class="palette-list" role="listbox" aria-label=t(words::RESULTS) id="palette-list" on:mousedown=|event| event.prevent_default()>
            {move || {
                entries.get().into_iter().enumerate().map(|(index, entry)| option(app, marked, index, entry)).collect::<Vec<_>>()
            }}
        </div>
        <p class="palette-none" role="status">
            {move || if some.get() { "" } else { t(words::PALETTE_NOTHING_FOUND) }}
        </p>
    }
}

fn id(index: usize) -> String {
    ["palette-", &index.to_string()].concat()
}

fn option(app: App, marked: Memo<usize>, index: usize, entry: PaletteEntry) -> AnyView {
    let PaletteEntry { target, title, detail, note, avatar } = entry;
    let face = match avatar {
        Some(avatar) => view! { <Person avatar=Signal::stored(avatar) size=AvatarSize::Small /> }.into_any(),
        None => view! { <span class="palette-icon"><Icon name=IconName::ChevronRight /></span> }.into_any(),
    };
    let note = match note {
        Note::Keys(keys) => (!keys.is_empty()).then(|| view! { <kbd>{format::keys(keys)}</kbd> }.into_any()),
        Note::Word(word) => Some(view! { <span class="note">{t(word)}</span> }.into_any()),
    };
    view! {
        <div
            class="option"
            role="option"
            id=id(index)
            aria-selected=move || if marked.get() == index { "true" } else { "false" }
            on:click=move |_| app.send(Ui::Overlay(OverlayAction::Pick(target)))
        >
            {face}
            <span class="row-text">
                <b class="row-name">{say(&title)}</b>
                {(!detail.is_empty()).then(|| view! { <span class="preview num">{say(&detail)}</span> }.into_any())}
            </span>
            {note}
        </div>
    }
    .into_any()
}
