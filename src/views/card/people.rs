//! The people of a group chat: who is in it, adding and removing them, leaving it.

use halyard_client::Ui;
use halyard_client::conversations::ConversationsAction;
use halyard_client::view::{BubbleView, HeaderView};
use halyard_protocol::{ConversationId, Peer};

use leptos::html::Ul;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::recipients::option;
use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{AvatarSize, Combobox, Dialog, IconButton, IconName, is_focus_free, unique_id};
use crate::views::person::Person;
use crate::words::{self, say, t};

/// The dialog.
#[component]
pub(super) fn People(
    conversation: ConversationId,
    header: Memo<Option<HeaderView>>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let app = expect_context::<App>();
    let send = move |action| app.send(Ui::Conversations(action));
    let query = RwSignal::new(String::new());
    let people = Memo::new(move |_| {
        header.with(|header| header.as_ref().and_then(|header| header.people.clone()).unwrap_or_default())
    });
    let rows = move || people.with(|people| app.phone(|phone, _| phone.bubbles(people)));
    let list = NodeRef::<Ul>::new();
    let before = StoredValue::new(people.get_untracked());
    Effect::new(move |_| {
        let now = people.get();
        let gone = before.with_value(|before| before.iter().position(|peer| !now.contains(peer)));
        before.set_value(now);
        if let Some(place) = gone {
            request_animation_frame(move || {
                if let Some(list) = list.try_get_untracked().filter(|_| is_focus_free()) {
                    focus_at(&list, place);
                }
            });
        }
    });
    let options = Signal::derive(move || {
        let found = people.with(|people| query.with(|query| app.phone(|phone, _| phone.who_can_join(people, query))));
        found.into_iter().map(|one| option(app, one)).collect::<Vec<_>>()
    });
    let error = RwSignal::new(None::<String>);
    let add = move |peer| {
        if let Peer::User(user) = peer {
            query.set(String::new());
            send(ConversationsAction::AddPerson(conversation, user));
        }
    };
    let hint = unique_id("people-hint");
    view! {
        <Dialog title=t(words::PEOPLE_IN_GROUP).to_owned() on_close=Callback::new(move |()| open.set(false))>
            <div class="recipients" data-list-below>
                <Combobox
                    label=t(words::ADD_PEOPLE)
                    placeholder=t(words::ADD_PEOPLE)
                    value=query
                    options=options
                    focus=String::new()
                    described_by=hint.clone()
                    on_input=Callback::new(move |text| {
                        query.set(text);
                        error.set(None);
                    })
                    on_pick=Callback::new(add)
                    on_enter=Callback::new(move |()| {
                        let typed = query.get_untracked();
                        let joins = people.with_untracked(|people| app.phone(|phone, _| phone.who_joins(people, &typed)));
                        match joins {
                            Ok(user) => add(Peer::User(user)),
                            Err(why) => error.set(why.as_ref().map(say)),
                        }
                    })
                    on_backspace_empty=Callback::new(|()| ())
                >
                    ""
                </Combobox>
                <p class="hint" class:bad=move || error.get().is_some() id=hint>
                    {move || error.get().unwrap_or_else(|| t(words::ADD_PEOPLE_HINT).to_owned())}
                </p>
            </div>
            <ul class="devices people" aria-label=t(words::PEOPLE_IN_GROUP) node_ref=list>
                <For
                    each=rows
                    key=|person| (person.peer, person.name.clone(), person.detail.clone())
                    children=move |person| row(app, conversation, person)
                />
            </ul>
            <footer class="buttons end">
                <button
                    type="button"
                    class="btn quiet"
                    on:click=move |_| {
                        open.set(false);
                        send(ConversationsAction::Leave(conversation));
                    }
                >
                    {t(words::LEAVE_GROUP)}
                </button>
                <button type="button" class="btn primary" on:click=move |_| open.set(false)>
                    {t(words::DONE)}
                </button>
            </footer>
        </Dialog>
    }
}

/// The row that had the focus is gone: it goes to the one that is in its place now, or back to the field.
fn focus_at(list: &Element, place: usize) {
    let row = [":scope > :nth-child(", &(place + 1).to_string(), ") button"].concat();
    let next = list.query_selector(&row).ok().flatten();
    let field = || list.closest(".dialog-body").ok()??.query_selector("input").ok()?;
    if let Some(element) = next.or_else(field).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Somebody who is in.
fn row(app: App, conversation: ConversationId, person: BubbleView) -> AnyView {
    let BubbleView { peer, name, detail } = person;
    let name = say(&name);
    let avatar = app.phone(|phone, _| phone.person_avatar(peer, &name));
    let label = say(&words::remove_item(&name));
    let remove = move || {
        if let Peer::User(user) = peer {
            app.send(Ui::Conversations(ConversationsAction::RemovePerson(conversation, user)));
        }
    };
    view! {
        <li class="device">
            <Person avatar=Signal::stored(avatar) size=AvatarSize::Small />
            <div>
                <b>{name}</b>
                <p class="muted num">{detail}</p>
            </div>
            <IconButton icon=IconName::X label=label on_click=remove />
        </li>
    }
    .into_any()
}
