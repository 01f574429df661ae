//! A row of the list.

use halyard_client::contacts::ContactsAction;
use halyard_client::view::ContactRowView;
use halyard_client::{FocusTarget, Ui};
use halyard_protocol::event::Favourite;

use super::message::MessageButton;
use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Icon, IconName, presence_word};
use crate::views::person::{Person, presence};
use crate::words::{self, say, t};

/// A row: the name opens the details, the icon offers the numbers. Its elements show one person after the other.
#[component]
pub(super) fn Row(entry: Signal<Favourite>, selected: Memo<Option<Favourite>>) -> impl IntoView {
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
    view! {
        <button
            class="row"
            data-focus=move || FocusTarget::Row(entry.get()).attribute()
            aria-current=move || if selected.get() == Some(entry.get()) { "true" } else { "false" }
            on:click=move |_| app.send(Ui::Contacts(ContactsAction::Select(Some(entry.get_untracked()))))
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
        {move || can_write.get().then(|| view! {
            <span class="row-tools">
                <MessageButton reach=reach label=label />
            </span>
        }.into_any())}
    }
}
