//! The message icon: one entry for each number, then the own number to text from.

use halyard_client::Ui;
use halyard_client::conversations::ConversationsAction;
use halyard_client::view::NumberView;
use halyard_protocol::{Peer, PhoneNumber};

use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Icon, IconButton, IconName, MenuButton, MenuItem};
use crate::words::{self, Text, say, t};

/// The message icon. A colleague is chatted with at once; a number asks which number to text from, if there are
/// several to choose from.
#[component]
pub(super) fn MessageButton(
    /// The ways to write to them.
    #[prop(into)]
    reach: Signal<Vec<NumberView>>,
    /// The button's name.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it shows the word as well.
    #[prop(default = false)]
    worded: bool,
) -> impl IntoView {
    let app = expect_context::<App>();
    let only = Memo::new(move |_| reach.with(|reach| if let [only] = &**reach { Some(only.peer) } else { None }));
    // The number that was chosen: the menu goes on to the own numbers.
    let chosen = RwSignal::new(None::<Peer>);
    let items = Signal::derive(move || match chosen.get().or(only.get()) {
        Some(peer) => own_numbers(app, peer, reach.get()),
        None => reach.get().into_iter().map(|way| number(app, way, chosen)).collect(),
    });
    // The button is another one for a colleague; numbers are all alike.
    let colleague = Memo::new(move |_| only.get().filter(|peer| matches!(peer, Peer::User(_))));
    reactive(move || match colleague.get() {
        Some(peer) => chat(app, peer, label, worded),
        _ if worded => view! {
            <MenuButton
                label=label
                class="btn quiet"
                items=items
                content=move || words()
                on_open=move || chosen.set(None)
            />
        }
        .into_any(),
        _ => view! {
            <MenuButton
                icon=IconName::MessageSquareText
                label=label
                items=items
                on_open=move || chosen.set(None)
            />
        }
        .into_any(),
    })
}

fn words() -> AnyView {
    view! {
        <Icon name=IconName::MessageSquareText />
        {t(words::MESSAGE)}
    }
    .into_any()
}

fn chat(app: App, peer: Peer, label: Signal<String>, worded: bool) -> AnyView {
    if worded {
        view! {
            <button type="button" class="btn quiet" aria-label=move || label.get() on:click=move |_| write(app, peer, None)>
                {words()}
            </button>
        }
        .into_any()
    } else {
        view! { <IconButton icon=IconName::MessageSquareText label=label on_click=move || write(app, peer, None) /> }
            .into_any()
    }
}

fn write(app: App, peer: Peer, from: Option<PhoneNumber>) {
    app.send(Ui::Conversations(ConversationsAction::Message { peer, from }));
}

/// One of several ways to write to them.
fn number(app: App, way: NumberView, chosen: RwSignal<Option<Peer>>) -> MenuItem {
    let NumberView { peer, text, label } = way;
    let choice = app.phone(|phone, _| phone.own_numbers_view(peer).len()) > 1;
    let item = MenuItem::new(IconName::MessageSquareText, say(&text), move || {
        if choice {
            chosen.set(Some(peer));
        } else {
            write(app, peer, None);
        }
    });
    let item = item.note(say(&label));
    if choice { item.stays() } else { item }
}

/// The own numbers to text them from, the one last used first. With none or one of them there is nothing to choose.
fn own_numbers(app: App, peer: Peer, reach: Vec<NumberView>) -> Vec<MenuItem> {
    let mut own = app.phone(|phone, _| phone.own_numbers_view(peer));
    if own.len() < 2 {
        let text = |way: NumberView| {
            MenuItem::new(IconName::MessageSquareText, say(&way.text), move || write(app, peer, None))
                .note(say(&way.label))
        };
        return reach.into_iter().filter(|way| way.peer == peer).map(text).collect();
    }
    halyard_client::sort_few(&mut own, |a, b| a.chosen && !b.chosen);
    let heading = reach.iter().find(|way| way.peer == peer).map_or_else(Text::default, |way| way.text.clone());
    let heading = MenuItem::heading(say(&words::text_number_using(heading)));
    let entry = |own: halyard_client::view::NumberOption| {
        MenuItem::new(IconName::Smartphone, own.text, move || write(app, peer, Some(own.number))).note(say(&own.label))
    };
    core::iter::once(heading).chain(own.into_iter().map(entry)).collect()
}
