//! A row of the column.

use crate::dom::*;
use halyard_client::view::RowView;
use halyard_client::{CardKey, Ui};
use halyard_protocol::ConversationId;

use crate::format;
use crate::runtime::App;
use crate::views::common::{Icon, IconName};
use crate::views::shell::Person;

/// A row. The button stays the same while its content changes, and with it the focus.
#[component]
pub(super) fn Row(id: ConversationId) -> View {
    let app = expect_context::<App>();
    let row = app.signals(|signals| signals.rows.acquire(id, || app.phone(|phone, env| phone.row_view(id, env))));
    on_cleanup(move || app.signals(|signals| signals.rows.release(id)));
    let desk = app.signals(|signals| signals.desk.clone());
    let current = Memo::new(move |_| desk.with(|desk| desk.front == Some(CardKey::Conversation(id))));
    let avatar = {
        let row = row.clone();
        Signal::derive(move || row.with(|row| row.as_ref().map(|row| row.avatar.clone())).unwrap_or_default())
    };
    let unread = {
        let row = row.clone();
        Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.unread > 0)))
    };
    view! {
        <button
            class="row"
            class:unread=unread
            aria-current=move || if current.get() { "true" } else { "false" }
            on:click=move |_| app.send(Ui::OpenConversation(id))
        >
            <Person avatar=avatar />
            {move || row.get().map(words)}
        </button>
    }
}

fn words(row: RowView) -> View {
    let RowView { title, preview, at, when, unread, muted, tag, failed, .. } = row;
    let (name, extension) = match title.rsplit_once(" \u{b7} ") {
        Some((name, extension)) => (name.to_owned(), Some(extension.to_owned())),
        None => (title, None),
    };
    view! {
        <span class="row-text">
            <b class="row-name">
                {name} {extension.map(|extension| view! { <span class="ext">{[" \u{b7} ", &extension].concat()}</span> })}
            </b>
            <span class="preview">{preview}</span>
        </span>
        <span class="meta">
            <span class="num" title=format::moment(at)>
                {format::when(at, when)}
            </span>
            <span>
                {failed.then(|| view! { <Icon name=IconName::CircleAlert class="failed" label="Not delivered" /> })}
                {muted.then(|| view! { <Icon name=IconName::BellOff label="Notifications are off" /> })}
                {if unread > 0 {
                    view! {
                        <span class="badge num">
                            {unread.min(99)} <span class="sr">" unread"</span>
                        </span>
                    }
                } else {
                    (!tag.is_empty()).then(|| view! { <span class="tag">{tag}</span> }).into_view()
                }}
            </span>
        </span>
    }
}
