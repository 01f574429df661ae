//! "Contacts": the list, somebody's details, the form, and the import.

mod details;
mod form;
mod import;
mod message;
mod row;

use halyard_client::Ui;
use halyard_client::contacts::ContactsAction;
use halyard_client::contacts::export::{ExportFormat, ExportedContacts};
use halyard_client::contacts::{ContactsFilter, Pick};
use halyard_client::importing::ImportAction;
use leptos::html::Input;
use web_sys::{DragEvent, FileList};

use crate::adapters::{files, photos};
use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{
    Chips, EmptyState, Icon, IconButton, IconName, MenuButton, MenuItem, SearchField, VirtualList,
};
use crate::views::dropped::has_files;
use crate::words::{self, say, t};

pub(crate) use details::Details;
pub(crate) use import::ImportDialog;

/// Height of a row in CSS pixels; the style sheet's `.row` has the same.
const ROW_HEIGHT: f64 = 57.0;

/// The column.
#[component]
pub(crate) fn ContactsPane() -> impl IntoView {
    let app = expect_context::<App>();
    let contacts = app.signals(|signals| signals.contacts.clone());
    let entries = {
        let contacts = contacts.clone();
        Memo::new(move |_| contacts.with(|contacts| contacts.entries.clone()))
    };
    let query = {
        let contacts = contacts.clone();
        Memo::new(move |_| contacts.with(|contacts| contacts.query.clone()))
    };
    let filter = {
        let contacts = contacts.clone();
        Memo::new(move |_| contacts.with(|contacts| contacts.filter))
    };
    let selected = {
        let contacts = contacts.clone();
        Memo::new(move |_| contacts.with(|contacts| contacts.selected))
    };
    let picked = {
        let contacts = contacts.clone();
        Memo::new(move |_| contacts.with(|contacts| contacts.picked.clone()))
    };
    let loading = Memo::new(move |_| contacts.with(|contacts| contacts.loading));
    let empty = Memo::new(move |_| entries.with(|entries| entries.is_empty()));
    let shown_anew = Signal::derive(move || {
        filter.track();
        query.get()
    });
    view! {
        <section
            class="column"
            aria-labelledby="column-title"
            on:dragover=move |event| if has_files(&event) { event.prevent_default() }
            on:drop=move |event| dropped(app, &event)
        >
            <header>
                <h1 id="column-title" data-focus="column" tabindex="-1">
                    {t(words::CONTACTS)}
                </h1>
                <ImportButton />
                <ExportButton filter=filter />
                <button class="btn primary" on:click=move |_| app.send(Ui::Contacts(ContactsAction::New(None)))>
                    <Icon name=IconName::UserPlus />
                    {t(words::NEW_CONTACT)}
                </button>
            </header>
            <SearchField
                label=t(words::SEARCH_CONTACTS)
                value=query
                on_input=move |text| app.send(Ui::Contacts(ContactsAction::Search(text)))
            />
            <Chips
                label=t(words::SHOW)
                options=ContactsFilter::ALL.map(ContactsFilter::word)
                chosen=Signal::derive(move || {
                    ContactsFilter::ALL.iter().position(|known| *known == filter.get()).unwrap_or(0)
                })
                on_choose=move |chosen: usize| {
                    app.send(Ui::Contacts(ContactsAction::Filter(ContactsFilter::ALL[chosen])));
                }
            />
            {move || picked.with(|picked| picked.as_ref().map(|picked| selection(app, picked.len())))}
            <VirtualList
                label=t(words::CONTACTS)
                len=Signal::derive(move || entries.with(|entries| entries.len()))
                row_height=ROW_HEIGHT
                key=move |index| entries.with(|entries| entries.get(index).copied())
                restart=shown_anew
                render=move |entry| view! { <row::Row entry=entry.into() selected=selected picked=picked /> }.into_any()
            />
            {move || {
                empty.get().then(|| nothing(app, query.with(String::is_empty), filter.get(), loading.get()))
            }}
        </section>
    }
}

/// What the list says when nobody shows, and what to do next.
fn nothing(app: App, unsearched: bool, filter: ContactsFilter, loading: bool) -> AnyView {
    let (title, text) = match (unsearched, filter) {
        (true, _) if loading => (t(words::LOADING_CONTACTS), t(words::LOADING_CONTACTS_HINT)),
        (false, _) => (t(words::NO_CONTACTS_FOUND), t(words::NO_CONTACTS_FOUND_HINT)),
        (true, ContactsFilter::Favourites) => (t(words::NO_FAVORITES_YET), t(words::NO_FAVORITES_YET_HINT)),
        (true, ContactsFilter::Directory) => (t(words::DIRECTORY_EMPTY), t(words::DIRECTORY_EMPTY_HINT)),
        (true, _) => (t(words::NO_CONTACTS_YET), t(words::NO_CONTACTS_YET_HINT)),
    };
    let offers = unsearched && !loading && !matches!(filter, ContactsFilter::Favourites | ContactsFilter::Directory);
    view! {
        <EmptyState icon=IconName::Contacts title=title text=text>
            {offers
                .then(|| {
                    view! {
                        <button class="btn quiet" on:click=move |_| app.send(Ui::Contacts(ContactsAction::New(None)))>
                            {t(words::ADD_A_CONTACT)}
                        </button>
                    }.into_any()
                })}
        </EmptyState>
    }
    .into_any()
}

/// An entry for each kind of file with these contacts.
fn exports(app: App, which: ExportedContacts) -> Vec<MenuItem> {
    let entry = |format: ExportFormat| {
        MenuItem::new(IconName::Download, t(format.word()), move || {
            let wanted = app.phone(|phone, _| phone.photos_to_export(which, format));
            let save = move |photos: Vec<_>| {
                let file = app.phone(|phone, _| phone.exported_view(which, format, &photos));
                let Some(file) = file else { return };
                files::save(&say(&file.name), file.media_type, &file.content);
                app.send(Ui::Contacts(ContactsAction::Exported(file.lacking)));
            };
            photos::fetch(wanted, Box::new(save));
        })
    };
    ExportFormat::ALL.into_iter().map(entry).collect()
}

fn pick(app: App, pick: Pick) {
    app.send(Ui::Contacts(ContactsAction::Pick(pick)));
}

/// How many contacts are selected, and what can be done with them.
fn selection(app: App, count: usize) -> AnyView {
    view! {
        <div class="selection">
            <b>{say(&words::selected_count(count))}</b>
            {(count > 0)
                .then(|| {
                    view! {
                        <MenuButton
                            label=t(words::EXPORT).to_owned()
                            class="btn quiet"
                            items=Signal::derive(move || exports(app, ExportedContacts::Picked))
                            content=move || t(words::EXPORT)
                        />
                    }.into_any()
                })}
            <button type="button" class="btn plain" on:click=move |_| pick(app, Pick::Clear)>
                {t(words::CLEAR)}
            </button>
        </div>
    }
    .into_any()
}

/// Saves the contacts that are exported under the filter, or begins to select some.
#[component]
fn ExportButton(filter: Memo<ContactsFilter>) -> impl IntoView {
    let app = expect_context::<App>();
    let items = Signal::derive(move || {
        let filter = filter.get();
        let mut items = exports(app, ExportedContacts::Filter(filter));
        items.insert(0, MenuItem::heading(t(filter.exported().word())));
        items.push(MenuItem::new(IconName::Check, t(words::SELECT_CONTACTS), move || pick(app, Pick::Begin)));
        items
    });
    view! { <MenuButton icon=IconName::Download label=t(words::EXPORT_CONTACTS).to_owned() items=items /> }
}

/// The preview of these files opens once the first is read.
fn import_files(app: App, files: Option<FileList>) {
    let take = move |name, bytes| app.send(Ui::Import(ImportAction::File { name, bytes }));
    files::read(files::list(files), Box::new(take));
}

/// Files that are let go over the list are imported.
fn dropped(app: App, event: &DragEvent) {
    if has_files(event) {
        event.prevent_default();
        import_files(app, event.data_transfer().and_then(|data| data.files()));
    }
}

/// Asks for files; the preview opens once the first is read.
#[component]
fn ImportButton() -> impl IntoView {
    let app = expect_context::<App>();
    let input = NodeRef::<Input>::new();
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else { return };
        import_files(app, input.files());
        // The same file may be chosen again, after it was mended.
        input.set_value("");
    };
    view! {
        <input
            type="file"
            multiple
            accept=".vcf,.vcard,.csv,text/vcard,text/x-vcard,text/csv"
            aria-label=t(words::FILE_TO_IMPORT_CONTACTS_FROM)
            hidden
            node_ref=input
            on:change=chosen
        />
        <IconButton
            icon=IconName::Upload
            label=t(words::IMPORT_CONTACTS)
            focus="import"
            on_click=move || {
                if let Some(input) = input.get_untracked() {
                    input.click();
                }
            }
        />
    }
}
