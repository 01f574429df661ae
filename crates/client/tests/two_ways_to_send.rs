//! The two ways to send a text, step by step as users know them.

use halyard_client::composer::ComposerAction;
use halyard_client::contacts::ContactsAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::recipients::RecipientsAction;
use halyard_client::view::OlderView;
use halyard_client::{CardKey, FocusTarget, Route, Ui};
use halyard_protocol::event::Favourite;
use halyard_protocol::{DeliveryState, Peer};

use crate::support::people::{ANA, FRONT_DESK, MAYA, SALES, STRANGER, contact_id, number};
use crate::support::{Fate, World};

#[test]
fn through_the_contacts_tab() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Navigate(Route::Contacts(None)));
    world.ui(at, Ui::Contacts(ContactsAction::Search("cruz".to_owned())));
    let list = world.devices[at].phone.contacts_view();
    let ana = Favourite::Contact(contact_id(1));
    assert_eq!(list.entries.as_ref(), [ana]);
    world.act(at, Ui::Contacts(ContactsAction::Select(Some(ana))));
    let details = world.phone(at).details_view().expect("details");
    assert_eq!(details.name, "Ana Cruz");
    let reach: Vec<String> = details.reach.iter().map(|number| number.label.english()).collect();
    assert_eq!(reach, ["mobile"]);
    let own = world.phone(at).own_numbers_view(details.reach[0].peer);
    assert_eq!(own.len(), 3);
    world.act(
        at,
        Ui::Conversations(ConversationsAction::Message { peer: details.reach[0].peer, from: Some(own[1].number) }),
    );

    let id = world.texts(SALES, &[ANA]);
    let card = CardKey::Conversation(id);
    assert_eq!(world.devices[at].focus, Some(FocusTarget::Composer(card)));
    assert_eq!(world.titles(at), ["Ana Cruz"]);
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("Your slip is ready.".to_owned())));
    let counter = world.phone(at).composer_view(card).counter.expect("a counter");
    assert_eq!(counter.text, "19 / 160");
    world.ui(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(world.log_of(at, id), ["Your slip is ready. [Sending\u{2026}]"], "it shows at once");
    let row = world.messages(at, id)[0].id;
    world.settle();
    assert_eq!(world.log_of(at, id), ["Your slip is ready. [Accepted]"]);
    for (state, words) in [(DeliveryState::Sent, "Sent"), (DeliveryState::Delivered, "Delivered")] {
        world.server.report(id, 0, 0, state);
        world.settle();
        assert_eq!(world.log_of(at, id), [format!("Your slip is ready. [{words}]")]);
    }
    assert_eq!(world.messages(at, id)[0].id, row, "one row from Enter to delivered");
    assert_eq!(world.column(at), ["Ana Cruz: You: Your slip is ready."]);
}

#[test]
fn through_the_chat_and_sms_tab() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Navigate(Route::Chats(None)));
    world.act(at, Ui::NewConversation);
    let new = world.front(at);
    assert_eq!(world.devices[at].focus, Some(FocusTarget::Recipients(new)));
    world.ui(at, Ui::Recipients(new, RecipientsAction::Query("6195550177".to_owned())));
    assert!(world.phone(at).recipients_view(new).is_some_and(|people| people.is_number));
    world.act(at, Ui::Recipients(new, RecipientsAction::AddTyped));
    world.act(at, Ui::Composer(new, ComposerAction::SendUsing(number(SALES))));
    world.send(at, new, "Hello from the marina");

    let id = world.texts(SALES, &[STRANGER]);
    assert_eq!(world.front(at), CardKey::Conversation(id), "the same card goes on");
    assert_eq!(world.server.texts(id), ["Hello from the marina"]);
    assert_eq!(world.titles(at).len(), 1);
    let header = world.phone(at).header_view(CardKey::Conversation(id)).expect("a header");
    assert_eq!(header.subtitle, "SMS \u{b7} Sales", "the number is the title already");

    world.server.receive(number(STRANGER), number(SALES), "Who is this?");
    world.settle();
    assert_eq!(world.log_of(at, id), ["Hello from the marina [Accepted]", "Who is this?"]);
}

#[test]
fn a_conversation_in_the_column_opens_its_card_again_with_its_history() {
    let mut world = World::new();
    let id = world.texts(FRONT_DESK, &[ANA]);
    for n in 0..120 {
        world.server.receive(number(ANA), number(FRONT_DESK), &format!("text {n}"));
    }
    world.read_all(MAYA, id);
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    let card = CardKey::Conversation(id);
    assert_eq!(world.messages(at, id).len(), 50);
    for _ in 0..6 {
        world.act(at, Ui::Conversations(ConversationsAction::LoadOlder(card)));
    }
    let all = world.log_of(at, id);
    assert_eq!(all.len(), 120);
    assert_eq!(all[0], "text 0");
    let env = world.env();
    let view = world.phone(at).timeline_view(card, &env).expect("a timeline");
    assert_eq!(view.older, OlderView::Beginning);
}

#[test]
fn whoever_reads_further_up_keeps_what_they_read_when_texts_come_in() {
    let mut world = World::new();
    let id = world.texts(FRONT_DESK, &[ANA]);
    for n in 0..60 {
        world.server.receive(number(ANA), number(FRONT_DESK), &format!("text {n}"));
    }
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    world.act(at, Ui::Conversations(ConversationsAction::LoadOlder(CardKey::Conversation(id))));
    world.scroll(at, CardKey::Conversation(id), 1, false);
    let top = world.log_of(at, id)[0].clone();
    for n in 60..80 {
        world.server.receive(number(ANA), number(FRONT_DESK), &format!("text {n}"));
    }
    world.settle();
    assert_eq!(world.log_of(at, id)[0], top);
    assert_eq!(world.log_of(at, id).len(), 80);
}

#[test]
fn a_receipt_that_overtakes_the_history_is_not_lost() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: None }));
    let card = world.front(at);
    world.send(at, card, "Your slip is ready.");
    let at = world.signed_in(MAYA);
    let id = world.texts(FRONT_DESK, &[ANA]);
    world.ui(at, Ui::Conversations(ConversationsAction::Open(id)));
    while world.commit(at) {}
    assert!(world.carry(at, 0, Fate::Answered), "the page is read");
    world.server.report(id, 0, 0, DeliveryState::Delivered);
    while world.follow(at, 1) {}
    world.settle();
    assert_eq!(world.log_of(at, id), ["Your slip is ready. [Delivered]"]);
}

#[test]
fn a_page_from_before_a_fresh_start_leaves_no_gap() {
    let mut world = World::new();
    let id = world.texts(FRONT_DESK, &[ANA]);
    let receive = |world: &mut World, texts: core::ops::Range<u32>| {
        for n in texts {
            world.server.receive(number(ANA), number(FRONT_DESK), &format!("text {n}"));
        }
    };
    receive(&mut world, 0..110);
    world.read_all(MAYA, id);
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    world.ui(at, Ui::Conversations(ConversationsAction::LoadOlder(CardKey::Conversation(id))));
    world.carry(at, 0, Fate::Answered);
    world.disconnect(at);
    receive(&mut world, 110..260);
    world.server.trim();
    // The older page is on its way for as long as it takes to start again.
    let late = world.devices[at].answers.pop_front().expect("the page");
    world.wait(60_000);
    world.devices[at].answers.push_back(late);
    world.settle();
    for _ in 0..12 {
        world.act(at, Ui::Conversations(ConversationsAction::LoadOlder(CardKey::Conversation(id))));
    }
    let expected: Vec<String> = (0..260).map(|n| format!("text {n}")).collect();
    assert_eq!(world.log_of(at, id), expected);
}
