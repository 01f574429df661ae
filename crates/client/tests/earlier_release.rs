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

use crate::support::World;
use crate::support::people::{ANA, BEN, DEVON, FRONT_DESK, MAYA, number};

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

#[test]
fn a_database_of_an_earlier_release_opens_without_a_loss() {
    let mut world = World::new();
    let (at, ana, ben) = history(&mut world);
    let mut disk = Memory::default();
    let writes = rows().into_iter().map(Write::Put).collect();
    disk.run(DbCommand::Write { owner: None, writes, token: None });
    *world.devices[at].disk.borrow_mut() = disk;
    world.crash(at);
    world.settle();

    let card = CardKey::Conversation(ana);
    assert!(world.is_signed_in(at), "without a network");
    let log = world.log_of(at, ana);
    for (line, text) in log.iter().zip(["Is the slip free?", "Yes, until noon", "With a picture"]) {
        assert!(line.contains(text), "{log:?}");
    }
    assert_eq!(log.len(), 3);
    let composer = world.phone(at).composer_view(card);
    assert_eq!(composer.draft, "Half a \u{201c}tho\u{201d}");
    assert_eq!(composer.files.len(), 1);
    assert_eq!(world.column(at).len(), 2);
    let cards = world.phone(at).cards_view();
    assert!(cards.iter().any(|open| open.key == card && open.pinned));
    assert!(cards.iter().any(|open| open.key == CardKey::Conversation(ben)));
    let chat = world.chat_of(&[MAYA, DEVON]);
    assert!(cards.iter().any(|open| open.key == CardKey::Conversation(chat)));

    world.network(at, true);
    world.wait(60_000);
    assert_eq!(world.server.texts(ana), ["Is the slip free?", "Yes, until noon", "With a picture"]);
    assert!(world.devices[at].outbox().is_empty());
}
