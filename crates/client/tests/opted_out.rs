//! People who want no texts from a number: what is written to them waits until they do.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::outbox::OutboxAction;
use halyard_client::recipients::RecipientsAction;
use halyard_client::view::{Again, ComposerView};
use halyard_client::{CardKey, Ui};
use halyard_protocol::{ConversationId, Peer};

use crate::support::World;
use crate::support::people::{ANA, BEN, FRONT_DESK, MAYA, SALES, STRANGER, number};

const ANA_WANTS_NONE: &str =
    "Ana Cruz asked for no texts from (619) 555\u{2011}0100. You can write again when they text START.";

/// Maya writes to Ana, who has written to her.
fn begin() -> (World, usize, ConversationId, CardKey) {
    let mut world = World::new();
    world.server.receive(number(ANA), number(FRONT_DESK), "Hello");
    let at = world.signed_in(MAYA);
    let id = world.texts(FRONT_DESK, &[ANA]);
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    (world, at, id, CardKey::Conversation(id))
}

fn opt(world: &mut World, who: &str, out: bool) {
    world.server.opt(number(FRONT_DESK), number(who), out);
    world.settle();
}

fn composer(world: &World, at: usize, card: CardKey) -> ComposerView {
    world.phone(at).composer_view(card)
}

fn blocked(world: &World, at: usize, card: CardKey) -> String {
    composer(world, at, card).blocked.unwrap_or_default().english()
}

/// A new conversation with these people.
fn with(world: &mut World, at: usize, people: &[&str]) -> CardKey {
    world.act(at, Ui::NewConversation);
    let card = world.front(at);
    for who in people {
        world.act(at, Ui::Recipients(card, RecipientsAction::Add(Peer::Number(number(who)))));
    }
    card
}

#[test]
fn the_text_box_is_closed_with_the_reason_and_opens_by_itself_with_what_was_typed() {
    let (mut world, at, id, card) = begin();
    world.act(at, Ui::Composer(card, ComposerAction::Draft("Half a tho".to_owned())));
    opt(&mut world, ANA, true);
    let view = composer(&world, at, card);
    assert!(view.closed && view.using.is_none() && view.counter.is_none());
    assert_eq!(blocked(&world, at, card), ANA_WANTS_NONE);
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(world.server.texts(id), ["Hello"]);
    assert_eq!(composer(&world, at, card).draft, "Half a tho");

    world.reload(at);
    assert!(composer(&world, at, card).closed, "the device knows it, too");
    opt(&mut world, ANA, false);
    let view = composer(&world, at, card);
    assert_eq!((view.closed, view.blocked, view.draft.as_str()), (false, None, "Half a tho"));
    world.send(at, card, "Half a thought");
    assert_eq!(world.server.texts(id), ["Hello", "Half a thought"]);
}

#[test]
fn from_another_number_they_can_be_written_to() {
    let (mut world, at, _, _) = begin();
    opt(&mut world, ANA, true);
    world.act(
        at,
        Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: Some(number(SALES)) }),
    );
    let card = world.front(at);
    assert_eq!((composer(&world, at, card).closed, blocked(&world, at, card)), (false, String::new()));
}

#[test]
fn in_a_group_those_who_opted_out_are_named() {
    let (mut world, at, _, _) = begin();
    let card = with(&mut world, at, &[ANA, BEN, STRANGER]);
    world.send(at, card, "To all");
    let group = CardKey::Conversation(world.texts(FRONT_DESK, &[ANA, BEN, STRANGER]));
    opt(&mut world, ANA, true);
    opt(&mut world, BEN, true);
    assert!(composer(&world, at, group).closed);
    assert_eq!(
        blocked(&world, at, group),
        "Ana Cruz, Ben Hale asked for no texts from (619) 555\u{2011}0100. You can write to this group again when they text START."
    );
    opt(&mut world, ANA, false);
    opt(&mut world, BEN, false);
    assert!(!composer(&world, at, group).closed);
}

#[test]
fn a_new_conversation_says_so_before_enter_where_it_is_known() {
    let (mut world, at, id, _) = begin();
    let card = with(&mut world, at, &[ANA]);
    assert_eq!(blocked(&world, at, card), "");
    opt(&mut world, ANA, true);
    assert_eq!(blocked(&world, at, card), ANA_WANTS_NONE);
    world.act(at, Ui::Recipients(card, RecipientsAction::Add(Peer::Number(number(STRANGER)))));
    assert!(blocked(&world, at, card).starts_with("Ana Cruz asked for no texts"), "also in a group that is new");
    world.send(at, card, "To both");
    let group = CardKey::Conversation(world.texts(FRONT_DESK, &[ANA, STRANGER]));
    assert_eq!(world.front(at), group);
    let view = composer(&world, at, group);
    assert_eq!((view.closed, view.draft.as_str()), (true, "To both"));
    opt(&mut world, ANA, false);
    assert!(!composer(&world, at, group).closed, "although the server knows nothing of the group");
    assert_eq!(world.server.texts(id), ["Hello"]);
}

#[test]
fn where_it_is_not_known_the_server_refuses_and_trying_again_is_not_offered() {
    let (mut world, at, _, _) = begin();
    world.server.opt(number(FRONT_DESK), number(STRANGER), true);
    let card = with(&mut world, at, &[STRANGER]);
    world.send(at, card, "Are you there?");
    let id = world.texts(FRONT_DESK, &[STRANGER]);
    let why = "This person asked for no texts from this number. They can text START to get them again.";
    assert_eq!(world.log_of(at, id), [format!("Are you there? [Not sent. {why}]")]);
    let row = world.messages(at, id).remove(0);
    let state = row.state.clone().expect("a state");
    assert!(state.parked && state.again == Again::No);
    world.act(at, Ui::Outbox(OutboxAction::Edit(row.id)));
    assert_eq!(composer(&world, at, CardKey::Conversation(id)).draft, "Are you there?");
}
