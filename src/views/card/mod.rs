//! The workspace: cards on the desk, minimised ones in the dock.

mod attach;
mod composer;
mod dock;
mod drag;
mod drawn;
mod header;
mod line;
mod log;
mod media;
mod message;
mod on_screen;
mod people;
mod recipients;
mod timeline;

use halyard_client::commands::PALETTE_KEYS;
use halyard_client::view::{CardView, HeaderView};
use halyard_client::{CardKey, Command, Ui};
use leptos::html::Div;

use crate::erased::Memo;
use crate::format;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{EmptyState, Icon, IconName};
use crate::words::{self, say, t};

pub(crate) use dock::Dock;

/// The workspace.
#[component]
pub(crate) fn Desk(
    /// Whether another page covers it; its cards stay as they are.
    hidden: Memo<bool>,
) -> impl IntoView {
    let app = expect_context::<App>();
    let view = app.signals(|signals| signals.desk.clone());
    let open = {
        let view = view.clone();
        Memo::new(move |_| view.with(|view| view.cards.len() - view.minimised.len()))
    };
    let keys = Memo::new(move |_| view.with(|view| view.cards.clone()));
    let snap = app.signals(|signals| signals.snap.clone());
    let desk = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if let Some(desk) = desk.get() {
            app.observe_desk(&desk);
        }
    });
    let pointers = drag::Pointers::new(app, desk);
    view! {
        <section class="work" aria-label=t(words::WORKSPACE) class:gone=move || hidden.get() inert=move || hidden.get()>
            <div class="bar">
                {move || {
                    (open.get() > 1)
                        .then(|| {
                            view! {
                                <button class="btn quiet" on:click=move |_| app.send(Ui::Run(Command::Tile))>
                                    <Icon name=IconName::LayoutGrid />
                                    {t(words::TILE)}
                                </button>
                            }.into_any()
                        })
                }}
                <button
                    class="btn quiet jump"
                    aria-keyshortcuts="Control+K Meta+K"
                    on:click=move |_| app.send(Ui::Run(Command::Palette))
                >
                    <Icon name=IconName::Search />
                    {t(words::SEARCH_OR_JUMP_TO)}
                    <kbd aria-hidden="true">{format::keys(PALETTE_KEYS)}</kbd>
                </button>
            </div>
            <div
                class="desk"
                node_ref=desk
                on:pointerdown=move |event| pointers.down(&event)
                on:pointermove=move |event| pointers.moved(&event)
                on:pointerup=move |event| pointers.up(&event)
                on:lostpointercapture=move |_| pointers.lost()
                on:mousedown=|event| drag::keep_focus(&event)
                on:dblclick=move |event| pointers.double(&event)
                on:focusin=move |event| pointers.focused(&event)
                on:dragover=|event| attach::over(&event)
                on:dragleave=|event| attach::left(&event)
                on:drop=move |event| attach::dropped(app, &event)
            >
                {move || {
                    (open.get() == 0)
                        .then(|| {
                            view! {
                                <EmptyState
                                    icon=IconName::MessageSquareText
                                    title=t(words::NO_CONVERSATION_IS_OPEN)
                                    text=t(words::NO_CONVERSATION_IS_OPEN_HINT)
                                />
                            }.into_any()
                        })
                }}
                {move || {
                    snap.get()
                        .map(|to| {
                            view! {
                                <div
                                    class="snap"
                                    style:translate=translate(to.x, to.y)
                                    style:inline-size=px(to.w)
                                    style:block-size=px(to.h)
                                ></div>
                            }.into_any()
                        })
                }}
                {each(keys, |key| view! { <Card key=key /> }.into_any())}
            </div>
        </section>
    }
}

/// A card, in the window that lies on the desk. What a pointer does to it, [`drag`] hears of.
#[component]
fn Card(key: CardKey) -> impl IntoView {
    let app = expect_context::<App>();
    let find = move || app.phone(|phone, _| phone.cards_view().into_iter().find(|card| card.key == key));
    let place = app.signals(|signals| signals.places.acquire(key, find));
    let header = app.signals(|signals| signals.headers.acquire(key, || app.phone(|phone, _| phone.header_view(key))));
    on_cleanup(move || {
        app.signals(|signals| {
            signals.places.release(key);
            signals.headers.release(key);
        });
    });
    let place = Memo::new(move |_| place.get());
    let header = Memo::new(move |_| header.get());
    let title = Memo::new(move |_| header.with(|header| header.as_ref().map(|header| say(&header.title))));
    let name = move || header.with(|header| header.as_ref().map(named));
    let unread = Memo::new(move |_| header.with(|header| header.as_ref().map_or(0, |header| header.unread)));
    let text = move |read: fn(&CardView) -> String| move || place.with(|place| place.as_ref().map(read));
    let is = move |read: fn(&CardView) -> bool| move || place.with(|place| place.as_ref().is_some_and(read));
    view! {
        <div
            class="window"
            class:full=is(|card| card.fullscreen)
            class:gone=is(|card| card.minimised)
            class:held=is(|card| card.held)
            data-card=key.attribute()
            style:translate=text(|card| translate(card.bounds.x, card.bounds.y))
            style:inline-size=text(|card| px(card.bounds.w))
            style:block-size=text(|card| px(card.bounds.h))
            style:z-index=text(|card| card.stacking.to_string())
        >
            <section class="card" class:front=is(|card| card.front) aria-label=name>
                <header::Header card=key header=header place=place />
                {match key {
                    CardKey::New(_) => view! { <recipients::Recipients card=key /> }.into_any(),
                    CardKey::Conversation(_) => view! { <timeline::Timeline card=key title=title unread=unread /> }.into_any(),
                }}
                <composer::Composer card=key />
            </section>
            {drag::EDGES.iter().map(|(name, _)| view! { <i data-grip=*name></i> }.into_any()).collect::<Vec<_>>()}
        </div>
    }
}

/// A view of each of these cards. One function for the desk and the dock: a list is much code.
fn each(keys: Memo<Vec<CardKey>>, draw: fn(CardKey) -> AnyView) -> AnyView {
    view! { <For each=move || keys.get() key=|key| *key children=draw /> }.into_any()
}

fn px(length: i32) -> String {
    [&length.to_string(), "px"].concat()
}

fn translate(x: i32, y: i32) -> String {
    [&px(x), " ", &px(y)].concat()
}

/// A card's name for screen readers: no other open card has the same.
fn named(header: &HeaderView) -> String {
    let title = say(&header.title);
    match &header.apart {
        Some(apart) => [&title, ", ", &say(apart)].concat(),
        None => title,
    }
}

/// Whether a header is of a group.
fn is_group(header: &HeaderView) -> bool {
    header.group_title.is_some()
}
