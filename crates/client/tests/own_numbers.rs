//! "Send SMS using": which own number texts go from.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::{CardKey, Ui};
use halyard_protocol::{Change, Peer};

use crate::support::World;
use crate::support::people::{ANA, BEN, FRONT_DESK, MAYA, SALES, number};

fn ana() -> Peer {
    Peer::Number(number(ANA))
}

fn chosen(world: &World, at: usize) -> String {
    world.phone(at).composer_view(world.front(at)).using.expect("own numbers").chosen.english()
}

#[test]
fn the_number_last_used_with_these_people_is_remembered() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: ana(), from: None }));
    assert_eq!(chosen(&world, at), "(619) 555\u{2011}0100", "the first one, to begin with");
    world.act(at, Ui::Composer(world.front(at), ComposerAction::SendUsing(number(SALES))));
    world.send(at, world.front(at), "from sales");
    world.wait(1_000);
    world.reload(at);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: ana(), from: None }));
    assert_eq!(chosen(&world, at), "(619) 555\u{2011}0101");
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(BEN)), from: None }));
    assert_eq!(chosen(&world, at), "(619) 555\u{2011}0100", "it is another one's with others");
    let marked: Vec<bool> = world.phone(at).own_numbers_view(ana()).iter().map(|own| own.chosen).collect();
    assert_eq!(marked, [false, true, false]);
}

#[test]
fn it_is_remembered_before_the_server_knows() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: ana(), from: None }));
    world.send(at, world.front(at), "from the front desk");
    world.network(at, false);
    world.wait(1_000);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: ana(), from: Some(number(SALES)) }));
    world.send(at, world.front(at), "from sales");
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: ana(), from: None }));
    assert_eq!(chosen(&world, at), "(619) 555\u{2011}0101");
}

#[test]
fn switching_it_takes_what_is_typed_along() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: ana(), from: None }));
    let (desk, sales) = (world.texts(FRONT_DESK, &[ANA]), world.texts(SALES, &[ANA]));
    world.act(at, Ui::Composer(CardKey::Conversation(desk), ComposerAction::Draft("Half a tho".to_owned())));
    world.act(at, Ui::Composer(CardKey::Conversation(desk), ComposerAction::SendUsing(number(SALES))));
    assert_eq!(world.front(at), CardKey::Conversation(sales), "the card is the other conversation's now");
    assert_eq!(world.titles(at).len(), 1);
    assert_eq!(world.phone(at).composer_view(CardKey::Conversation(sales)).draft, "Half a tho");
    let drafts = world.devices[at].drafts();
    assert_eq!(drafts, ["Half a tho"]);
}

#[test]
fn a_number_that_is_taken_away_blocks_the_composer_and_keeps_the_text() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: ana(), from: None }));
    let card = world.front(at);
    world.act(at, Ui::Composer(card, ComposerAction::Draft("Half a tho".to_owned())));
    let maya = world.server.user(MAYA);
    let account = world.server.accounts.get_mut(&maya).expect("Maya");
    account.numbers.remove(0);
    let numbers = account.numbers.clone();
    world.server.log(maya, Change::NumbersChanged { numbers });
    world.settle();
    let blocked = world.phone(at).composer_view(card).blocked.expect("a reason");
    assert!(blocked.english().contains("not one of your numbers"), "{blocked:?}");
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(world.phone(at).composer_view(card).draft, "Half a tho");
    world.act(at, Ui::Composer(card, ComposerAction::SendUsing(number(SALES))));
    world.act(at, Ui::Composer(world.front(at), ComposerAction::Submit));
    assert_eq!(world.server.texts(world.texts(SALES, &[ANA])), ["Half a tho"]);
}

#[test]
fn several_are_told_apart_on_rows_and_headers_and_the_column_shows_one_of_them() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.server.receive(number(ANA), number(FRONT_DESK), "to the desk");
    world.now = world.now.plus(1_000);
    world.server.now = world.now;
    world.server.receive(number(ANA), number(SALES), "to sales");
    world.settle();
    let (desk, sales) = (world.texts(FRONT_DESK, &[ANA]), world.texts(SALES, &[ANA]));
    let env = world.env();
    let tag = |id| world.phone(at).row_view(id, &env).and_then(|row| row.tag).map(|tag| tag.english());
    assert_eq!((tag(desk).as_deref(), tag(sales).as_deref()), (Some("Front desk"), Some("Sales")));
    world.ui(at, Ui::Conversations(ConversationsAction::FilterNumber(Some(number(SALES)))));
    assert_eq!(world.devices[at].phone.column_ids().as_ref(), [sales]);
    let maya = world.server.user(MAYA);
    let account = world.server.accounts.get_mut(&maya).expect("Maya");
    account.numbers.retain(|own| own.number == number(FRONT_DESK));
    let numbers = account.numbers.clone();
    world.server.log(maya, Change::NumbersChanged { numbers });
    world.settle();
    assert_eq!(world.devices[at].phone.column_ids().len(), 2, "a number that is gone narrows nothing");
}

#[test]
fn who_switches_in_the_middle_hears_where_the_earlier_messages_are() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: ana(), from: None }));
    world.send(at, world.front(at), "from the desk");
    world.act(at, Ui::Composer(world.front(at), ComposerAction::SendUsing(number(SALES))));
    let notice = "You're now writing from Sales. Messages from Front desk stay in their own conversation.";
    assert_eq!(world.notices(at), [notice]);
    let (desk, sales) = (world.texts(FRONT_DESK, &[ANA]), world.texts(SALES, &[ANA]));
    assert_eq!(world.front(at), CardKey::Conversation(sales));
    world.act(at, Ui::Composer(world.front(at), ComposerAction::Draft("Half a tho".to_owned())));
    world.accept(at, "Open");
    assert_eq!(world.front(at), CardKey::Conversation(desk), "the earlier messages are in front");
    assert_eq!(world.titles(at).len(), 2, "the conversation that one was in stays open");
    assert_eq!(world.phone(at).composer_view(CardKey::Conversation(sales)).draft, "Half a tho");
    assert_eq!(world.notices(at), Vec::<String>::new());
}

#[test]
fn cards_of_one_name_are_told_apart() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let apart = |world: &World| -> Vec<Option<String>> {
        let phone = world.phone(at);
        let header = |card: &halyard_client::view::CardView| phone.header_view(card.key).expect("a header");
        phone.cards_view().iter().map(header).map(|header| header.apart.map(|apart| apart.english())).collect()
    };
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: ana(), from: Some(number(SALES)) }));
    let first = world.front(at);
    assert_eq!(apart(&world), [None], "alone its name is enough");
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: ana(), from: Some(number(FRONT_DESK)) }));
    let both: Vec<String> = apart(&world).into_iter().flatten().collect();
    assert_eq!(both.len(), 2);
    assert_ne!(both[0], both[1]);
    assert!(both.iter().all(|words| words.contains("(619)")), "{both:?}");
    world.act(at, Ui::Window(halyard_client::windows::WindowAction::Close(first)));
    assert_eq!(apart(&world), [None]);
}
