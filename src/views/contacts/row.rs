//! A row of the list.

use std::sync::Arc;

use halyard_client::contacts::{ContactsAction, Pick};
use halyard_client::view::ContactRowView;
use halyard_client::{FocusTarget, Ui};
use halyard_protocol::ContactId;
use halyard_protocol::event::Favourite;

use super::message::MessageButton;
use super::pick;
use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Icon, IconButton, IconName, presence_word};
use crate::views::person::{Person, presence};
use crate::words::{self, say, t};

/// A row: the name opens the details, the icon offers the numbers. Its elements show one person after the other.
#[component]
pub(super) fn Row(
    entry: Signal<Favourite>,
    /// Whose details are open.
    selected: Memo<Option<Favourite>>,
    /// The contacts that are selected to be exported.
    picked: Memo<Option<Arc<[ContactId]>>>,
) -> impl IntoView {
    let app = expect_context::<App>();
    let changes = app.signals(|signals| signals.contact_rows.clone());
    let row = Memo::new(move |_| {
        changes.track();
        app.phone(|phone, _| phone.contact_row_view(entry.get()))
    });
    let text = move |read: fn(&ContactRowView) -> &String| {
        move || row.with(|row| row.as_ref().map(|row| read(row).clone()).unwrap_or_default())
    };
    let avatar = Signal::derive(move || row.with(|row| row.as_ref().map(|row| row.avatar.clone()).unwrap_or_default()));
    let reach = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.reach.clone()).unwrap_or_default()));
    let favourite = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.favourite)));
    let can_write = Memo::new(move |_| reach.with(|reach| !reach.is_empty()));
    let user = Memo::new(move |_| match entry.get() {
        Favourite::User(user) => Some(user),
        Favourite::Contact(_) | Favourite::Unknown => None,
    });
    let name = text(|row| &row.name);
    let label = Memo::new(move |_| say(&words::message_person(name())));
    let select = Signal::derive(move || say(&words::select_person(name())));
    let is_picked = Memo::new(move |_| {
        let id = entry.get().contact();
        picked.with(|picked| picked.as_ref().zip(id).map(|(picked, id)| picked.binary_search(&id).is_ok()))
    });
    let can_pick = Memo::new(move |_| is_picked.get().is_some());
    let choose = move |id, row: bool| pick(app, if row { Pick::UpTo(id) } else { Pick::Toggle(id) });
    view! {
        <button
            class="row"
            class:picked=move || is_picked.get() == Some(true)
            data-focus=move || FocusTarget::Row(entry.get()).attribute()
            aria-current=move || if selected.get() == Some(entry.get()) { "true" } else { "false" }
            on:click=move |event| match entry.get_untracked().contact() {
                Some(id) if event.shift_key() || event.ctrl_key() || event.meta_key() => choose(id, event.shift_key()),
                _ => app.send(Ui::Contacts(ContactsAction::Select(Some(entry.get_untracked())))),
            }
            // A button is clicked when Space is let go.
            on:keyup=move |event| {
                if event.key() == " " && let Some(id) = entry.get_untracked().contact() {
                    event.prevent_default();
                    choose(id, event.shift_key());
                }
            }
        >
            <Person avatar=avatar />
            <span class="row-text">
                <b class="row-name">
                    {name}
                    {move || favourite.get().then(|| view! { <Icon name=IconName::Star class="starred small" label=t(words::FAVORITE) /> }.into_any())}
                </b>
                <span class="preview num">{text(|row| &row.detail)}</span>
                {move || user.get().map(|user| {
                    let presence = presence(app, user);
                    view! { <span class="sr">{move || [", ", presence_word(presence.get())].concat()}</span> }.into_any()
                })}
            </span>
        </button>
        {move || (can_write.get() || can_pick.get()).then(|| view! {
            <span class="row-tools">
                {move || can_pick.get().then(|| view! {
                    <IconButton
                        icon=IconName::Check
                        label=select
                        pressed=Signal::derive(move || is_picked.get() == Some(true))
                        on_click=move || if let Some(id) = entry.get_untracked().contact() { choose(id, false) }
                    />
                }.into_any())}
                {move || can_write.get().then(|| view! { <MessageButton reach=reach label=label /> }.into_any())}
            </span>
        }.into_any())}
    }
}
