//! The session alone.

use halyard_protocol::Availability;

use super::{Call, Session, State};
use crate::effect::{Effect, FocusTarget, HttpOutcome, Method, NetworkFailure, Timer};
use crate::fact::Fact;
use crate::testing::{Alone, Done, answer};

fn signed_out() -> (Session, Alone) {
    let mut session = Session::default();
    session.sign_out();
    (session, Alone::new())
}

fn sign_in(session: &mut Session, alone: &mut Alone, login: &str, password: &str) -> Done {
    alone.turn(|cx| session.sign_in(login, password.to_owned(), String::new(), cx))
}

fn answer_with(session: &mut Session, alone: &mut Alone, call: Call, outcome: HttpOutcome) -> Done {
    alone.turn(|cx| session.answered(call, outcome, cx))
}

fn focused(done: &Done) -> bool {
    done.effects.iter().any(|effect| matches!(effect, Effect::Focus(FocusTarget::SignIn)))
}

#[test]
fn what_is_not_whole_is_not_sent_and_says_why() {
    let (mut session, mut alone) = signed_out();
    for (login, password) in [("", "secret"), ("1001@harbor", ""), ("1001", "secret")] {
        let done = sign_in(&mut session, &mut alone, login, password);
        assert!(done.requests().is_empty() && focused(&done), "{login}");
        assert!(session.attempt_mut().is_some_and(|attempt| attempt.error.is_some() && !attempt.busy));
    }
}

#[test]
fn one_attempt_is_under_way_at_a_time_and_who_signs_in_is_a_fact() {
    let (mut session, mut alone) = signed_out();
    let done = sign_in(&mut session, &mut alone, " 1001@harbor ", "secret");
    assert_eq!((done.requests().len(), done.requests()[0].1.method), (1, Method::Post));
    assert!(sign_in(&mut session, &mut alone, "1001@harbor", "secret").requests().is_empty());
    let me = alone.me_as_json();
    let done = answer_with(&mut session, &mut alone, Call::SignIn, Ok(answer(200, &me)));
    assert!(done.facts.iter().any(|fact| matches!(fact, Fact::SignedIn { typed: Some(_), .. })));
}

#[test]
fn a_server_that_cannot_be_reached_may_still_open_what_is_sealed() {
    let (mut session, mut alone) = signed_out();
    sign_in(&mut session, &mut alone, "1001@harbor", "secret");
    let done = answer_with(&mut session, &mut alone, Call::SignIn, Err(NetworkFailure));
    assert!(focused(&done));
    assert!(done.facts.iter().any(|fact| matches!(fact, Fact::SignInUnreachable { .. })));
}

#[test]
fn a_session_that_ends_keeps_its_user_and_one_that_never_was_has_none() {
    let (mut session, mut alone) = signed_out();
    session.expire();
    assert!(session.is_signed_out());
    session.state = State::SignedIn(Box::new(alone.me()));
    session.expire();
    assert!(session.me().is_some() && !session.is_signed_in());
    let done = alone.turn(|cx| session.set_availability(Availability::Busy, cx));
    assert_eq!(done.requests().len(), 1, "it is told when they are back");
}

#[test]
fn the_server_is_told_of_a_sign_out_until_it_hears_it_and_the_user_once() {
    let (mut session, mut alone) = signed_out();
    alone.turn(|cx| session.resume_leaving(cx));
    let mut notices = 0;
    for _ in 0..3 {
        let done = answer_with(&mut session, &mut alone, Call::SignOut, Err(NetworkFailure));
        assert_eq!(done.timer(Timer::Bootstrap), Some(15_000));
        notices += done.facts.iter().filter(|fact| matches!(fact, Fact::Notice(_))).count();
    }
    assert_eq!(notices, 1);
    answer_with(&mut session, &mut alone, Call::SignOut, Ok(answer(204, "")));
    assert!(!session.is_leaving());
}
