//! The people of a new conversation: "Add Contact", bubbles, "Add number to group", "Done".

use halyard_client::recipients::RecipientsAction;
use halyard_client::recipients::Suggestion;
use halyard_client::view::BubbleView;
use halyard_client::{CardKey, FocusTarget, Ui};
use halyard_protocol::Peer;

use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{AvatarSize, Chips, Combobox, ComboboxOption, Icon, IconName, TextField};
use crate::views::person::Person;
use crate::words::{self, say, t};

/// The people.
#[component]
pub(super) fn Recipients(card: CardKey) -> impl IntoView {
    let app = expect_context::<App>();
    let view =
        app.signals(|signals| signals.recipients.acquire(card, || app.phone(|phone, _| phone.recipients_view(card))));
    on_cleanup(move || app.signals(|signals| signals.recipients.release(card)));
    let view = Memo::new(move |_| view.get());
    let bubbles =
        Memo::new(move |_| view.with(|view| view.as_ref().map(|view| view.bubbles.clone()).unwrap_or_default()));
    let query = Memo::new(move |_| view.with(|view| view.as_ref().map(|view| view.query.clone()).unwrap_or_default()));
    let suggestions =
        Memo::new(move |_| view.with(|view| view.as_ref().map(|view| view.suggestions.clone()).unwrap_or_default()));
    let error = Memo::new(move |_| view.with(|view| view.as_ref().and_then(|view| view.error.as_ref().map(say))));
    let is_number = Memo::new(move |_| view.with(|view| view.as_ref().is_some_and(|view| view.is_number)));
    let title = Memo::new(move |_| view.with(|view| view.as_ref().and_then(|view| view.group_title.clone())));
    let named = Memo::new(move |_| title.with(Option::is_some));
    let choice = Memo::new(move |_| view.with(|view| view.as_ref().and_then(|view| view.choice.clone())));
    let several = Memo::new(move |_| choice.with(Option::is_some));
    let alone =
        Signal::derive(move || usize::from(choice.with(|choice| choice.as_ref().is_some_and(|(alone, _)| *alone))));
    let can_finish = Memo::new(move |_| view.with(|view| view.as_ref().is_some_and(|view| view.can_finish)));
    let options = Signal::derive(move || suggestions.get().into_iter().map(|one| option(app, one)).collect::<Vec<_>>());
    let last = move || bubbles.with_untracked(|bubbles| bubbles.last().map(|bubble| bubble.peer));
    let hint = ["recipients-hint-", &card.attribute()].concat();
    let described = hint.clone();
    view! {
        <div class="recipients" data-list-below>
            <Combobox
                label=t(words::ADD_CONTACT)
                placeholder=t(words::ADD_CONTACT)
                value=query
                options=options
                focus=FocusTarget::Recipients(card).attribute()
                described_by=described
                on_input=Callback::new(move |text| app.send(Ui::Recipients(card, RecipientsAction::Query(text))))
                on_pick=Callback::new(move |peer: Peer| app.send(Ui::Recipients(card, RecipientsAction::Add(peer))))
                on_enter=Callback::new(move |()| app.send(Ui::Recipients(card, RecipientsAction::AddTyped)))
                on_backspace_empty=Callback::new(move |()| {
                    if let Some(peer) = last() {
                        app.send(Ui::Recipients(card, RecipientsAction::Remove(peer)));
                    }
                })
            >
                <ul class="bubbles" aria-label=t(words::RECIPIENTS)>
                    <For
                        each=move || bubbles.get()
                        key=|bubble| (bubble.peer, bubble.name.clone())
                        children=move |bubble| view! { <Bubble card=card bubble=bubble /> }
                    />
                </ul>
            </Combobox>
            {move || {
                named
                    .get()
                    .then(|| {
                        view! {
                            <TextField
                                label=t(words::GROUP_NAME_OPTIONAL)
                                value=Signal::derive(move || title.get().unwrap_or_default())
                                on_input=Callback::new(move |text| app.send(Ui::Recipients(card, RecipientsAction::Title(text))))
                            />
                        }.into_any()
                    })
            }}
            {move || {
                several
                    .get()
                    .then(|| {
                        view! {
                            <Chips
                                label=t(words::HOW_TO_SEND)
                                options=[words::ONE_GROUP, words::EACH_ALONE]
                                chosen=alone
                                on_choose=move |chosen| app.send(Ui::Recipients(card, RecipientsAction::Alone(chosen == 1)))
                            />
                            <p class="hint" role="status">
                                {move || choice.with(|choice| choice.as_ref().map(|(_, hint)| say(hint)))}
                            </p>
                        }.into_any()
                    })
            }}
            <div class="buttons">
                <button
                    class="btn quiet"
                    disabled=move || !is_number.get()
                    on:click=move |_| app.send(Ui::Recipients(card, RecipientsAction::AddTyped))
                >
                    <Icon name=IconName::Plus />
                    {t(words::ADD_NUMBER_TO_GROUP)}
                </button>
                <button
                    class="btn primary"
                    disabled=move || !can_finish.get()
                    on:click=move |_| app.send(Ui::Recipients(card, RecipientsAction::Finish))
                >
                    {t(words::DONE)}
                </button>
            </div>
            <p class="hint" class:bad=move || error.get().is_some() id=hint>
                {move || error.get()}
            </p>
        </div>
        <div class="log-frame">
            <p class="log-note">
                {t(words::RECIPIENTS_HINT)}
            </p>
        </div>
    }
}

pub(super) fn option(app: App, suggestion: Suggestion) -> ComboboxOption<Peer> {
    let Suggestion { peer, name, detail, why_not } = suggestion;
    let (class, detail) = match why_not {
        Some(reason) => ("row-text off", reason),
        None => ("row-text", detail),
    };
    // Somebody who is found by a name has it as their avatar's, also where the number is all that is known.
    let avatar = app.phone(|phone, _| phone.person_avatar(peer, &name));
    ComboboxOption {
        value: peer,
        label: name.clone(),
        content: std::sync::Arc::new(move || {
            view! {
                <Person avatar=Signal::stored(avatar.clone()) size=AvatarSize::Small />
                <span class=class>
                    <b class="row-name">{name.clone()}</b>
                    <span class="preview num">{say(&detail)}</span>
                </span>
            }
            .into_any()
        }),
    }
}

/// Somebody who is in.
#[component]
fn Bubble(card: CardKey, bubble: BubbleView) -> impl IntoView {
    let app = expect_context::<App>();
    let BubbleView { peer, name, detail } = bubble;
    let label = say(&words::remove_item(&name));
    view! {
        <li class="bubble" title=detail>
            <span>{say(&name)}</span>
            <button class="cross" aria-label=label on:click=move |_| app.send(Ui::Recipients(card, RecipientsAction::Remove(peer)))>
                <Icon name=IconName::X />
            </button>
        </li>
    }
}
