//! Another password, and signing out on other devices.

use halyard_client::conversations::ConversationsAction;
use halyard_client::devices::DevicesAction;
use halyard_client::session::SessionAction;
use halyard_client::view::SessionView;
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, Ui};
use halyard_protocol::{CauseCode, ErrorCode};

use crate::support::World;
use crate::support::people::{DEVON, MAYA};
use crate::support::server::{problem, refusal};

const NEW: &str = "slack water";

fn change(world: &mut World, at: usize, current: &str, new: &str) {
    let (current, new) = (current.to_owned(), new.to_owned());
    world.act(at, Ui::Session(SessionAction::ChangePassword { current, new }));
}

/// Whether a change is under way, and why the last one failed.
fn change_of(world: &World, at: usize) -> (bool, Option<String>) {
    let me = world.phone(at).me_view().expect("somebody");
    (me.changing, me.change_error.map(|error| error.english()))
}

fn is_expired(world: &World, at: usize) -> bool {
    matches!(world.phone(at).session_view(), SessionView::Expired { .. })
}

fn devices(world: &World, at: usize) -> usize {
    world.phone(at).devices_view().expect("devices").len()
}

#[test]
fn who_signs_out_elsewhere_stays_alone() {
    let mut world = World::new();
    let [here, there, phone] = [(); 3].map(|()| world.signed_in(MAYA));
    let devon = world.signed_in(DEVON);
    world.act(here, Ui::Devices(DevicesAction::Load));
    assert_eq!(devices(&world, here), 3);
    world.act(here, Ui::Devices(DevicesAction::EndOthers));
    assert_eq!(devices(&world, here), 1);
    assert_eq!(world.notices(here), ["All other devices are signed out."]);
    assert!(world.is_signed_in(here) && world.is_signed_in(devon));
    assert!(is_expired(&world, there) && is_expired(&world, phone));
}

#[test]
fn when_the_others_could_not_be_signed_out_they_are_in_the_list_again() {
    let mut world = World::new();
    let here = world.signed_in(MAYA);
    world.signed_in(MAYA);
    world.act(here, Ui::Devices(DevicesAction::Load));
    world.server.fail_next("DELETE devices", problem(ErrorCode::Internal, ""));
    world.ui(here, Ui::Devices(DevicesAction::EndOthers));
    assert_eq!(devices(&world, here), 1);
    world.settle();
    assert_eq!(devices(&world, here), 2);
}

#[test]
fn the_new_password_counts_from_now_on_and_the_other_devices_are_signed_out() {
    let mut world = World::new();
    let here = world.signed_in(MAYA);
    let there = world.signed_in(MAYA);
    change(&mut world, here, "tide-1001", NEW);
    assert_eq!(change_of(&world, here), (false, None));
    assert_eq!(world.notices(here), ["Your password is changed. Your other devices were signed out."]);
    assert!(world.is_signed_in(here) && is_expired(&world, there));
    assert_eq!(devices(&world, here), 1, "the list is read anew");
    world.sign_in(there, MAYA);
    assert!(is_expired(&world, there), "the former password does not count");
    world.sign_in_with(there, MAYA, NEW);
    assert!(world.is_signed_in(there));
}

#[test]
fn what_is_pinned_is_sealed_with_the_new_password() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let peer = world.colleague(DEVON);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer, from: None }));
    let card = CardKey::Conversation(world.chat_of(&[MAYA, DEVON]));
    world.send(at, card, "See you at noon");
    world.act(at, Ui::Window(WindowAction::SetPinned(card, true)));
    change(&mut world, at, "tide-1001", NEW);
    world.wait(2_000);
    world.act(at, Ui::Session(SessionAction::SignOut));
    assert!(!world.devices[at].disk.borrow().texts().any(|text| text.contains("noon")));
    // Without a network the former one opens nothing.
    world.network(at, false);
    world.sign_in(at, MAYA);
    assert!(!world.is_signed_in(at));
    world.sign_in_with(at, MAYA, NEW);
    assert_eq!((world.is_signed_in(at), world.titles(at)), (true, vec!["Devon Kerr".to_owned()]));
}

#[test]
fn a_change_that_is_refused_says_why_and_changes_nothing() {
    let mut world = World::new();
    let here = world.signed_in(MAYA);
    let there = world.signed_in(MAYA);
    let long = "x".repeat(1_025);
    for (current, new, error) in [
        ("tide-1001", "short", "Choose a password of at least 8 characters."),
        ("tide-1001", long.as_str(), "This password is too long."),
        ("ebb", NEW, "The current password is wrong."),
    ] {
        change(&mut world, here, current, new);
        assert_eq!(change_of(&world, here), (false, Some(error.to_owned())));
    }
    world.server.fail_next("PUT me/password", problem(ErrorCode::TooManyRequests, ""));
    change(&mut world, here, "ebb", NEW);
    assert_eq!(change_of(&world, here).1.as_deref(), Some("Too many tries. Wait a moment and try again."));
    world.network(here, false);
    change(&mut world, here, "tide-1001", NEW);
    assert_eq!(
        change_of(&world, here).1.as_deref(),
        Some("The server can't be reached. Check the network and try again.")
    );
    assert!(world.notices(here).is_empty() && world.is_signed_in(there));
}

#[test]
fn one_change_is_under_way_at_a_time_and_says_so() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    for _ in 0..2 {
        let (current, new) = ("tide-1001".to_owned(), NEW.to_owned());
        world.ui(at, Ui::Session(SessionAction::ChangePassword { current, new }));
    }
    assert_eq!((change_of(&world, at), world.devices[at].requests.len()), ((true, None), 1));
    world.settle();
    assert_eq!(change_of(&world, at), (false, None));
}

#[test]
fn a_session_that_ends_in_the_middle_leaves_no_change_under_way() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.server.fail_next("PUT me/password", refusal(ErrorCode::SignedOut, CauseCode::Unknown, ""));
    change(&mut world, at, "tide-1001", NEW);
    assert!(is_expired(&world, at));
    world.sign_in(at, MAYA);
    assert_eq!((world.is_signed_in(at), change_of(&world, at)), (true, (false, None)));
}
