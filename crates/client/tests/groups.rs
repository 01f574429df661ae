//! Group chats: beginning several of the same people, adding and removing people, leaving.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::notices::NoticesAction;
use halyard_client::recipients::RecipientsAction;
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, Ui};
use halyard_protocol::{ConversationId, Peer};

use crate::support::World;
use crate::support::people::{ANA, BEN, DEVON, FRONT_DESK, MAYA, PRIYA, number};

/// Begins a group with the card of "New Conversation", up to "Done".
fn begin(world: &mut World, at: usize, people: &[&str], title: &str) -> CardKey {
    world.act(at, Ui::NewConversation);
    let card = world.front(at);
    for extension in people {
        let peer = world.colleague(extension);
        world.act(at, Ui::Recipients(card, RecipientsAction::Add(peer)));
    }
    world.act(at, Ui::Recipients(card, RecipientsAction::Title(title.to_owned())));
    world.act(at, Ui::Recipients(card, RecipientsAction::Finish));
    world.front(at)
}

fn id(card: CardKey) -> ConversationId {
    card.conversation().expect("a conversation")
}

fn people(world: &World, at: usize, card: CardKey) -> Vec<Peer> {
    world.phone(at).header_view(card).expect("a header").people.expect("a group on the server")
}

/// "People in this group" for a colleague.
fn add(world: &mut World, at: usize, card: CardKey, extension: &str) {
    let user = world.server.user(extension);
    world.act(at, Ui::Conversations(ConversationsAction::AddPerson(id(card), user)));
}

#[test]
fn a_group_begun_offline_has_its_final_id_and_its_name() {
    let mut world = World::new();
    let (at, other) = (world.signed_in(MAYA), world.signed_in(DEVON));
    // Until the device has stored whose it is.
    world.wait(2_000);
    world.network(at, false);
    let card = begin(&mut world, at, &[DEVON, PRIYA], " Dock crew ");
    assert_eq!(world.titles(at), ["Dock crew"]);
    world.send(at, card, "Hello all");
    world.send(at, card, "Who is in?");
    let shown = ["Hello all", "Who is in?"];
    assert_eq!(world.lines(at, card), shown);
    // The app dies before the cards are stored, then after.
    for _ in 0..2 {
        world.crash(at);
        world.settle();
        assert_eq!(world.column(at), ["Dock crew: You: Who is in?"]);
        world.act(at, Ui::Conversations(ConversationsAction::Open(id(card))));
        assert_eq!(world.lines(at, card), shown);
        world.wait(2_000);
    }
    assert_eq!(world.titles(at), ["Dock crew"]);
    world.network(at, true);
    world.wait(60_000);
    assert_eq!(world.server.texts(id(card)), ["Hello all", "Who is in?"]);
    assert_eq!(world.column(at), ["Dock crew: You: Who is in?"]);
    assert_eq!(world.column(other), ["Dock crew: Maya: Who is in? (2)"]);
    world.act(other, Ui::Conversations(ConversationsAction::Open(id(card))));
    world.send(other, card, "I am");
    assert_eq!(world.log_of(at, id(card)), ["Hello all", "Who is in? [Read by 1 of 2]", "I am"]);
}

#[test]
fn a_draft_in_a_group_that_was_not_sent_survives() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let card = begin(&mut world, at, &[DEVON, PRIYA], "Dock crew");
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("Half a tho".to_owned())));
    world.wait(2_000);
    world.reload(at);
    assert_eq!(world.titles(at), ["Dock crew"]);
    assert_eq!(world.phone(at).composer_view(card).draft, "Half a tho");
    world.send(at, card, "Half a thought");
    assert_eq!(world.server.texts(id(card)), ["Half a thought"]);
    assert_eq!(world.column(at), ["Dock crew: You: Half a thought"]);
}

#[test]
fn the_same_people_have_as_many_groups_as_names() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let crew = begin(&mut world, at, &[DEVON, PRIYA], "Dock crew");
    world.send(at, crew, "One");
    world.wait(1_000);
    let plain = begin(&mut world, at, &[DEVON, PRIYA], "");
    world.send(at, plain, "Two");
    world.wait(1_000);
    let regatta = begin(&mut world, at, &[PRIYA, DEVON], "Regatta");
    world.send(at, regatta, "Three");
    assert_eq!(world.column(at), ["Regatta: You: Three", "Devon Kerr, Priya Nair: You: Two", "Dock crew: You: One"]);
    // The same once more opens what there is.
    assert_eq!(begin(&mut world, at, &[DEVON, PRIYA], ""), plain);
    assert_eq!(begin(&mut world, at, &[PRIYA, DEVON], "Dock crew"), crew);
    // A name that is too long is refused, and stays.
    world.act(at, Ui::NewConversation);
    let card = begin(&mut world, at, &[DEVON, PRIYA], &"x".repeat(201));
    assert_eq!(card, world.front(at));
    let view = world.phone(at).recipients_view(card).expect("still being begun");
    assert_eq!(view.error.expect("a reason"), "A group's name has 200 characters at most.");
    assert_eq!(view.group_title.map(|title| title.len()), Some(201));
}

#[test]
fn people_come_and_go() {
    let mut world = World::new();
    let (maya, devon, priya) = (world.signed_in(MAYA), world.signed_in(DEVON), world.signed_in(PRIYA));
    let card = begin(&mut world, maya, &[DEVON, PRIYA], "Crew");
    world.send(maya, card, "Before");
    for at in [devon, priya] {
        world.act(at, Ui::Conversations(ConversationsAction::Open(id(card))));
    }
    let priya_id = world.server.user(PRIYA);
    world.act(devon, Ui::Conversations(ConversationsAction::RemovePerson(id(card), priya_id)));
    assert_eq!(world.phone(devon).question_view().expect("a question").title, "Remove Priya Nair from Crew?");
    world.act(devon, Ui::Notices(NoticesAction::Answer(true)));
    assert_eq!(world.lines(maya, card), ["Before", "Devon Kerr removed Priya Nair"]);
    assert_eq!(world.column(priya), [""; 0]);
    assert_eq!(world.titles(priya), [""; 0], "it is closed");
    assert_eq!(people(&world, maya, card), [world.colleague(DEVON)]);
    assert_eq!(world.devices[devon].announced.last().map(String::as_str), Some("Priya Nair removed"));
    let header = world.phone(maya).header_view(card).expect("a header");
    assert_eq!((header.subtitle.english(), header.contact_action), ("Devon \u{b7} group chat".to_owned(), None));
    let offered: Vec<String> =
        world.phone(maya).who_can_join(&people(&world, maya, card), "pri").into_iter().map(|one| one.name).collect();
    assert_eq!(offered, ["Priya Nair"]);
    assert!(world.phone(maya).who_can_join(&people(&world, maya, card), "dev").is_empty(), "who is in already");
    // What is typed and Enter.
    let joins = |typed: &str| world.phone(maya).who_joins(&[world.colleague(DEVON)], typed);
    for typed in ["1003", "priya", "Priya Nair "] {
        assert_eq!(joins(typed), Ok(priya_id), "{typed}");
    }
    assert_eq!(joins(" "), Err(None));
    assert_eq!(
        joins("nobody at all").unwrap_err().expect("a reason"),
        "No match for “nobody at all”. Type a name, an extension or a number."
    );
    assert_eq!(
        joins("6195550177").unwrap_err().expect("a reason"),
        "Extensions and outside numbers can't be in one group. Remove one or the other."
    );

    world.send(maya, card, "Without her");
    add(&mut world, maya, card, PRIYA);
    assert_eq!(world.devices[maya].announced.last().map(String::as_str), Some("Priya Nair added"));
    assert_eq!(world.column(priya), ["Crew: Maya Delgado added Priya Nair"]);
    world.act(priya, Ui::Conversations(ConversationsAction::Open(id(card))));
    world.send(priya, card, "Back");
    assert_eq!(world.lines(priya, card), ["Maya Delgado added Priya Nair", "Back"]);
    assert_eq!(world.lines(devon, card).last().map(String::as_str), Some("Back"));

    // Leaving asks first.
    world.act(devon, Ui::Conversations(ConversationsAction::Leave(id(card))));
    assert_eq!(world.phone(devon).question_view().expect("a question").title, "Leave Crew?");
    world.act(devon, Ui::Notices(NoticesAction::Answer(true)));
    assert_eq!((world.column(devon), world.titles(devon)), (vec![], vec![]));
    assert_eq!(world.devices[devon].announced.last().map(String::as_str), Some("Priya Nair removed"), "nothing since");
    assert_eq!(world.lines(maya, card).last().map(String::as_str), Some("Left: Devon Kerr"));
    assert_eq!(people(&world, maya, card), [world.colleague(PRIYA)]);
    // With whom one shares no group any more, one begins one anew.
    assert_ne!(begin(&mut world, maya, &[DEVON, PRIYA], "Crew"), card);
}

#[test]
fn what_is_typed_in_a_group_that_one_is_no_longer_in_stays() {
    let mut world = World::new();
    let (maya, devon) = (world.signed_in(MAYA), world.signed_in(DEVON));
    let card = begin(&mut world, maya, &[DEVON, PRIYA], "Crew");
    world.send(maya, card, "Hello");
    world.act(devon, Ui::Conversations(ConversationsAction::Open(id(card))));
    world.ui(devon, Ui::Composer(card, ComposerAction::Draft("I think".to_owned())));
    world.network(devon, false);
    world.send(devon, card, "Written offline");
    world.ui(devon, Ui::Composer(card, ComposerAction::Draft("I think".to_owned())));
    let devon_id = world.server.user(DEVON);
    world.act(maya, Ui::Conversations(ConversationsAction::RemovePerson(id(card), devon_id)));
    world.act(maya, Ui::Notices(NoticesAction::Answer(true)));
    world.network(devon, true);
    world.wait(60_000);
    assert_eq!(world.titles(devon), ["Crew"], "something is typed in it");
    assert_eq!(world.phone(devon).composer_view(card).draft, "I think");
    assert_eq!(world.log_of(devon, id(card)), ["Written offline [Not sent. You are not in this group, or no longer.]"]);
}

/// A message that waits when its author is removed is refused, and still to be seen, with its reason.
#[test]
fn what_waits_in_a_group_that_one_is_no_longer_in_is_not_hidden() {
    let mut world = World::new();
    let (maya, devon) = (world.signed_in(MAYA), world.signed_in(DEVON));
    let card = begin(&mut world, maya, &[DEVON, PRIYA], "Crew");
    world.send(maya, card, "Hello");
    world.act(devon, Ui::Conversations(ConversationsAction::Open(id(card))));
    world.network(devon, false);
    world.send(devon, card, "Written offline");
    let [maya_id, devon_id] = [MAYA, DEVON].map(|extension| world.server.user(extension));
    assert!(world.server.remove_person(maya_id, id(card), devon_id));
    world.network(devon, true);
    world.wait(60_000);
    assert_eq!(world.titles(devon), ["Crew"]);
    assert_eq!(world.log_of(devon, id(card)), ["Written offline [Not sent. You are not in this group, or no longer.]"]);
    world.reload(devon);
    assert_eq!(world.column(devon), ["Crew: You: Written offline"]);
}

#[test]
fn a_deletion_that_is_undone_closes_no_card() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let card = begin(&mut world, at, &[DEVON, PRIYA], "Crew");
    world.send(at, card, "Hello");
    world.act(at, Ui::Conversations(ConversationsAction::Delete(id(card))));
    world.ui(at, Ui::Notices(NoticesAction::Answer(true)));
    world.undo(at);
    world.settle();
    assert_eq!((world.titles(at), world.lines(at, card)), (vec!["Crew".to_owned()], vec!["Hello".to_owned()]));
    // Whoever is removed and comes back while they are away keeps their card.
    let devon = world.signed_in(DEVON);
    world.act(devon, Ui::Conversations(ConversationsAction::Open(id(card))));
    world.network(devon, false);
    let [maya_id, devon_id] = [MAYA, DEVON].map(|extension| world.server.user(extension));
    assert!(world.server.remove_person(maya_id, id(card), devon_id));
    assert!(world.server.add_people(maya_id, id(card), &[devon_id]));
    world.network(devon, true);
    world.wait(60_000);
    assert_eq!(world.titles(devon), ["Crew"]);
}

#[test]
fn the_draft_of_a_group_without_a_message_is_found_again() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let card = begin(&mut world, at, &[DEVON, PRIYA], "Crew");
    assert_eq!(world.phone(at).header_view(card).expect("a header").people, None, "the server knows of no group yet");
    world.act(at, Ui::Conversations(ConversationsAction::SetTitle(id(card), "Night crew".to_owned())));
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("Half a tho".to_owned())));
    world.wait(2_000);
    world.act(at, Ui::Window(WindowAction::Close(card)));
    world.wait(2_000);
    assert_eq!(begin(&mut world, at, &[PRIYA, DEVON], "Night crew"), card);
    world.act(at, Ui::Window(WindowAction::Close(card)));
    world.wait(2_000);
    world.reload(at);
    assert_eq!(begin(&mut world, at, &[PRIYA, DEVON], "Night crew"), card);
    assert_eq!(world.phone(at).composer_view(card).draft, "Half a tho");
    world.send(at, card, "Half a thought");
    assert_eq!(world.column(at), ["Night crew: You: Half a thought"]);
}

/// Who came later has read nothing of what was written before.
#[test]
fn newcomers_do_not_count_among_those_who_could_read_it() {
    let mut world = World::new();
    let (maya, devon) = (world.signed_in(MAYA), world.signed_in(DEVON));
    let card = begin(&mut world, maya, &[DEVON], "");
    world.send(maya, card, "Hello");
    let group = begin(&mut world, maya, &[DEVON, PRIYA], "Crew");
    let priya_id = world.server.user(PRIYA);
    world.send(maya, group, "To all");
    world.act(maya, Ui::Conversations(ConversationsAction::RemovePerson(id(group), priya_id)));
    world.act(maya, Ui::Notices(NoticesAction::Answer(true)));
    world.send(maya, group, "To Devon");
    add(&mut world, maya, group, PRIYA);
    world.act(devon, Ui::Conversations(ConversationsAction::Open(id(group))));
    assert_eq!(world.log_of(maya, id(group)).last().map(String::as_str), Some("To Devon [Read]"));
    world.send(maya, group, "To both");
    assert_eq!(world.log_of(maya, id(group)).last().map(String::as_str), Some("To both [Read by 1 of 2]"));
}

/// Also one that stands further down than what was loaded.
#[test]
fn a_group_of_long_ago_is_not_begun_a_second_time() {
    let mut world = World::new();
    world.server.page = 1;
    let devon = world.signed_in(DEVON);
    let crew = begin(&mut world, devon, &[MAYA, PRIYA], "Crew");
    for (group, text) in [("Crew", "long ago"), ("Regatta", "later")] {
        let card = begin(&mut world, devon, &[MAYA, PRIYA], group);
        world.send(devon, card, text);
        world.wait(1_000);
    }
    for from in [ANA, BEN] {
        world.server.receive(number(from), number(FRONT_DESK), "today");
        world.wait(1_000);
    }
    let maya = world.signed_in(MAYA);
    assert_eq!(world.column(maya), ["Ben Hale: today (1)"]);
    // Without a connection nobody knows better.
    world.network(maya, false);
    let offline = begin(&mut world, maya, &[DEVON, PRIYA], "Crew");
    assert_ne!(offline, crew);
    world.network(maya, true);
    world.wait(60_000);
    world.act(maya, Ui::Window(WindowAction::Close(offline)));
    world.wait(2_000);
    world.reload(maya);
    assert_eq!(begin(&mut world, maya, &[PRIYA, DEVON], "Crew"), crew);
    assert_eq!(world.lines(maya, crew), ["New", "long ago"]);
}
