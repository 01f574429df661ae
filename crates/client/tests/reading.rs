//! What counts as read, where the line "New" stands, and where one is taken when a card opens.

use halyard_client::conversations::ConversationsAction;
use halyard_client::view::Item;
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, Route, System, Ui};
use halyard_protocol::{ConversationId, ErrorCode};

use crate::support::World;
use crate::support::people::{ANA, BEN, FRONT_DESK, MAYA, number};
use crate::support::server::problem;

/// How many conversations have something unread.
fn unread(world: &World, at: usize) -> u32 {
    world.phone(at).rail_view().unread
}

/// Somebody who has Ana's texts in front, with one that they have read.
fn in_front(world: &mut World) -> (usize, ConversationId) {
    let at = world.signed_in(MAYA);
    let ana = world.texts(FRONT_DESK, &[ANA]);
    world.server.receive(number(ANA), number(FRONT_DESK), "one");
    world.settle();
    world.act(at, Ui::Conversations(ConversationsAction::Open(ana)));
    (at, ana)
}

#[test]
fn what_is_read_on_one_device_is_read_on_the_other() {
    let mut world = World::new();
    let here = world.signed_in(MAYA);
    let there = world.signed_in(MAYA);
    world.server.receive(number(ANA), number(FRONT_DESK), "one");
    world.server.receive(number(ANA), number(FRONT_DESK), "two");
    world.settle();
    for at in [here, there] {
        assert_eq!(world.column(at), ["Ana Cruz: two (2)"]);
        assert_eq!((unread(&world, at), world.devices[at].title), (1, 1));
        assert_eq!(world.devices[at].announced, ["New message from Ana Cruz", "New message from Ana Cruz"]);
    }
    world.act(here, Ui::Conversations(ConversationsAction::Open(world.texts(FRONT_DESK, &[ANA]))));
    for at in [here, there] {
        assert_eq!(world.column(at), ["Ana Cruz: two"]);
        assert_eq!((unread(&world, at), world.devices[at].title), (0, 0));
    }
}

#[test]
fn a_message_is_read_only_when_its_card_is_in_front_at_its_bottom_in_a_tab_with_the_focus() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let ana = world.texts(FRONT_DESK, &[ANA]);
    let ben = world.texts(FRONT_DESK, &[BEN]);
    world.server.receive(number(ANA), number(FRONT_DESK), "one");
    world.server.receive(number(BEN), number(FRONT_DESK), "one");
    world.settle();
    world.act(at, Ui::Conversations(ConversationsAction::Open(ana)));
    world.act(at, Ui::Conversations(ConversationsAction::Open(ben)));
    assert_eq!(unread(&world, at), 0);

    world.server.receive(number(ANA), number(FRONT_DESK), "behind");
    world.settle();
    assert_eq!(unread(&world, at), 1, "the card lies behind");
    world.act(at, Ui::Window(WindowAction::Focus(CardKey::Conversation(ana))));
    assert_eq!(unread(&world, at), 0);

    world.scroll(at, CardKey::Conversation(ana), 1, false);
    world.server.receive(number(ANA), number(FRONT_DESK), "below");
    world.settle();
    assert_eq!(unread(&world, at), 1, "one reads further up");
    world.scroll(at, CardKey::Conversation(ana), 0, false);
    world.settle();
    assert_eq!(unread(&world, at), 0);

    world.system(at, System::Attention(halyard_client::Attention::Hidden));
    world.server.receive(number(ANA), number(FRONT_DESK), "in another tab");
    world.settle();
    assert_eq!(unread(&world, at), 1, "the tab has no focus");
    world.system(at, System::Attention(halyard_client::Attention::Focused));
    world.settle();
    assert_eq!(unread(&world, at), 0);

    world.act(at, Ui::Navigate(Route::Settings));
    world.server.receive(number(ANA), number(FRONT_DESK), "behind the settings");
    world.settle();
    assert_eq!(unread(&world, at), 1, "settings cover the cards");
    world.act(at, Ui::Navigate(Route::Chats(None)));
    assert_eq!(unread(&world, at), 0);
    let maya = world.server.user(MAYA);
    assert_eq!(world.server.conversation(maya, ana).map(|one| one.unread), Some(0));
}

#[test]
fn a_burst_into_the_card_in_front_is_marked_as_read_by_one_request_at_a_time() {
    let mut world = World::new();
    let (at, id) = in_front(&mut world);
    for _ in 0..20 {
        world.server.receive(number(ANA), number(FRONT_DESK), "more");
        while world.follow(at, 1) {}
    }
    let marks = |world: &World| {
        world.devices[at].requests.iter().filter(|(_, request)| request.path.ends_with("/read")).count()
    };
    assert_eq!(marks(&world), 1);
    world.settle();
    let maya = world.server.user(MAYA);
    assert_eq!(world.server.conversation(maya, id).map(|one| one.unread), Some(0));
    assert_eq!((marks(&world), unread(&world, at)), (0, 0));
}

#[test]
fn a_message_into_the_card_that_is_being_read_leaves_the_title_alone() {
    let mut world = World::new();
    let (at, _) = in_front(&mut world);
    let before = world.devices[at].titles_written;
    world.server.receive(number(ANA), number(FRONT_DESK), "two");
    world.settle();
    assert_eq!((unread(&world, at), world.devices[at].titles_written), (0, before));
    // One that is not being read changes it once.
    world.server.receive(number(BEN), number(FRONT_DESK), "one");
    world.settle();
    assert_eq!((unread(&world, at), world.devices[at].titles_written), (1, before + 1));
}

#[test]
fn a_read_mark_that_does_not_get_through_is_sent_again() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let (maya, id) = (world.server.user(MAYA), world.texts(FRONT_DESK, &[ANA]));
    world.server.receive(number(ANA), number(FRONT_DESK), "one");
    world.settle();
    world.server.fail_next("POST conversations", problem(ErrorCode::Unavailable, "Busy."));
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    assert_eq!(world.server.conversation(maya, id).map(|one| one.unread), Some(1));
    world.wait(10_000);
    assert_eq!(world.server.conversation(maya, id).map(|one| one.unread), Some(0));
    assert!(world.notices(at).is_empty(), "nobody needs to hear of it");
}

/// A card with room for four rows, and eight texts that came while it was minimised.
fn restored(world: &mut World) -> (usize, CardKey) {
    let at = world.signed_in(MAYA);
    let ana = world.texts(FRONT_DESK, &[ANA]);
    let card = CardKey::Conversation(ana);
    for n in 0..12 {
        world.server.receive(number(ANA), number(FRONT_DESK), &format!("old {n}"));
    }
    world.settle();
    world.act(at, Ui::Conversations(ConversationsAction::Open(ana)));
    world.devices[at].fits = 4;
    world.scroll(at, card, 5, false);
    world.act(at, Ui::Window(WindowAction::Minimise(card)));
    for n in 0..8 {
        world.server.receive(number(ANA), number(FRONT_DESK), &format!("new {n}"));
    }
    world.settle();
    (at, card)
}

/// How much is unread in a card.
fn unread_in(world: &World, at: usize, card: CardKey) -> u32 {
    world.phone(at).header_view(card).expect("a header").unread
}

#[test]
fn a_card_that_is_restored_shows_the_first_unread_entry_and_only_what_is_on_screen_is_read() {
    let mut world = World::new();
    let (at, card) = restored(&mut world);
    let (maya, ana) = (world.server.user(MAYA), card.conversation().expect("a conversation"));
    let at_server = |world: &World| world.server.conversation(maya, ana).map(|one| one.unread);
    world.act(at, Ui::Window(WindowAction::Restore(card)));
    let lines = world.lines(at, card);
    let new = lines.iter().position(|line| line == "New").expect("a line");
    assert_eq!(lines[new + 1], "new 0");
    assert_eq!((unread_in(&world, at, card), at_server(&world)), (4, Some(4)), "four are on screen");
    world.scroll(at, card, 2, false);
    world.settle();
    assert_eq!((unread_in(&world, at, card), at_server(&world)), (2, Some(2)));
    world.scroll(at, card, 7, false);
    world.settle();
    assert_eq!(unread_in(&world, at, card), 2, "scrolled up again");
    world.scroll(at, card, 0, false);
    world.settle();
    assert_eq!((unread_in(&world, at, card), at_server(&world)), (0, Some(0)));
    assert!(world.lines(at, card).contains(&"New".to_owned()), "the line stays while one reads");
    world.act(at, Ui::Window(WindowAction::Minimise(card)));
    world.act(at, Ui::Window(WindowAction::Restore(card)));
    assert!(!world.lines(at, card).contains(&"New".to_owned()));
}

#[test]
fn a_card_that_opens_fetches_what_is_unread_and_begins_there() {
    let mut world = World::new();
    let at = world.browser();
    let ana = world.texts(FRONT_DESK, &[ANA]);
    for n in 0..130 {
        world.server.receive(number(ANA), number(FRONT_DESK), &format!("text {n}"));
    }
    world.devices[at].fits = 10;
    world.sign_in(at, MAYA);
    let card = CardKey::Conversation(ana);
    world.act(at, Ui::Conversations(ConversationsAction::Open(ana)));
    assert_eq!(world.lines(at, card)[..2], ["New", "text 0"]);
    assert_eq!(unread_in(&world, at, card), 120);
}

#[test]
fn nothing_is_read_before_the_view_has_said_what_shows() {
    let mut world = World::new();
    let (at, card) = restored(&mut world);
    world.ui(at, Ui::Window(WindowAction::Restore(card)));
    // The browser restores the old place first.
    world.scroll(at, card, 0, false);
    assert_eq!(unread_in(&world, at, card), 8);
    world.settle();
    assert_eq!(unread_in(&world, at, card), 4);
}

#[test]
fn a_card_in_front_is_read_in_a_window_that_shows_without_the_focus_and_not_in_a_hidden_one() {
    let mut world = World::new();
    let (at, ana) = in_front(&mut world);
    world.system(at, System::Attention(halyard_client::Attention::Shows));
    world.server.receive(number(ANA), number(FRONT_DESK), "two");
    world.settle();
    assert_eq!(unread(&world, at), 0);
    world.system(at, System::Attention(halyard_client::Attention::Hidden));
    for n in 0..9 {
        world.server.receive(number(ANA), number(FRONT_DESK), &format!("hidden {n}"));
    }
    world.settle();
    assert_eq!(unread(&world, at), 1);
    world.devices[at].fits = 3;
    world.system(at, System::Attention(halyard_client::Attention::Shows));
    world.settle();
    assert_eq!(
        unread_in(&world, at, CardKey::Conversation(ana)),
        6,
        "back at the bottom: it begins with the first unread one"
    );
}

#[test]
fn many_that_come_at_once_into_the_card_in_front_push_none_out_of_sight_unread() {
    let mut world = World::new();
    let (at, ana) = in_front(&mut world);
    world.devices[at].fits = 4;
    for n in 0..20 {
        world.server.receive(number(ANA), number(FRONT_DESK), &format!("after a sleep {n}"));
    }
    world.settle();
    assert_eq!(unread_in(&world, at, CardKey::Conversation(ana)), 16);
}

#[test]
fn hundreds_that_come_at_once_into_the_card_in_front_push_none_out_of_sight_unread_either() {
    let mut world = World::new();
    let (at, ana) = in_front(&mut world);
    let card = CardKey::Conversation(ana);
    world.devices[at].fits = 4;
    for n in 0..700 {
        world.server.receive(number(ANA), number(FRONT_DESK), &format!("after a sleep {n}"));
    }
    world.settle();
    assert_eq!(unread_in(&world, at, card), 696);
    let lines = world.lines(at, card);
    let new = lines.iter().position(|line| line == "New").expect("the line");
    assert_eq!(lines[new + 1], "after a sleep 0");
    assert_eq!(lines.last().map(String::as_str), Some("after a sleep 699"));
}

#[test]
fn what_one_writes_takes_the_line_away() {
    let mut world = World::new();
    let (at, card) = restored(&mut world);
    world.act(at, Ui::Window(WindowAction::Restore(card)));
    world.send(at, card, "Yes");
    assert!(!world.lines(at, card).contains(&"New".to_owned()));
    assert_eq!(unread_in(&world, at, card), 0);
}

#[test]
fn a_card_whose_unread_entries_all_show_is_read_when_it_opens_though_nothing_scrolls() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let ana = world.texts(FRONT_DESK, &[ANA]);
    for n in 0..3 {
        world.server.receive(number(ANA), number(FRONT_DESK), &format!("text {n}"));
    }
    world.settle();
    world.act(at, Ui::Conversations(ConversationsAction::Open(ana)));
    assert_eq!(unread_in(&world, at, CardKey::Conversation(ana)), 0);
}

#[test]
fn a_scroll_that_is_told_late_reads_nothing_that_was_not_drawn() {
    let mut world = World::new();
    let (at, card) = restored(&mut world);
    world.act(at, Ui::Window(WindowAction::Restore(card)));
    // The view is at its bottom, of which the phone hears only after more has come in.
    let env = world.env();
    let items = world.phone(at).timeline_view(card, &env).expect("a timeline").items;
    let last = items.iter().rev().find_map(|item| if let Item::Message(row) = item { Some(row.id) } else { None });
    for n in 0..9 {
        world.server.receive(number(ANA), number(FRONT_DESK), &format!("later {n}"));
    }
    world.settle();
    let last = last.map(Into::into);
    world.ui(at, Ui::Conversations(ConversationsAction::Scrolled { card, at_bottom: true, last, to_unread: false }));
    assert_eq!(unread_in(&world, at, card), 9);
    world.settle();
    assert_eq!(unread_in(&world, at, card), 9 - 4, "from the first of those on, four are on screen");
}

#[test]
fn what_could_not_be_fetched_is_not_read() {
    let mut world = World::new();
    let at = world.browser();
    let ana = world.texts(FRONT_DESK, &[ANA]);
    world.server.receive(number(ANA), number(FRONT_DESK), "text");
    world.sign_in(at, MAYA);
    let busy = halyard_client::HttpResponse { status: 503, body: String::new(), retry_after: None };
    world.server.fail_next("GET conversations/", busy);
    world.act(at, Ui::Conversations(ConversationsAction::Open(ana)));
    assert_eq!(unread(&world, at), 1);
}

#[test]
fn what_could_not_be_fetched_is_fetched_a_moment_later() {
    let mut world = World::new();
    let at = world.browser();
    let ana = world.texts(FRONT_DESK, &[ANA]);
    world.server.receive(number(ANA), number(FRONT_DESK), "text");
    world.sign_in(at, MAYA);
    for _ in 0..2 {
        let busy = halyard_client::HttpResponse { status: 503, body: String::new(), retry_after: None };
        world.server.fail_next("GET conversations/", busy);
    }
    world.act(at, Ui::Conversations(ConversationsAction::Open(ana)));
    assert!(world.log_of(at, ana).is_empty());
    world.wait(60_000);
    assert_eq!(world.log_of(at, ana).len(), 1);
    assert_eq!(unread(&world, at), 0);
}
