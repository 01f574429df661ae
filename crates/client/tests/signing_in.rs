//! Signing in and out, and sessions that end.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::devices::DevicesAction;
use halyard_client::notices::NoticesAction;
use halyard_client::session::SessionAction;
use halyard_client::view::SessionView;
use halyard_client::{CardKey, FocusTarget, Route, Ui};
use halyard_protocol::Peer;

use crate::support::World;
use crate::support::people::{ANA, DEVON, FRONT_DESK, MAYA, number};

fn error(world: &World, at: usize) -> Option<String> {
    match world.phone(at).session_view() {
        SessionView::SignedOut { error, .. } | SessionView::Expired { error, .. } => error.map(|error| error.english()),
        _ => None,
    }
}

#[test]
fn a_wrong_password_says_so_and_the_next_try_works() {
    let mut world = World::new();
    let at = world.browser();
    assert_eq!(
        world.phone(at).session_view(),
        SessionView::SignedOut { login: String::new(), busy: false, error: None, sealed: Vec::new(), chosen: false }
    );
    world.sign_in_with(at, MAYA, "low tide");
    assert_eq!(error(&world, at).as_deref(), Some("Wrong extension or password."));
    assert_eq!(world.devices[at].focus, Some(FocusTarget::SignIn));
    world.sign_in(at, MAYA);
    assert!(world.is_signed_in(at));
    assert!(world.phone(at).connection_view().live);
}

#[test]
fn nothing_typed_is_not_sent() {
    let mut world = World::new();
    let at = world.browser();
    world.ui(
        at,
        Ui::Session(SessionAction::SignIn { login: " ".to_owned(), password: String::new(), device: String::new() }),
    );
    assert!(world.devices[at].requests.is_empty());
    assert!(error(&world, at).is_some_and(|error| error.contains("1001@harbor")));
}

#[test]
fn the_app_waits_for_a_server_that_is_away() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.devices[at].network = false;
    world.crash(at);
    world.settle();
    assert_eq!(world.phone(at).session_view(), SessionView::Unreachable);
    world.devices[at].network = true;
    world.wait(60_000);
    assert!(world.is_signed_in(at));
}

#[test]
fn a_session_that_ends_in_the_middle_goes_on_after_signing_in_again() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: None }));
    let id = world.texts(FRONT_DESK, &[ANA]);
    let card = CardKey::Conversation(id);
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("Your slip is ready.".to_owned())));
    let session = world.devices[at].cookie().expect("a session");
    world.server.end_session(session);
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert!(matches!(world.phone(at).session_view(), SessionView::Expired { login, .. } if login == "1001@harbor"));
    assert_eq!(world.log_of(at, id), ["Your slip is ready. [Sending\u{2026}]"], "it stays on screen");

    world.sign_in_with(at, MAYA, "low tide");
    assert_eq!(error(&world, at).as_deref(), Some("Wrong extension or password."));
    world.sign_in(at, MAYA);
    assert_eq!(world.server.texts(id), ["Your slip is ready."]);
    assert_eq!(world.log_of(at, id), ["Your slip is ready. [Accepted]"]);
    assert_eq!(world.titles(at), ["Ana Cruz"], "the card is still open");
}

#[test]
fn somebody_else_who_signs_in_sees_and_sends_nothing_of_the_first() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let session = world.devices[at].cookie().expect("a session");
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: None }));
    let id = world.texts(FRONT_DESK, &[ANA]);
    world.server.end_session(session);
    world.send(at, CardKey::Conversation(id), "For Ana's eyes");
    world.sign_in(at, DEVON);
    assert!(world.is_signed_in(at));
    world.wait(120_000);
    assert!(world.titles(at).is_empty());
    assert!(world.column(at).is_empty());
    assert!(world.server.texts(id).is_empty());
    assert_eq!(world.phone(at).connection_view().waiting, 0);

    world.act(at, Ui::Session(SessionAction::SignOut));
    world.sign_in(at, MAYA);
    assert_eq!(world.server.texts(id), ["For Ana's eyes"], "it leaves when its author is back");
}

#[test]
fn signing_out_asks_when_messages_wait_and_they_leave_with_the_next_sign_in() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: world.colleague(DEVON), from: None }));
    let id = world.chat_of(&[MAYA, DEVON]);
    world.network(at, false);
    world.send(at, CardKey::Conversation(id), "See you at noon");
    world.ui(at, Ui::Composer(CardKey::Conversation(id), ComposerAction::Draft("and one more thing".to_owned())));
    world.act(at, Ui::Session(SessionAction::SignOut));
    let question = world.phone(at).question_view().expect("a question");
    assert!(question.text.english().contains("1 message has not been sent yet"));
    world.act(at, Ui::Notices(NoticesAction::Answer(false)));
    assert!(world.is_signed_in(at));
    world.ui(at, Ui::Session(SessionAction::SignOut));
    world.act(at, Ui::Notices(NoticesAction::Answer(true)));
    assert!(matches!(world.phone(at).session_view(), SessionView::SignedOut { .. }));
    assert!(world.notices(at).iter().any(|notice| notice.contains("could not be told")));

    world.network(at, true);
    world.sign_in(at, MAYA);
    assert_eq!(world.server.texts(id), ["See you at noon"]);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: world.colleague(DEVON), from: None }));
    assert_eq!(world.phone(at).composer_view(CardKey::Conversation(id)).draft, "and one more thing");
}

#[test]
fn a_late_401_does_not_stand_in_the_way_of_signing_in_again() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: world.colleague(DEVON), from: None }));
    let id = world.chat_of(&[MAYA, DEVON]);
    let session = world.devices[at].cookie().expect("a session");
    world.server.end_session(session);
    world.act(at, Ui::Devices(DevicesAction::Load));
    world.ui(at, Ui::Conversations(ConversationsAction::SetMuted(id, true)));
    world.ui(
        at,
        Ui::Session(SessionAction::SignIn {
            login: "1001@harbor".into(),
            password: "tide-1001".into(),
            device: String::new(),
        }),
    );
    world.settle();
    assert!(world.is_signed_in(at));
}

#[test]
fn a_device_is_signed_out_from_another_one() {
    let mut world = World::new();
    let here = world.signed_in(MAYA);
    let there = world.signed_in(MAYA);
    world.act(here, Ui::Devices(DevicesAction::Load));
    let devices = world.phone(here).devices_view().expect("devices");
    let other = devices.iter().find(|device| !device.current).expect("the other one").id;
    world.act(here, Ui::Devices(DevicesAction::End(other)));
    assert_eq!(world.phone(here).devices_view().map(|devices| devices.len()), Some(1));
    assert!(matches!(world.phone(there).session_view(), SessionView::Expired { .. }));
    assert!(world.devices[there].announced.iter().any(|words| words.contains("session has ended")));
}

#[test]
fn an_extension_without_its_company_is_not_called_a_wrong_password() {
    let mut world = World::new();
    let at = world.browser();
    world.ui(
        at,
        Ui::Session(SessionAction::SignIn {
            login: "1001".to_owned(),
            password: "x".to_owned(),
            device: String::new(),
        }),
    );
    assert_eq!(error(&world, at).as_deref(), Some("Type your extension with your company, like 1001@harbor."));
}

#[test]
fn who_signs_out_in_the_settings_leaves_nothing_said_and_begins_again_at_home_under_their_name() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.ui(at, Ui::Navigate(Route::Settings));
    world.act(at, Ui::Session(SessionAction::SignOut));
    assert_eq!(world.phone(at).route(), Route::Home);
    assert_eq!(world.devices[at].announced.last().map(String::as_str), Some(""));
    let SessionView::SignedOut { login, .. } = world.phone(at).session_view() else { panic!("signed out") };
    assert_eq!(login, "1001@harbor");
}
