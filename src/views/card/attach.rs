//! Files for a text box: chosen by the paper clip, dropped on a card, pasted; and those that are in it.

use halyard_client::composer::ComposerAction;
use halyard_client::view::FileView;
use halyard_client::{CardKey, Ui};
use leptos::html::Input;
use web_sys::{ClipboardEvent, DragEvent};

use super::drag::{card, target};
use crate::adapters::files::list;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Icon, IconButton, IconName};
use crate::views::dropped::has_files;
use crate::words::{self, say, t};

/// What the browser offers to choose from. What a file is, its content says.
const OFFERED: &str = "image/*,video/mp4,video/3gpp,audio/mpeg,audio/amr,application/pdf,text/vcard,.vcf,.amr";

/// "Attach a file".
#[component]
pub(super) fn AttachButton(card: CardKey) -> impl IntoView {
    let app = expect_context::<App>();
    let input = NodeRef::<Input>::new();
    let open = move || {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let chosen = move || {
        let Some(input) = input.get_untracked() else { return };
        app.choose_files(card, list(input.files()));
        // The same file can be chosen once more.
        input.set_value("");
    };
    view! {
        <IconButton icon=IconName::Paperclip label=t(words::ATTACH_A_FILE) on_click=Callback::new(move |()| open()) />
        <input
            type="file"
            multiple
            hidden
            accept=OFFERED
            aria-label=t(words::FILES_TO_SEND)
            node_ref=input
            on:change=move |_| chosen()
        />
    }
}

/// The files that are in a text box.
pub(super) fn chips(card: CardKey, files: Vec<FileView>) -> AnyView {
    let chips: Vec<AnyView> = files.into_iter().map(|file| chip(card, file)).collect();
    view! {
        <ul class="files" aria-label=t(words::FILES_OF_THIS_MESSAGE)>
            {chips}
        </ul>
    }
    .into_any()
}

fn chip(card: CardKey, file: FileView) -> AnyView {
    let app = expect_context::<App>();
    let FileView { id, name, note, picture } = file;
    let name = say(&name);
    let label = say(&words::remove_item(&name));
    view! {
        <li class="file">
            {if picture {
                view! { <img src=app.address_of(id) alt="" /> }.into_any()
            } else {
                view! { <Icon name=IconName::Paperclip /> }.into_any()
            }}
            <span class="row-text">
                <b title=name.clone()>{name.clone()}</b>
                <span class="num">{say(&note)}</span>
            </span>
            <button class="cross" aria-label=label.clone() title=label on:click=move |_| app.send(Ui::Composer(card, ComposerAction::Detach(id)))>
                <Icon name=IconName::X />
            </button>
        </li>
    }
    .into_any()
}

/// Files from the clipboard; a text that comes with its picture, as from a spreadsheet, stays a text.
pub(super) fn pasted(app: App, card: CardKey, event: &ClipboardEvent) {
    let Some(data) = event.clipboard_data() else { return };
    let files = list(data.files());
    if !files.is_empty() && data.get_data("text/plain").unwrap_or_default().is_empty() {
        event.prevent_default();
        app.choose_files(card, files);
    }
}

/// Marks the card that would take the files.
const TAKES: &str = "data-takes";

/// Files are held over the desk. Nowhere may the browser open them in the app's place.
pub(super) fn over(event: &DragEvent) {
    if !has_files(event) {
        return;
    }
    event.prevent_default();
    let card = card(event);
    if let Some(data) = event.data_transfer() {
        data.set_drop_effect(if card.is_some() { "copy" } else { "none" });
    }
    if let Some((window, _)) = card {
        let _ = window.set_attribute(TAKES, "");
    }
}

/// They are no longer over it.
pub(super) fn left(event: &DragEvent) {
    let window = target(event).and_then(|target| target.closest("[data-takes]").ok().flatten());
    let to = event.related_target().and_then(|to| wasm_bindgen::JsCast::dyn_into::<web_sys::Node>(to).ok());
    if let Some(window) = window.filter(|window| !window.contains(to.as_ref())) {
        let _ = window.remove_attribute(TAKES);
    }
}

/// They are let go.
pub(super) fn dropped(app: App, event: &DragEvent) {
    if !has_files(event) {
        return;
    }
    event.prevent_default();
    if let Some((window, card)) = card(event) {
        let _ = window.remove_attribute(TAKES);
        app.choose_files(card, list(event.data_transfer().and_then(|data| data.files())));
    }
}
