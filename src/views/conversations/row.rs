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
use crate::views::shell::Person;
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
    let avatar = Signal::derive(move || row.with(|row| row.as_ref().map(|row| row.avatar.clone()).unwrap_or_default()));
    let unread = Memo::new(move |_| row.with(|row| row.as_ref().map_or(0, |row| row.unread)));
    let tag = Memo::new(move |_| {
        row.with(|row| row.as_ref().map_or(String::new(), |row| row.tag.as_ref().map(say).unwrap_or_default()))
    });
    let is = |read: fn(&RowView) -> bool| Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(read)));
    let text = |read: fn(&RowView) -> String| move || row.with(|row| row.as_ref().map(read).unwrap_or_default());
    let (failed, muted) = (is(|row| row.failed), is(|row| row.muted));
    let extension =
        text(|row| if row.extension.is_empty() { String::new() } else { [" \u{b7} ", &row.extension].concat() });
    view! {
        <button
            class="row"
            class:unread=move || unread.get() != 0
            aria-current=move || if current.get() { "true" } else { "false" }
            on:click=move |_| app.send(Ui::Conversations(ConversationsAction::Open(id.get_untracked())))
        >
            <Person avatar=avatar />
            <span class="row-text">
                <b class="row-name">{text(|row| say(&row.title))} <span class="ext">{extension}</span></b>
                <span class="preview">{text(|row| say(&row.preview))}</span>
            </span>
            <span class="meta">
                <span class="num" title=text(|row| format::moment(row.at))>
                    {text(|row| format::when(row.at, row.when))}
                </span>
                <span>
                    {move || {
                        failed
                            .get()
                            .then(|| view! { <Icon name=IconName::CircleAlert class="failed" label=t(words::NOT_DELIVERED) /> }.into_any())
                    }}
                    {move || {
                        muted.get().then(|| view! { <Icon name=IconName::BellOff label=t(words::NOTIFICATIONS_ARE_OFF) /> }.into_any())
                    }}
                    {move || match (unread.get(), tag.get()) {
                        (0, tag) if tag.is_empty() => ().into_any(),
                        (0, tag) => view! { <span class="tag">{tag}</span> }.into_any(),
                        (unread, _) => view! {
                            <span class="badge num">
                                <span aria-hidden="true">{unread.min(99)}</span>
                                <span class="sr">{say(&words::unread_messages(unread))}</span>
                            </span>
                        }.into_any(),
                    }}
                </span>
            </span>
        </button>
    }
}
