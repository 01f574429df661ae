//! Somebody's details, or the form, in the place of the list.

use halyard_client::Ui;
use halyard_client::contacts::ContactsAction;
use halyard_client::contacts::export::ExportedContacts;
use halyard_client::view::{DetailsView, NumberView};
use halyard_protocol::{ContactId, UserId};

use super::exports;
use super::form::Form;
use super::message::MessageButton;
use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{AvatarSize, Icon, IconButton, IconName, MenuButton, PresenceDot, presence_word};
use crate::views::person::{Person, presence};
use crate::words::{self, Word, say, t};

/// The pane over the list.
#[component]
pub(crate) fn Details() -> impl IntoView {
    let app = expect_context::<App>();
    let form = app.signals(|signals| signals.form.clone());
    // Another contact is another form; a key press in it is not.
    let form = Memo::new(move |_| form.with(|form| form.as_ref().map(|form| (form.id, form.is_new))));
    let details = app.signals(|signals| signals.details.clone());
    let details = Memo::new(move |_| details.get());
    let label = move || match form.get() {
        Some((_, true)) => t(words::NEW_CONTACT),
        Some((_, false)) => t(words::EDIT_CONTACT),
        None => t(words::CONTACT_DETAILS),
    };
    view! {
        <aside class="details" aria-label=label>
            {move || match form.get() {
                Some((_, is_new)) => view! { <Form is_new=is_new /> }.into_any(),
                None => details.get().map(|details| view! { <Shown details=details /> }.into_any()).into_any(),
            }}
        </aside>
    }
}

#[component]
fn Shown(details: DetailsView) -> impl IntoView {
    let app = expect_context::<App>();
    let DetailsView {
        entry,
        name,
        organisation,
        avatar,
        kind,
        status,
        emails,
        texts,
        numbers,
        reach,
        favourite,
        editable,
        user,
    } = details;
    let contact = entry.contact();
    let close = move || app.send(Ui::Contacts(ContactsAction::Back(entry)));
    let facts = numbers.into_iter().map(|number| fact(number, &reach)).collect::<Vec<_>>();
    let emails = emails.into_iter().map(email).collect::<Vec<_>>();
    let texts = texts.into_iter().map(lines).collect::<Vec<_>>();
    let write = (!reach.is_empty()).then(|| {
        let label = say(&words::message_person(&name));
        view! {
            <div class="quick">
                <MessageButton reach=Signal::stored(reach) label=label worded=true />
            </div>
        }
    });
    view! {
        <header>
            <IconButton icon=IconName::ChevronLeft label=t(words::BACK_TO_CONTACTS) class="back" on_click=close />
            <span class="push"></span>
            <IconButton
                icon=IconName::Star
                label=t(words::FAVORITE)
                class="star"
                focus="star"
                pressed=Signal::stored(favourite)
                on_click=move || app.send(Ui::Contacts(ContactsAction::SetFavourite(entry, !favourite)))
            />
            {contact.map(|id| view! { <Export id=id /> }.into_any())}
            {editable
                .map(|id| {
                    view! {
                        <IconButton
                            icon=IconName::Pencil
                            label=t(words::EDIT)
                            on_click=move || app.send(Ui::Contacts(ContactsAction::Edit(id)))
                        />
                    }.into_any()
                })}
        </header>
        <div class="details-body">
            <div class="person">
                <Person avatar=Signal::stored(avatar) size=AvatarSize::Large />
                <h2 data-focus="details" tabindex="-1">{name}</h2>
                {(!organisation.is_empty()).then(|| view! { <p>{organisation}</p> }.into_any())}
                <p class="muted">{say(&kind)}</p>
                {user.map(|user| view! { <PresenceLine user=user status=status /> }.into_any())}
            </div>
            {write}
            <dl class="facts">{facts} {emails} {texts}</dl>
            {editable
                .map(|id| {
                    view! {
                        <div class="danger-zone">
                            <button
                                type="button"
                                class="btn plain danger"
                                on:click=move |_| app.send(Ui::Contacts(ContactsAction::Delete(id)))
                            >
                                <Icon name=IconName::Trash2 />
                                {t(words::DELETE_CONTACT)}
                            </button>
                        </div>
                    }.into_any()
                })}
        </div>
    }
}

/// Saves the contact as a file.
#[component]
fn Export(id: ContactId) -> impl IntoView {
    let app = expect_context::<App>();
    let items = Signal::derive(move || exports(app, ExportedContacts::One(id)));
    view! { <MenuButton icon=IconName::Download label=t(words::EXPORT_CONTACT).to_owned() items=items /> }
}

/// A colleague's presence and what they say of it.
#[component]
fn PresenceLine(user: UserId, status: String) -> impl IntoView {
    let app = expect_context::<App>();
    let presence = presence(app, user);
    let status = if status.is_empty() { status } else { [" \u{b7} ", &status].concat() };
    view! {
        <p class="presence-line">
            <PresenceDot presence=presence />
            <span>{move || presence_word(presence.get())} {status}</span>
        </p>
    }
}

fn fact(number: NumberView, reach: &[NumberView]) -> AnyView {
    let texts = reach.iter().any(|way| way.peer == number.peer);
    let label = say(&words::message_number(&number.text, &number.label));
    let tools = texts.then(|| {
        view! {
            <dd class="tools">
                <MessageButton reach=Signal::stored(vec![number.clone()]) label=label />
            </dd>
        }
        .into_any()
    });
    view! {
        <div class="fact">
            <dt>{capitalised(&say(&number.label))}</dt>
            <dd class="num">{say(&number.text)}</dd>
            {tools}
        </div>
    }
    .into_any()
}

fn lines((name, text): (Word, String)) -> AnyView {
    view! {
        <div class="fact">
            <dt>{t(name)}</dt>
            <dd class="lines">{text}</dd>
        </div>
    }
    .into_any()
}

fn email(address: String) -> AnyView {
    let link = ["mailto:", &address].concat();
    view! {
        <div class="fact">
            <dt>{t(words::E_MAIL)}</dt>
            <dd>
                <a href=link>{address}</a>
            </dd>
        </div>
    }
    .into_any()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        std::iter::once(halyard_protocol::letters::upper(first)).chain(letters).collect()
    })
}
