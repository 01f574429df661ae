//! Messages that cannot leave at once.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::notices::NoticesAction;
use halyard_client::outbox::OutboxAction;
use halyard_client::view::{Again, StateIcon};
use halyard_client::{CardKey, HttpResponse, System, Ui};
use halyard_protocol::{CauseCode, ConversationId, DeliveryState, ErrorCode, Peer};

use crate::support::device::Health;
use crate::support::people::{ANA, FRONT_DESK, MAYA, number};
use crate::support::server::{problem, refusal};
use crate::support::{Fate, World};

fn begin() -> (World, usize, ConversationId, CardKey) {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: None }));
    let id = world.texts(FRONT_DESK, &[ANA]);
    (world, at, id, CardKey::Conversation(id))
}

#[test]
fn written_offline_they_wait_and_leave_in_order_also_after_a_reload() {
    let (mut world, at, id, card) = begin();
    world.network(at, false);
    for text in ["one", "two", "three"] {
        world.send(at, card, text);
    }
    let connection = world.phone(at).connection_view();
    assert!(connection.offline && connection.waiting == 3);
    assert_eq!(world.log_of(at, id).last().map(String::as_str), Some("three [Waiting]"));
    world.network(at, true);
    world.settle();
    assert_eq!(world.server.texts(id), ["one", "two", "three"]);
    assert_eq!(world.phone(at).connection_view().waiting, 0);

    world.network(at, false);
    world.send(at, card, "four");
    world.network(at, true);
    world.reload(at);
    assert_eq!(world.server.texts(id), ["one", "two", "three", "four"]);
    assert!(world.devices[at].outbox().is_empty());
}

#[test]
fn a_lost_answer_makes_no_second_message() {
    let (mut world, at, id, card) = begin();
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("once".to_owned())));
    world.ui(at, Ui::Composer(card, ComposerAction::Submit));
    while world.commit(at) {}
    assert!(world.carry(at, 0, Fate::AnswerLost));
    world.wait(120_000);
    assert_eq!(world.server.texts(id), ["once"]);
    assert_eq!(world.log_of(at, id), ["once [Accepted]"]);
}

#[test]
fn nothing_leaves_before_it_is_kept() {
    let (mut world, at, id, card) = begin();
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("kept first".to_owned())));
    world.ui(at, Ui::Composer(card, ComposerAction::Submit));
    assert!(world.devices[at].requests.is_empty());
    assert_eq!(world.log_of(at, id), ["kept first [Sending\u{2026}]"], "but it shows");
    while world.commit(at) {}
    assert_eq!(world.devices[at].requests.len(), 1);
}

#[test]
fn what_the_server_refuses_is_parked_and_the_next_one_leaves() {
    let (mut world, at, id, card) = begin();
    world.server.fail_next("POST messages", refusal(ErrorCode::InvalidText, CauseCode::NulCharacter, "A NUL."));
    world.send(at, card, "first");
    world.send(at, card, "second");
    assert_eq!(world.server.texts(id), ["second"]);
    let why = "This text has a character that can't be saved. Type it again.";
    assert_eq!(world.log_of(at, id), [format!("first [Not sent. {why}]"), "second [Accepted]".to_owned()]);
    assert!(world.devices[at].announced.contains(&format!("Message not sent. {why}")));
    let env = world.env();
    assert!(world.phone(at).row_view(id, &env).is_some_and(|row| row.failed));
    let row = world.messages(at, id)[0].clone();
    assert!(row.state.as_ref().is_some_and(|state| state.parked));

    world.act(at, Ui::Outbox(OutboxAction::Retry(row.id)));
    assert_eq!(world.server.texts(id), ["second", "first"]);
}

#[test]
fn a_refused_message_can_be_edited_or_deleted() {
    let (mut world, at, id, card) = begin();
    for text in ["edit me", "delete me"] {
        world.server.fail_next("POST messages", problem(ErrorCode::InvalidText, "No."));
        world.send(at, card, text);
    }
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("and this".to_owned())));
    let rows = world.messages(at, id);
    world.act(at, Ui::Outbox(OutboxAction::Edit(rows[0].id)));
    assert_eq!(world.phone(at).composer_view(card).draft, "edit me\nand this");
    world.act(at, Ui::Outbox(OutboxAction::Delete(rows[1].id)));
    assert!(world.log_of(at, id).is_empty());
    assert!(world.devices[at].outbox().is_empty());
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(world.server.texts(id), ["edit me\nand this"]);
}

#[test]
fn a_refusal_by_what_stands_between_is_not_tried_for_ever() {
    let (mut world, at, id, card) = begin();
    let answer = HttpResponse { status: 413, body: "<html>Too large</html>".to_owned(), retry_after: None };
    world.server.fail_next("POST messages", answer);
    world.send(at, card, "large");
    assert!(world.messages(at, id)[0].state.as_ref().is_some_and(|state| state.parked));
}

#[test]
fn the_server_may_ask_to_wait_and_nothing_hurries_it() {
    let (mut world, at, id, card) = begin();
    let answer = HttpResponse { retry_after: Some(30), ..problem(ErrorCode::TooManyRequests, "Slowly.") };
    world.server.fail_next("POST messages", answer);
    world.send(at, card, "patience");
    assert_eq!(world.log_of(at, id), ["patience [Waiting for the network]"]);
    world.system(at, System::Attention(halyard_client::Attention::Hidden));
    world.system(at, System::Attention(halyard_client::Attention::Focused));
    world.wait(29_000);
    assert!(world.server.texts(id).is_empty());
    world.wait(2_000);
    assert_eq!(world.server.texts(id), ["patience"]);
}

#[test]
fn a_server_that_is_down_is_tried_again_until_it_is_up() {
    let (mut world, at, id, card) = begin();
    for _ in 0..4 {
        world.server.fail_next("POST messages", HttpResponse { status: 502, body: String::new(), retry_after: None });
    }
    world.send(at, card, "one");
    world.send(at, card, "two");
    assert!(world.server.texts(id).is_empty());
    world.wait(60_000);
    assert_eq!(world.server.texts(id), ["one", "two"]);
}

#[test]
fn without_a_database_one_is_told_and_messages_leave_all_the_same() {
    let (mut world, at, id, card) = begin();
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("waiting to be kept".to_owned())));
    world.ui(at, Ui::Composer(card, ComposerAction::Submit));
    world.devices[at].commands.clear();
    world.lose_database(at);
    world.settle();
    assert_eq!(world.server.texts(id), ["waiting to be kept"]);
    world.network(at, false);
    world.send(at, card, "offline");
    world.network(at, true);
    world.settle();
    assert_eq!(world.server.texts(id), ["waiting to be kept", "offline"]);

    let mut world = World::new();
    let at = world.browser();
    world.devices[at].health = Health::Missing;
    world.crash(at);
    world.settle();
    world.sign_in(at, MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: None }));
    world.server.fail_next("POST messages", HttpResponse { status: 503, body: String::new(), retry_after: None });
    world.send(at, world.front(at), "hello");
    assert!(world.notices(at).iter().any(|notice| notice.contains("can't keep unsent messages")));
    world.wait(5_000);
    assert_eq!(world.server.texts(world.texts(FRONT_DESK, &[ANA])), ["hello"]);
}

#[test]
fn a_full_device_says_so_sends_and_does_not_offer_the_text_again() {
    let (mut world, at, id, card) = begin();
    world.act(at, Ui::Composer(card, ComposerAction::Draft("the last straw".to_owned())));
    world.devices[at].health = Health::Full;
    world.ui(at, Ui::Composer(card, ComposerAction::Submit));
    while world.commit(at) {}
    assert_eq!(world.notices(at), ["This device can't keep unsent messages. Leave Halyard open until they are sent."]);
    world.devices[at].health = Health::Works;
    world.settle();
    assert_eq!(world.server.texts(id), ["the last straw"]);
    assert!(world.devices[at].drafts().is_empty());
}

#[test]
fn a_draft_comes_back_after_a_crash_also_when_the_database_is_slow() {
    let (mut world, at, _, card) = begin();
    world.act(at, Ui::Composer(card, ComposerAction::Draft("Half a tho".to_owned())));
    world.crash(at);
    // Everything comes but the database, and the user types on.
    world.carry(at, 0, Fate::Answered);
    world.deliver_answer(at, 0);
    world.ui(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: None }));
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("ught".to_owned())));
    world.settle();
    assert_eq!(world.phone(at).composer_view(card).draft, "Half a tho\nught");
    assert_eq!(world.devices[at].drafts().first().map(String::as_str), Some("Half a tho\nught"));
}

#[test]
fn an_empty_or_endless_text_is_refused_and_kept() {
    let (mut world, at, id, card) = begin();
    world.send(at, card, "  \n");
    assert_eq!(world.phone(at).composer_view(card).problem.unwrap(), "Type a message first.");
    let text = "x".repeat(1_601);
    world.send(at, card, &text);
    let view = world.phone(at).composer_view(card);
    assert_eq!(view.problem.unwrap(), ("A message here has 1600 characters at most; this one has 1601."));
    assert_eq!(view.draft, text);
    assert!(world.server.texts(id).is_empty());
    world.act(at, Ui::Composer(card, ComposerAction::Draft("short".to_owned())));
    assert_eq!(world.phone(at).composer_view(card).problem, None);
}

#[test]
fn a_clock_that_is_set_back_does_not_change_the_order() {
    let (mut world, at, id, card) = begin();
    world.network(at, false);
    world.send(at, card, "before");
    world.reload(at);
    world.network(at, true);
    world.settle();
    world.network(at, false);
    world.send(at, card, "one");
    world.now = world.now.plus(-3_600_000);
    world.send(at, card, "two");
    world.network(at, true);
    world.settle();
    assert_eq!(world.server.texts(id), ["before", "one", "two"]);

    world.server.fail_next("POST messages", HttpResponse { status: 503, body: String::new(), retry_after: None });
    world.send(at, card, "three");
    world.now = world.now.plus(-3_600_000);
    world.server.fail_next("POST messages", HttpResponse { status: 503, body: String::new(), retry_after: None });
    world.reload(at);
    world.send(at, card, "four");
    world.wait(120_000);
    assert_eq!(world.server.texts(id), ["before", "one", "two", "three", "four"]);
}

/// A text's counter: in sight, on demand, and which character costs.
fn counter(world: &World, at: usize, card: CardKey) -> (String, String, Option<String>, Option<String>) {
    let counter = world.phone(at).composer_view(card).counter.expect("a text's counter");
    let costly = counter.costly.map(|text| text.english());
    (counter.text.english(), counter.words.english(), costly, counter.plain)
}

#[test]
fn a_text_is_counted_and_sent_composed_and_says_what_costs() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: None }));
    let card = world.front(at);
    let id = card.conversation().expect("a conversation");
    let draft = |world: &mut World, text: String| world.ui(at, Ui::Composer(card, ComposerAction::Draft(text)));

    draft(&mut world, "e\u{301}".repeat(70));
    assert_eq!(counter(&world, at, card).0, "70 / 160", "letters with their marks are one character each");
    draft(&mut world, "It\u{2019}s ".repeat(20));
    let (text, words, costly, plain) = counter(&world, at, card);
    assert_eq!((text.as_str(), words.as_str()), ("2 texts", "2 texts: 100 characters, 34 left in the last one"));
    assert_eq!(
        costly.as_deref(),
        Some("\u{201c}\u{2019}\u{201d} makes every text shorter: 70 characters instead of 160.")
    );
    draft(&mut world, plain.expect("plain characters"));
    assert_eq!(counter(&world, at, card).0, "100 / 160");

    world.ui(at, Ui::Composer(card, ComposerAction::Draft("cafe\u{301}\tbar".to_owned())));
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(world.messages(at, id).last().expect("a message").body, "caf\u{e9} bar");
}

/// Somebody who has sent a text to a number.
fn texted() -> (World, usize, CardKey, ConversationId) {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: None }));
    let card = world.front(at);
    let id = card.conversation().expect("a conversation");
    world.send(at, card, "Your slip is ready.");
    (world, at, card, id)
}

#[test]
fn what_could_not_be_delivered_is_said_with_the_number_as_one_reads_it_and_sent_anew_beside_what_is_typed() {
    let (mut world, at, card, id) = texted();
    world.server.report(id, 0, 0, DeliveryState::Failed);
    world.settle();
    let row = world.messages(at, id).remove(0);
    let state = row.state.clone().expect("a state");
    assert_eq!(state.words, "Not delivered. (619) 555\u{2011}0142 is not in service.");
    assert_eq!((state.again, state.recipients[0].details.as_str()), (Again::Retry, ""));
    let cause = Some(CauseCode::NumberCannotReceiveTexts.into());
    world.send(at, card, "Are you there?");
    world.server.report_failed(id, 1, 0, cause);
    world.settle();
    let state = world.messages(at, id).remove(1).state.clone().expect("a state");
    assert_eq!(state.words, "Not delivered. This number can't receive texts.", "not in the carrier's words");
    assert_eq!(state.recipients[0].details, "(619) 555\u{2011}0142 is not in service.", "these are beside");
    assert_eq!(state.again, Again::Edit, "trying again would not help");
    world.act(at, Ui::Composer(card, ComposerAction::Draft("Half a tho".to_owned())));
    world.act(at, Ui::Outbox(OutboxAction::Retry(row.id)));
    assert_eq!(world.server.texts(id), ["Your slip is ready.", "Are you there?", "Your slip is ready."]);
    assert_eq!(world.phone(at).composer_view(card).draft, "Half a tho");
    assert_eq!(world.devices[at].drafts(), ["Half a tho"]);
}

#[test]
fn a_text_that_is_not_confirmed_may_be_sent_anew_and_is_not_by_itself() {
    let (mut world, at, _, id) = texted();
    world.server.report(id, 0, 0, DeliveryState::Unconfirmed);
    world.wait(3_600_000);
    assert_eq!(world.log_of(at, id), ["Your slip is ready. [Not confirmed. It may or may not have been sent.]"]);
    assert_eq!(world.server.texts(id), ["Your slip is ready."]);
    let state = world.messages(at, id).remove(0).state.clone().expect("a state");
    assert_eq!((state.icon, state.again), (StateIcon::Failed, Again::SendAgain));
    // A receipt says more.
    world.server.report(id, 0, 0, DeliveryState::Delivered);
    world.settle();
    let state = world.messages(at, id).remove(0).state.clone().expect("a state");
    assert_eq!((state.words.english().as_str(), state.again), ("Delivered", Again::No));
    assert!(state.recipients.is_empty());
}

#[test]
fn sending_again_what_may_have_arrived_asks_first() {
    let (mut world, at, _, id) = texted();
    world.server.report(id, 0, 0, DeliveryState::Unconfirmed);
    world.settle();
    let row = world.messages(at, id).remove(0);
    for yes in [false, true] {
        world.act(at, Ui::Outbox(OutboxAction::Retry(row.id)));
        let question = world.phone(at).question_view().expect("a question");
        assert_eq!(
            (question.title.english().as_str(), question.yes.english()),
            ("Send this text again?", "Send again")
        );
        assert_eq!(world.server.texts(id).len(), 1);
        world.act(at, Ui::Notices(NoticesAction::Answer(yes)));
    }
    assert_eq!(world.server.texts(id), ["Your slip is ready."; 2]);

    world.act(at, Ui::Outbox(OutboxAction::Retry(row.id)));
    world.server.report(id, 0, 0, DeliveryState::Delivered);
    world.settle();
    world.act(at, Ui::Notices(NoticesAction::Answer(true)));
    assert_eq!(world.server.texts(id).len(), 2, "it has arrived meanwhile");
}

#[test]
fn what_would_fail_again_is_edited_above_what_is_typed_and_others_are_tried_again() {
    let causes = [
        (CauseCode::NumberNotReached, Again::Retry),
        (CauseCode::NoCarrier, Again::Retry),
        (CauseCode::CarrierAccountProblem, Again::Retry),
        (CauseCode::NumberNotInUse, Again::Edit),
        (CauseCode::RecipientOptedOut, Again::Edit),
        (CauseCode::BlockedByCarrier, Again::Edit),
        (CauseCode::NumberCannotReceiveTexts, Again::Edit),
    ];
    for (cause, again) in causes {
        let (mut world, at, card, id) = texted();
        world.server.report_failed(id, 0, 0, Some(cause.into()));
        world.settle();
        let row = world.messages(at, id).remove(0);
        assert_eq!(row.state.as_ref().expect("a state").again, again, "{cause:?}");
        world.act(at, Ui::Composer(card, ComposerAction::Draft("Half a tho".to_owned())));
        world.act(at, Ui::Outbox(OutboxAction::Edit(row.id)));
        assert_eq!(world.phone(at).composer_view(card).draft, "Your slip is ready.\nHalf a tho");
        assert_eq!(world.devices[at].drafts(), ["Your slip is ready.\nHalf a tho"]);
        assert_eq!(world.log_of(at, id).len(), 1, "it stays where it was");
    }
}
