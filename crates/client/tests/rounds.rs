//! The same text to several people, to each alone.

use std::cell::Cell;

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::outbox::OutboxAction;
use halyard_client::recipients::RecipientsAction;
use halyard_client::view::RoundView;
use halyard_client::{CardKey, HttpResponse, Ui};
use halyard_protocol::{CauseCode, ConversationId, ErrorCode, Peer};
use proptest::prelude::*;

use crate::support::people::{ANA, BEN, FRONT_DESK, MAYA, REPAIRS, SALES, STRANGER, number};
use crate::support::server::{problem, refusal};
use crate::support::{Fate, World, cases};

/// Some number that nobody has saved.
fn somebody(n: usize) -> String {
    format!("+1619555{:04}", 2_000 + n)
}

/// A new conversation of Maya's with these people, to each alone.
fn begin(people: &[&str]) -> (World, usize, CardKey) {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::NewConversation);
    let card = world.front(at);
    for who in people {
        world.act(at, Ui::Recipients(card, RecipientsAction::Add(Peer::Number(number(who)))));
    }
    world.act(at, Ui::Recipients(card, RecipientsAction::Alone(true)));
    (world, at, card)
}

/// The same with so many people.
fn begin_with(people: usize) -> (World, usize, CardKey) {
    let all: Vec<String> = (0..people).map(somebody).collect();
    begin(&all.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Types and presses Enter; nothing more happens.
fn enter(world: &mut World, at: usize, card: CardKey, text: &str) {
    world.ui(at, Ui::Composer(card, ComposerAction::Draft(text.to_owned())));
    world.ui(at, Ui::Composer(card, ComposerAction::Submit));
}

fn with(world: &World, who: &str) -> ConversationId {
    world.texts(FRONT_DESK, &[who])
}

/// How many of so many people got a text, and that nobody got it twice.
fn got(world: &World, people: usize, text: &str) -> usize {
    let texts = |n| world.server.texts(with(world, &somebody(n))).into_iter().filter(|sent| *sent == text).count();
    (0..people).map(texts).inspect(|times| assert!(*times < 2, "twice")).sum()
}

fn round(world: &World, at: usize) -> Option<RoundView> {
    world.phone(at).connection_view().round
}

fn progress(world: &World, at: usize) -> Option<(u32, u32)> {
    round(world, at).map(|round| (round.sent, round.all))
}

fn stop(world: &mut World, at: usize) {
    let id = round(world, at).expect("a round").id;
    world.act(at, Ui::Outbox(OutboxAction::Stop(id)));
}

fn bubbles(world: &World, at: usize, card: CardKey) -> Vec<String> {
    let people = world.phone(at).recipients_view(card).expect("people");
    people.bubbles.into_iter().map(|bubble| bubble.name.english()).collect()
}

#[test]
fn each_gets_the_text_in_a_conversation_of_their_own() {
    let (mut world, at, card) = begin(&[ANA, BEN, STRANGER]);
    world.send(at, card, "The dock is closed today.");
    for who in [ANA, BEN, STRANGER] {
        assert_eq!(world.server.texts(with(&world, who)), ["The dock is closed today."]);
    }
    assert!(world.server.texts(world.texts(FRONT_DESK, &[ANA, BEN, STRANGER])).is_empty(), "no group");
    assert_eq!(progress(&world, at), None);
    assert_eq!(world.notices(at), ["All 3 texts are sent."]);
    assert!(world.titles(at).is_empty(), "the card is done");
    assert!(world.devices[at].drafts().is_empty() && world.devices[at].outbox().is_empty());
    assert_eq!(world.column(at).len(), 3);
}

#[test]
fn what_a_group_means_and_how_many_it_takes_is_said_before_enter() {
    let (mut world, at, card) = begin(&[ANA, BEN, STRANGER]);
    let choice = |world: &World| {
        let (alone, hint) = world.phone(at).recipients_view(card).expect("people").choice.expect("a choice");
        (alone, hint.english())
    };
    let alone = "Each gets the text in a conversation of their own. Nobody sees the others.";
    let group = "Everyone sees everyone and all answers. 8 people at most from this number.";
    let no_group = "From this number they can't be one group, but each can be texted alone.";
    assert_eq!(choice(&world), (true, alone.to_owned()));
    world.act(at, Ui::Recipients(card, RecipientsAction::Alone(false)));
    assert_eq!(choice(&world), (false, group.to_owned()));
    for own in [SALES, REPAIRS] {
        world.act(at, Ui::Composer(card, ComposerAction::SendUsing(number(own))));
        assert_eq!(choice(&world), (false, no_group.to_owned()));
        assert!(world.phone(at).composer_view(card).blocked.is_some());
    }
    world.act(at, Ui::Recipients(card, RecipientsAction::Alone(true)));
    let composer = world.phone(at).composer_view(card);
    assert_eq!((composer.blocked, composer.counter.expect("a counter").text.english().as_str()), (None, "0 / 160"));
    world.send(at, card, "To each");
    assert_eq!(world.server.texts(world.texts(REPAIRS, &[BEN])), ["To each"], "also without group MMS");

    world.act(at, Ui::NewConversation);
    let card = world.front(at);
    for peer in [world.colleague("1002"), world.colleague("1003")] {
        world.act(at, Ui::Recipients(card, RecipientsAction::Add(peer)));
    }
    assert!(world.phone(at).recipients_view(card).expect("people").choice.is_none(), "colleagues chat");
}

#[test]
fn what_is_still_in_the_field_is_taken_and_done_leads_to_the_text() {
    let (mut world, at, card) = begin(&[ANA, BEN]);
    world.ui(at, Ui::Recipients(card, RecipientsAction::Query("6195550177".to_owned())));
    world.act(at, Ui::Recipients(card, RecipientsAction::Finish));
    assert_eq!((bubbles(&world, at, card).len(), world.front(at)), (3, card));
    world.ui(at, Ui::Recipients(card, RecipientsAction::Query("nobody at all".to_owned())));
    world.send(at, card, "Hello");
    assert_eq!(world.server.texts(with(&world, ANA)), [""; 0], "somebody is still to be found");
    world.ui(at, Ui::Recipients(card, RecipientsAction::Query(String::new())));
    world.send(at, card, " ");
    assert_eq!(world.phone(at).composer_view(card).problem.unwrap(), "Type a message first.");
    world.send(at, card, "Hello");
    assert_eq!(world.server.texts(with(&world, STRANGER)), ["Hello"]);

    // Of two, one is left: that is no round.
    let (mut world, at, card) = begin(&[ANA, BEN]);
    world.act(at, Ui::Recipients(card, RecipientsAction::Remove(Peer::Number(number(BEN)))));
    world.send(at, card, "Hello");
    assert_eq!(world.front(at), CardKey::Conversation(with(&world, ANA)));
}

#[test]
fn who_wants_no_texts_is_skipped_and_named() {
    let (mut world, at, card) = begin(&[ANA, BEN, STRANGER]);
    world.server.receive(number(ANA), number(FRONT_DESK), "STOP");
    world.server.opt(number(FRONT_DESK), number(ANA), true);
    world.settle();
    let skipped = "Ana Cruz asked for no texts from (619) 555\u{2011}0100, and will not get this one.";
    let composer = world.phone(at).composer_view(card);
    assert_eq!((composer.blocked, composer.note.unwrap().english().as_str()), (None, skipped));
    world.send(at, card, "To both");
    assert_eq!(world.notices(at), [skipped, "All 2 texts are sent."]);
    assert_eq!(world.server.texts(with(&world, ANA)), ["STOP"]);
    assert_eq!(world.server.texts(with(&world, BEN)), ["To both"]);

    let (mut world, at, card) = begin(&[ANA, BEN]);
    for who in [ANA, BEN] {
        world.server.receive(number(who), number(FRONT_DESK), "STOP");
        world.server.opt(number(FRONT_DESK), number(who), true);
    }
    world.settle();
    world.send(at, card, "To nobody");
    let composer = world.phone(at).composer_view(card);
    assert!(composer.problem.unwrap().english().starts_with("Ana Cruz, Ben Hale asked for no texts"));
    assert_eq!(composer.draft, "To nobody");
}

#[test]
fn files_do_not_go_to_each_alone() {
    let (mut world, at, card) = begin(&[ANA, BEN]);
    world.act(at, Ui::Recipients(card, RecipientsAction::Alone(false)));
    world.attach(at, card, &[("card.vcf", b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:A\r\nEND:VCARD\r\n")]);
    world.settle();
    world.act(at, Ui::Recipients(card, RecipientsAction::Alone(true)));
    let why = "Pictures and files can't go to each one alone. Remove them, or choose one group.";
    assert_eq!(world.phone(at).composer_view(card).blocked.unwrap(), why);
    world.send(at, card, "With a card");
    assert_eq!(world.phone(at).composer_view(card).draft, "With a card");
    assert!(world.server.texts(with(&world, ANA)).is_empty());
}

#[test]
fn it_goes_on_after_a_reload_and_says_how_far_it_is() {
    let (mut world, at, card) = begin_with(12);
    world.network(at, false);
    world.send(at, card, "Closed today");
    assert_eq!(progress(&world, at), Some((0, 12)));
    world.wait(1_000);
    world.crash(at);
    world.settle();
    assert_eq!(progress(&world, at), Some((0, 12)));
    assert!(world.titles(at).is_empty(), "the new conversation is none any more");
    world.network(at, true);
    world.settle();
    assert_eq!((progress(&world, at), got(&world, 12, "Closed today")), (None, 12));
}

#[test]
fn a_crash_before_it_is_kept_leaves_all_of_it_in_the_new_conversation() {
    let (mut world, at, card) = begin_with(3);
    world.act(at, Ui::Composer(card, ComposerAction::Draft("Closed today".to_owned())));
    world.ui(at, Ui::Composer(card, ComposerAction::Submit));
    world.reload(at);
    // What the database was told happened, so it is out.
    assert_eq!(got(&world, 3, "Closed today"), 3);

    let (mut world, at, card) = begin_with(3);
    world.act(at, Ui::Composer(card, ComposerAction::Draft("Closed today".to_owned())));
    world.ui(at, Ui::Composer(card, ComposerAction::Submit));
    world.crash(at);
    world.settle();
    assert_eq!(got(&world, 3, "Closed today"), 0);
    assert_eq!(world.phone(at).composer_view(card).draft, "Closed today");
    assert_eq!(bubbles(&world, at, card).len(), 3);
}

#[test]
fn stop_takes_those_who_did_not_get_it_into_a_new_conversation() {
    let (mut world, at, card) = begin_with(10);
    enter(&mut world, at, card, "Closed today");
    while world.commit(at) {}
    assert_eq!(world.devices[at].requests.len(), 3, "others can be sent beside");
    while got(&world, 10, "Closed today") < 4 {
        world.carry(at, 0, Fate::Answered);
        world.deliver_answer(at, 0);
    }
    assert_eq!(progress(&world, at), Some((4, 10)));
    stop(&mut world, at);
    let arrived = got(&world, 10, "Closed today");
    assert!((4..=7).contains(&arrived), "what was under way arrives: {arrived}");
    let card = world.front(at);
    assert_eq!(bubbles(&world, at, card).len() + 7, 10);
    assert_eq!(world.phone(at).composer_view(card).draft, "Closed today");
    assert!(world.notices(at).contains(&"Stopped. Those who did not get the text are here.".to_owned()));
    assert_eq!(progress(&world, at), None);
    assert!(world.devices[at].outbox().is_empty());
    world.reload(at);
    assert_eq!(bubbles(&world, at, card).len(), 3, "also after a reload");
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(got(&world, 10, "Closed today"), 10);
}

#[test]
fn what_is_under_way_cannot_be_stopped_and_one_hears_so() {
    let (mut world, at, card) = begin_with(2);
    enter(&mut world, at, card, "Closed today");
    while world.commit(at) {}
    let id = round(&world, at).expect("a round").id;
    world.ui(at, Ui::Outbox(OutboxAction::Stop(id)));
    assert_eq!(world.notices(at), ["The texts that are left are on their way already."]);
    assert!(world.new_cards(at).is_empty());
    world.settle();
    assert_eq!(got(&world, 2, "Closed today"), 2);
}

#[test]
fn what_is_written_meanwhile_goes_before_it() {
    let (mut world, at, card) = begin_with(40);
    enter(&mut world, at, card, "Closed today");
    while world.commit(at) {}
    world.ui(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: None }));
    let ana = CardKey::Conversation(with(&world, ANA));
    enter(&mut world, at, ana, "Just you");
    while world.commit(at) {}
    assert_eq!(world.devices[at].requests.len(), 4);
    world.settle();
    assert_eq!(got(&world, 40, "Closed today"), 40);
}

#[test]
fn where_the_server_asks_to_wait_all_of_it_waits() {
    let (mut world, at, card) = begin_with(20);
    let slowly = HttpResponse { retry_after: Some(30), ..problem(ErrorCode::TooManyRequests, "Slowly.") };
    (0..3).for_each(|_| world.server.fail_next("POST messages", slowly.clone()));
    world.send(at, card, "Closed today");
    assert_eq!(got(&world, 20, "Closed today"), 0);
    assert_eq!(progress(&world, at), Some((0, 20)));
    world.wait(29_000);
    assert_eq!(got(&world, 20, "Closed today"), 0);
    world.wait(2_000);
    assert_eq!((got(&world, 20, "Closed today"), progress(&world, at)), (20, None));
}

#[test]
fn a_limit_holds_it_with_the_reason_until_one_tries_again() {
    let (mut world, at, card) = begin_with(20);
    let limit = || refusal(ErrorCode::LimitReached, CauseCode::TextsOfUserToday.limit(100), "Enough.");
    (0..3).for_each(|_| world.server.fail_next("POST messages", limit()));
    world.send(at, card, "Closed today");
    let held = round(&world, at).expect("a round").held.expect("a reason");
    assert!(held.1.english().starts_with("You have sent 100 texts today"));
    assert_eq!((progress(&world, at), got(&world, 20, "Closed today")), (Some((0, 20)), 0));
    world.wait(3_600_000);
    assert_eq!(got(&world, 20, "Closed today"), 0, "nothing goes on by itself");
    world.act(at, Ui::Outbox(OutboxAction::Retry(held.0)));
    assert_eq!((got(&world, 20, "Closed today"), progress(&world, at)), (20, None));
    assert_eq!(world.notices(at).last().map(String::as_str), Some("All 20 texts are sent."));
}

#[test]
fn what_is_refused_for_one_stays_in_their_conversation_and_the_others_get_it() {
    let (mut world, at, card) = begin_with(5);
    world.server.opt(number(FRONT_DESK), number(&somebody(2)), true);
    world.send(at, card, "Closed today");
    assert_eq!((got(&world, 5, "Closed today"), progress(&world, at)), (4, None));
    assert_eq!(world.notices(at), ["4 of 5 texts are sent. See \u{201c}Not delivered\u{201d} for the others."]);
    let refused = with(&world, &somebody(2));
    assert!(world.log_of(at, refused)[0].starts_with("Closed today [Not sent."));
}

#[test]
fn another_tab_sends_it_and_either_stops_it() {
    let (mut world, at, card) = begin_with(9);
    let other = world.tab(at);
    world.settle();
    let (leader, follower) = if world.devices[at].leads { (at, other) } else { (other, at) };
    world.network(leader, false);
    world.send(at, card, "Closed today");
    assert_eq!((progress(&world, leader), progress(&world, follower)), (Some((0, 9)), Some((0, 9))));
    stop(&mut world, follower);
    world.network(leader, true);
    world.settle();
    assert_eq!((progress(&world, leader), progress(&world, follower)), (None, None));
    assert_eq!(got(&world, 9, "Closed today"), 0);
    let list = world.front(follower);
    assert_eq!(bubbles(&world, follower, list).len(), 9);
}

#[test]
fn five_hundred_at_once_and_no_more() {
    let (mut world, at, card) = begin_with(500);
    world.watched = false;
    world.act(at, Ui::Recipients(card, RecipientsAction::Add(Peer::Number(number(ANA)))));
    let people = world.phone(at).recipients_view(card).expect("people");
    assert_eq!(people.error.unwrap(), "500 people at most can be texted at once.");
    world.ui(at, Ui::Recipients(card, RecipientsAction::Query(String::new())));
    world.send(at, card, "Closed today");
    assert_eq!((got(&world, 500, "Closed today"), progress(&world, at)), (500, None));
}

proptest! {
    #![proptest_config(cases(60))]

    /// Whatever happens on the way, each has got it once, or is in a list of those who did not, or its row says why.
    #[test]
    fn nobody_gets_it_twice_and_nobody_is_lost(steps in prop::collection::vec((0u8..9, 0usize..4), 0..60), people in 2usize..9) {
        let (mut world, at, card) = begin_with(people);
        world.watched = false;
        enter(&mut world, at, card, "Closed today");
        let stopped = Cell::new(false);
        for (step, n) in steps {
            match step {
                0 | 1 => drop(world.commit(at)),
                2 | 3 => drop(world.carry(at, n, Fate::Answered)),
                4 => drop(world.carry(at, n, [Fate::Lost, Fate::AnswerLost][n % 2])),
                5 => drop(world.deliver_answer(at, n)),
                6 if n == 0 => { while world.commit(at) {} world.crash(at) }
                7 if n == 0 => if let Some(round) = round(&world, at) {
                    stopped.set(true);
                    world.ui(at, Ui::Outbox(OutboxAction::Stop(round.id)));
                },
                _ => world.now = world.now.plus(700),
            }
        }
        world.settle();
        world.wait(300_000);
        let arrived = got(&world, people, "Closed today");
        let cards = world.new_cards(at);
        let listed: usize = cards.iter().map(|card| bubbles(&world, at, *card).len()).sum();
        prop_assert!(arrived + listed >= people, "{} arrived, {} are listed of {}", arrived, listed, people);
        prop_assert!(stopped.get() || arrived == people || listed == people);
        prop_assert_eq!(progress(&world, at), None);
    }
}
