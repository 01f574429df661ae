//! The form in which a contact is written.

use halyard_client::Ui;
use halyard_client::contacts::ContactField;
use halyard_client::contacts::ContactsAction;
use halyard_client::contacts::{FormField, NumberField};
use halyard_client::view::FormView;
use halyard_protocol::{ContactDetails, ContactDraft, ContactScope, NumberLabel, limits};
use leptos::html::Input;
use wasm_bindgen::JsCast;
use web_sys::SubmitEvent;

use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Avatar, AvatarSize, FieldError, Icon, IconButton, IconName, TextField, unique_id};
use crate::words::{self, Word, say, t};

const LABELS: [(NumberLabel, &str, Word); 5] = [
    (NumberLabel::Mobile, "mobile", words::LABEL_MOBILE),
    (NumberLabel::Work, "work", words::LABEL_WORK),
    (NumberLabel::Home, "home", words::LABEL_HOME),
    (NumberLabel::Fax, "fax", words::LABEL_FAX),
    (NumberLabel::Other, "other", words::LABEL_OTHER),
];

/// What is typed so far, and how to change it.
#[derive(Clone, Copy)]
struct Fields {
    app: App,
    view: Memo<Option<FormView>>,
}

impl Fields {
    fn read<T: Default>(self, read: impl FnOnce(&FormView) -> T) -> T {
        self.view.with(|view| view.as_ref().map(read).unwrap_or_default())
    }

    /// What is wrong with a field.
    fn error(self, field: Option<FormField>) -> Option<String> {
        self.read(|view| view.error.as_ref().filter(|error| error.field == field).map(|error| say(&error.message)))
    }

    fn change(self, change: impl FnOnce(&mut ContactDraft)) {
        if let Some(mut draft) = self.view.with_untracked(|view| view.as_ref().map(|view| view.draft.clone())) {
            change(&mut draft);
            self.app.send(Ui::Contacts(ContactsAction::Field(ContactField::Draft(Box::new(draft)))));
        }
    }

    fn change_numbers(self, change: impl FnOnce(&mut Vec<NumberField>)) {
        if let Some(mut numbers) = self.view.with_untracked(|view| view.as_ref().map(|view| view.numbers.clone())) {
            change(&mut numbers);
            self.app.send(Ui::Contacts(ContactsAction::Field(ContactField::Numbers(numbers))));
        }
    }

    /// A text of the contact, and how to change it.
    fn text(
        self,
        read: fn(&ContactDraft) -> &String,
        write: fn(&mut ContactDraft) -> &mut String,
    ) -> (Memo<String>, Callback<String>) {
        let value = Memo::new(move |_| self.read(|view| read(&view.draft).clone()));
        (value, Callback::new(move |text| self.change(|draft| *write(draft) = text)))
    }

    /// A text of its details, likewise; empty where it has none.
    fn detail(
        self,
        read: fn(&ContactDetails) -> &String,
        write: fn(&mut ContactDetails) -> &mut String,
    ) -> (Memo<String>, Callback<String>) {
        let value =
            Memo::new(move |_| self.read(|view| view.draft.details.as_deref().map(read).cloned().unwrap_or_default()));
        let set = move |text| self.change(|draft| *write(draft.details.get_or_insert_default()) = text);
        (value, Callback::new(set))
    }
}

/// The form.
#[component]
pub(super) fn Form(
    /// Whether it is a new contact.
    is_new: bool,
) -> impl IntoView {
    let app = expect_context::<App>();
    let view = app.signals(|signals| signals.form.clone());
    let fields = Fields { app, view: Memo::new(move |_| view.get()) };
    let (given, set_given) = fields.text(|draft| &draft.given, |draft| &mut draft.given);
    let (family, set_family) = fields.text(|draft| &draft.family, |draft| &mut draft.family);
    let (company, set_company) = fields.text(|draft| &draft.company, |draft| &mut draft.company);
    let saving = Memo::new(move |_| fields.read(|view| view.saving));
    let may_share = Memo::new(move |_| fields.read(|view| view.may_share));
    let general = Signal::derive(move || fields.error(None));
    let cancel = move || app.send(Ui::Contacts(ContactsAction::Cancel));
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        app.send(Ui::Contacts(ContactsAction::Save));
    };
    view! {
        <header>
            <IconButton icon=IconName::ChevronLeft label=t(words::BACK) class="back" on_click=cancel />
            <h2>{if is_new { t(words::NEW_CONTACT) } else { t(words::EDIT_CONTACT) }}</h2>
        </header>
        <form class="form details-body" id="contact-form" novalidate on:submit=save>
            <Photo fields=fields />
            <div class="form-pair">
                <TextField label=t(words::FIRST_NAME) value=given on_input=set_given max_length=200 focus=Some("form") />
                <TextField label=t(words::LAST_NAME) value=family on_input=set_family max_length=200 />
            </div>
            <TextField label=t(words::COMPANY) value=company on_input=set_company max_length=200 />
            <Numbers fields=fields />
            <Emails fields=fields />
            <More fields=fields />
            {move || may_share.get().then(|| view! { <Scope fields=fields /> }.into_any())}
            <div role="alert">
                <FieldError id=unique_id("contact-error") error=general />
            </div>
        </form>
        <footer class="buttons end">
            <button type="button" class="btn quiet" on:click=move |_| cancel()>
                {t(words::CANCEL)}
            </button>
            <button type="submit" form="contact-form" class="btn primary" disabled=move || saving.get()>
                {t(words::SAVE)}
            </button>
        </footer>
    }
}

/// The photo: chosen from a file, or taken away.
#[component]
fn Photo(fields: Fields) -> impl IntoView {
    let avatar = Memo::new(move |_| fields.read(|view| view.avatar.clone()));
    let has_photo = Memo::new(move |_| avatar.with(|avatar| avatar.photo.is_some()));
    let input = NodeRef::<Input>::new();
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else { return };
        let contact = fields.view.with_untracked(|view| view.as_ref().map(|view| view.id));
        if let Some((contact, file)) = contact.zip(input.files().and_then(|files| files.get(0))) {
            fields.app.send(Ui::Contacts(ContactsAction::Photo(contact)));
            fields.app.choose_photo(contact, file);
        }
        input.set_value("");
    };
    let ask = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let remove = move |_| {
        fields.change(|draft| {
            draft.photo = None;
            draft.photo_content = Some(String::new());
        });
        // The button that was pressed is gone.
        if let Some(button) = input.get_untracked().and_then(|input| input.next_element_sibling()) {
            let _ = button.unchecked_into::<web_sys::HtmlElement>().focus();
        }
    };
    view! {
        <div class="form-photo">
            <Avatar avatar=avatar presence=None size=AvatarSize::Large />
            <input
                type="file"
                accept="image/*"
                aria-label=t(words::CHOOSE_PHOTO)
                hidden
                node_ref=input
                on:change=chosen
            />
            <button type="button" class="btn quiet" disabled=move || fields.read(|view| view.saving) on:click=ask>
                {t(words::CHOOSE_PHOTO)}
            </button>
            {move || {
                has_photo
                    .get()
                    .then(|| {
                        view! {
                            <button type="button" class="btn plain" on:click=remove>
                                {t(words::REMOVE_PHOTO)}
                            </button>
                        }.into_any()
                    })
            }}
        </div>
    }
}

/// Whose contact it is.
#[component]
fn Scope(fields: Fields) -> impl IntoView {
    let scope = Memo::new(move |_| fields.read(|view| view.draft.scope));
    let choice = move |value: ContactScope, name: &'static str, hint: &'static str| {
        view! {
            <label class="check">
                <input
                    type="radio"
                    name="contact-scope"
                    prop:checked=move || scope.get() == value
                    on:change=move |_| fields.change(|draft| draft.scope = value)
                />
                <span>{name} <small>{hint}</small></span>
            </label>
        }
    };
    view! {
        <fieldset class="form-group">
            <legend>{t(words::VISIBLE_TO)}</legend>
            {choice(ContactScope::Personal, t(words::MINE), t(words::ONLY_YOU))}
            {choice(ContactScope::Shared, t(words::SHARED), t(words::EVERYONE_AT_YOUR_COMPANY))}
        </fieldset>
    }
}

/// The numbers.
#[component]
fn Numbers(fields: Fields) -> impl IntoView {
    let count = Memo::new(move |_| fields.read(|view| view.numbers.len()));
    // A line that the user has asked for takes the focus.
    let asked = StoredValue::new(false);
    let add = move |_| {
        asked.set_value(true);
        fields.change_numbers(|numbers| {
            numbers.push(NumberField { label: NumberLabel::Mobile, ..NumberField::default() });
        });
    };
    view! {
        <fieldset class="form-group">
            <legend>{t(words::NUMBERS)}</legend>
            <For
                each=move || 0..count.get()
                key=|index| *index
                children=move |index| view! { <NumberLine fields=fields index=index asked=asked /> }
            />
            {move || {
                (count.get() < limits::CONTACT_NUMBERS)
                    .then(|| {
                        view! {
                            <button type="button" class="btn plain" on:click=add>
                                <Icon name=IconName::Plus />
                                {t(words::ADD_A_NUMBER)}
                            </button>
                        }.into_any()
                    })
            }}
        </fieldset>
    }
}

#[component]
fn NumberLine(fields: Fields, index: usize, asked: StoredValue<bool>) -> impl IntoView {
    let field = Memo::new(move |_| fields.read(|view| view.numbers.get(index).cloned().unwrap_or_default()));
    let error = Memo::new(move |_| fields.error(Some(FormField::Number(index))));
    let input = NodeRef::<Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get()
            && asked.get_value()
        {
            asked.set_value(false);
            let _ = input.focus();
        }
    });
    let name = say(&words::number_field(index + 1));
    let error_id = unique_id("number-error");
    let described = error_id.clone();
    let change = move |change: &dyn Fn(&mut NumberField)| {
        fields.change_numbers(|numbers| {
            if let Some(number) = numbers.get_mut(index) {
                change(number);
            }
        });
    };
    let labelled = move |event| {
        let word = event_target_value(&event);
        if let Some((label, ..)) = LABELS.iter().find(|(_, value, _)| *value == word) {
            change(&|number| number.label = *label);
        }
    };
    // An own label that is being emptied keeps its field.
    let named = Memo::new(move |was: Option<&bool>| {
        was == Some(&true) || field.with(|field| field.label == NumberLabel::Other || !field.name.is_empty())
    });
    let options = LABELS.into_iter().map(|(label, value, shown)| {
        view! {
            <option value=value prop:selected=move || field.with(|field| field.label == label)>
                {t(shown)}
            </option>
        }
        .into_any()
    });
    view! {
        <div class="number-line">
            <select class="input" aria-label=say(&words::kind_of_number(index + 1)) on:change=labelled>
                {options.collect::<Vec<_>>()}
            </select>
            <input
                class="input num"
                type="text"
                inputmode="tel"
                autocomplete="off"
                aria-label=name
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=move || error.with(Option::is_some).then(|| described.clone())
                data-focus=move || error.with(Option::is_some).then_some("invalid")
                prop:value=move || field.with(|field| field.text.clone())
                node_ref=input
                on:input=move |event| {
                    let text = event_target_value(&event);
                    change(&|number| number.text.clone_from(&text));
                }
            />
            <IconButton
                icon=IconName::X
                label=say(&words::remove_number(index + 1))
                on_click=move || fields.change_numbers(|numbers| {
                    if index < numbers.len() {
                        numbers.remove(index);
                    }
                })
            />
            {move || named.get().then(|| own_label(index, field, change))}
            <FieldError id=error_id error=error />
        </div>
    }
}

/// The user's own word for what a number is for, where the labels say too little.
fn own_label(index: usize, field: Memo<NumberField>, change: impl Fn(&dyn Fn(&mut NumberField)) + 'static) -> AnyView {
    view! {
        <input
            class="input own-label"
            type="text"
            autocomplete="off"
            maxlength=limits::NUMBER_NAME_LENGTH
            aria-label=say(&words::own_label(index + 1))
            placeholder=t(words::LABEL)
            prop:value=move || field.with(|field| field.name.clone())
            on:input=move |event| {
                let name = event_target_value(&event);
                change(&|number| number.name.clone_from(&name));
            }
        />
    }
    .into_any()
}

/// Notes, address and what few contacts have.
#[component]
fn More(fields: Fields) -> impl IntoView {
    let short = |label: Word, (value, set): (Memo<String>, Callback<String>)| {
        view! { <TextField label=t(label) value=value on_input=set max_length=200 /> }.into_any()
    };
    let long = |label: Word, most: usize, (value, set): (Memo<String>, Callback<String>)| {
        view! {
            <label class="form-field">
                <span>{t(label)}</span>
                <textarea
                    class="input"
                    rows="3"
                    maxlength=most
                    prop:value=move || value.get()
                    on:input=move |event| set.run(event_target_value(&event))
                ></textarea>
            </label>
        }
        .into_any()
    };
    let address = fields.detail(|details| &details.address, |details| &mut details.address);
    let notes = fields.detail(|details| &details.notes, |details| &mut details.notes);
    let open = fields.view.with_untracked(|view| view.as_ref().is_some_and(|view| view.draft.details.is_some()));
    view! {
        <details class="more-fields" open=open>
            <summary>{t(words::MORE_FIELDS)}</summary>
            <div class="form-pair">
                {short(words::NAME_PREFIX, fields.detail(|details| &details.prefix, |details| &mut details.prefix))}
                {short(words::NAME_SUFFIX, fields.detail(|details| &details.suffix, |details| &mut details.suffix))}
            </div>
            {short(words::NICKNAME, fields.detail(|details| &details.nickname, |details| &mut details.nickname))}
            {short(words::CONSENT_TO_TEXTS, fields.detail(|details| &details.consent, |details| &mut details.consent))}
            {long(words::ADDRESS, limits::CONTACT_ADDRESS_LENGTH, address)}
            {long(words::NOTES, limits::CONTACT_NOTES_LENGTH, notes)}
        </details>
    }
}

/// The e-mail addresses.
#[component]
fn Emails(fields: Fields) -> impl IntoView {
    // There is always a field to type the first one into.
    let count = Memo::new(move |_| fields.read(|view| view.draft.emails.len()).max(1));
    let error = Memo::new(move |_| fields.error(Some(FormField::Email)));
    let line = move |index: usize| {
        let label = if index == 0 { t(words::E_MAIL).to_owned() } else { say(&words::e_mail_field(index + 1)) };
        let value = Memo::new(move |_| fields.read(|view| view.draft.emails.get(index).cloned().unwrap_or_default()));
        let set = move |text: String| {
            fields.change(|draft| {
                if draft.emails.len() <= index {
                    draft.emails.resize(index + 1, String::new());
                }
                draft.emails[index] = text;
            });
        };
        // The rules are about all addresses together: the one that breaks them is shown at the last field.
        let shown = Signal::derive(move || error.get().filter(|_| index + 1 == count.get()));
        let focus = Signal::derive(move || shown.with(Option::is_some).then_some("invalid"));
        view! { <TextField label=label value=value on_input=set kind="email" error=shown focus=focus /> }
    };
    view! {
        <For each=move || 0..count.get() key=|index| *index children=line />
        {move || {
            let last_is_used = fields.read(|view| view.draft.emails.last().is_some_and(|email| !email.is_empty()));
            (last_is_used && count.get() < limits::CONTACT_EMAILS)
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="btn plain self-start"
                            on:click=move |_| fields.change(|draft| draft.emails.push(String::new()))
                        >
                            <Icon name=IconName::Plus />
                            {t(words::ADD_AN_E_MAIL_ADDRESS)}
                        </button>
                    }.into_any()
                })
        }}
    }
}
