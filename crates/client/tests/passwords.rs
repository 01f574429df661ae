//! Another password: changed, or chosen by a link; and signing out on other devices.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::devices::DevicesAction;
use halyard_client::installation::AppEvent;
use halyard_client::session::SessionAction;
use halyard_client::view::SessionView;
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, FocusTarget, Route, System, Ui};
use halyard_protocol::{CauseCode, ErrorCode};

use crate::support::World;
use crate::support::people::{ANA, DEVON, FRONT_DESK, MAYA, number};
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

const TOKEN: &str = "5f1d0c";

/// The app is opened with a link of this extension, which the server knows.
fn open_link(world: &mut World, at: usize, extension: &str) {
    let user = world.server.user(extension);
    world.server.links.insert(TOKEN.to_owned(), user);
    world.system(at, System::App(AppEvent::Launched(["/password#", TOKEN].concat())));
    world.settle();
}

fn choose(world: &mut World, at: usize, password: &str) {
    world.act(at, Ui::Session(SessionAction::ChoosePassword(password.to_owned())));
}

/// What the page of the link says is wrong.
fn choosing(world: &World, at: usize) -> Option<String> {
    let SessionView::Choosing { busy: false, error } = world.phone(at).session_view() else {
        panic!("the page of the link shows, and waits")
    };
    error.map(|error| error.english())
}

/// Who is in the log-in's field, and whether it says that a password was chosen.
fn log_in(world: &World, at: usize) -> (String, bool) {
    let SessionView::SignedOut { login, chosen, .. } = world.phone(at).session_view() else { panic!("the log-in") };
    (login, chosen)
}

#[test]
fn a_password_is_chosen_by_a_link_and_the_log_in_waits_for_it() {
    let mut world = World::new();
    let at = world.browser();
    open_link(&mut world, at, MAYA);
    assert_eq!(choosing(&world, at), None);
    assert_eq!(world.devices[at].focus, Some(FocusTarget::SignIn));
    assert_eq!(world.devices[at].history, [Route::Home], "the address bar has forgotten it");
    choose(&mut world, at, NEW);
    assert_eq!(log_in(&world, at), ("1001@harbor".to_owned(), true));
    world.sign_in_with(at, MAYA, NEW);
    assert!(world.is_signed_in(at));
    assert!(!world.devices[at].disk.borrow().all_texts().any(|text| text.contains(TOKEN)));
    world.act(at, Ui::Session(SessionAction::SignOut));
    assert_eq!(log_in(&world, at), ("1001@harbor".to_owned(), false));
}

#[test]
fn a_password_that_is_refused_says_why_and_the_link_is_good_for_another() {
    let mut world = World::new();
    let at = world.browser();
    open_link(&mut world, at, MAYA);
    choose(&mut world, at, "short");
    assert_eq!(choosing(&world, at), Some("Choose a password of at least 8 characters.".to_owned()));
    world.server.fail_next("POST password-links", problem(ErrorCode::TooManyRequests, ""));
    choose(&mut world, at, NEW);
    assert_eq!(choosing(&world, at), Some("Too many tries. Wait a moment and try again.".to_owned()));
    world.network(at, false);
    choose(&mut world, at, NEW);
    assert!(choosing(&world, at).is_some());
    world.network(at, true);
    for _ in 0..2 {
        world.ui(at, Ui::Session(SessionAction::ChoosePassword(NEW.to_owned())));
    }
    let asked = |world: &World| world.devices[at].requests.iter().filter(|(_, it)| it.path.contains("links")).count();
    assert_eq!(asked(&world), 1, "it is told once");
    world.settle();
    assert!(log_in(&world, at).1);
}

#[test]
fn a_link_that_has_expired_says_so_and_leads_to_the_log_in() {
    let mut world = World::new();
    let at = world.browser();
    open_link(&mut world, at, MAYA);
    world.server.links.clear();
    choose(&mut world, at, NEW);
    let error = "This link was used or has expired. Ask your administrator for a new one.";
    assert_eq!(choosing(&world, at), Some(error.to_owned()));
    world.act(at, Ui::Session(SessionAction::LeaveLink));
    assert_eq!(log_in(&world, at), (String::new(), false));
    world.reload(at);
    assert_eq!(log_in(&world, at), (String::new(), false));
}

#[test]
fn whoever_is_signed_in_finds_everything_as_it_was() {
    let mut world = World::new();
    let at = world.signed_in(DEVON);
    world.server.receive(number(ANA), number(FRONT_DESK), "Is the dock open?");
    let id = world.texts(FRONT_DESK, &[ANA]);
    let card = CardKey::Conversation(id);
    world.settle();
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("Until".to_owned())));
    open_link(&mut world, at, MAYA);
    world.server.receive(number(ANA), number(FRONT_DESK), "And the ramp?");
    world.settle();
    let unread = |world: &World| world.phone(at).rail_view().unread;
    assert_eq!(unread(&world), 1, "nobody has seen it behind the page");
    choose(&mut world, at, NEW);
    assert!(world.is_signed_in(at));
    assert_eq!(world.notices(at), ["Your password is saved. Sign in with it."]);
    assert_eq!(world.phone(at).composer_view(card).draft, "Until");
    while world.show_unread(at) {
        world.settle();
    }
    assert_eq!(unread(&world), 0);
}

#[test]
fn who_chooses_a_password_where_they_are_signed_in_goes_on_after_signing_in_with_it() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let peer = world.colleague(DEVON);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer, from: None }));
    let id = world.chat_of(&[MAYA, DEVON]);
    world.ui(at, Ui::Composer(CardKey::Conversation(id), ComposerAction::Draft("See you".to_owned())));
    open_link(&mut world, at, MAYA);
    choose(&mut world, at, NEW);
    assert!(is_expired(&world, at));
    world.sign_in_with(at, MAYA, NEW);
    assert!(world.is_signed_in(at));
    assert_eq!(world.phone(at).composer_view(CardKey::Conversation(id)).draft, "See you");
}

#[test]
fn the_answer_is_heard_although_the_session_has_ended_before_it_came() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    open_link(&mut world, at, MAYA);
    world.ui(at, Ui::Session(SessionAction::ChoosePassword(NEW.to_owned())));
    let session = world.devices[at].cookie().expect("a session");
    world.server.end_session(session);
    world.ui(at, Ui::Devices(DevicesAction::Load));
    world.carry(at, 1, crate::support::Fate::Answered);
    world.deliver_answer(at, 0);
    assert!(matches!(world.phone(at).session_view(), SessionView::Choosing { busy: true, .. }));
    world.settle();
    assert!(is_expired(&world, at));
    world.sign_in_with(at, MAYA, NEW);
    assert!(world.is_signed_in(at));
}
