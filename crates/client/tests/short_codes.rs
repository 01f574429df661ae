//! Short codes and alphanumeric sender IDs: businesses that text under no phone number.

use halyard_client::composer::ComposerAction;
use halyard_client::contacts::ContactsAction;
use halyard_client::contacts::export::{ExportFormat, ExportedContacts};
use halyard_client::conversations::ConversationsAction;
use halyard_client::recipients::RecipientsAction;
use halyard_client::{CardKey, Ui};
use halyard_protocol::{Peer, PhoneNumber, SenderId};

use crate::support::World;
use crate::support::people::{ANA, FRONT_DESK, MAYA, REPAIRS, number};

fn code() -> PhoneNumber {
    PhoneNumber::short_code("24273").expect("a short code")
}

fn blocked(world: &World, at: usize, card: CardKey) -> String {
    world.phone(at).composer_view(card).blocked.unwrap_or_default().english()
}

fn type_in(world: &mut World, at: usize, card: CardKey, text: &str) {
    world.ui(at, Ui::Recipients(card, RecipientsAction::Query(text.to_owned())));
    world.act(at, Ui::Recipients(card, RecipientsAction::AddTyped));
}

#[test]
fn a_short_code_is_read_answered_and_saved() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let id = world.server.receive(code(), number(FRONT_DESK), "Your code is 4711").conversation;
    world.settle();
    assert_eq!(world.column(at), ["24273: Your code is 4711 (1)"]);
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    let card = CardKey::Conversation(id);
    assert_eq!((world.titles(at), blocked(&world, at, card).as_str()), (vec!["24273".to_owned()], ""));
    world.send(at, card, "STOP");
    assert_eq!(world.server.texts(id), ["Your code is 4711", "STOP"]);

    world.act(at, Ui::Conversations(ConversationsAction::ViewContact(id)));
    assert_eq!(world.phone(at).form_view().expect("a form").numbers[0].text, "24273");
    let draft = world.phone(at).form_view().expect("a form").draft;
    let draft = halyard_protocol::ContactDraft { company: "Harbor Bank".into(), ..draft };
    let draft = halyard_client::contacts::ContactField::Draft(Box::new(draft));
    world.ui(at, Ui::Contacts(ContactsAction::Field(draft)));
    world.act(at, Ui::Contacts(ContactsAction::Save));
    assert_eq!(world.titles(at), ["Harbor Bank"]);
    let which = ExportedContacts::Filter(halyard_client::contacts::ContactsFilter::All);
    let file = world.phone(at).exported_view(which, ExportFormat::VCard4, &[]).expect("a file");
    assert!(file.content.contains(":24273\r\n"), "{}", file.content);
}

#[test]
fn a_short_code_is_typed_and_texted_alone() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::NewConversation);
    let card = world.front(at);
    type_in(&mut world, at, card, "24273");
    assert_eq!(blocked(&world, at, card), "");
    type_in(&mut world, at, card, "Ana");
    assert_eq!(blocked(&world, at, card), "A short code can't be in a group. Text it alone.");
    world.act(at, Ui::Recipients(card, RecipientsAction::Remove(Peer::Number(number(ANA)))));
    world.act(at, Ui::Composer(card, ComposerAction::SendUsing(number(REPAIRS))));
    assert_eq!(blocked(&world, at, card), "This number can't text short codes. Choose another one.");
}

#[test]
fn a_sender_that_is_a_word_is_read_and_takes_no_answer() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let sender = SenderId::read("ACME Bank").expect("a sender");
    let id = world.server.receive_from_sender(sender, number(FRONT_DESK), "Your parcel is here").conversation;
    world.settle();
    assert_eq!(world.column(at), ["ACME Bank: Your parcel is here (1)"]);
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    let card = CardKey::Conversation(id);
    let header = world.phone(at).header_view(card).expect("a header");
    assert_eq!(
        (header.title.english(), header.subtitle.english(), header.contact_action),
        ("ACME Bank".to_owned(), "SMS \u{b7} Front desk".to_owned(), None)
    );
    let view = world.phone(at).composer_view(card);
    assert!(view.closed && view.counter.is_none());
    assert_eq!(blocked(&world, at, card), "This sender can't be answered.");
    world.act(at, Ui::Composer(card, ComposerAction::Draft("Thank you".to_owned())));
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(world.server.texts(id), ["Your parcel is here"]);

    world.reload(at);
    assert_eq!(world.column(at), ["ACME Bank: Your parcel is here"], "the device keeps it");
}
