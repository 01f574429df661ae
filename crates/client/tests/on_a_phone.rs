//! The narrow shape: one pane at a time, and Back works as everywhere.

use halyard_client::conversations::ConversationsAction;
use halyard_client::{CardKey, Route, System, Ui};
use halyard_protocol::Peer;

use crate::support::World;
use crate::support::people::{ANA, BEN, FRONT_DESK, MAYA, number};

fn begin() -> (World, usize) {
    let mut world = World::new();
    world.server.receive(number(ANA), number(FRONT_DESK), "one");
    world.server.receive(number(BEN), number(FRONT_DESK), "one");
    let at = world.browser_of(390, 390, 700);
    world.sign_in(at, MAYA);
    (world, at)
}

#[test]
fn a_row_opens_its_card_and_back_leads_to_the_column() {
    let (mut world, at) = begin();
    let (ana, ben) = (world.texts(FRONT_DESK, &[ANA]), world.texts(FRONT_DESK, &[BEN]));
    assert!(world.phone(at).rail_view().shows_column);
    world.act(at, Ui::Navigate(Route::Chats(None)));
    world.act(at, Ui::Conversations(ConversationsAction::Open(ana)));
    assert!(!world.phone(at).rail_view().shows_column);
    assert_eq!(world.phone(at).route(), Route::Chats(Some(ana)));
    world.back(at);
    assert!(world.phone(at).rail_view().shows_column);
    assert_eq!(world.phone(at).route(), Route::Chats(None));
    world.act(at, Ui::Conversations(ConversationsAction::Open(ben)));
    assert_eq!(world.front(at), CardKey::Conversation(ben));
    assert_eq!(world.phone(at).rail_view().unread, 0, "both were seen");
}

#[test]
fn a_contact_is_texted_and_the_card_shows() {
    let (mut world, at) = begin();
    world.act(at, Ui::Navigate(Route::Contacts(None)));
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: None }));
    assert_eq!(world.phone(at).route(), Route::Chats(Some(world.texts(FRONT_DESK, &[ANA]))));
    assert!(!world.phone(at).rail_view().shows_column);
}

#[test]
fn a_message_behind_the_column_stays_unread() {
    let (mut world, at) = begin();
    let ana = world.texts(FRONT_DESK, &[ANA]);
    world.act(at, Ui::Navigate(Route::Chats(None)));
    world.act(at, Ui::Conversations(ConversationsAction::Open(ana)));
    world.back(at);
    world.server.receive(number(ANA), number(FRONT_DESK), "two");
    world.settle();
    assert!(world.column(at).contains(&"Ana Cruz: two (1)".to_owned()));
}

#[test]
fn a_reload_shows_the_same_card() {
    let (mut world, at) = begin();
    let ana = world.texts(FRONT_DESK, &[ANA]);
    world.act(at, Ui::Navigate(Route::Chats(None)));
    world.act(at, Ui::Conversations(ConversationsAction::Open(ana)));
    world.crash(at);
    world.system(at, System::Resized { viewport: 390, width: 390, height: 700 });
    world.settle();
    assert_eq!(world.titles(at), ["Ana Cruz"]);
    assert!(!world.phone(at).rail_view().shows_column);
    assert_eq!(world.log_of(at, ana), ["one"]);
}

#[test]
fn a_window_that_gets_narrow_takes_nobody_out_of_the_settings() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: None }));
    world.act(at, Ui::Navigate(Route::Settings));
    world.system(at, System::Resized { viewport: 390, width: 390, height: 700 });
    assert_eq!(world.phone(at).route(), Route::Settings);
    world.act(at, Ui::Navigate(Route::Chats(None)));
    assert!(world.phone(at).rail_view().shows_column);
}
