//! What the device keeps: starting without a network, and catching up.

use halyard_client::composer::ComposerAction;
use halyard_client::contacts::ContactsAction;
use halyard_client::contacts::ContactsFilter;
use halyard_client::conversations::ConversationsAction;
use halyard_client::notices::NoticesAction;
use halyard_client::recipients::RecipientsAction;
use halyard_client::storage::{Range, Store};
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, System, Ui};
use halyard_protocol::{ClientFrame, ConversationId, DeliveryState, Peer, StatesSeen};

use crate::support::device::Health;
use crate::support::people::{ANA, BEN, DEVON, FRONT_DESK, MAYA, number};
use crate::support::{Fate, World};

/// Maya with Ana's card open and two texts in it, all written to the device.
pub(crate) fn begin() -> (World, usize, ConversationId, CardKey) {
    let mut world = World::new();
    for text in ["one", "two"] {
        world.server.receive(number(ANA), number(FRONT_DESK), text);
    }
    let at = world.signed_in(MAYA);
    let id = world.texts(FRONT_DESK, &[ANA]);
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    world.wait(1_000);
    (world, at, id, CardKey::Conversation(id))
}

pub(crate) fn restart(world: &mut World, at: usize) {
    world.crash(at);
    world.system(at, System::Resized { viewport: 1440, width: 1000, height: 850 });
}

pub(crate) fn pin(world: &mut World, at: usize, card: CardKey) {
    world.act(at, Ui::Window(WindowAction::SetPinned(card, true)));
}

fn rows(world: &World, at: usize, store: Store) -> usize {
    world.devices[at].disk.borrow().read(&Range::all(store)).len()
}

#[test]
fn states_are_kept_and_after_a_start_only_newer_ones_are_told() {
    let (mut world, at, ..) = begin();
    let devon = world.server.user(DEVON);
    let say = |world: &mut World, text: &str| {
        let account = world.server.accounts.get_mut(&devon).expect("a known user");
        account.user.status_text = text.to_owned();
        world.server.user_state_changed(devon);
    };
    let status = |world: &World| world.phone(at).header_view(world.front(at)).expect("a header").subtitle.english();
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: world.colleague(DEVON), from: None }));
    say(&mut world, "On the crane");
    world.wait(1_000);
    let version = world.server.state_version;
    world.network(at, false);
    restart(&mut world, at);
    world.settle();
    assert_eq!(status(&world), "1002 \u{b7} On the crane", "without a network");
    say(&mut world, "At lunch");
    world.network(at, true);
    let resumed = |world: &World| {
        let said = &world.devices[at].line.as_ref()?.said;
        said.iter().find_map(|frame| match frame {
            ClientFrame::Resume { states, .. } => *states,
            _ => None,
        })
    };
    while resumed(&world).is_none() {
        assert!(world.carry(at, 0, Fate::Answered) | world.deliver_answer(at, 0) | world.follow(at, 1));
    }
    assert_eq!(resumed(&world), Some(StatesSeen { users: version, reads: version }));
    world.settle();
    assert_eq!(status(&world), "1002 \u{b7} At lunch");
}

#[test]
fn without_a_network_all_is_there_and_what_is_written_leaves_later() {
    let (mut world, at, id, card) = begin();
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("three".to_owned())));
    world.settle();
    world.network(at, false);
    restart(&mut world, at);
    world.settle();
    assert!(world.is_signed_in(at));
    assert_eq!(world.titles(at), ["Ana Cruz"]);
    assert_eq!(world.log_of(at, id), ["one", "two"]);
    assert_eq!(world.column(at), ["Ana Cruz: two"]);
    assert_eq!(world.phone(at).composer_view(card).draft, "three");
    world.ui(at, Ui::Contacts(ContactsAction::Filter(ContactsFilter::All)));
    world.ui(at, Ui::Contacts(ContactsAction::Search("ben".to_owned())));
    assert_eq!(world.devices[at].phone.contacts_view().entries.len(), 1);
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(world.phone(at).connection_view().waiting, 1);

    world.network(at, true);
    world.wait(60_000);
    assert_eq!(world.server.texts(id), ["one", "two", "three"]);
    assert_eq!(world.log_of(at, id), ["one", "two", "three [Accepted]"]);
}

#[test]
fn a_message_that_was_just_answered_is_there_without_a_network() {
    // The browser dies at once, or some writes later, and the network with it.
    for writes in 0..4 {
        let (mut world, at, id, card) = begin();
        world.ui(at, Ui::Composer(card, ComposerAction::Draft("three".to_owned())));
        world.ui(at, Ui::Composer(card, ComposerAction::Submit));
        while world.commit(at) {}
        assert!(world.carry(at, 0, Fate::Answered) && world.deliver_answer(at, 0), "it is answered");
        for _ in 0..writes {
            world.commit(at);
        }
        world.network(at, false);
        restart(&mut world, at);
        world.settle();
        let log = world.log_of(at, id);
        assert!(log.len() == 3 && log[2].starts_with("three"), "after {writes} writes: {log:?}");
        assert_eq!(rows(&world, at, Store::Outbox), usize::from(writes == 0));
        world.network(at, true);
        world.wait(60_000);
        assert_eq!(world.server.texts(id), ["one", "two", "three"]);
    }
}

#[test]
fn where_the_log_was_cut_a_kept_message_shows_how_far_it_got_since() {
    for pinned in [false, true] {
        let (mut world, at, id, card) = begin();
        if pinned {
            pin(&mut world, at, card);
        }
        world.send(at, card, "three");
        world.wait(2_000);
        world.network(at, false);
        world.server.report(id, 2, 0, DeliveryState::Delivered);
        world.server.trim();
        restart(&mut world, at);
        world.settle();
        assert_eq!(world.log_of(at, id), ["one", "two", "three [Accepted]"]);
        world.network(at, true);
        world.wait(60_000);
        assert_eq!(world.log_of(at, id), ["one", "two", "three [Delivered]"]);
        world.network(at, false);
        restart(&mut world, at);
        world.settle();
        assert_eq!(world.log_of(at, id), ["one", "two", "three [Delivered]"], "pinned: {pinned}");
    }
}

#[test]
fn a_restart_asks_who_is_here_and_catches_up_by_the_cursor() {
    let (mut world, at, id, _) = begin();
    restart(&mut world, at);
    while world.commit(at) {}
    let asked: Vec<String> = world.devices[at].requests.iter().map(|(_, request)| format!("{request:?}")).collect();
    assert_eq!(asked, ["GET /api/v1/session"]);
    assert_eq!(world.log_of(at, id), ["one", "two"], "the first paint is of the device");
    world.server.receive(number(ANA), number(FRONT_DESK), "three");
    world.settle();
    assert_eq!(world.log_of(at, id), ["one", "two", "three"]);
    assert!(world.phone(at).connection_view().live);
}

#[test]
fn a_log_that_is_too_old_starts_from_the_snapshot_and_keeps_the_cards() {
    let (mut world, at, id, _) = begin();
    world.server.trim();
    world.server.receive(number(ANA), number(FRONT_DESK), "three");
    restart(&mut world, at);
    world.wait(5_000);
    assert_eq!(world.titles(at), ["Ana Cruz"]);
    assert_eq!(world.log_of(at, id), ["one", "two", "three"]);
}

#[test]
fn a_receipt_for_a_message_that_only_the_device_has_is_not_lost() {
    let (mut world, at, id, card) = begin();
    world.send(at, card, "Your slip is ready.");
    world.act(at, Ui::Window(WindowAction::Close(card)));
    world.wait(1_000);
    restart(&mut world, at);
    world.settle();
    world.server.report(id, 2, 0, DeliveryState::Delivered);
    world.wait(1_000);
    world.network(at, false);
    restart(&mut world, at);
    world.settle();
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    assert_eq!(world.log_of(at, id), ["one", "two", "Your slip is ready. [Delivered]"]);
}

#[test]
fn the_newest_are_kept_and_of_what_is_pinned_all() {
    let (mut world, at, id, card) = begin();
    for n in 0..300 {
        world.server.receive(number(ANA), number(FRONT_DESK), &format!("text {n}"));
    }
    world.wait(5_000);
    assert!((200..260).contains(&rows(&world, at, Store::Messages)), "{}", rows(&world, at, Store::Messages));
    pin(&mut world, at, card);
    world.wait(5_000);
    assert_eq!(rows(&world, at, Store::Messages), 302);
    assert_eq!(world.devices[at].persisted, 1, "the browser is asked to keep it");
    world.network(at, false);
    restart(&mut world, at);
    world.settle();
    for _ in 0..10 {
        world.act(at, Ui::Conversations(ConversationsAction::LoadOlder(card)));
    }
    assert_eq!(world.log_of(at, id).first().map(String::as_str), Some("one"));
    assert_eq!(world.log_of(at, id).len(), 302);
}

#[test]
fn a_full_device_says_so_and_keeps_what_is_pinned() {
    let (mut world, at, id, card) = begin();
    pin(&mut world, at, card);
    world.devices[at].health = Health::Full;
    world.server.receive(number(BEN), number(FRONT_DESK), "for the cache");
    world.settle();
    while !world.notices(at).iter().any(|notice| notice.contains("only pinned conversations")) {
        assert!(world.hurry(at));
        world.commit(at);
    }
    world.devices[at].health = Health::Works;
    world.server.receive(number(ANA), number(FRONT_DESK), "three");
    world.wait(2_000);
    world.network(at, false);
    restart(&mut world, at);
    world.settle();
    assert_eq!(world.log_of(at, id), ["one", "two", "three"]);
    // What is not whole is asked for anew once there is a network.
    world.network(at, true);
    world.wait(60_000);
    assert_eq!(world.column(at).len(), 2);
}

#[test]
fn a_device_that_stays_full_sends_and_loses_nothing() {
    let (mut world, at, id, card) = begin();
    world.devices[at].health = Health::Full;
    world.server.receive(number(BEN), number(FRONT_DESK), "for the cache");
    world.wait(5_000);
    world.server.receive(number(BEN), number(FRONT_DESK), "once more");
    world.wait(5_000);
    world.send(at, card, "It leaves all the same");
    assert_eq!(world.server.texts(id).last(), Some(&"It leaves all the same"));
}

#[test]
fn what_was_read_without_a_network_is_told_later() {
    let (mut world, at, id, card) = begin();
    world.act(at, Ui::Window(WindowAction::Close(card)));
    world.server.receive(number(ANA), number(FRONT_DESK), "three");
    world.wait(1_000);
    world.network(at, false);
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    world.wait(1_000);
    restart(&mut world, at);
    world.settle();
    world.network(at, true);
    world.wait(60_000);
    let maya = world.server.user(MAYA);
    assert_eq!(world.server.conversation(maya, id).expect("it").unread, 0);
    assert_eq!(world.column(at), ["Ana Cruz: three"]);
}

#[test]
fn a_database_that_does_not_answer_does_not_hold_up_the_start() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.wait(1_000);
    world.crash(at);
    let commands = std::mem::take(&mut world.devices[at].commands);
    assert!(world.hurry(at), "the patience is over");
    assert!(world.carry(at, 0, Fate::Answered));
    assert!(world.deliver_answer(at, 0));
    assert!(world.is_signed_in(at));
    // It answers after all.
    world.devices[at].commands.extend(commands);
    world.wait(1_000);
    assert!(world.is_signed_in(at));
    assert_eq!(
        world.devices[at].disk.borrow().get(Store::Account, "user"),
        Some(&*world.server.user(MAYA).to_string())
    );
}

#[test]
fn deleted_conversations_leave_the_device() {
    let (mut world, at, id, _) = begin();
    world.act(at, Ui::Conversations(ConversationsAction::Delete(id)));
    world.act(at, Ui::Notices(NoticesAction::Answer(true)));
    world.wait(1_000);
    assert_eq!((rows(&world, at, Store::Conversations), rows(&world, at, Store::Messages)), (0, 0));
}

#[test]
fn a_new_conversation_that_was_begun_is_there_after_a_restart() {
    let (mut world, at, ..) = begin();
    world.act(at, Ui::NewConversation);
    let card = world.front(at);
    world.act(at, Ui::Recipients(card, RecipientsAction::Add(Peer::Number(number(BEN)))));
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("Hello B".to_owned())));
    world.settle();
    world.network(at, false);
    restart(&mut world, at);
    world.settle();
    let card = world.front(at);
    assert!(matches!(card, CardKey::New(_)));
    assert_eq!(world.phone(at).recipients_view(card).expect("its people").bubbles.len(), 1);
    assert_eq!(world.phone(at).composer_view(card).draft, "Hello B");
}

#[test]
fn the_cache_is_bounded() {
    let mut world = World::new();
    for n in 0..1_100u32 {
        world.now = world.now.plus(1);
        world.server.now = world.now;
        world.server.receive(number(&format!("+1619555{n:04}")), number(FRONT_DESK), "hello");
    }
    world.server.page = 2_000;
    world.watched = false;
    let at = world.signed_in(MAYA);
    world.wait(60_000);
    assert_eq!(rows(&world, at, Store::Conversations), 501);
    // Those that were not kept come from the server when one scrolls.
    restart(&mut world, at);
    world.settle();
    assert_eq!(world.column(at).len(), 501);
    while world.phone(at).column_has_more() {
        world.act(at, Ui::Conversations(ConversationsAction::More));
    }
    assert_eq!(world.column(at).len(), 1_100);
}
