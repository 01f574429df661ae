//! A card's messages. The scrolling box runs from the bottom up (`column-reverse`), so it stays at the newest message,
//! and keeps its place when older ones appear above, without any script.

use halyard_client::conversations::ConversationsAction;
use halyard_client::view::OlderView;
use halyard_client::{CardKey, Ui};
use leptos::html::Div;

use super::line::Line;
use super::message::{Day, Message};
use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::signals::TimelineKey;
use crate::views::common::{Icon, IconName};
use crate::words::{self, say, t};

/// Pixels from an end at which the box counts as being there.
const NEAR_BOTTOM: i32 = 24;
const NEAR_TOP: i32 = 600;

/// The messages.
#[component]
pub(super) fn Timeline(card: CardKey, title: Memo<Option<String>>, unread: Memo<u32>) -> impl IntoView {
    let app = expect_context::<App>();
    let timeline =
        app.signals(|signals| signals.open_timeline(card, || app.phone(|phone, env| phone.timeline_view(card, env))));
    on_cleanup(move || app.signals(|signals| signals.close_timeline(card)));
    let log = NodeRef::<Div>::new();
    let at_bottom = RwSignal::new(true);
    let keys = timeline.keys.clone();
    let older = timeline.older.clone();

    let scrolled = {
        let older = older.clone();
        move || {
            let Some(log) = log.try_get_untracked().flatten() else { return };
            // 0 at the bottom, negative above it.
            let up = -log.scroll_top();
            let bottom = up <= NEAR_BOTTOM;
            if bottom != at_bottom.get_untracked() {
                at_bottom.set(bottom);
                app.send(Ui::Conversations(ConversationsAction::AtBottom(card, bottom)));
            }
            let above = log.scroll_height() - log.client_height() - up;
            if above < NEAR_TOP && older.get_untracked() == OlderView::More {
                app.send(Ui::Conversations(ConversationsAction::LoadOlder(card)));
            }
        }
    };
    // A box that its rows don't fill can't be scrolled: ask for what is above.
    let fill = {
        let (keys, older, scrolled) = (keys.clone(), older.clone(), scrolled.clone());
        move || {
            keys.track();
            if older.get() == OlderView::More {
                request_animation_frame(scrolled.clone());
            }
        }
    };
    Effect::new(move |_| fill());
    let to_bottom = move |_| {
        if let Some(log) = log.try_get_untracked().flatten() {
            log.set_scroll_top(0);
        }
    };
    let row = move |key: TimelineKey| {
        timeline.row(key).map(|item| match key {
            TimelineKey::Day(_) => view! { <Day item=item /> }.into_any(),
            TimelineKey::Message(_) => view! { <Message item=item /> }.into_any(),
            TimelineKey::Line(_) => view! { <Line item=item /> }.into_any(),
        })
    };
    let label = move || title.get().map(|title| say(&words::messages_with(title)));
    let typing = app
        .signals(|signals| signals.typing.acquire(card, || app.phone(|phone, _| crate::signals::typing(phone, card))));
    on_cleanup(move || app.signals(|signals| signals.typing.release(card)));
    view! {
        <div class="log-frame">
            <div
                class="log"
                role="log"
                tabindex="0"
                aria-label=label
                node_ref=log
                on:scroll=move |_| scrolled()
            >
                <div class="log-rows">
                    <Above older=older.into() card=card />
                    <For each=move || keys.get().to_vec() key=|key| *key children=row />
                    {move || typing.get().map(|words| view! { <p class="typing">{words}</p> }.into_any())}
                </div>
            </div>
            {move || {
                (!at_bottom.get())
                    .then(|| {
                        view! {
                            <button class="latest" on:click=to_bottom>
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
    move || {
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
    }
}
