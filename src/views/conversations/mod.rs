//! "Chat and SMS": the column of conversations.

mod row;

use halyard_client::Ui;
use halyard_client::conversations::ColumnFilter;
use halyard_client::conversations::ConversationsAction;
use leptos::prelude::*;

use crate::erased::Memo;
use crate::runtime::App;
use crate::views::common::{Chips, EmptyState, Icon, IconName, SearchField, VirtualList};
use crate::words::{self, Word, t};

const FILTERS: [(ColumnFilter, Word); 4] = [
    (ColumnFilter::All, words::ALL),
    (ColumnFilter::Unread, words::UNREAD),
    (ColumnFilter::Sms, words::SMS),
    (ColumnFilter::Chat, words::CHAT),
];

/// Height of a row in CSS pixels; the style sheet's `.row` has the same.
const ROW_HEIGHT: f64 = 57.0;

/// The column.
#[component]
pub(crate) fn Column() -> impl IntoView {
    let app = expect_context::<App>();
    let column = app.signals(|signals| signals.column.clone());
    let ids = {
        let column = column.clone();
        Memo::new(move |_| column.with(|column| column.ids.clone()))
    };
    let query = {
        let column = column.clone();
        Memo::new(move |_| column.with(|column| column.query.clone()))
    };
    let filter = {
        let column = column.clone();
        Memo::new(move |_| column.with(|column| column.filter))
    };
    let more = Memo::new(move |_| column.with(|column| column.more));
    let empty = Memo::new(move |_| ids.with(|ids| ids.is_empty()));
    view! {
        <section class="column" aria-labelledby="column-title">
            <header>
                <h1 id="column-title" data-focus="column" tabindex="-1">
                    {t(words::CHAT_AND_SMS)}
                </h1>
                <button class="btn primary" on:click=move |_| app.send(Ui::NewConversation)>
                    <Icon name=IconName::SquarePen />
                    {t(words::NEW_CONVERSATION)}
                </button>
            </header>
            <SearchField
                label=t(words::SEARCH_CONVERSATIONS)
                value=query
                on_input=Callback::new(move |text| app.send(Ui::Conversations(ConversationsAction::Search(text))))
            />
            <Chips
                label=t(words::SHOW)
                options=FILTERS.to_vec()
                chosen=filter
                on_choose=Callback::new(move |filter| app.send(Ui::Conversations(ConversationsAction::Filter(filter))))
            />
            {move || {
                if empty.get() {
                    nothing(app, query.with(String::is_empty), filter.get())
                } else {
                    view! {
                        <VirtualList
                            label=t(words::CONVERSATIONS)
                            len=Signal::derive(move || ids.with(|ids| ids.len()))
                            row_height=ROW_HEIGHT
                            key=move |index| ids.with(|ids| ids.get(index).copied())
                            on_end=Callback::new(move |()| {
                                if more.get_untracked() {
                                    app.send(Ui::Conversations(ConversationsAction::More));
                                }
                            })
                            render=|id| view! { <row::Row id=id.into() /> }.into_any()
                        />
                    }.into_any()
                }
            }}
        </section>
    }
}

/// What the column says when nothing shows, and what to do next.
fn nothing(app: App, unsearched: bool, filter: ColumnFilter) -> AnyView {
    let (title, text) = match (unsearched, filter) {
        (false, _) => (t(words::NO_CONVERSATIONS_FOUND), t(words::NO_CONVERSATIONS_FOUND_HINT)),
        (true, ColumnFilter::All) => (t(words::NO_CONVERSATIONS_YET), t(words::NO_CONVERSATIONS_YET_HINT)),
        (true, ColumnFilter::Unread) => (t(words::ALL_CAUGHT_UP), t(words::ALL_CAUGHT_UP_HINT)),
        (true, ColumnFilter::Sms) => (t(words::NO_TEXTS_YET), t(words::NO_TEXTS_YET_HINT)),
        (true, ColumnFilter::Chat) => (t(words::NO_CHATS_YET), t(words::NO_CHATS_YET_HINT)),
    };
    let begin = unsearched && filter != ColumnFilter::Unread;
    view! {
        <EmptyState icon=IconName::MessageSquareText title=title text=text>
            {begin
                .then(|| {
                    view! {
                        <button class="btn primary" on:click=move |_| app.send(Ui::NewConversation)>
                            {t(words::NEW_CONVERSATION)}
                        </button>
                    }.into_any()
                })}
        </EmptyState>
    }
    .into_any()
}
