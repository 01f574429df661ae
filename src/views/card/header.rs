//! A card's header: who, and the tools.

use crate::dom::*;
use halyard_client::view::{CardView, HeaderView};
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, Ui};
use halyard_protocol::{ConversationId, UserId};

use super::is_group;
use crate::runtime::App;
use crate::views::common::{AvatarSize, Dialog, IconButton, IconName, MenuButton, MenuItem, TextField};
use crate::views::shell::Person;

/// The header.
#[component]
pub(super) fn Header(card: CardKey, header: Memo<Option<HeaderView>>, place: Memo<Option<CardView>>) -> View {
    let app = expect_context::<App>();
    let window = move |action: WindowAction| Callback::new(move |()| app.send(Ui::Window(action)));
    let avatar = Signal::derive(move || header.get().map(|header| header.avatar).unwrap_or_default());
    let renaming = RwSignal::new(false);
    view! {
        <header>
            <IconButton
                icon=IconName::ChevronLeft
                label="Back"
                class="only-narrow"
                on_click=window(WindowAction::Back)
            />
            <Person avatar=avatar size=AvatarSize::Small />
            <div class="who">
                <h2>{move || header.get().map(|header| header.title)}</h2>
                <p class="num">
                    {move || header.get().map(|header| header.subtitle)}
                    <PresenceWord user=Signal::derive(move || avatar.with(|avatar| avatar.user)) />
                </p>
            </div>
            <div class="tools">
                <IconButton
                    icon=IconName::Minus
                    label="Minimise"
                    class="roomy only-wide"
                    on_click=window(WindowAction::Minimise(card))
                />
                {move || {
                    header
                        .with(|header| header.as_ref().and_then(|header| header.conversation))
                        .map(|conversation| {
                            view! { <More card=card conversation=conversation header=header place=place renaming=renaming /> }
                        })
                }}
                <IconButton icon=IconName::X label="Close" on_click=window(WindowAction::Close(card)) />
            </div>
            {move || {
                let conversation = header.with_untracked(|header| header.as_ref().and_then(|header| header.conversation))?;
                let title = header.with_untracked(|header| header.as_ref().and_then(|header| header.group_title.clone()))?;
                renaming.get().then(|| view! { <Rename conversation=conversation title=title open=renaming /> })
            }}
        </header>
    }
}

/// What a screen reader hears of the presence that the dot shows.
#[component]
fn PresenceWord(user: Signal<Option<UserId>>) -> View {
    let app = expect_context::<App>();
    let user = Memo::new(move |_| user.get());
    View::live(move || {
        user.get().map(|user| {
            let presence = crate::views::shell::presence(app, user);
            view! { <span class="sr">{move || [", ", crate::views::common::presence_word(presence.get())].concat()}</span> }
        })
    })
}

/// The three dots.
#[component]
fn More(
    card: CardKey,
    conversation: ConversationId,
    header: Memo<Option<HeaderView>>,
    place: Memo<Option<CardView>>,
    renaming: RwSignal<bool>,
) -> View {
    let app = expect_context::<App>();
    let items = Signal::derive(move || {
        let Some(header) = header.get() else { return Vec::new() };
        let full = place.get().is_some_and(|place| place.fullscreen);
        let muted = header.muted;
        let mut items = vec![
            MenuItem::new(
                if muted { IconName::Bell } else { IconName::BellOff },
                if muted { "Turn on notifications" } else { "Turn off notifications" },
                move || app.send(Ui::SetMuted(conversation, !muted)),
            ),
            MenuItem::new(
                if full { IconName::Minimize2 } else { IconName::Maximize2 },
                if full { "Exit fullscreen" } else { "View in fullscreen" },
                move || app.send(Ui::Window(WindowAction::ToggleFullscreen(card))),
            )
            .class("only-wide"),
            MenuItem::new(IconName::Minus, "Minimise", move || {
                app.send(Ui::Window(WindowAction::Minimise(card)));
            })
            .class("when-narrow"),
        ];
        if let Some(label) = header.contact_action {
            items.push(MenuItem::new(IconName::UserRound, label, move || app.send(Ui::ViewContact(conversation))));
        }
        if is_group(&header) {
            items.push(MenuItem::new(IconName::Pencil, "Name this group", move || renaming.set(true)));
        }
        items.push(MenuItem::separator());
        items.push(
            MenuItem::new(IconName::Trash2, "Delete conversation", move || {
                app.send(Ui::DeleteConversation(conversation));
            })
            .danger(),
        );
        items
    });
    view! { <MenuButton icon=IconName::EllipsisVertical label="More" items=items /> }
}

/// A group's own name.
#[component]
fn Rename(conversation: ConversationId, title: String, open: RwSignal<bool>) -> View {
    let app = expect_context::<App>();
    let text = RwSignal::new(title);
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        app.send(Ui::SetTitle(conversation, text.get_untracked()));
        open.set(false);
    };
    view! {
        <Dialog title="Name this group".to_owned() on_close=Callback::new(move |()| open.set(false))>
            <form on:submit=save>
                <TextField
                    label="Name"
                    value=text
                    on_input=Callback::new(move |value| text.set(value))
                    hint="Everybody in the group sees it. Leave it empty to show the people's names."
                />
                <footer class="buttons end">
                    <button type="button" class="btn quiet" on:click=move |_| open.set(false)>
                        "Cancel"
                    </button>
                    <button type="submit" class="btn primary">
                        "Save"
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}
