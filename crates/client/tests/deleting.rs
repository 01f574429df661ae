//! Deleting contacts and conversations when the network or the server doesn't play along.

use halyard_client::contacts::ContactsAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::notices::NoticesAction;
use halyard_client::outbox::OutboxAction;
use halyard_client::view::StateIcon;
use halyard_client::{CardKey, Ui};
use halyard_protocol::event::Favourite;
use halyard_protocol::{ContactId, ConversationId, Peer};

use crate::support::people::{ANA, FRONT_DESK, MAYA, contact_id, number};
use crate::support::{Fate, World};

/// Ana, whom everybody of Harbor sees.
fn ana() -> ContactId {
    contact_id(1)
}

fn shows(world: &World, at: usize) -> bool {
    world.phone(at).contact_row_view(Favourite::Contact(ana())).is_some()
}

/// Asks the server once more, with everything that follows.
fn next_request(world: &mut World, at: usize, fate: Fate) {
    assert!(world.carry(at, 0, fate), "a request");
    assert!(world.deliver_answer(at, 0), "its answer");
}

#[test]
fn a_contact_whose_deletion_was_taken_but_not_answered_stays_deleted() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    assert!(shows(&world, at));
    world.ui(at, Ui::Contacts(ContactsAction::Delete(ana())));
    next_request(&mut world, at, Fate::AnswerLost);
    world.wait(60_000);
    assert!(!shows(&world, at));
    assert!(world.notices(at).iter().all(|notice| !notice.contains("reached")), "{:?}", world.notices(at));
}

#[test]
fn a_contact_whose_deletion_never_arrived_is_deleted_when_the_network_is_back() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.network(at, false);
    world.act(at, Ui::Contacts(ContactsAction::Delete(ana())));
    assert!(!shows(&world, at));
    world.network(at, true);
    world.wait(120_000);
    assert!(!world.server.contacts.contains_key(&ana()));
}

#[test]
fn an_undone_deletion_that_never_arrived_leaves_the_contact_where_it_was() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.network(at, false);
    world.act(at, Ui::Contacts(ContactsAction::Delete(ana())));
    world.undo(at);
    world.network(at, true);
    world.wait(120_000);
    assert!(shows(&world, at) && world.server.contacts.contains_key(&ana()));
}

/// A text that was written without a network.
fn waiting(world: &mut World, at: usize) -> ConversationId {
    let id = world.texts(FRONT_DESK, &[ANA]);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: None }));
    world.network(at, false);
    world.send(at, CardKey::Conversation(id), "Never mind");
    world.settle();
    id
}

#[test]
fn deleting_a_conversation_takes_its_waiting_messages_along() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let id = waiting(&mut world, at);
    world.ui(at, Ui::Conversations(ConversationsAction::Delete(id)));
    world.act(at, Ui::Notices(NoticesAction::Answer(true)));
    assert!(world.devices[at].outbox().is_empty(), "nothing waits on the device");
    let before = world.server.texts(id).len();
    world.network(at, true);
    world.wait(120_000);
    assert_eq!(world.server.texts(id).len(), before, "nothing was sent");
}

#[test]
fn a_waiting_message_can_be_taken_back_into_the_text_box_or_deleted() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let id = waiting(&mut world, at);
    let waits = world.messages(at, id).pop().expect("the message");
    let state = waits.state.as_ref().expect("its state");
    assert_eq!(state.icon, StateIcon::Waiting);
    assert!(state.can_cancel && !state.parked);
    world.act(at, Ui::Outbox(OutboxAction::Edit(waits.id)));
    assert_eq!(world.phone(at).composer_view(CardKey::Conversation(id)).draft, "Never mind");
    world.network(at, true);
    world.wait(120_000);
    assert!(world.devices[at].outbox().is_empty());
    assert!(!world.server.texts(id).contains(&"Never mind"));
}
