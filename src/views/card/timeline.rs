//! A card's messages. The scrolling box runs from the bottom up (`column-reverse`), so it stays at the newest message,
//! and keeps its place when older ones appear above, without any script. Of a long timeline only a part is drawn ([`super::log`]).

use halyard_client::conversations::ConversationsAction;
use halyard_client::view::OlderView;
use halyard_client::{CardKey, Ui};

use super::line::Line;
use super::log::Log;
use super::message::{Day, Message};
use super::px;
use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::signals::TimelineKey;
use crate::views::common::{Icon, IconName};
use crate::words::{self, say, t};

/// The messages.
#[component]
pub(super) fn Timeline(card: CardKey, title: Memo<Option<String>>, unread: Memo<u32>) -> impl IntoView {
    let app = expect_context::<App>();
    let timeline =
        app.signals(|signals| signals.open_timeline(card, || app.phone(|phone, env| phone.timeline_view(card, env))));
    on_cleanup(move || app.signals(|signals| signals.close_timeline(card)));
    let log = Log::new(app, card, &timeline);
    let older = timeline.older.clone();
    let row = move |key: TimelineKey| {
        timeline.row(key).map(|item| match key {
            TimelineKey::Day(_) => view! { <Day item=item /> }.into_any(),
            TimelineKey::Message(_) => view! { <Message item=item /> }.into_any(),
            TimelineKey::New => view! { <p class="new-line">{t(words::NEW_MESSAGES_LINE)}</p> }.into_any(),
            TimelineKey::Line(_) => view! { <Line item=item /> }.into_any(),
        })
    };
    let label = move || title.get().map(|title| say(&words::messages_with(title)));
    let typing = app
        .signals(|signals| signals.typing.acquire(card, || app.phone(|phone, _| crate::signals::typing(phone, card))));
    on_cleanup(move || app.signals(|signals| signals.typing.release(card)));
    // Where the newest row is not drawn, what stands below it is not either.
    let typing = reactive(move || {
        let words = typing.get().filter(|_| log.reaches_bottom());
        words.map(|words| view! { <p class="typing">{words}</p> }.into_any())
    });
    view! {
        <div class="log-frame">
            <div
                class="log"
                role="log"
                tabindex="0"
                aria-label=label
                node_ref=log.node
                on:scroll=move |_| log.look(false)
                // The adapter's own events.
                on:newest=move |_: web_sys::Event| log.show_newest()
                on:unread=move |_: web_sys::Event| log.show_unread()
            >
                <div class="log-rows" style:margin-block-end=move || px(log.space())>
                    <Above older=older.into() card=card />
                    <For each=move || log.rows() key=|key| *key children=row />
                    {typing}
                </div>
            </div>
            {move || {
                (!log.at_bottom.get())
                    .then(|| {
                        view! {
                            <button class="latest" on:click=move |_| log.show_newest()>
                                <Icon name=IconName::ArrowDown />
                                {move || match unread.get() {
                                    0 => t(words::NEWEST_MESSAGES).to_owned(),
                                    unread => say(&words::new_messages(unread)),
                                }}
                            </button>
                        }.into_any()
                    })
            }}
        </div>
    }
}

/// What is above the rows.
#[component]
fn Above(older: Signal<OlderView>, card: CardKey) -> impl IntoView {
    let app = expect_context::<App>();
    reactive(move || {
        match older.get() {
        OlderView::Loading => view! { <p class="log-note">{t(words::LOADING_OLDER_MESSAGES)}</p> }.into_any(),
        OlderView::Failed => view! {
            <p class="log-note">
                {t(words::OLDER_MESSAGES_FAILED)} " "
                <button class="link" on:click=move |_| app.send(Ui::Conversations(ConversationsAction::LoadOlder(card)))>
                    {t(words::TRY_AGAIN)}
                </button>
            </p>
        }
        .into_any(),
        OlderView::Beginning => view! { <p class="log-note">{t(words::START_OF_CONVERSATION)}</p> }.into_any(),
        OlderView::More => ().into_any(),
    }
    })
}
