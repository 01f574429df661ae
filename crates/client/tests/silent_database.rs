//! A device's database that hangs: what is written leaves all the same, and is kept once it answers.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::{CardKey, Ui};
use halyard_protocol::ConversationId;

use crate::support::people::{ANA, FRONT_DESK, MAYA, number};
use crate::support::{Fate, World};

/// A card with a text that has come.
fn open_card(world: &mut World, at: usize) -> (ConversationId, CardKey) {
    world.server.receive(number(ANA), number(FRONT_DESK), "Is the slip free?");
    world.settle();
    let id = world.texts(FRONT_DESK, &[ANA]);
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    (id, CardKey::Conversation(id))
}

/// Everything goes on but the database, for so many milliseconds.
fn without_database(world: &mut World, at: usize, milliseconds: i64) {
    let until = world.now.plus(milliseconds);
    loop {
        while world.carry(at, 0, Fate::Answered) || world.deliver_answer(at, 0) || world.follow(at, 10) {}
        if world.now >= until || !world.hurry(at) {
            return;
        }
    }
}

fn type_and_send(world: &mut World, at: usize, card: CardKey, text: &str) {
    world.ui(at, Ui::Composer(card, ComposerAction::Draft(text.to_owned())));
    world.ui(at, Ui::Composer(card, ComposerAction::Submit));
}

#[test]
fn a_message_leaves_although_the_database_never_answers_and_the_user_is_told() {
    let mut world = World::new();
    world.hangs = true;
    let at = world.signed_in(MAYA);
    let (id, card) = open_card(&mut world, at);
    type_and_send(&mut world, at, card, "Yes, until noon");
    without_database(&mut world, at, 30_000);
    assert!(world.server.texts(id).contains(&"Yes, until noon"));
    let told = world.notices(at).into_iter().filter(|notice| notice.contains("storage is not answering")).count();
    assert!(told <= 1, "once");
}

#[test]
fn what_a_database_could_not_keep_is_kept_when_it_answers() {
    let mut world = World::new();
    world.hangs = true;
    let at = world.signed_in(MAYA);
    let (_, card) = open_card(&mut world, at);
    world.network(at, false);
    type_and_send(&mut world, at, card, "Kept late");
    without_database(&mut world, at, 20_000);
    assert!(world.devices[at].outbox().is_empty(), "it hangs");
    world.settle();
    let kept: Vec<String> = world.devices[at].outbox().into_iter().map(|row| row.body).collect();
    assert_eq!(kept, ["Kept late"]);
    world.crash(at);
    world.settle();
    world.network(at, true);
    world.wait(60_000);
    assert!(world.devices[at].outbox().is_empty(), "it has left");
}

#[test]
fn the_app_starts_although_the_database_never_answers() {
    let mut world = World::new();
    world.hangs = true;
    let at = world.signed_in(MAYA);
    open_card(&mut world, at);
    world.crash(at);
    without_database(&mut world, at, 30_000);
    assert!(world.is_signed_in(at));
    let id = world.texts(FRONT_DESK, &[ANA]);
    world.ui(at, Ui::Conversations(ConversationsAction::Open(id)));
    type_and_send(&mut world, at, CardKey::Conversation(id), "Still here");
    without_database(&mut world, at, 30_000);
    assert!(world.server.texts(id).contains(&"Still here"));
}
