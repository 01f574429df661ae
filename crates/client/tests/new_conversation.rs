//! "New Conversation": whom one can add, and what one is told.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::recipients::RecipientsAction;
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, Ui};
use halyard_protocol::{ContactScope, ConversationKind, Peer};

use crate::support::World;
use crate::support::people::{
    ANA, BEN, DEVON, FRONT_DESK, MAYA, PRIYA, REPAIRS, SALES, STRANGER, contact, contact_id, number,
};

fn begin(extension: &str) -> (World, usize, CardKey) {
    let mut world = World::new();
    let at = world.signed_in(extension);
    world.act(at, Ui::NewConversation);
    let card = world.front(at);
    (world, at, card)
}

fn type_in(world: &mut World, at: usize, card: CardKey, text: &str) {
    world.ui(at, Ui::Recipients(card, RecipientsAction::Query(text.to_owned())));
    world.act(at, Ui::Recipients(card, RecipientsAction::AddTyped));
}

fn bubbles(world: &World, at: usize, card: CardKey) -> Vec<String> {
    let people = world.phone(at).recipients_view(card).expect("people");
    people.bubbles.into_iter().map(|bubble| bubble.name.english()).collect()
}

fn error(world: &World, at: usize, card: CardKey) -> String {
    world.phone(at).recipients_view(card).and_then(|people| people.error).unwrap_or_default().english()
}

#[test]
fn names_extensions_and_numbers_become_bubbles() {
    let (mut world, at, card) = begin(MAYA);
    type_in(&mut world, at, card, "ana");
    type_in(&mut world, at, card, "(619) 555-0177");
    assert_eq!(bubbles(&world, at, card), ["Ana Cruz", "(619) 555\u{2011}0177"]);
    world.act(at, Ui::Recipients(card, RecipientsAction::Remove(Peer::Number(number(STRANGER)))));
    assert_eq!(bubbles(&world, at, card), ["Ana Cruz"]);

    let (mut world, at, card) = begin(MAYA);
    type_in(&mut world, at, card, "1002");
    type_in(&mut world, at, card, "Priya");
    assert_eq!(bubbles(&world, at, card), ["Devon Kerr", "Priya Nair"]);
    world.act(at, Ui::Recipients(card, RecipientsAction::Finish));
    let front = world.front(at);
    assert_eq!(world.phone(at).header_view(front).and_then(|header| header.kind), Some(ConversationKind::GroupChat));
}

#[test]
fn an_extension_behind_a_number_is_kept_out_with_a_word() {
    let (mut world, at, card) = begin(MAYA);
    type_in(&mut world, at, card, "619 555 0177 local 204");
    assert_eq!(bubbles(&world, at, card), ["(619) 555\u{2011}0177"]);
    assert_eq!(world.notices(at), ["Texts go to (619) 555\u{2011}0177, without the extension 204."]);
}

#[test]
fn what_looks_like_a_number_and_is_none_is_refused_with_the_reason() {
    let (mut world, at, card) = begin(MAYA);
    for (typed, reason) in [("911", "Emergency services"), ("619-555-O177", "“O” is a letter")] {
        type_in(&mut world, at, card, typed);
        assert_eq!(bubbles(&world, at, card), [""; 0], "{typed}");
        assert!(error(&world, at, card).starts_with(reason), "{typed}: {}", error(&world, at, card));
        assert_eq!(world.phone(at).recipients_view(card).expect("people").query, typed);
    }
    type_in(&mut world, at, card, "1-619-KJL-0177");
    assert_eq!(bubbles(&world, at, card), ["(619) 555\u{2011}0177"]);
}

#[test]
fn a_group_mms_takes_saved_and_raw_numbers() {
    let (mut world, at, card) = begin(MAYA);
    for text in ["Ana Cruz", "+1 619 555 0177", "619.555.0143"] {
        type_in(&mut world, at, card, text);
    }
    world.send(at, card, "The fuel dock is closed today.");
    let id = world.texts(FRONT_DESK, &[ANA, STRANGER, BEN]);
    assert_eq!(world.server.texts(id), ["The fuel dock is closed today."]);
    assert_eq!(world.messages(at, id)[0].state.as_ref().map(|state| state.recipients.len()), Some(3));
}

#[test]
fn a_pasted_list_is_taken_apart_and_what_cannot_be_taken_stays() {
    let (mut world, at, card) = begin(MAYA);
    world.act(
        at,
        Ui::Recipients(
            card,
            RecipientsAction::Query("619-555-0142; nobody at all\n6195550143, 619 555 0177".to_owned()),
        ),
    );
    assert_eq!(bubbles(&world, at, card), ["Ana Cruz", "Ben Hale"]);
    let people = world.phone(at).recipients_view(card).expect("people");
    assert_eq!(people.query, "nobody at all,  619 555 0177");
    assert!(error(&world, at, card).contains("nobody at all"));
}

#[test]
fn a_pasted_column_is_taken_apart_line_by_line_names_too() {
    let (mut world, at, card) = begin(MAYA);
    let column = "619-555-0142\nBen Hale\n\nNobody At All\n";
    world.act(at, Ui::Recipients(card, RecipientsAction::Query(column.to_owned())));
    assert_eq!(bubbles(&world, at, card), ["Ana Cruz", "Ben Hale"]);
    assert_eq!(world.phone(at).recipients_view(card).expect("people").query, "Nobody At All");
}

#[test]
fn extensions_and_numbers_cannot_mix_and_the_text_stays() {
    let (mut world, at, card) = begin(MAYA);
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("Dinner?".to_owned())));
    type_in(&mut world, at, card, "1002");
    type_in(&mut world, at, card, "6195550177");
    assert_eq!(
        error(&world, at, card),
        "Extensions and outside numbers can't be in one group. Remove one or the other."
    );
    let people = world.phone(at).recipients_view(card).expect("people");
    assert_eq!((people.bubbles.len(), people.query.as_str()), (1, "6195550177"));
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(world.front(at), card, "it does not become a conversation");
    assert_eq!(world.phone(at).composer_view(card).draft, "Dinner?");
}

#[test]
fn the_number_of_people_is_the_own_numbers() {
    let (mut world, at, card) = begin(MAYA);
    world.act(at, Ui::Composer(card, ComposerAction::SendUsing(number(SALES))));
    for text in ["6195550142", "6195550143", "6195550177"] {
        type_in(&mut world, at, card, text);
    }
    let blocked = |world: &World| world.phone(at).composer_view(card).blocked.unwrap_or_default().english();
    assert_eq!((bubbles(&world, at, card).len(), error(&world, at, card).as_str()), (3, ""));
    assert_eq!(blocked(&world), "A group text from this number goes to 2 numbers at most.");
    world.act(at, Ui::Composer(card, ComposerAction::SendUsing(number(FRONT_DESK))));
    assert_eq!(blocked(&world), "");
    let using = world.phone(at).composer_view(card).using.expect("own numbers");
    assert_eq!(using.options[1].label, "Sales \u{b7} groups of 2 at most");
    world.act(at, Ui::Composer(card, ComposerAction::SendUsing(number(REPAIRS))));
    assert_eq!(blocked(&world), "This number can't send to groups. Choose another number or one recipient.");
}

#[test]
fn without_an_sms_number_one_is_told_whom_to_ask_and_can_still_chat() {
    let (mut world, at, card) = begin(PRIYA);
    type_in(&mut world, at, card, "6195550177");
    assert_eq!(bubbles(&world, at, card).len(), 1);
    let blocked = world.phone(at).composer_view(card).blocked.expect("a reason");
    assert!(blocked.english().contains("ask your administrator"), "{blocked:?}");
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("Hello".to_owned())));
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(world.phone(at).composer_view(card).draft, "Hello");
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: world.colleague(DEVON), from: None }));
    let chat = world.front(at);
    world.send(at, chat, "Can you text them?");
    assert_eq!(world.server.texts(world.chat_of(&[PRIYA, DEVON])), ["Can you text them?"]);
}

#[test]
fn nobody_writes_to_themselves_or_to_their_own_number() {
    let (mut world, at, card) = begin(MAYA);
    type_in(&mut world, at, card, "1001");
    assert_eq!(error(&world, at, card), "You can't write to yourself.");
    type_in(&mut world, at, card, FRONT_DESK);
    assert_eq!(error(&world, at, card), "A text can't go to the number that it is sent from.");
}

#[test]
fn one_that_was_closed_in_the_middle_goes_on_with_its_people_and_its_text() {
    let (mut world, at, card) = begin(MAYA);
    type_in(&mut world, at, card, "ana");
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("Half a tho".to_owned())));
    world.act(at, Ui::Window(WindowAction::Close(card)));
    assert!(world.titles(at).is_empty());
    world.act(at, Ui::NewConversation);
    let again = world.front(at);
    assert_eq!(bubbles(&world, at, again), ["Ana Cruz"]);
    assert_eq!(world.phone(at).composer_view(again).draft, "Half a tho");

    world.reload(at);
    assert_eq!(world.front(at), again, "the card is there after a reload");
    assert_eq!(bubbles(&world, at, again), ["Ana Cruz"]);
    assert_eq!(world.phone(at).composer_view(again).draft, "Half a tho");
}

/// Types into "Add Contact" and presses Enter.
fn enter(world: &mut World, at: usize, card: CardKey, typed: &str) {
    world.ui(at, Ui::Recipients(card, RecipientsAction::Query(typed.to_owned())));
    world.act(at, Ui::Recipients(card, RecipientsAction::AddTyped));
}

#[test]
fn enter_takes_the_person_with_exactly_that_name_and_nobody_by_chance() {
    let mut world = World::new();
    let maya = world.server.user(MAYA);
    for (id, given, family, mobile) in [
        (50, "Brent", "Stef", "+16195550101"),
        (51, "Stef", "", "+16195550102"),
        (52, "Stefanie", "Roth", "+16195550103"),
    ] {
        world.server.save_contact(maya, contact_id(id), contact(given, family, mobile, ContactScope::Personal));
    }
    let at = world.signed_in(MAYA);
    world.act(at, Ui::NewConversation);
    let card = world.front(at);
    enter(&mut world, at, card, "stef");
    let bubbles = |world: &World| -> Vec<String> {
        let view = world.phone(at).recipients_view(card).expect("a new conversation");
        view.bubbles.into_iter().map(|bubble| bubble.name.english()).collect()
    };
    assert_eq!(bubbles(&world), ["Stef"]);
    enter(&mut world, at, card, "ste");
    assert_eq!(bubbles(&world), ["Stef"], "two people are like it");
    let view = world.phone(at).recipients_view(card).expect("a new conversation");
    assert_eq!(view.query, "ste");
    assert_eq!(view.error.unwrap(), ("Several people match \u{201c}ste\u{201d}. Choose one of them."));
    enter(&mut world, at, card, "stefanie");
    assert_eq!(bubbles(&world), ["Stef", "Stefanie Roth"], "nobody else is like it");
}

#[test]
fn whom_one_writes_to_is_offered_first_also_before_anything_is_typed() {
    let (mut world, at, card) = begin(MAYA);
    let names = |world: &World, card| -> Vec<String> {
        let view = world.phone(at).recipients_view(card).expect("people");
        view.suggestions.into_iter().map(|suggestion| suggestion.name).collect()
    };
    assert_eq!(names(&world, card), [""; 0], "nobody was written to yet");
    type_in(&mut world, at, card, "6195550143");
    world.act(at, Ui::Recipients(card, RecipientsAction::Finish));
    world.send(at, world.front(at), "To Ben");
    world.act(at, Ui::NewConversation);
    let card = world.front(at);
    assert_eq!(names(&world, card), ["Ben Hale"]);
    let first = |world: &mut World, typed: &str| {
        world.ui(at, Ui::Recipients(card, RecipientsAction::Query(typed.to_owned())));
        names(world, card).first().cloned()
    };
    assert_eq!(first(&mut world, "619555").as_deref(), Some("Ben Hale"));
}

#[test]
fn who_cannot_join_is_offered_with_the_reason_and_an_error_is_not_covered_by_the_list() {
    let (mut world, at, card) = begin(MAYA);
    type_in(&mut world, at, card, "1002");
    world.ui(at, Ui::Recipients(card, RecipientsAction::Query("ana".to_owned())));
    let people = world.phone(at).recipients_view(card).expect("people");
    let why_not = people.suggestions[0].why_not.as_ref().expect("a reason");
    assert_eq!(*why_not, "Extensions and outside numbers can't be in one group. Remove one or the other.");
    world.ui(at, Ui::Recipients(card, RecipientsAction::Add(people.suggestions[0].peer)));
    let people = world.phone(at).recipients_view(card).expect("people");
    assert!(people.error.is_some() && people.suggestions.is_empty());
}

#[test]
fn a_text_knows_the_clocks_of_who_it_goes_to() {
    let (mut world, at, card) = begin(MAYA);
    let zones = |world: &World| world.phone(at).composer_view(card).zones;
    assert!(zones(&world).is_empty());
    type_in(&mut world, at, card, "(619) 555-0177");
    type_in(&mut world, at, card, "(415) 555-0177");
    type_in(&mut world, at, card, "(212) 555-0177");
    assert_eq!(zones(&world), ["America/Los_Angeles", "America/New_York"]);
    let nights: Vec<i64> = (0..24).filter(|hour| halyard_client::view::is_night(*hour)).collect();
    assert_eq!(nights, [0, 1, 2, 3, 4, 5, 6, 7, 21, 22, 23]);

    let (mut world, at, card) = begin(MAYA);
    type_in(&mut world, at, card, "1002");
    assert!(world.phone(at).composer_view(card).zones.is_empty(), "a colleague has a status for that");
}
