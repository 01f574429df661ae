//! A row of the list.

use crate::dom::*;
use halyard_client::Ui;
use halyard_client::view::ContactRowView;
use halyard_protocol::event::Favourite;

use super::message::MessageButton;
use crate::runtime::App;
use crate::views::common::{Icon, IconName, presence_word};
use crate::views::shell::{Person, presence};

/// A row: the name opens the details, the icon offers the numbers.
#[component]
pub(super) fn Row(entry: Favourite, selected: Memo<Option<Favourite>>) -> View {
    let app = expect_context::<App>();
    let changes = app.signals(|signals| signals.contact_rows.clone());
    let row = Memo::new(move |_| {
        changes.track();
        app.phone(|phone, _| phone.contact_row_view(entry))
    });
    let avatar = Signal::derive(move || row.get().map(|row| row.avatar).unwrap_or_default());
    let reach = Memo::new(move |_| row.get().map(|row| row.reach).unwrap_or_default());
    let name = Memo::new(move |_| row.get().map(|row| row.name).unwrap_or_default());
    let status = match entry {
        Favourite::User(user) => {
            let presence = presence(app, user);
            Some(view! { <span class="sr">{move || [", ", presence_word(presence.get())].concat()}</span> })
        }
        Favourite::Contact(_) => None,
    };
    view! {
        <button
            class="row"
            aria-current=move || if selected.get() == Some(entry) { "true" } else { "false" }
            on:click=move |_| app.send(Ui::SelectContact(Some(entry)))
        >
            <Person avatar=avatar />
            <span class="row-text">
                {move || row.get().map(words)}
                {status}
            </span>
        </button>
        {move || {
            (!reach.with(Vec::is_empty))
                .then(|| {
                    view! {
                        <span class="row-tools">
                            <MessageButton
                                reach=reach
                                label=Signal::derive(move || ["Message ", &name.get()].concat())
                            />
                        </span>
                    }
                })
        }}
    }
}

fn words(row: ContactRowView) -> View {
    let ContactRowView { name, detail, favourite, .. } = row;
    view! {
        <b class="row-name">
            {name} {favourite.then(|| view! { <Icon name=IconName::Star class="starred small" label="Favourite" /> })}
        </b>
        <span class="preview num">{detail}</span>
    }
}
