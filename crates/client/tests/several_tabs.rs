//! Several tabs of one browser: one sends, all show the same.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::outbox::OutboxAction;
use halyard_client::recipients::RecipientsAction;
use halyard_client::session::SessionAction;
use halyard_client::view::SessionView;
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, Ui};
use halyard_protocol::{ConversationId, ErrorCode};

use crate::support::people::{ANA, DEVON, FRONT_DESK, MAYA, PRIYA, number};
use crate::support::server::problem;
use crate::support::{Fate, World};

fn begin() -> (World, usize, usize, ConversationId, CardKey) {
    let mut world = World::new();
    world.server.receive(number(ANA), number(FRONT_DESK), "one");
    let first = world.signed_in(MAYA);
    let id = world.texts(FRONT_DESK, &[ANA]);
    world.act(first, Ui::Conversations(ConversationsAction::Open(id)));
    world.wait(1_000);
    let second = world.tab(first);
    world.settle();
    (world, first, second, id, CardKey::Conversation(id))
}

#[test]
fn what_one_tab_writes_the_leading_one_sends() {
    let (mut world, first, second, id, card) = begin();
    assert!(world.devices[first].leads && !world.devices[second].leads);
    world.ui(second, Ui::Composer(card, ComposerAction::Draft("two".to_owned())));
    world.ui(second, Ui::Composer(card, ComposerAction::Submit));
    while world.commit(second) {}
    assert!(world.devices[second].requests.is_empty(), "it does not send itself");
    while world.deliver_tab_message(second) {}
    while world.commit(first) {}
    assert_eq!(world.devices[first].requests.len(), 1);
    world.settle();
    assert_eq!(world.server.texts(id), ["one", "two"]);
    for tab in [first, second] {
        assert_eq!(world.log_of(tab, id), ["one", "two [Accepted]"]);
        assert_eq!(world.phone(tab).connection_view().waiting, 0);
    }
    assert!(world.devices[first].outbox().is_empty());
}

#[test]
fn a_tab_that_dies_before_it_can_say_what_it_kept_loses_nothing() {
    let (mut world, first, second, id, card) = begin();
    world.ui(second, Ui::Composer(card, ComposerAction::Draft("two".to_owned())));
    world.ui(second, Ui::Composer(card, ComposerAction::Submit));
    while world.deliver_tab_message(second) {}
    while world.commit(second) {}
    world.kill(second);
    world.wait(5_000);
    assert_eq!(world.server.texts(id), ["one", "two"]);
    assert_eq!(world.log_of(first, id), ["one", "two [Accepted]"]);
    assert!(world.devices[first].outbox().is_empty());
}

#[test]
fn when_the_leading_tab_dies_in_the_middle_the_next_one_goes_on() {
    let (mut world, first, second, id, card) = begin();
    for text in ["two", "three"] {
        world.ui(second, Ui::Composer(card, ComposerAction::Draft(text.to_owned())));
        world.ui(second, Ui::Composer(card, ComposerAction::Submit));
    }
    while world.commit(second) {}
    while world.deliver_tab_message(second) {}
    while world.commit(first) {}
    // The first one has arrived, but nobody hears of it.
    assert!(world.carry(first, 0, Fate::AnswerLost));
    world.kill(first);
    world.settle();
    assert!(world.devices[second].leads);
    assert_eq!(world.server.texts(id), ["one", "two", "three"]);
    assert_eq!(world.log_of(second, id).len(), 3);
    assert!(world.devices[second].outbox().is_empty());
}

#[test]
fn what_the_server_refuses_is_parked_in_all_tabs_and_retried_from_any() {
    let (mut world, first, second, id, card) = begin();
    world.server.fail_next("POST messages", problem(ErrorCode::Invalid, "Not today."));
    world.send(second, card, "two");
    let row = world.messages(second, id)[1].clone();
    assert!(row.state.as_ref().is_some_and(|state| state.parked));
    assert!(world.messages(first, id)[1].state.as_ref().is_some_and(|state| state.parked));
    world.act(second, Ui::Outbox(OutboxAction::Retry(row.id)));
    assert_eq!(world.server.texts(id), ["one", "two"]);

    world.server.fail_next("POST messages", problem(ErrorCode::Invalid, "Not today."));
    world.send(first, card, "three");
    let row = world.messages(second, id)[2].clone();
    world.act(second, Ui::Outbox(OutboxAction::Edit(row.id)));
    assert_eq!(world.log_of(first, id).len(), 2);
    assert_eq!(world.phone(second).composer_view(card).draft, "three");
}

#[test]
fn the_open_cards_are_the_same_and_the_focus_stays_where_it_is() {
    let (mut world, first, second, ..) = begin();
    assert_eq!(world.titles(second), ["Ana Cruz"]);
    world.act(first, Ui::Conversations(ConversationsAction::Message { peer: world.colleague(DEVON), from: None }));
    assert_eq!(world.titles(second), world.titles(first));
    let chat = CardKey::Conversation(world.chat_of(&[MAYA, DEVON]));
    world.act(second, Ui::Window(WindowAction::Minimise(chat)));
    world.act(second, Ui::Window(WindowAction::SetPinned(chat, true)));
    let card = world.phone(first).cards_view().into_iter().find(|card| card.key == chat).expect("the card");
    assert!(card.minimised && card.pinned);
    // What is begun and has nobody yet is each tab's own.
    world.act(first, Ui::NewConversation);
    world.act(second, Ui::Window(WindowAction::Close(chat)));
    assert_eq!(world.phone(first).cards_view().len(), 2);
    assert_eq!(world.titles(second), ["Ana Cruz"]);
}

#[test]
fn who_signs_out_in_one_tab_is_out_in_all() {
    let (mut world, first, second, id, card) = begin();
    world.act(first, Ui::Window(WindowAction::SetPinned(card, true)));
    world.act(second, Ui::Session(SessionAction::SignOut));
    for tab in [first, second] {
        assert!(matches!(world.phone(tab).session_view(), SessionView::SignedOut { .. }));
    }
    world.wait(5_000);
    assert_eq!(world.devices[first].disk.borrow().texts().count(), 0);
    world.sign_in(second, MAYA);
    world.wait(1_000);
    for tab in [first, second] {
        assert!(world.is_signed_in(tab));
        assert_eq!(world.titles(tab), ["Ana Cruz"]);
        assert_eq!(world.log_of(tab, id), ["one"]);
    }
}

#[test]
fn a_draft_follows_into_the_other_tab() {
    let (mut world, first, second, _, card) = begin();
    world.system(second, halyard_client::System::Attention(halyard_client::Attention::Hidden));
    world.ui(first, Ui::Composer(card, ComposerAction::Draft("Half a tho".to_owned())));
    world.settle();
    assert_eq!(world.phone(second).composer_view(card).draft, "Half a tho");
    world.act(first, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(world.phone(second).composer_view(card).draft, "");
}

#[test]
fn a_leading_tab_that_hangs_is_replaced_within_ten_seconds_and_doubles_nothing_later() {
    let (mut world, first, second, id, card) = begin();
    world.hang(first, true);
    world.ui(second, Ui::Composer(card, ComposerAction::Draft("two".to_owned())));
    world.act(second, Ui::Composer(card, ComposerAction::Submit));
    world.wait(3_000);
    assert_eq!(world.server.texts(id), ["one"], "it may still answer");
    world.wait(7_000);
    assert_eq!(world.server.texts(id), ["one", "two"]);
    assert!(world.devices[second].leads && !world.devices[first].leads);
    world.hang(first, false);
    world.wait(60_000);
    world.send(first, card, "three");
    assert_eq!(world.server.texts(id), ["one", "two", "three"]);
    for tab in [first, second] {
        assert_eq!(world.log_of(tab, id).len(), 3);
        assert!(world.devices[tab].outbox().is_empty());
    }
}

#[test]
fn whoever_goes_on_writing_gives_a_tab_that_hangs_no_more_time() {
    let (mut world, first, second, id, card) = begin();
    world.hang(first, true);
    for text in ["two", "three", "four"] {
        world.ui(second, Ui::Composer(card, ComposerAction::Draft(text.to_owned())));
        world.act(second, Ui::Composer(card, ComposerAction::Submit));
        world.wait(4_000);
    }
    assert_eq!(world.server.texts(id), ["one", "two", "three", "four"]);
    assert!(world.devices[second].leads && !world.devices[first].leads);
}

#[test]
fn a_leading_tab_that_answers_keeps_the_lead() {
    let (mut world, first, second, _, card) = begin();
    world.network(first, false);
    world.network(second, false);
    world.send(second, card, "two");
    world.wait(60_000);
    assert!(world.devices[first].leads && !world.devices[second].leads);
}

#[test]
fn what_two_tabs_begin_is_each_ones_own() {
    let (mut world, first, second, ..) = begin();
    world.act(first, Ui::NewConversation);
    world.act(second, Ui::NewConversation);
    let (here, there) = (world.front(first), world.front(second));
    assert_ne!(here, there);
    world.act(first, Ui::Composer(here, ComposerAction::Draft("Half a tho".to_owned())));
    world.act(second, Ui::Composer(there, ComposerAction::Draft(String::new())));
    world.wait(1_000);
    assert_eq!(world.devices[first].drafts(), ["Half a tho"]);
}

/// Each tab hears of a group's people from the server: the tabs tell each other only what the user does with the cards.
#[test]
fn the_people_of_an_open_group_are_no_change_of_the_windows() {
    let mut world = World::new();
    let first = world.signed_in(MAYA);
    world.act(first, Ui::NewConversation);
    let card = world.front(first);
    for extension in [DEVON, PRIYA] {
        let peer = world.colleague(extension);
        world.act(first, Ui::Recipients(card, RecipientsAction::Add(peer)));
    }
    world.act(first, Ui::Recipients(card, RecipientsAction::Finish));
    let card = world.front(first);
    let id = card.conversation().expect("a conversation");
    world.wait(1_000);
    let second = world.tab(first);
    world.settle();
    // While only this browser knows the group, its name is told.
    world.ui(first, Ui::Conversations(ConversationsAction::SetTitle(id, "Crew".to_owned())));
    assert_eq!(windows_told(&world, first), 1);
    world.settle();
    assert_eq!(world.titles(second), ["Crew"]);
    world.send(first, card, "Hello");
    world.wait(2_000);

    let [maya, priya] = [MAYA, PRIYA].map(|extension| world.server.user(extension));
    assert!(world.server.remove_person(maya, id, priya));
    for tab in [first, second] {
        while world.follow(tab, 1) {}
        let people = world.phone(tab).header_view(card).expect("a header").people;
        assert_eq!(people, Some(vec![world.colleague(DEVON)]), "the tab has heard of it");
        assert_eq!(windows_told(&world, tab), 0);
    }
    world.ui(second, Ui::Window(WindowAction::SetPinned(card, true)));
    assert_eq!(windows_told(&world, second), 1);
}

/// How often a tab has told the others of its windows, and they have not heard.
fn windows_told(world: &World, tab: usize) -> usize {
    world.devices[tab].to_tabs.iter().filter(|text| text.contains("\"Windows\"")).count()
}
