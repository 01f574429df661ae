//! A card's messages. The scrolling box runs from the bottom up (`column-reverse`), so it stays at the newest message,
//! and keeps its place when older ones appear above, without any script. Of a long timeline only a part is drawn ([`super::drawn`]).

use halyard_client::conversations::ConversationsAction;
use halyard_client::view::OlderView;
use halyard_client::{CardKey, Ui};
use halyard_protocol::EntryId;
use leptos::html::Div;

use super::drawn::{Drawn, NEAR, OnScreen, first_where};
use super::line::Line;
use super::message::{Day, Message};
use super::px;
use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::signals::TimelineKey;
use crate::views::common::{Icon, IconName};
use crate::words::{self, say, t};

/// Pixels from the bottom at which the box counts as being there.
const NEAR_BOTTOM: i32 = 24;

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

    let drawn = StoredValue::new(Drawn::default());
    // Changes when other rows are to be drawn.
    let redraw = RwSignal::new(());
    let rows_of =
        move |keys: &[TimelineKey]| drawn.with_value(|drawn| keys.get(drawn.range(keys)).unwrap_or_default().to_vec());
    // What the phone was told last. A card that is drawn anew stands at its bottom, wherever it was before.
    let reported = StoredValue::new(None);
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
            let bottom = up <= NEAR_BOTTOM && drawn.with_value(Drawn::reaches_bottom);
            if bottom != at_bottom.get_untracked() {
                at_bottom.set(bottom);
            }
            let rows = keys.with_untracked(|keys| rows_of(keys));
            let Some(ends) = Ends::of(&log, rows.len()) else { return };
            let last = ends.last_shown(&rows);
            if jumped || reported.get_value() != Some((bottom, last)) {
                reported.set_value(Some((bottom, last)));
                app.send(Ui::Conversations(ConversationsAction::Scrolled { card, at_bottom: bottom, last, jumped }));
            }
            let above = log.scroll_height() - log.client_height() - up;
            let screen = OnScreen {
                up: up.into(),
                above: above.into(),
                view: ends.view,
                end_of: &|at| ends.end_of(at),
                may_leave: !is_in_use(&log),
            };
            let other = keys.with_untracked(|keys| drawn.try_update_value(|drawn| drawn.scrolled(keys, &screen)));
            if other == Some(true) {
                redraw.set(());
            } else if f64::from(above) < NEAR && older.get_untracked() == OlderView::More {
                app.send(Ui::Conversations(ConversationsAction::LoadOlder(card)));
            }
        }
    };
    // A box that its rows don't fill can't be scrolled: ask for what is above. When it is first drawn, say what it shows.
    let fill = {
        let (keys, older, scrolled) = (keys.clone(), older.clone(), scrolled.clone());
        let had_new = StoredValue::new(false);
        move |before: Option<()>| {
            redraw.track();
            let other = keys.with(|keys| {
                let has_new = keys.contains(&TimelineKey::New);
                let wanted = (has_new && !had_new.get_value()).then_some(TimelineKey::New);
                had_new.set_value(has_new);
                drawn.try_update_value(|drawn| drawn.changed(keys, wanted, at_bottom.get_untracked()))
            });
            if other == Some(true) {
                redraw.set(());
            }
            if older.get() == OlderView::More || before.is_none() {
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
    let all = StoredValue::new(keys.clone());
    let to_bottom = move |_| {
        let keys = all.with_value(|all| all.get_untracked());
        drawn.update_value(|drawn| drawn.show_bottom(&keys));
        redraw.set(());
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
    // Where the newest row is not drawn, what stands below it is not either.
    let typing = move || {
        redraw.track();
        let words = typing.get().filter(|_| drawn.with_value(Drawn::reaches_bottom));
        words.map(|words| view! { <p class="typing">{words}</p> }.into_any())
    };
    let space = move || {
        redraw.track();
        px(drawn.with_value(Drawn::space))
    };
    let each = move || {
        redraw.track();
        keys.with(|keys| rows_of(keys))
    };
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
                <div class="log-rows" style:margin-block-end=space>
                    <Above older=older.into() card=card />
                    <For each=each key=|key| *key children=row />
                    {typing}
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

/// Where the rows of a log end, in pixels of the page.
struct Ends {
    elements: web_sys::HtmlCollection,
    /// The first row among the elements: a note may be above them.
    first: u32,
    /// Where the log begins and ends.
    view: (f64, f64),
}

impl Ends {
    /// Of so many rows. `None` while the rows are not drawn as the keys say.
    fn of(log: &web_sys::HtmlElement, count: usize) -> Option<Self> {
        let elements = log.first_element_child()?.children();
        let first = u32::from(elements.item(0).is_some_and(|first| first.class_name() == "log-note"));
        // Below them may be who is typing.
        let others = elements.length().checked_sub(first + u32::try_from(count).ok()?)?;
        let log = log.get_bounding_client_rect();
        (others <= 1).then(|| Self { elements, first, view: (log.top(), log.bottom()) })
    }

    fn end_of(&self, row: usize) -> f64 {
        let row = self.elements.item(self.first + row as u32);
        row.map_or(f64::INFINITY, |row| row.get_bounding_client_rect().bottom())
    }

    /// The last entry that shows to its end.
    fn last_shown(&self, rows: &[TimelineKey]) -> Option<EntryId> {
        let shown = first_where(rows.len(), |row| self.end_of(row) > self.view.1 + 1.0);
        rows.get(..shown)?.iter().rev().find_map(|key| match key {
            TimelineKey::Message(id) => Some((*id).into()),
            TimelineKey::Line(id) => Some(*id),
            TimelineKey::Day(_) | TimelineKey::New => None,
        })
    }
}

/// Whether the focus is in one of the rows, or the user has selected text.
fn is_in_use(log: &web_sys::HtmlElement) -> bool {
    let window = web_sys::window();
    let selection = window.as_ref().and_then(|window| window.get_selection().ok()?);
    let active = window.and_then(|window| window.document()?.active_element());
    let focused = active.is_some_and(|active| log.contains(Some(&active)) && !log.is_same_node(Some(&active)));
    focused || selection.is_some_and(|selection| !selection.is_collapsed())
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
