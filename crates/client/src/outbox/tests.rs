//! The outbox alone.

use halyard_protocol::{ConversationId, Destination, ErrorCode, MessageId, Ulid, UnixMs, UserId};

use super::{Outbox, OutboxRow, SendState};
use crate::effect::{HttpOutcome, Method, NetworkFailure, Timer};
use crate::fact::Fact;
use crate::retry::LONGEST_WAIT;
use crate::testing::{Alone, Done, answer};

fn row(id: u128, conversation: u128) -> OutboxRow {
    OutboxRow {
        id: MessageId(Ulid::from_bits(id)),
        author: UserId(Ulid::from_bits(1)),
        conversation: ConversationId(Ulid::from_bits(conversation)),
        to: Destination::new(None, Vec::new()),
        body: format!("text {id}"),
        media: Vec::new(),
        at: UnixMs(0),
        round: None,
        people: 0,
    }
}

/// Messages that are kept, each with its conversation.
fn with(rows: &[(u128, u128)]) -> (Outbox, Alone) {
    let (mut outbox, mut alone) = (Outbox::default(), Alone::new());
    for (id, conversation) in rows {
        outbox.write(row(*id, *conversation), Vec::new());
        alone.turn(|cx| outbox.stored(MessageId(Ulid::from_bits(*id)), true, cx));
    }
    (outbox, alone)
}

fn send(outbox: &mut Outbox, alone: &mut Alone) -> Done {
    alone.turn(|cx| outbox.send(cx))
}

/// Which messages a turn has sent.
fn sent(done: &Done) -> Vec<u128> {
    done.requests().into_iter().filter_map(|(_, request)| Some(request.idempotency_key?.0.bits())).collect()
}

fn answer_with(outbox: &mut Outbox, alone: &mut Alone, asked: &Done, outcome: HttpOutcome) -> Done {
    let (id, _) = asked.requests()[0];
    let call = outbox.requests.take(id).expect("a request that is under way");
    alone.turn(|cx| outbox.answered(call, outcome, cx))
}

fn state(outbox: &Outbox, id: u128) -> SendState {
    outbox.get(MessageId(Ulid::from_bits(id))).expect("a message").state.clone()
}

#[test]
fn a_message_leaves_when_it_is_kept_or_cannot_be_and_not_before() {
    for stored in [true, false] {
        let (mut outbox, mut alone) = (Outbox::default(), Alone::new());
        outbox.write(row(1, 1), Vec::new());
        assert_eq!(sent(&send(&mut outbox, &mut alone)), [0; 0]);
        let done = alone.turn(|cx| outbox.stored(MessageId(Ulid::from_bits(1)), stored, cx));
        assert_eq!(done.facts.iter().filter(|fact| matches!(fact, Fact::Notice(_))).count(), usize::from(!stored));
        let done = send(&mut outbox, &mut alone);
        assert_eq!(sent(&done), [1]);
        assert_eq!((done.requests()[0].1.method, &*done.requests()[0].1.path), (Method::Post, "/api/v1/messages"));
    }
}

#[test]
fn one_of_a_conversation_is_under_way_and_those_of_others_beside_it() {
    let (mut outbox, mut alone) = with(&[(1, 1), (2, 1), (3, 2)]);
    let done = send(&mut outbox, &mut alone);
    assert_eq!(sent(&done), [1, 3]);
    assert_eq!(sent(&send(&mut outbox, &mut alone)), [0; 0]);
    outbox.remove(MessageId(Ulid::from_bits(1)));
    assert_eq!(sent(&send(&mut outbox, &mut alone)), [2]);
}

#[test]
fn what_fails_for_now_waits_longer_each_time_and_keeps_its_id() {
    let (mut outbox, mut alone) = with(&[(1, 1)]);
    let mut waits = Vec::new();
    for _ in 0..3 {
        let asked = send(&mut outbox, &mut alone);
        assert_eq!(sent(&asked), [1]);
        let done = answer_with(&mut outbox, &mut alone, &asked, Err(NetworkFailure));
        assert!(done.facts.iter().any(|fact| matches!(fact, Fact::OutboxReady)));
        let wait = send(&mut outbox, &mut alone).timer(Timer::Outbox).expect("a timer");
        alone.wait(wait.into());
        waits.push(wait);
    }
    assert!(waits.is_sorted() && waits[0] < waits[2], "{waits:?}");
}

#[test]
fn what_is_refused_waits_for_the_user_and_lets_the_next_one_leave() {
    let (mut outbox, mut alone) = with(&[(1, 1), (2, 1)]);
    let asked = send(&mut outbox, &mut alone);
    let refusal = answer(422, r#"{"code":"invalid","message":"Not today."}"#);
    answer_with(&mut outbox, &mut alone, &asked, Ok(refusal));
    assert!(matches!(state(&outbox, 1), SendState::Parked { code: ErrorCode::Invalid, .. }), "{:?}", state(&outbox, 1));
    assert_eq!(outbox.waiting(), 1);
    assert_eq!(sent(&send(&mut outbox, &mut alone)), [2]);
}

#[test]
fn what_has_left_is_not_taken_in_again() {
    let (mut outbox, _) = with(&[(1, 1)]);
    outbox.remove(MessageId(Ulid::from_bits(1)));
    outbox.load(vec![row(1, 1), row(2, 1)]);
    assert_eq!(outbox.count(), 1);
    assert!(outbox.is_gone(MessageId(Ulid::from_bits(1))));
}

#[test]
fn ids_follow_the_order_of_writing_whatever_the_clock_says() {
    let (mut outbox, mut alone) = (Outbox::default(), Alone::new());
    let mut ids = Vec::new();
    for wait in [0, -3_600_000, 5] {
        alone.wait(wait);
        alone.turn(|cx| ids.push(outbox.next_id(cx.env)));
    }
    assert!(ids.is_sorted(), "{ids:?}");
}

#[test]
fn two_tabs_that_write_after_the_same_message_by_a_clock_that_was_set_back_take_two_ids() {
    let mut alone = Alone::new();
    let newest = row(u128::MAX >> 1, 1);
    let mut ids = Vec::new();
    for _ in 0..2 {
        let mut tab = Outbox::default();
        tab.load(vec![newest.clone()]);
        alone.turn(|cx| ids.push(tab.next_id(cx.env)));
    }
    assert!(ids[0] > newest.id && ids[1] > newest.id && ids[0] != ids[1], "{ids:?}");
}

#[test]
fn a_clock_that_is_set_back_makes_no_wait_longer() {
    let (mut outbox, mut alone) = with(&[(1, 1)]);
    let asked = send(&mut outbox, &mut alone);
    answer_with(&mut outbox, &mut alone, &asked, Err(NetworkFailure));
    let wait = send(&mut outbox, &mut alone).timer(Timer::Outbox).expect("a timer");
    alone.wait(i64::from(wait) - 3_600_000);
    let again = send(&mut outbox, &mut alone).timer(Timer::Outbox).expect("a timer");
    assert!(again <= wait, "{again} after {wait}");
    alone.wait(again.into());
    assert_eq!(sent(&send(&mut outbox, &mut alone)), [1]);
}

#[test]
fn a_clock_that_is_set_back_while_a_message_is_under_way_makes_no_wait_shorter() {
    let (mut outbox, mut alone) = with(&[(1, 1)]);
    let asked = send(&mut outbox, &mut alone);
    alone.wait(-3_600_000);
    answer_with(&mut outbox, &mut alone, &asked, Err(NetworkFailure));
    let done = send(&mut outbox, &mut alone);
    assert!(sent(&done).is_empty() && done.timer(Timer::Outbox).is_some_and(|wait| wait >= 500));
}

#[test]
fn a_tab_that_takes_over_when_the_clock_was_set_back_waits_no_longer() {
    // The other tab's word comes before the clock is set back, or after.
    for clock_first in [false, true] {
        let (mut sending, mut alone) = with(&[(1, 1)]);
        let asked = send(&mut sending, &mut alone);
        answer_with(&mut sending, &mut alone, &asked, Err(NetworkFailure));
        let (mut other, _) = with(&[(1, 1)]);
        let known = sending.messages.values().next().expect("a message");
        let (id, state) = (known.row.id, known.state.clone());
        if clock_first {
            alone.wait(-3_600_000);
        }
        alone.turn(|cx| other.mirror(id, state, cx.env.now));
        if !clock_first {
            alone.wait(-3_600_000);
        }
        let wait = send(&mut other, &mut alone).timer(Timer::Outbox).expect("a timer");
        assert!(i64::from(wait) <= LONGEST_WAIT, "{wait}");
    }
}
