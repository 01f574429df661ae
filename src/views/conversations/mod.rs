//! "Chat and SMS": the column of conversations.

mod row;

use halyard_client::Ui;
use halyard_client::conversations::ColumnFilter;
use halyard_client::conversations::ConversationsAction;
use halyard_protocol::PhoneNumber;

use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Chips, EmptyState, Icon, IconName, MenuButton, MenuItem, SearchField, VirtualList};
use crate::words::{self, Text, Word, say, t};

const FILTERS: [(ColumnFilter, Word); 5] = [
    (ColumnFilter::All, words::ALL),
    (ColumnFilter::Unread, words::UNREAD),
    (ColumnFilter::Sms, words::SMS),
    (ColumnFilter::Chat, words::CHAT),
    (ColumnFilter::Undelivered, words::NOT_DELIVERED),
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
    let numbers = {
        let column = column.clone();
        Memo::new(move |_| column.with(|column| column.numbers.clone()))
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
                options=FILTERS.map(|(_, name)| name)
                chosen=Signal::derive(move || FILTERS.iter().position(|(known, _)| *known == filter.get()).unwrap_or(0))
                on_choose=move |chosen: usize| {
                    app.send(Ui::Conversations(ConversationsAction::Filter(FILTERS[chosen].0)));
                }
            />
            {move || numbers.with(|numbers| !numbers.is_empty()).then(|| view! { <Numbers /> }.into_any())}
            {move || {
                if empty.get() && more.get() {
                    view! { <EmptyState icon=IconName::MessageSquareText title=t(words::SEARCHING_OLDER) text="" /> }.into_any()
                } else if empty.get() {
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

/// Which of one's own numbers the conversations go from.
#[component]
fn Numbers() -> impl IntoView {
    let app = expect_context::<App>();
    let column = app.signals(|signals| signals.column.clone());
    let choose = move |number| app.send(Ui::Conversations(ConversationsAction::FilterNumber(number)));
    let chosen = {
        let column = column.clone();
        Memo::new(move |_| {
            column.with(|column| {
                let name = column.numbers.iter().find(|(number, _)| Some(*number) == column.number);
                name.map_or_else(|| t(words::ALL_NUMBERS).to_owned(), |(_, name)| say(name))
            })
        })
    };
    let items = Signal::derive(move || {
        column.with(|column| {
            let all = MenuItem::radio(column.number.is_none(), t(words::ALL_NUMBERS), move || choose(None));
            let one = |(number, name): &(PhoneNumber, Text)| {
                let number = *number;
                MenuItem::radio(Some(number) == column.number, say(name), move || choose(Some(number)))
            };
            core::iter::once(all).chain(column.numbers.iter().map(one)).collect::<Vec<_>>()
        })
    });
    view! {
        <div class="numbers">
            <MenuButton
                class="choice"
                label=Signal::derive(move || say(&words::show_number(chosen.get())))
                items=items
                content=move || {
                    view! {
                        {move || chosen.get()}
                        <Icon name=IconName::ChevronDown />
                    }
                }
            />
        </div>
    }
}

/// What the column says when nothing shows, and what to do next.
fn nothing(app: App, unsearched: bool, filter: ColumnFilter) -> AnyView {
    let (title, text) = match (unsearched, filter) {
        (false, _) => (t(words::NO_CONVERSATIONS_FOUND), t(words::NO_CONVERSATIONS_FOUND_HINT)),
        (true, ColumnFilter::All) => (t(words::NO_CONVERSATIONS_YET), t(words::NO_CONVERSATIONS_YET_HINT)),
        (true, ColumnFilter::Unread) => (t(words::ALL_CAUGHT_UP), t(words::ALL_CAUGHT_UP_HINT)),
        (true, ColumnFilter::Sms) => (t(words::NO_TEXTS_YET), t(words::NO_TEXTS_YET_HINT)),
        (true, ColumnFilter::Undelivered) => (t(words::ALL_DELIVERED), t(words::ALL_DELIVERED_HINT)),
        (true, ColumnFilter::Chat) => (t(words::NO_CHATS_YET), t(words::NO_CHATS_YET_HINT)),
    };
    let begin = unsearched && !matches!(filter, ColumnFilter::Unread | ColumnFilter::Undelivered);
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
