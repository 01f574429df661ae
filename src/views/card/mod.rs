//! The workspace: cards on the desk, minimised ones in the dock.

mod composer;
mod dock;
mod header;
mod message;
mod recipients;
mod timeline;

use crate::dom::*;
use halyard_client::view::{CardView, HeaderView};
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, Ui};
use leptos::html::Div;

use crate::runtime::App;
use crate::views::common::{EmptyState, Icon, IconName};

/// The workspace.
#[component]
pub(crate) fn Desk(
    /// Whether another page covers it; its cards stay as they are.
    hidden: Memo<bool>,
) -> View {
    let app = expect_context::<App>();
    let cards = app.signals(|signals| signals.cards.clone());
    let open = {
        let cards = cards.clone();
        Memo::new(move |_| cards.with(|cards| cards.iter().filter(|card| !card.minimised).count()))
    };
    let keys = Memo::new(move |_| cards.with(|cards| cards.iter().map(|card| card.key).collect::<Vec<_>>()));
    let desk = NodeRef::<Div>::new();
    effect(move || {
        if let Some(desk) = desk.get() {
            app.observe_desk(&desk);
        }
    });
    view! {
        <section class="work" aria-label="Workspace" class:gone=hidden inert=hidden>
            <div class="bar">
                {move || {
                    (open.get() > 1)
                        .then(|| {
                            view! {
                                <button class="btn quiet" on:click=move |_| app.send(Ui::Window(WindowAction::Tile))>
                                    <Icon name=IconName::LayoutGrid />
                                    "Tile"
                                </button>
                            }
                        })
                }}
            </div>
            <div class="desk" node_ref=desk>
                {move || {
                    (open.get() == 0)
                        .then(|| {
                            view! {
                                <EmptyState
                                    icon=IconName::MessageSquareText
                                    title="No conversation is open"
                                    text="Choose one on the left, or begin a new one. Several stay open side by side."
                                />
                            }
                        })
                }}
                <For each=move || keys.get() key=|key| *key children=move |key| view! { <Card key=key /> } />
            </div>
            <dock::Dock />
        </section>
    }
}

/// A card.
#[component]
fn Card(key: CardKey) -> View {
    let app = expect_context::<App>();
    let cards = app.signals(|signals| signals.cards.clone());
    let place = Memo::new(move |_| cards.with(|cards| cards.iter().find(|card| card.key == key).copied()));
    let header = app.signals(|signals| signals.headers.acquire(key, || app.phone(|phone, _| phone.header_view(key))));
    on_cleanup(move || app.signals(|signals| signals.headers.release(key)));
    let header = Memo::new(move |_| header.get());
    let title = Memo::new(move |_| header.with(|header| header.as_ref().map(|header| header.title.clone())));
    let px = move |read: fn(&CardView) -> i32| {
        move || place.with(|place| place.as_ref().map(|card| [&read(card).to_string(), "px"].concat()))
    };
    let is = move |read: fn(&CardView) -> bool| move || place.with(|place| place.as_ref().is_some_and(read));
    let shown = Memo::new(move |_| place.with(|place| place.as_ref().is_some_and(|card| !card.minimised)));
    let raise = move || {
        if place.with_untracked(|place| place.as_ref().is_some_and(|card| !card.front)) {
            app.send(Ui::Window(WindowAction::Raise(key)));
        }
    };
    view! {
        <section
            class="card"
            class:front=is(|card| card.front)
            class:full=is(|card| card.fullscreen)
            class:gone=move || !shown.get()
            aria-label=title
            data-card=key.attribute()
            style:inset-inline-start=px(|card| card.bounds.x)
            style:top=px(|card| card.bounds.y)
            style:inline-size=px(|card| card.bounds.w)
            style:block-size=px(|card| card.bounds.h)
            style:z-index=move || place.with(|place| place.as_ref().map(|card| card.stacking.to_string()))
            on:pointerdown=move |_| raise()
            on:focusin=move |_| raise()
        >
            <header::Header card=key header=header place=place />
            {match key {
                CardKey::New(_) => view! { <recipients::Recipients card=key /> },
                CardKey::Conversation(_) => view! { <timeline::Timeline card=key title=title /> },
            }}
            <composer::Composer card=key />
        </section>
    }
}

/// Whether a header is of a group.
fn is_group(header: &HeaderView) -> bool {
    header.group_title.is_some()
}
