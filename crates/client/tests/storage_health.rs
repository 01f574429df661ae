//! What the device's database says of itself while the app runs: blocked by another tab, newer than the app, cleared, set aside. And
//! what is done about a write that failed although the device is not full.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::session::SessionAction;
use halyard_client::storage::memory::Memory;
use halyard_client::storage::{Db, DbCommand, Health, Range, Reason, Store, Token, USER};
use halyard_client::{CardKey, Event, Ui};
use halyard_protocol::ConversationId;

use crate::support::people::{ANA, BEN, FRONT_DESK, MAYA, number};
use crate::support::{Fate, World};

/// A signed-in user with an open card.
fn begin() -> (World, usize, ConversationId, CardKey) {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.server.receive(number(ANA), number(FRONT_DESK), "Is the slip free?");
    world.settle();
    let id = world.texts(FRONT_DESK, &[ANA]);
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    world.wait(5_000);
    (world, at, id, CardKey::Conversation(id))
}

fn is(world: &mut World, at: usize, health: Health) {
    world.handle(at, Event::Db(Db::Health(health)));
}

fn write(world: &mut World, at: usize, card: CardKey, text: &str) {
    world.ui(at, Ui::Composer(card, ComposerAction::Draft(text.to_owned())));
    world.ui(at, Ui::Composer(card, ComposerAction::Submit));
}

fn kept(world: &World, at: usize) -> Vec<String> {
    world.devices[at].outbox().into_iter().map(|row| row.body).collect()
}

#[test]
fn while_another_tab_blocks_the_database_messages_leave_and_it_is_said_until_the_tab_has_gone() {
    let (mut world, at, id, card) = begin();
    is(&mut world, at, Health::Blocked);
    assert_eq!(world.phone(at).connection_view().storage, Health::Blocked);
    write(&mut world, at, card, "It leaves at once");
    without_database(&mut world, at);
    assert_eq!(world.server.texts(id).last(), Some(&"It leaves at once"));
    world.network(at, false);
    write(&mut world, at, card, "Kept afterwards");
    assert!(world.phone(at).connection_view().unstored);
    is(&mut world, at, Health::Works);
    world.settle();
    assert_eq!(world.phone(at).connection_view().storage, Health::Works);
    assert_eq!(kept(&world, at), ["Kept afterwards"]);
    assert!(!world.phone(at).connection_view().unstored);
}

/// Everything goes on but the database.
fn without_database(world: &mut World, at: usize) {
    while world.carry(at, 0, Fate::Answered) || world.deliver_answer(at, 0) || world.follow(at, 10) {}
}

/// Another tab blocks the database; somebody signs in and opens a card.
fn begin_blocked(world: &mut World, at: usize) -> (ConversationId, CardKey) {
    is(world, at, Health::Blocked);
    without_database(world, at);
    let (login, password) = ([MAYA, "@harbor"].concat(), ["tide-", MAYA].concat());
    world.ui(at, Ui::Session(SessionAction::SignIn { login, password, device: String::new() }));
    without_database(world, at);
    world.server.receive(number(ANA), number(FRONT_DESK), "Is the slip free?");
    without_database(world, at);
    let id = world.texts(FRONT_DESK, &[ANA]);
    world.ui(at, Ui::Conversations(ConversationsAction::Open(id)));
    (id, CardKey::Conversation(id))
}

#[test]
fn who_signs_in_while_another_tab_blocks_the_database_can_send_too() {
    let mut world = World::new();
    let at = world.browser();
    let (id, card) = begin_blocked(&mut world, at);
    write(&mut world, at, card, "It leaves at once");
    without_database(&mut world, at);
    assert_eq!(world.server.texts(id).last(), Some(&"It leaves at once"));

    world.network(at, false);
    write(&mut world, at, card, "Kept afterwards");
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("Half a tho".to_owned())));
    is(&mut world, at, Health::Works);
    world.settle();
    assert_eq!(kept(&world, at), ["Kept afterwards"]);
    assert_eq!(world.devices[at].drafts(), ["Half a tho"]);
    assert!(world.notices(at).is_empty(), "{:?}", world.notices(at));
}

#[test]
fn cards_that_were_opened_before_the_database_ever_answered_are_there_after_a_reload() {
    let mut world = World::new();
    let at = world.browser();
    world.crash(at);
    let (_, card) = begin_blocked(&mut world, at);
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("Half a tho".to_owned())));
    is(&mut world, at, Health::Works);
    world.settle();
    world.crash(at);
    world.settle();
    assert_eq!(world.titles(at).len(), 1);
    assert_eq!(world.phone(at).composer_view(card).draft, "Half a tho");
}

#[test]
fn a_database_of_a_newer_release_is_left_alone_and_messages_leave() {
    let (mut world, at, id, card) = begin();
    let before = world.devices[at].disk.borrow().clone();
    is(&mut world, at, Health::Newer);
    write(&mut world, at, card, "It leaves all the same");
    // What the database refuses from now on is no sign that it works.
    world.handle(at, Event::Db(Db::Failed(Token::Cache, Reason::Shut)));
    world.handle(at, Event::Db(Db::NotRead(Range::all(Store::Messages))));
    world.wait(20_000);
    assert_eq!(world.server.texts(id).last(), Some(&"It leaves all the same"));
    assert_eq!(world.phone(at).connection_view().storage, Health::Newer);
    assert_eq!(*world.devices[at].disk.borrow(), before);
}

#[test]
fn what_the_user_owns_is_kept_again_when_the_browser_has_cleared_the_database() {
    let (mut world, at, _, card) = begin();
    world.server.receive(number(BEN), number(FRONT_DESK), "Another one");
    world.wait(5_000);
    world.network(at, false);
    write(&mut world, at, card, "Waits");
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("Half a tho".to_owned())));
    world.settle();
    *world.devices[at].disk.borrow_mut() = Memory::default();
    is(&mut world, at, Health::Reopened);
    world.settle();
    assert_eq!(kept(&world, at), ["Waits"]);
    assert_eq!(world.devices[at].drafts(), ["Half a tho"]);
    assert!(world.devices[at].disk.borrow().get(Store::Account, USER).is_some());
    world.network(at, true);
    world.wait(20_000);
    // The history is not there any more: the next start asks the server for it.
    world.crash(at);
    world.settle();
    world.wait(20_000);
    assert_eq!(world.column(at).len(), 2);
    assert_eq!(world.log_of(at, world.texts(FRONT_DESK, &[BEN])).len(), 0, "its card is closed");
}

#[test]
fn a_database_that_was_set_aside_is_said() {
    let (mut world, at, ..) = begin();
    is(&mut world, at, Health::SetAside);
    assert!(world.notices(at).iter().any(|notice| notice.contains("was damaged, and a new one was started")));
}

#[test]
fn a_batch_that_was_lost_is_not_called_a_full_device_and_nothing_of_it_is_missing_later() {
    let (mut world, at, ..) = begin();
    world.server.receive(number(BEN), number(FRONT_DESK), "Was in the lost batch");
    while world.follow(at, 10) {}
    let is_batch = |command: &DbCommand| matches!(command, DbCommand::Write { token: Some(Token::Cache), .. });
    while !world.devices[at].commands.iter().any(is_batch) {
        while world.commit(at) {}
        assert!(world.hurry(at));
    }
    world.devices[at].commands.retain(|command| !is_batch(command));
    world.handle(at, Event::Db(Db::Failed(Token::Cache, Reason::Shut)));
    assert!(world.notices(at).is_empty(), "{:?}", world.notices(at));
    world.wait(60_000);
    world.crash(at);
    world.settle();
    assert_eq!(world.column(at).len(), 2);
}

#[test]
fn a_file_that_a_shut_database_has_is_not_called_gone() {
    let (mut world, at, id, card) = begin();
    let photo = [&[0xFF, 0xD8, 0xFF, 0xE0][..], &[7; 40], &[0xFF, 0xD9]].concat();
    world.attach(at, card, &[("boat.jpg", &photo)]);
    world.settle();
    world.network(at, false);
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    is(&mut world, at, Health::Newer);
    world.network(at, true);
    for _ in 0..20 {
        without_database(&mut world, at);
        let reads = world.devices[at].commands.drain(..).filter_map(|command| match command {
            DbCommand::Read { range, .. } => Some(range),
            _ => None,
        });
        for range in reads.collect::<Vec<_>>() {
            world.handle(at, Event::Db(Db::NotRead(range)));
        }
    }
    let log = world.log_of(at, id);
    assert!(log.iter().any(|line| line.contains("Reload to send it")), "{log:?}");
}

#[test]
fn two_tabs_that_sign_out_at_once_seal_once() {
    let (mut world, at, _, card) = begin();
    let other = world.tab(at);
    world.settle();
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("Half a tho".to_owned())));
    while world.commit(at) {}
    // Neither has heard of the other.
    world.ui(at, Ui::Session(SessionAction::SignOut));
    world.ui(other, Ui::Session(SessionAction::SignOut));
    world.settle();
    let Some(Db::Loaded { rows, sealed }) = world.devices[at].disk.borrow_mut().run(DbCommand::Load) else {
        panic!("it is loaded");
    };
    assert_eq!((rows.len(), sealed.len()), (0, 1));
    world.sign_in(at, MAYA);
    world.wait(5_000);
    assert_eq!(world.devices[at].drafts(), ["Half a tho"]);
}
