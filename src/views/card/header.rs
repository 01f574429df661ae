//! A card's header: who, and the tools.

use halyard_client::conversations::ConversationsAction;
use halyard_client::view::{CardView, HeaderView};
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, Command, Ui};
use halyard_protocol::{ConversationId, UserId};

use super::is_group;
use super::people::People;
use crate::erased::Memo;
use crate::format;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{AvatarSize, Dialog, Icon, IconButton, IconName, MenuButton, MenuItem, TextField};
use crate::views::person::Person;
use crate::words::{self, Word, say, t};

/// The header.
#[component]
pub(super) fn Header(card: CardKey, header: Memo<Option<HeaderView>>, place: Memo<Option<CardView>>) -> impl IntoView {
    let app = expect_context::<App>();
    let window = move |action: WindowAction| Callback::new(move |()| app.send(Ui::Window(action)));
    let is =
        move |read: fn(&CardView) -> bool| Memo::new(move |_| place.with(|place| place.as_ref().is_some_and(read)));
    let (pinned, full) = (is(|card| card.pinned), is(|card| card.fullscreen));
    let avatar = Signal::derive(move || header.get().map(|header| header.avatar).unwrap_or_default());
    let (renaming, people) = (RwSignal::new(false), RwSignal::new(false));
    view! {
        <header data-grip="title">
            <IconButton
                icon=IconName::ChevronLeft
                label=t(words::BACK)
                class="only-narrow"
                on_click=window(WindowAction::Back)
            />
            <span class="face">
                <Person avatar=avatar size=AvatarSize::Small />
                {move || {
                    pinned.get().then(|| view! { <span class="pin-mark"><Icon name=IconName::Pin label=t(words::PINNED) /></span> }.into_any())
                }}
            </span>
            <div class="who">
                <h2>{move || header.get().map(|header| say(&header.title))}</h2>
                <p class="num">
                    {move || header.get().map(|header| say(&header.subtitle))}
                    <PresenceWord user=Signal::derive(move || avatar.with(|avatar| avatar.user)) />
                </p>
            </div>
            <div class="tools">
                <IconButton
                    icon=IconName::Pin
                    label=t(words::PIN)
                    class="roomy"
                    pressed=pinned
                    on_click=move || app.send(Ui::Window(WindowAction::SetPinned(card, !pinned.get_untracked())))
                />
                // Out of fullscreen there is more to see: the dock is one step further, under the dots.
                <IconButton
                    icon=Signal::derive(move || if full.get() { IconName::Minimize2 } else { IconName::Minus })
                    label=Signal::derive(move || {
                        if full.get() { t(words::EXIT_FULLSCREEN).to_owned() } else { t(words::MINIMIZE).to_owned() }
                    })
                    class="roomy only-wide"
                    on_click=move || {
                        app.send(
                            Ui::Window(
                                if full.get_untracked() {
                                    WindowAction::ToggleFullscreen(card)
                                } else {
                                    WindowAction::Minimise(card)
                                },
                            ),
                        );
                    }
                />
                <More header=header place=place renaming=renaming people=people />
                <IconButton icon=IconName::X label=t(words::CLOSE) class="only-wide" on_click=window(WindowAction::Close(card)) />
            </div>
            {move || {
                let conversation = header.with_untracked(|header| header.as_ref().and_then(|header| header.conversation))?;
                let title = header.with_untracked(|header| header.as_ref().and_then(|header| header.group_title.clone()))?;
                renaming.get().then(|| view! { <Rename conversation=conversation title=title open=renaming /> }.into_any())
            }}
            {move || {
                let conversation = header.with_untracked(|header| header.as_ref().and_then(|header| header.conversation))?;
                people.get().then(|| view! { <People conversation=conversation header=header open=people /> }.into_any())
            }}
        </header>
    }
}

/// What a screen reader hears of the presence that the dot shows.
#[component]
fn PresenceWord(user: Signal<Option<UserId>>) -> impl IntoView {
    let app = expect_context::<App>();
    let user = Memo::new(move |_| user.get());
    reactive(move || {
        user.get().map(|user| {
            let presence = crate::views::person::presence(app, user);
            view! { <span class="sr">{move || [", ", crate::views::common::presence_word(presence.get())].concat()}</span> }
                .into_any()
        })
    })
}

/// The three dots.
#[component]
fn More(
    header: Memo<Option<HeaderView>>,
    place: Memo<Option<CardView>>,
    renaming: RwSignal<bool>,
    people: RwSignal<bool>,
) -> impl IntoView {
    let app = expect_context::<App>();
    let arranging = RwSignal::new(false);
    let items = Signal::derive(move || match (header.get(), place.get()) {
        (_, Some(place)) if arranging.get() => arrange(app, place),
        (Some(header), Some(place)) => entries(app, header, place, [renaming, people, arranging]),
        _ => Vec::new(),
    });
    view! {
        <MenuButton
            icon=IconName::EllipsisVertical
            label=t(words::MORE)
            items=items
            on_open=move || arranging.set(false)
        />
    }
}

/// An entry that does something with the card, with its keys.
fn action(app: App, place: CardView, icon: IconName, label: Word, command: Command) -> MenuItem {
    let CardView { key, pinned, .. } = place;
    MenuItem::new(icon, t(label), move || {
        if let Some(action) = command.on(key, pinned) {
            app.send(Ui::Window(action));
        }
    })
    .note(format::keys(command.keys()))
    .class("keyed")
}

fn entries(
    app: App,
    header: HeaderView,
    place: CardView,
    [renaming, people, arranging]: [RwSignal<bool>; 3],
) -> Vec<MenuItem> {
    let mut items = Vec::new();
    if let Some(conversation) = header.conversation {
        let muted = header.muted;
        items.push(MenuItem::new(
            if muted { IconName::Bell } else { IconName::BellOff },
            if muted { t(words::TURN_ON_NOTIFICATIONS) } else { t(words::TURN_OFF_NOTIFICATIONS) },
            move || app.send(Ui::Conversations(ConversationsAction::SetMuted(conversation, !muted))),
        ));
    }
    let full = if place.fullscreen {
        action(app, place, IconName::Minimize2, words::EXIT_FULLSCREEN, Command::Fullscreen)
    } else {
        action(app, place, IconName::Maximize2, words::VIEW_IN_FULLSCREEN, Command::Fullscreen)
    };
    items.push(full.class("only-wide keyed"));
    items.push(match place.pinned {
        true => action(app, place, IconName::PinOff, words::UNPIN, Command::Pin),
        false => action(app, place, IconName::Pin, words::PIN, Command::Pin),
    });
    items.push(action(app, place, IconName::Minus, words::MINIMIZE, Command::Minimise));
    // There "Back" is where the cross would be.
    items.push(action(app, place, IconName::X, words::CLOSE, Command::Close).class("only-narrow keyed"));
    items.push(
        MenuItem::new(IconName::LayoutGrid, t(words::MOVE_AND_RESIZE_MENU), move || arranging.set(true))
            .class("only-wide")
            .stays(),
    );
    let Some(conversation) = header.conversation else { return items };
    if let Some(label) = header.contact_action {
        items.push(MenuItem::new(IconName::UserRound, t(label), move || {
            app.send(Ui::Conversations(ConversationsAction::ViewContact(conversation)))
        }));
    }
    if header.people.is_some() {
        items.push(MenuItem::new(IconName::UsersRound, t(words::PEOPLE_IN_GROUP), move || people.set(true)));
    }
    if is_group(&header) {
        items.push(MenuItem::new(IconName::Pencil, t(words::NAME_THIS_GROUP), move || renaming.set(true)));
    }
    items.push(MenuItem::separator());
    items.push(
        MenuItem::new(IconName::Trash2, t(words::DELETE_CONVERSATION), move || {
            app.send(Ui::Conversations(ConversationsAction::Delete(conversation)));
        })
        .danger(),
    );
    items
}

/// Where the card can go without a drag.
fn arrange(app: App, place: CardView) -> Vec<MenuItem> {
    let CardView { key, pinned, snapped, .. } = place;
    let places = Command::PLACES.into_iter().map(|command| {
        let here = command == snapped.map_or(Command::Float, Command::Snap) && !place.fullscreen;
        MenuItem::radio(here, t(command.label()), move || {
            if let Some(action) = command.on(key, pinned) {
                app.send(Ui::Window(action));
            }
        })
        .note(format::keys(command.keys()))
    });
    let mut items = vec![MenuItem::heading(t(words::MOVE_AND_RESIZE))];
    items.extend(places);
    items.push(MenuItem::separator());
    items.push(action(app, place, IconName::LayoutGrid, Command::Tile.label(), Command::Tile));
    items
}

/// A group's own name.
#[component]
fn Rename(conversation: ConversationId, title: String, open: RwSignal<bool>) -> impl IntoView {
    let app = expect_context::<App>();
    let text = RwSignal::new(title);
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        app.send(Ui::Conversations(ConversationsAction::SetTitle(conversation, text.get_untracked())));
        open.set(false);
    };
    view! {
        <Dialog title=t(words::NAME_THIS_GROUP).to_owned() on_close=Callback::new(move |()| open.set(false))>
            <form on:submit=save>
                <TextField
                    label=t(words::NAME)
                    value=text
                    on_input=Callback::new(move |value| text.set(value))
                    hint=t(words::GROUP_NAME_HINT)
                />
                <footer class="buttons end">
                    <button type="button" class="btn quiet" on:click=move |_| open.set(false)>
                        {t(words::CANCEL)}
                    </button>
                    <button type="submit" class="btn primary">
                        {t(words::SAVE)}
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}
