//! A row of the timeline: a day, or a message with its links and its state.

use halyard_client::Ui;
use halyard_client::conversations::ConversationsAction;
use halyard_client::outbox::OutboxAction;
use halyard_client::view::{Again, Item, MediaView, MessageView, RecipientState, StateIcon, StateView};
use halyard_protocol::links::{self, LinkKind};
use halyard_protocol::{MessageId, Peer};

use super::media;
use crate::erased::{ArcRwSignal, Memo};
use crate::format;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Icon, IconName, Popover};
use crate::words::{self, Word, say, t};

/// A new day begins.
#[component]
pub(super) fn Day(item: ArcRwSignal<Item>) -> impl IntoView {
    reactive(move || match item.get() {
        Item::Day { at, ago, this_year, .. } => {
            Some(view! { <h3 class="day">{format::day(at, ago, this_year)}</h3> }.into_any())
        }
        Item::New | Item::Message(_) | Item::Line(_) => None,
    })
}

/// A message. Its element stays the same from Enter on; what changes is in it.
#[component]
pub(super) fn Message(item: ArcRwSignal<Item>) -> impl IntoView {
    let message = Memo::new(move |_| match item.get() {
        Item::Message(message) => Some(message),
        Item::Day { .. } | Item::New | Item::Line(_) => None,
    });
    let is = move |read: fn(&MessageView) -> bool| {
        move || message.with(|message| message.as_ref().is_some_and(|message| read(message)))
    };
    let content = Memo::new(move |_| {
        message.with(|message| message.as_ref().map(|message| (message.body.clone(), message.media.clone())))
    });
    let from = Memo::new(move |_| {
        message.with(|message| {
            let message = message.as_ref()?;
            let spoken = message.spoken_from.as_ref().map(|name| ("sr", words::said_by(name)));
            message.from.clone().map(|name| ("from", name)).or(spoken)
        })
    });
    let foot = Memo::new(move |_| {
        message.with(|message| {
            let message = message.as_ref()?;
            (message.state.is_some() || message.last_of_run)
                .then(|| (message.id, format::time(message.at), message.state.clone()))
        })
    });
    let moment = move || message.with(|message| message.as_ref().map(|message| format::moment(message.at)));
    view! {
        <div
            class="item"
            class:me=is(|message| message.mine)
            class:last=is(|message| message.last_of_run)
            class:failed=is(|message| message.state.as_ref().is_some_and(|state| state.parked))
            title=moment
        >
            {move || from.get().map(|(class, from)| view! { <span class=class>{say(&from)}</span> }.into_any())}
            {move || content.get().map(shown)}
            {move || foot.get().map(|(id, time, state)| view! { <Foot id=id time=time state=state /> }.into_any())}
        </div>
    }
}

/// Files above, text below.
fn shown((body, media): (String, Vec<MediaView>)) -> Vec<AnyView> {
    let mut parts = if media.is_empty() { Vec::new() } else { media::files(media) };
    if !body.is_empty() {
        parts.push(view! { <p class="msg">{linked(&body)}</p> }.into_any());
    }
    parts
}

/// The text, with what can be followed as links.
fn linked(body: &str) -> Vec<AnyView> {
    let app = expect_context::<App>();
    let mut parts = Vec::new();
    let mut end = 0;
    for link in links::find(body, app.phone(|phone, _| phone.home())) {
        parts.push(body.get(end..link.range.start).unwrap_or_default().to_owned().into_any());
        end = link.range.end;
        let shown = link.shown(body);
        parts.push(match link.kind {
            LinkKind::Phone(number) => {
                let open = move |event: web_sys::MouseEvent| {
                    event.prevent_default();
                    app.send(Ui::Conversations(ConversationsAction::Message {
                        peer: Peer::Number(number),
                        from: None,
                    }));
                };
                let address = link.href(body);
                view! { <a href=address title=t(words::TEXT_THIS_NUMBER) on:click=open>{shown}</a> }.into_any()
            }
            LinkKind::Web | LinkKind::Email => {
                let address = link.href(body);
                view! { <a href=address target="_blank" rel="noopener noreferrer nofollow">{shown}</a> }.into_any()
            }
        });
    }
    parts.push(body.get(end..).unwrap_or_default().to_owned().into_any());
    parts
}

/// The line under a message: when, how far, and what can be done about it.
#[component]
fn Foot(id: MessageId, time: String, state: Option<StateView>) -> impl IntoView {
    let app = expect_context::<App>();
    let Some(state) = state else {
        return view! { <span class="state num">{time}</span> }.into_any();
    };
    let StateView { words, icon, recipients, parked, can_cancel, again } = state;
    let mut offered = match again {
        Again::No => Vec::new(),
        Again::Retry => vec![(words::RETRY, OutboxAction::Retry(id))],
        Again::SendAgain => vec![(words::SEND_AGAIN, OutboxAction::Retry(id))],
        Again::Edit => vec![(words::EDIT, OutboxAction::Edit(id))],
    };
    let waits = parked || can_cancel;
    if waits {
        offered.extend([(words::EDIT, OutboxAction::Edit(id)), (words::DELETE, OutboxAction::Delete(id))]);
    }
    let words = if waits { say(&words) } else { [&time, " \u{b7} ", &say(&words)].concat() };
    let failed = icon == StateIcon::Failed;
    let (name, class) = match icon {
        StateIcon::Waiting => (IconName::Clock, "wait"),
        StateIcon::Sent => (IconName::Check, "wait"),
        StateIcon::Delivered => (IconName::CheckCheck, "ok"),
        StateIcon::Failed => (IconName::CircleAlert, "no"),
    };
    let line = if recipients.is_empty() {
        view! {
            <span class="state num" class:no=failed>
                {words}
                <Icon name=name class=class />
            </span>
        }
        .into_any()
    } else {
        view! { <Receipts words=words icon=name class=class failed=failed recipients=recipients /> }.into_any()
    };
    let actions = (!offered.is_empty()).then(|| {
        let button = |(word, action): (Word, OutboxAction)| {
            view! {
                <button class="link" on:click=move |_| app.send(Ui::Outbox(action))>
                    {t(word)}
                </button>
            }
            .into_any()
        };
        view! { <span class="actions">{offered.into_iter().map(button).collect::<Vec<_>>()}</span> }.into_any()
    });
    [line].into_iter().chain(actions).collect::<Vec<_>>().into_any()
}

/// A state that opens to one line for each recipient.
#[component]
fn Receipts(
    words: String,
    icon: IconName,
    class: &'static str,
    failed: bool,
    recipients: Vec<RecipientState>,
) -> impl IntoView {
    let lines = move || {
        recipients
            .clone()
            .into_iter()
            .map(|recipient| {
                let RecipientState { name, words, at, failed, details } = recipient;
                let details = (!details.is_empty()).then(|| {
                    view! {
                        <details>
                            <summary>{t(words::DELIVERY_DETAILS)}</summary>
                            {details}
                        </details>
                    }
                    .into_any()
                });
                view! {
                    <li>
                        <b>{say(&name)}</b>
                        <span class="num">{format::moment(at)}</span>
                        <span class="state" class:no=failed>
                            {say(&words)}
                        </span>
                        {details}
                    </li>
                }
            })
            .collect::<Vec<_>>()
    };
    view! {
        <Popover
            label=t(words::DELIVERY_TO_EACH_RECIPIENT)
            class=if failed { "state num no" } else { "state num" }
            trigger=move || {
                view! {
                    {words.clone()}
                    <Icon name=icon class=class />
                }
            }
            content=move || view! { <ul class="receipts">{lines()}</ul> }
        />
    }
}
