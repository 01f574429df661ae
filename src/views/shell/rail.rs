//! The navigation rail.

use halyard_client::session::SessionAction;
use halyard_client::view::MeView;
use halyard_client::{Route, Ui};

use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{AvatarSize, Icon, IconName, MenuButton, MenuItem};
use crate::views::person::Person;
use crate::views::settings::AVAILABILITIES;
use crate::words::{self, Word, say, t};

/// The rail.
#[component]
pub(super) fn Rail() -> impl IntoView {
    let app = expect_context::<App>();
    let me = app.signals(|signals| signals.me.clone());
    let avatar = {
        let me = me.clone();
        Signal::derive(move || me.get().map(|me| me.avatar).unwrap_or_default())
    };
    let label = {
        let me = me.clone();
        Signal::derive(move || {
            me.get().map(|MeView { name, .. }| say(&words::my_status_and_settings(name))).unwrap_or_default()
        })
    };
    let items = Signal::derive(move || me.get().map(|me| menu(app, &me)).unwrap_or_default());
    view! {
        <nav class="rail" aria-label=t(words::MAIN)>
            <span class="mark" aria-hidden="true"></span>
            <Place icon=IconName::Contacts name=words::CONTACTS route=Route::Contacts(None) />
            <Place icon=IconName::MessageSquareText name=words::CHAT_AND_SMS route=Route::Chats(None) />
            <span class="push"></span>
            <Place icon=IconName::Settings name=words::SETTINGS route=Route::Settings />
            <MenuButton
                class="me"
                label=label
                items=items
                content=move || view! { <Person avatar=avatar size=AvatarSize::Small /> }
            />
        </nav>
    }
}

/// What one's own avatar offers.
fn menu(app: App, me: &MeView) -> Vec<MenuItem> {
    let mut items = vec![MenuItem::heading(&*me.name)];
    items.extend(AVAILABILITIES.map(|(availability, word)| {
        MenuItem::radio(me.availability == availability, t(word), move || {
            app.send(Ui::Session(SessionAction::SetAvailability(availability)));
        })
    }));
    items.push(MenuItem::separator());
    items.push(MenuItem::new(IconName::Settings, t(words::SETTINGS), move || app.send(Ui::Navigate(Route::Settings))));
    items.push(MenuItem::new(IconName::LogOut, t(words::SIGN_OUT), move || {
        app.send(Ui::Session(SessionAction::SignOut));
    }));
    items
}

/// A link of the rail.
#[component]
fn Place(icon: IconName, name: Word, route: Route) -> impl IntoView {
    let app = expect_context::<App>();
    let rail = app.signals(|signals| signals.rail.clone());
    let same = move |current: Route| match (current, route) {
        (Route::Home | Route::Chats(_), Route::Chats(_)) => true,
        (Route::Contacts(_), Route::Contacts(_)) => true,
        (current, route) => current == route,
    };
    let current = {
        let rail = rail.clone();
        Memo::new(move |_| same(rail.get().route))
    };
    let unread = Memo::new(move |_| if matches!(route, Route::Chats(_)) { rail.get().unread } else { 0 });
    let go = move |event: web_sys::MouseEvent| {
        // With a modifier the browser opens another tab, as for every link.
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            app.send(Ui::Navigate(route));
        }
    };
    view! {
        <a href=route.format() aria-current=move || current.get().then_some("page") on:click=go>
            <Icon name=icon />
            <span>{t(name)}</span>
            {move || {
                let count = unread.get();
                (count > 0)
                    .then(|| {
                        let words = say(&words::unread_conversations(count));
                        view! {
                            <span class="badge num">
                                <span aria-hidden="true">{count.min(99)}</span> <span class="sr">{words}</span>
                            </span>
                        }
                    })
            }}
        </a>
    }
}
