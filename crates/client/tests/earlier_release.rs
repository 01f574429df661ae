//! A database as an earlier release wrote it: everything that its user owned is there, and what waited is sent.
//!
//! The rows in `fixtures/` are never written anew: a release that writes otherwise adds a file of its own.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::storage::memory::Memory;
use halyard_client::storage::{DbCommand, Row, Store, Write};
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, Ui};
use halyard_protocol::ConversationId;
use proptest::prelude::*;

use crate::support::device::Health;
use crate::support::people::{ANA, BEN, DEVON, FRONT_DESK, MAYA, number};
use crate::support::{Fate, World, cases};

/// What a release with version 3 of the database wrote: one row a line, `store key text`, the text as JSON.
const RELEASE: &str = include_str!("fixtures/database-3.txt");

/// What was done with that release.
fn history(world: &mut World) -> (usize, ConversationId, ConversationId) {
    let at = world.signed_in(MAYA);
    world.server.receive(number(ANA), number(FRONT_DESK), "Is the slip free?");
    world.server.receive(number(BEN), number(FRONT_DESK), "High water at noon");
    world.settle();
    let [ana, ben] = [ANA, BEN].map(|other| world.texts(FRONT_DESK, &[other]));
    for id in [ana, ben] {
        world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    }
    world.send(at, CardKey::Conversation(ana), "Yes, until noon");
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: world.colleague(DEVON), from: None }));
    world.act(at, Ui::Window(WindowAction::SetPinned(CardKey::Conversation(ana), true)));
    world.act(at, Ui::Window(WindowAction::Minimise(CardKey::Conversation(ben))));
    world.wait(10_000);
    world.network(at, false);
    let photo = photo();
    world.attach(at, CardKey::Conversation(ana), &[("boat.jpg", &photo)]);
    world.settle();
    world.send(at, CardKey::Conversation(ana), "With a picture");
    world.attach(at, CardKey::Conversation(ana), &[("later.jpg", &photo)]);
    world.act(
        at,
        Ui::Composer(CardKey::Conversation(ana), ComposerAction::Draft("Half a \u{201c}tho\u{201d}".to_owned())),
    );
    world.wait(10_000);
    (at, ana, ben)
}

fn photo() -> Vec<u8> {
    [&[0xFF, 0xD8, 0xFF, 0xE0][..], &[7; 60], &[0xFF, 0xD9]].concat()
}

fn rows() -> Vec<Row> {
    let row = |line: &str| {
        let [store, key, text] = line.splitn(3, ' ').collect::<Vec<_>>().try_into().expect("store, key and text");
        let store = Store::ALL.into_iter().find(|known| known.name() == store).expect("a store that still is");
        Row { store, key: key.to_owned(), text: serde_json::from_str(text).expect("a text as JSON") }
    };
    RELEASE.lines().map(row).collect()
}

/// A device with that database, that starts without a network.
fn begin() -> (World, usize, ConversationId, ConversationId) {
    let mut world = World::new();
    let (at, ana, ben) = history(&mut world);
    let mut disk = Memory::default();
    let writes = rows().into_iter().map(Write::Put).collect();
    disk.run(DbCommand::Write { owner: None, writes, token: None });
    *world.devices[at].disk.borrow_mut() = disk;
    world.crash(at);
    (world, at, ana, ben)
}

/// All that the user owns in it.
fn check_owned(world: &mut World, at: usize, ana: ConversationId, ben: ConversationId) {
    let card = CardKey::Conversation(ana);
    let log = world.log_of(at, ana);
    for (line, text) in log.iter().zip(TEXTS) {
        assert!(line.contains(text), "{log:?}");
    }
    assert_eq!(log.len(), TEXTS.len(), "{log:?}");
    let composer = world.phone(at).composer_view(card);
    assert_eq!(composer.draft, "Half a \u{201c}tho\u{201d}");
    assert_eq!(composer.files.len(), 1);
    assert_eq!(world.column(at).len(), 2);
    let cards = world.phone(at).cards_view();
    assert!(cards.iter().any(|open| open.key == card && open.pinned));
    assert!(cards.iter().any(|open| open.key == CardKey::Conversation(ben) && open.minimised));
    let chat = world.chat_of(&[MAYA, DEVON]);
    assert!(cards.iter().any(|open| open.key == CardKey::Conversation(chat)));
}

const TEXTS: [&str; 3] = ["Is the slip free?", "Yes, until noon", "With a picture"];

#[test]
fn a_database_of_an_earlier_release_opens_without_a_loss() {
    let (mut world, at, ana, ben) = begin();
    world.settle();
    assert!(world.is_signed_in(at), "without a network");
    check_owned(&mut world, at, ana, ben);
    world.network(at, true);
    world.wait(60_000);
    assert_eq!(world.server.texts(ana), TEXTS);
    assert!(world.devices[at].outbox().is_empty());
}

#[test]
fn a_late_database_and_a_lost_page_of_history_lose_nothing() {
    let (mut world, at, ana, ben) = begin();
    world.watched = false;
    // The database answers after its deadline.
    world.hurry(at);
    world.network(at, true);
    world.carry(at, 0, Fate::Answered);
    world.commit(at);
    world.deliver_answer(at, 0);
    for _ in 0..2 {
        world.commit(at);
        world.follow(at, 3);
        world.commit(at);
    }
    world.follow(at, 3);
    world.carry(at, 0, Fate::Answered);
    world.carry(at, 0, Fate::Lost);
    world.wait(60_000);
    check_owned(&mut world, at, ana, ben);
    assert_eq!(world.server.texts(ana), TEXTS);
}

/// What may happen to that device.
#[derive(Clone, Copy, Debug)]
enum Step {
    Commit,
    Carry(Fate),
    DeliverAnswer,
    Follow,
    Timer,
    Network(bool),
    Crash,
    Hang(bool),
    Clock(i8),
    Travel(u8),
    Full(bool),
}

fn step() -> impl Strategy<Value = Step> {
    let fate = prop_oneof![6 => Just(Fate::Answered), 1 => Just(Fate::Lost), 2 => Just(Fate::AnswerLost)];
    prop_oneof![
        10 => Just(Step::Commit),
        8 => fate.prop_map(Step::Carry),
        8 => Just(Step::DeliverAnswer),
        8 => Just(Step::Follow),
        4 => Just(Step::Timer),
        3 => any::<bool>().prop_map(Step::Network),
        2 => Just(Step::Crash),
        1 => any::<bool>().prop_map(Step::Hang),
        1 => any::<i8>().prop_map(Step::Clock),
        1 => any::<u8>().prop_map(Step::Travel),
        1 => any::<bool>().prop_map(Step::Full),
    ]
}

proptest! {
    #![proptest_config(cases(200))]

    /// Whatever happens while it is read: all of it is there in the end, and what waited was sent once.
    #[test]
    fn nothing_of_an_earlier_release_is_lost(steps in prop::collection::vec(step(), 1..60)) {
        let (mut world, at, ana, ben) = begin();
        world.watched = false;
        for step in steps {
            match step {
                Step::Commit => drop(world.commit(at)),
                Step::Carry(fate) => drop(world.carry(at, 0, fate)),
                Step::DeliverAnswer => drop(world.deliver_answer(at, 0)),
                Step::Follow => drop(world.follow(at, 3)),
                Step::Timer => drop(world.hurry(at)),
                Step::Network(on) => world.network(at, on),
                Step::Crash => world.crash(at),
                Step::Hang(hangs) => world.hangs = hangs,
                Step::Clock(by) => world.set_clock(i64::from(by) * 1_300_000),
                Step::Travel(to) => world.travel(to),
                Step::Full(full) => world.devices[at].health = if full { Health::Full } else { Health::Works },
            }
        }
        world.devices[at].health = Health::Works;
        world.network(at, true);
        world.wait(300_000);
        check_owned(&mut world, at, ana, ben);
        prop_assert_eq!(world.server.texts(ana), TEXTS);
        prop_assert!(world.devices[at].outbox().is_empty());
    }
}
