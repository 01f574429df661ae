//! The dock: minimised cards.

use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, Ui};

use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{AvatarSize, IconButton, IconName};
use crate::views::person::Person;
use crate::words::{self, say, t};

/// The dock; nothing at all while no card is minimised. In the narrow shape it lies under every pane.
#[component]
pub(crate) fn Dock(
    /// Whether another page covers it.
    hidden: Memo<bool>,
) -> impl IntoView {
    let app = expect_context::<App>();
    let desk = app.signals(|signals| signals.desk.clone());
    let keys = Memo::new(move |_| desk.with(|desk| desk.minimised.clone()));
    let any = Memo::new(move |_| !hidden.get() && keys.with(|keys| !keys.is_empty()));
    reactive(move || {
        any.get().then(|| {
            view! {
                <div class="dock" role="group" aria-label=t(words::MINIMIZED)>
                    {super::each(keys, |key| view! { <Tab card=key /> }.into_any())}
                </div>
            }
            .into_any()
        })
    })
}

#[component]
fn Tab(card: CardKey) -> impl IntoView {
    let app = expect_context::<App>();
    let header = app.signals(|signals| signals.headers.acquire(card, || app.phone(|phone, _| phone.header_view(card))));
    on_cleanup(move || app.signals(|signals| signals.headers.release(card)));
    let header = Memo::new(move |_| header.get());
    let title = move || header.with(|header| header.as_ref().map(|header| say(&header.title)).unwrap_or_default());
    let apart = move || header.with(|header| header.as_ref()?.apart.as_ref().map(say));
    let avatar = Signal::derive(move || header.get().map(|header| header.avatar).unwrap_or_default());
    let unread = move || header.with(|header| header.as_ref().map_or(0, |header| header.unread));
    view! {
        <div class="tab">
            <button class="tab-open" on:click=move |_| app.send(Ui::Window(WindowAction::Restore(card)))>
                <Person avatar=avatar size=AvatarSize::Small />
                <span class="truncate">{move || title()}</span>
                {move || apart().map(|apart| view! { <span class="sr">{[", ", &apart].concat()}</span> }.into_any())}
                {move || {
                    (unread() > 0)
                        .then(|| {
                            view! {
                                <span class="badge num">
                                    <span aria-hidden="true">{unread().min(99).to_string()}</span> <span class="sr">{say(&words::unread_messages(unread()))}</span>
                                </span>
                            }.into_any()
                        })
                }}
            </button>
            <IconButton
                icon=IconName::X
                label=Signal::derive(move || say(&words::close_item(title())))
                on_click=Callback::new(move |()| app.send(Ui::Window(WindowAction::Close(card))))
            />
        </div>
    }
}
