//! A row of the column.

use halyard_client::conversations::ConversationsAction;
use halyard_client::view::RowView;
use halyard_client::{CardKey, Ui};
use halyard_protocol::ConversationId;

use crate::erased::Memo;
use crate::format;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Icon, IconName};
use crate::views::person::Person;
use crate::words::{self, say, t};

/// A row. Its elements show one conversation after the other, and keep the focus meanwhile.
#[component]
pub(super) fn Row(id: Signal<ConversationId>) -> impl IntoView {
    let app = expect_context::<App>();
    let signal = Memo::new(move |_| {
        let id = id.get();
        on_cleanup(move || app.signals(|signals| signals.rows.release(id)));
        app.signals(|signals| signals.rows.acquire(id, || app.phone(|phone, env| phone.row_view(id, env))))
    });
    let row = Memo::new(move |_| signal.get().get());
    let desk = app.signals(|signals| signals.desk.clone());
    let current = Memo::new(move |_| desk.with(|desk| desk.front) == Some(CardKey::Conversation(id.get())));
    let avatar = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.avatar.clone()).unwrap_or_default()));
    let unread = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.unread != 0)));
    // Nobody sees the whole time before the pointer is there, and the browser takes long to write it.
    let pointed = RwSignal::new(false);
    view! {
        <button
            class="row"
            class:unread=move || unread.get()
            aria-current=move || if current.get() { "true" } else { "false" }
            on:pointerenter=move |_| pointed.set(true)
            on:pointerleave=move |_| pointed.set(false)
            on:click=move |_| app.send(Ui::Conversations(ConversationsAction::Open(id.get_untracked())))
        >
            <Person avatar=avatar />
            {move || row.with(|row| row.as_ref().map(|row| content(row, pointed.get())))}
        </button>
    }
}

/// What a row says. As a whole, and what is the same stays: a list that is scrolled changes all of it with each row.
fn content(row: &RowView, pointed: bool) -> AnyView {
    let extension = if row.extension.is_empty() { String::new() } else { [" \u{b7} ", &row.extension].concat() };
    let failed = row
        .failed
        .then(|| view! { <Icon name=IconName::CircleAlert class="failed" label=t(words::NOT_DELIVERED) /> }.into_any());
    let muted =
        row.muted.then(|| view! { <Icon name=IconName::BellOff label=t(words::NOTIFICATIONS_ARE_OFF) /> }.into_any());
    let mark = match (row.unread, &row.tag) {
        (0, None) => ().into_any(),
        (0, Some(tag)) => view! { <span class="tag">{say(tag)}</span> }.into_any(),
        (unread, _) => view! {
            <span class="badge num">
                <span aria-hidden="true">{unread.min(99)}</span>
                <span class="sr">{say(&words::unread_messages(unread))}</span>
            </span>
        }
        .into_any(),
    };
    view! {
        <span class="row-text">
            <b class="row-name">{say(&row.title)} <span class="ext">{extension}</span></b>
            <span class="preview">{say(&row.preview)}</span>
        </span>
        <span class="meta">
            <span class="num" title=pointed.then(|| format::moment(row.at))>{format::when(row.at, row.when)}</span>
            <span>{failed} {muted} {mark}</span>
        </span>
    }
    .into_any()
}
