//! The import's preview: what will happen, before it happens.

use halyard_client::Ui;
use halyard_client::contacts::import::{ENCODINGS, UnreadColumn, choices};
use halyard_client::importing::ImportAction;
use halyard_client::view::{ImportFileView, ImportRowView, ImportView};

use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Dialog, FieldError, Icon, IconName, VirtualList, unique_id};
use crate::words::{self, Text, say, t};

/// Remarks that are shown; a file that needs more of them is another kind of file.
const REMARKS_SHOWN: usize = 100;
/// Height of a row in CSS pixels.
const ROW_HEIGHT: f64 = 57.0;

/// The preview, while an import is open.
#[component]
pub(crate) fn ImportDialog() -> impl IntoView {
    let app = expect_context::<App>();
    let import = app.signals(|signals| signals.import.clone());
    let open = Memo::new(move |_| import.with(Option::is_some));
    reactive(move || open.get().then(|| dialog(app)))
}

fn dialog(app: App) -> AnyView {
    let import = app.signals(|signals| signals.import.clone());
    let import = Memo::new(move |_| import.get());
    let title = Signal::derive(move || read(import, |import| say(&import.title)));
    view! {
        <Dialog title=title class="roomy" on_close=move || app.send(Ui::Import(ImportAction::Cancel))>
            <Preview import=import />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Preview(import: Memo<Option<ImportView>>) -> impl IntoView {
    let app = expect_context::<App>();
    let count = Memo::new(move |_| read(import, |import| import.rows.len()));
    let taken = Memo::new(move |_| read(import, |import| import.taken));
    let saving = Memo::new(move |_| read(import, |import| import.saving));
    let preparing = Memo::new(move |_| read(import, |import| import.preparing));
    let error = Memo::new(move |_| read(import, |import| import.error.as_ref().map(say)));
    let may_share = Memo::new(move |_| read(import, |import| import.may_share));
    // A choice does not change them, so that its element keeps the focus.
    let unread_parts = Memo::new(move |_| {
        read(import, |import| (encodings(import), import.unread_columns.clone(), import.unread_properties.join(", ")))
    });
    let confirm = reactive(move || say(&words::import_count(taken.get())));
    view! {
        <p class="tally">{move || read(import, tally)}</p>
        {move || may_share.get().then(|| view! { <Scope import=import /> }.into_any())}
        {move || {
            (count.get() > 0)
                .then(|| {
                    view! {
                        <div class="import-list" style:block-size=move || list_height(count.get())>
                            <VirtualList
                                label=t(words::CONTACTS_OF_THE_FILE)
                                len=count
                                row_height=ROW_HEIGHT
                                key=move |index| (index < count.get()).then_some(index)
                                render=move |index| reactive(move || view! { <Row import=import index=index.get() /> }.into_any()).into_any()
                            />
                        </div>
                        <div class="import-choice" role="group" aria-label=t(words::CHOOSE_ROWS)>
                            {choose(app, true, t(words::ALL))} {choose(app, false, t(words::IMPORT_NONE))}
                        </div>
                    }.into_any()
                })
        }}
        {move || { let (encodings, columns, properties) = unread_parts.get(); unread(app, encodings, columns, properties) }}
        <Remarks import=import />
        <div role="alert">
            <FieldError id=unique_id("import-error") error=error />
        </div>
        <p>
            <span role="status">{move || if preparing.get().is_some() { t(words::IMPORT_PHOTOS) } else { "" }}</span>
            {move || preparing.get().map(|(done, all)| say(&words::done_of(done, all)))}
        </p>
        <footer class="buttons end">
            <button type="button" class="btn quiet" on:click=move |_| app.send(Ui::Import(ImportAction::Cancel))>
                {t(words::CANCEL)}
            </button>
            <button
                type="button"
                class="btn primary"
                disabled=move || saving.get() || taken.get() == 0
                on:click=move |_| app.send(Ui::Import(ImportAction::Confirm))
            >
                {confirm}
            </button>
        </footer>
    }
}

/// Takes all rows, or none.
fn choose(app: App, all: bool, word: &'static str) -> AnyView {
    let press = move |_| app.send(Ui::Import(ImportAction::All(all)));
    view! {
        <button type="button" class="btn plain" on:click=press>
            {word}
        </button>
    }
    .into_any()
}

/// The list is as high as its rows, up to six of them.
fn list_height(count: usize) -> String {
    [&(count.min(6) * ROW_HEIGHT as usize + 2).to_string(), "px"].concat()
}

fn read<T: Default>(import: Memo<Option<ImportView>>, read: impl FnOnce(&ImportView) -> T) -> T {
    import.with(|import| import.as_ref().map(read).unwrap_or_default())
}

/// What the files are, in a line each.
fn tally(import: &ImportView) -> String {
    let line = |file: &ImportFileView| match file.name.as_str() {
        "" => [say(&file.tally), " ".to_owned()].concat(),
        name => [name, ": ", &say(&file.tally), "\n"].concat(),
    };
    let mut lines: Vec<String> = import.files.iter().map(line).collect();
    lines.push(t(words::IMPORT_NOTHING_YET).to_owned());
    lines.concat()
}

/// The files that may be written in several encodings: their place and name, and what they seem to be written in.
fn encodings(import: &ImportView) -> Vec<(usize, String, &'static str)> {
    let files = import.files.iter().enumerate();
    files.filter_map(|(at, file)| file.encoding.map(|found| (at, file.name.clone(), found))).collect()
}

/// A choice by its place in a list: none is the first option.
fn choice(
    (name, sample): (String, String),
    none: String,
    options: Vec<&'static str>,
    choose: Box<dyn Fn(Option<usize>)>,
) -> AnyView {
    let option = |(at, name): (usize, &'static str)| view! { <option value=at.to_string()>{name}</option> }.into_any();
    let options = options.into_iter().enumerate().map(option).collect::<Vec<_>>();
    view! {
        <label>
            <span>
                <b>{name}</b>
                <small>{sample}</small>
            </span>
            <select class="input" on:change=move |event| choose(event_target_value(&event).parse().ok())>
                <option value="">{none}</option>
                {options}
            </select>
        </label>
    }
    .into_any()
}

/// What files may be read as, where their text looks wrong; and what of them is not kept: columns of a table, which may be taken for
/// something, or properties of cards.
fn unread(
    app: App,
    encodings: Vec<(usize, String, &'static str)>,
    columns: Vec<(usize, UnreadColumn)>,
    properties: String,
) -> AnyView {
    let encoding = |(at, name, found): (usize, String, &'static str)| {
        let found = say(&words::import_encoding_found(found));
        let choose = move |choice| app.send(Ui::Import(ImportAction::Encoding(at, choice)));
        choice((t(words::IMPORT_ENCODING).to_owned(), name), found, ENCODINGS.into(), Box::new(choose))
    };
    let encodings = encodings.into_iter().map(encoding).collect::<Vec<_>>();
    let hint = if columns.is_empty() { "" } else { t(words::IMPORT_UNREAD_HINT) };
    let rows = columns.into_iter().map(|unread| column(app, unread)).collect::<Vec<_>>();
    let properties = if properties.is_empty() { properties } else { say(&words::import_unread_properties(properties)) };
    view! {
        <div class="import-columns">
            {encodings}
            <p>{hint}</p>
            {rows}
            <p>{properties}</p>
        </div>
    }
    .into_any()
}

/// A column with the first that stands in it, and what it may be taken for.
fn column(app: App, (file, unread): (usize, UnreadColumn)) -> AnyView {
    let UnreadColumn { place, name, sample } = unread;
    let choose = move |choice| app.send(Ui::Import(ImportAction::Map(file, place, choice)));
    choice((name, sample), t(words::DO_NOT_IMPORT).to_owned(), choices().map(t).collect(), Box::new(choose))
}

/// Whose contacts they become.
#[component]
fn Scope(import: Memo<Option<ImportView>>) -> impl IntoView {
    let app = expect_context::<App>();
    let shared = Memo::new(move |_| read(import, |import| import.shared));
    let choice = move |value: bool, name: &'static str| {
        view! {
            <label>
                <input
                    type="radio"
                    class="sr"
                    name="import-scope"
                    prop:checked=move || shared.get() == value
                    on:change=move |_| app.send(Ui::Import(ImportAction::Shared(value)))
                />
                <span>{name}</span>
            </label>
        }
    };
    view! {
        <div class="segmented" role="radiogroup" aria-label=t(words::WHO_SEES_THEM)>
            {choice(false, t(words::MY_CONTACTS))}
            {choice(true, t(words::SHARED_CONTACTS))}
        </div>
    }
}

/// A contact of the file: taken or left out by a click.
#[component]
fn Row(import: Memo<Option<ImportView>>, index: usize) -> impl IntoView {
    let app = expect_context::<App>();
    let row =
        Memo::new(move |_| import.with(|import| import.as_ref().and_then(|import| import.rows.get(index).cloned())));
    let taken = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.taken)));
    view! {
        <button
            type="button"
            class="row import-row"
            role="checkbox"
            aria-checked=move || if taken.get() { "true" } else { "false" }
            on:click=move |_| app.send(Ui::Import(ImportAction::Toggle(index)))
        >
            <span class="tick">
                <Icon name=IconName::Check />
            </span>
            {move || row.get().map(words)}
        </button>
    }
}

fn words(row: ImportRowView) -> AnyView {
    let ImportRowView { place, name, detail, outcome, warnings, .. } = row;
    let name = if name.is_empty() { say(&place) } else { name };
    let outcome = say(&if warnings.is_empty() { outcome } else { words::see_below(outcome) });
    view! {
        <span class="row-text">
            <b class="row-name">{name}</b>
            <span class="preview num">{detail}</span>
        </span>
        <span class="outcome">{outcome}</span>
    }
    .into_any()
}

fn sentences(texts: &[Text]) -> String {
    texts.iter().map(say).collect::<Vec<_>>().join(" ")
}

/// A list of remarks on the files, each with its line.
fn remarks(label: &'static str, class: &'static str, remarks: Vec<(String, String)>) -> Option<AnyView> {
    let more = remarks.len().saturating_sub(REMARKS_SHOWN);
    let none = remarks.is_empty();
    let lines = remarks.into_iter().take(REMARKS_SHOWN).map(|(line, text)| {
        view! {
            <li>
                <b class="num">{line}</b>
                ": "
                {text}
            </li>
        }
        .into_any()
    });
    let lines = lines.collect::<Vec<_>>();
    (!none).then(|| {
        view! {
            <ul class=class aria-label=label tabindex="0">
                {lines}
                {(more > 0).then(|| view! { <li>{say(&words::and_more(more))}</li> }.into_any())}
            </ul>
        }
        .into_any()
    })
}

/// The lines that can't be read, and what of the others is left out or changed.
#[component]
fn Remarks(import: Memo<Option<ImportView>>) -> impl IntoView {
    let errors = Memo::new(move |_| {
        let error = |(place, messages): &(Text, Vec<Text>)| (say(place), sentences(messages));
        read(import, |import| import.errors.iter().map(error).collect::<Vec<_>>())
    });
    let warnings = Memo::new(move |_| {
        let warned = |row: &ImportRowView| {
            let line = (say(&row.place), [&row.name, ": ", &sentences(&row.warnings)].concat());
            (!row.warnings.is_empty()).then_some(line)
        };
        read(import, |import| import.rows.iter().filter_map(warned).collect::<Vec<_>>())
    });
    view! {
        {move || remarks(t(words::LINES_NOT_READ), "remarks bad", errors.get())}
        {move || remarks(t(words::LEFT_OUT_OR_CHANGED), "remarks", warnings.get())}
    }
}
