//! A card's messages. The scrolling box runs from the bottom up (`column-reverse`), so it stays at the newest message,
//! and keeps its place when older ones appear above, without any script.

use halyard_client::conversations::ConversationsAction;
use halyard_client::view::OlderView;
use halyard_client::{CardKey, Ui};
use halyard_protocol::EntryId;
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

    // What the phone was told last. A card that is drawn anew stands at its bottom, wherever it was before.
    let said = StoredValue::new(None);
    let scrolled = {
        let (older, keys) = (older.clone(), keys.clone());
        // `jumped`: after the adapter has scrolled to the line "New".
        move |jumped: bool| {
            let Some(log) = log.try_get_untracked().flatten() else { return };
            if log.client_height() == 0 {
                // Of a card that is hidden nothing is on screen; its place is of no meaning.
                return;
            }
            // 0 at the bottom, negative above it.
            let up = -log.scroll_top();
            let bottom = up <= NEAR_BOTTOM;
            if bottom != at_bottom.get_untracked() {
                at_bottom.set(bottom);
            }
            let last = keys.with_untracked(|keys| last_shown(&log, keys));
            if jumped || said.get_value() != Some((bottom, last)) {
                said.set_value(Some((bottom, last)));
                app.send(Ui::Conversations(ConversationsAction::Scrolled { card, at_bottom: bottom, last, jumped }));
            }
            let above = log.scroll_height() - log.client_height() - up;
            if above < NEAR_TOP && older.get_untracked() == OlderView::More {
                app.send(Ui::Conversations(ConversationsAction::LoadOlder(card)));
            }
        }
    };
    // A box that its rows don't fill can't be scrolled: ask for what is above. When it is first drawn, say what it shows.
    let fill = {
        let (keys, older, scrolled) = (keys.clone(), older.clone(), scrolled.clone());
        move |drawn: Option<()>| {
            keys.track();
            if older.get() == OlderView::More || drawn.is_none() {
                let scrolled = scrolled.clone();
                request_animation_frame(move || scrolled(false));
            }
        }
    };
    Effect::new(fill);
    let jumped = {
        let scrolled = scrolled.clone();
        move |_: web_sys::Event| scrolled(true)
    };
    let to_bottom = move |_| {
        if let Some(log) = log.try_get_untracked().flatten() {
            log.set_scroll_top(0);
        }
    };
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
    view! {
        <div class="log-frame">
            <div
                class="log"
                role="log"
                tabindex="0"
                aria-label=label
                node_ref=log
                on:scroll=move |_| scrolled(false)
                // The adapter's own event.
                on:jumped=jumped
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

/// The last entry that shows to its end. `None` also while the rows are not drawn as the keys say.
fn last_shown(log: &web_sys::HtmlElement, keys: &[TimelineKey]) -> Option<EntryId> {
    let rows = log.first_element_child()?.children();
    // A note may be above them, and who is typing below.
    let above = u32::from(rows.item(0)?.class_name() == "log-note");
    let count = u32::try_from(keys.len()).ok()?;
    if !(0..=1).contains(&rows.length().checked_sub(above + count)?) {
        return None;
    }
    let end = log.get_bounding_client_rect().bottom() + 1.0;
    let shows = |at: u32| rows.item(above + at).is_some_and(|row| row.get_bounding_client_rect().bottom() <= end);
    let (mut shown, mut below) = (0, count);
    while shown < below {
        let middle = shown.midpoint(below);
        if shows(middle) { shown = middle + 1 } else { below = middle }
    }
    keys.get(..shown as usize)?.iter().rev().find_map(|key| match key {
        TimelineKey::Message(id) => Some((*id).into()),
        TimelineKey::Line(id) => Some(*id),
        TimelineKey::Day(_) | TimelineKey::New => None,
    })
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
