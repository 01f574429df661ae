//! What remains on a device after a log out, and whose it is.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::notices::NoticesAction;
use halyard_client::session::SessionAction;
use halyard_client::view::SessionView;
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, Ui};

use crate::kept::{begin, pin, restart};
use crate::support::World;
use crate::support::people::{DEVON, MAYA};

fn sealed_words(world: &World, at: usize) -> Vec<String> {
    match world.phone(at).session_view() {
        SessionView::SignedOut { sealed, .. } => sealed.into_iter().map(|label| label.words.english()).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn after_a_log_out_nobody_reads_anything_and_the_owner_finds_all_of_it() {
    let (mut world, at, id, card) = begin();
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: world.colleague(DEVON), from: None }));
    let chat = world.chat_of(&[MAYA, DEVON]);
    world.send(at, CardKey::Conversation(chat), "not pinned");
    pin(&mut world, at, card);
    world.act(at, Ui::Window(WindowAction::MoveTo { card, x: 321, y: 123 }));
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("half a secret".to_owned())));
    world.wait(1_000);
    let place = world.phone(at).cards_view().iter().find(|open| open.key == card).expect("the card").bounds;

    world.act(at, Ui::Session(SessionAction::SignOut));
    assert_eq!(sealed_words(&world, at), ["1 pinned conversation for 1001@harbor is saved on this device."]);
    assert_eq!(world.devices[at].disk.borrow().texts().count(), 0);

    world.sign_in(at, DEVON);
    assert!(world.titles(at).is_empty());
    world.act(at, Ui::Session(SessionAction::SignOut));
    world.sign_in(at, MAYA);
    world.wait(1_000);
    assert_eq!(world.titles(at), ["Ana Cruz"], "what is not pinned is closed");
    assert_eq!(world.log_of(at, id), ["one", "two"]);
    assert_eq!(world.phone(at).composer_view(card).draft, "half a secret");
    let again = world.phone(at).cards_view()[0];
    assert!(again.pinned);
    assert_eq!(again.bounds, place);
}

#[test]
fn without_a_network_the_password_opens_it_to_be_read() {
    let (mut world, at, id, card) = begin();
    pin(&mut world, at, card);
    world.wait(1_000);
    world.act(at, Ui::Session(SessionAction::SignOut));
    world.network(at, false);
    restart(&mut world, at);
    world.wait(10_000);
    // Nobody is known to be signed out: the server can't be asked.
    assert_eq!(sealed_words(&world, at).len(), 1);
    world.sign_in_with(at, MAYA, "low tide");
    assert!(!world.is_signed_in(at));
    world.sign_in(at, MAYA);
    assert!(world.is_signed_in(at));
    assert_eq!(world.titles(at), ["Ana Cruz"]);
    assert_eq!(world.log_of(at, id), ["one", "two"]);
    assert!(world.phone(at).connection_view().reading);
    assert!(world.phone(at).composer_view(card).blocked.is_some());
    world.send(at, card, "not now");
    assert_eq!(world.devices[at].disk.borrow().texts().count(), 0, "what is read is written nowhere");

    world.network(at, true);
    world.wait(30_000);
    assert!(matches!(world.phone(at).session_view(), SessionView::Expired { login, .. } if login == "1001@harbor"));
    world.sign_in(at, MAYA);
    world.wait(1_000);
    assert!(!world.phone(at).connection_view().reading);
    world.send(at, card, "now");
    assert_eq!(world.server.texts(id), ["one", "two", "now"]);
}

#[test]
fn forget_this_device_removes_it() {
    let (mut world, at, _, card) = begin();
    pin(&mut world, at, card);
    world.act(at, Ui::Session(SessionAction::SignOut));
    let user = world.server.user(MAYA);
    world.act(at, Ui::Session(SessionAction::Forget(user)));
    assert!(world.phone(at).question_view().expect("a question").title.english().contains("1001@harbor"));
    world.act(at, Ui::Notices(NoticesAction::Answer(true)));
    assert!(sealed_words(&world, at).is_empty());
    assert_eq!(world.devices[at].disk.borrow().all_texts().count(), 0);
    world.sign_in(at, MAYA);
    assert!(world.titles(at).is_empty());
}

#[test]
fn an_app_that_dies_while_signing_out_goes_on_with_it() {
    let (mut world, at, id, card) = begin();
    pin(&mut world, at, card);
    let session = world.devices[at].cookie();
    world.ui(at, Ui::Session(SessionAction::SignOut));
    assert!(world.commit(at), "that it leaves is written down first");
    restart(&mut world, at);
    world.settle();
    assert_eq!(sealed_words(&world, at).len(), 1);
    assert_eq!(world.devices[at].disk.borrow().texts().count(), 0);
    assert_eq!(world.server.user_of(session), None, "the server has heard of it");
    world.sign_in(at, MAYA);
    world.wait(1_000);
    assert_eq!(world.log_of(at, id), ["one", "two"]);
}

#[test]
fn a_session_that_expired_meanwhile_throws_nothing_away() {
    let (mut world, at, id, card) = begin();
    world.network(at, false);
    world.send(at, card, "written offline");
    world.server.end_session(world.devices[at].cookie().expect("a session"));
    restart(&mut world, at);
    world.settle();
    world.network(at, true);
    world.wait(60_000);
    assert!(matches!(world.phone(at).session_view(), SessionView::Expired { .. }));
    assert_eq!(world.log_of(at, id).len(), 3);
    world.sign_in(at, MAYA);
    world.wait(1_000);
    assert_eq!(world.server.texts(id), ["one", "two", "written offline"]);
}

#[test]
fn somebody_elses_session_in_this_browser_is_noticed() {
    let (mut world, at, id, card) = begin();
    world.network(at, false);
    world.send(at, card, "for Ana");
    restart(&mut world, at);
    world.settle();
    // In the meantime Devon has signed in here, by other means.
    let devon = world.signed_in(DEVON);
    let cookie = world.devices[devon].cookie();
    world.devices[at].cookie.set(cookie);
    world.network(at, true);
    world.wait(60_000);
    assert!(world.is_signed_in(at));
    assert!(world.titles(at).is_empty());
    assert!(!world.server.texts(id).contains(&"for Ana"), "it is not Devon's to send");
    world.act(at, Ui::Session(SessionAction::SignOut));
    world.sign_in(at, MAYA);
    world.wait(1_000);
    assert_eq!(world.server.texts(id).last(), Some(&"for Ana"));
}
