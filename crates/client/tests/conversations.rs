//! Conversations: deleting and the undo, notifications, typing, presence, old ones.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::{ColumnFilter, ConversationsAction};
use halyard_client::notices::NoticesAction;
use halyard_client::outbox::OutboxAction;
use halyard_client::session::SessionAction;
use halyard_client::{CardKey, System, Ui};
use halyard_protocol::{Availability, Change, DeliveryState, ErrorCode, Peer, Presence};

use crate::support::people::{ANA, BEN, DEVON, FRONT_DESK, MAYA, PRIYA, STRANGER, number};
use crate::support::server::problem;
use crate::support::{Fate, World};

fn unread(world: &World, at: usize) -> u32 {
    world.phone(at).rail_view().unread
}

#[test]
fn the_column_is_narrowed_to_what_did_not_arrive_as_far_as_the_device_knows() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let message = |world: &mut World, who: &str, text: &str| {
        world.act(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(who)), from: None }));
        world.send(at, world.front(at), text);
        world.texts(FRONT_DESK, &[who])
    };
    let ana = message(&mut world, ANA, "one");
    let ben = message(&mut world, BEN, "two");
    world.act(at, Ui::Conversations(ConversationsAction::Filter(ColumnFilter::Undelivered)));
    assert_eq!(world.column(at), [""; 0], "nothing failed");
    world.server.report(ana, 0, 0, DeliveryState::Failed);
    world.server.report(ben, 0, 0, DeliveryState::Delivered);
    world.settle();
    assert_eq!(world.column(at), ["Ana Cruz: You: one"]);
    // Also when it is not the last that happened there.
    world.server.receive(number(ANA), number(FRONT_DESK), "Still there?");
    world.settle();
    assert_eq!(world.column(at).len(), 1);
    world.server.fail_next("POST messages", problem(ErrorCode::InvalidText, "No."));
    message(&mut world, BEN, "three");
    assert_eq!(world.column(at).len(), 2, "what the server refused is there, too");
    let refused = world.messages(at, ben)[1].id;
    world.act(at, Ui::Outbox(OutboxAction::Delete(refused)));
    assert_eq!(world.column(at).len(), 1);
}

#[test]
fn deleting_asks_and_can_be_undone_with_what_was_unread() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let other = world.signed_in(MAYA);
    world.server.receive(number(ANA), number(FRONT_DESK), "one");
    world.server.receive(number(ANA), number(FRONT_DESK), "two");
    world.settle();
    let id = world.texts(FRONT_DESK, &[ANA]);
    world.act(at, Ui::Conversations(ConversationsAction::Delete(id)));
    let question = world.phone(at).question_view().expect("a question");
    assert_eq!(question.title, "Delete the conversation with Ana Cruz?");
    world.act(at, Ui::Notices(NoticesAction::Answer(false)));
    assert_eq!(world.column(at), ["Ana Cruz: two (2)"]);
    world.ui(at, Ui::Conversations(ConversationsAction::Delete(id)));
    world.act(at, Ui::Notices(NoticesAction::Answer(true)));
    assert!(world.column(at).is_empty() && world.column(other).is_empty());
    assert_eq!(world.notices(at), ["The conversation with Ana Cruz is deleted."]);
    world.system(at, System::Attention(halyard_client::Attention::Hidden));
    world.undo(at);
    for at in [at, other] {
        assert_eq!(world.column(at), ["Ana Cruz: two (2)"]);
    }
    assert_eq!(world.log_of(at, id), ["one", "two"]);
}

#[test]
fn the_undo_is_offered_for_ten_seconds() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.server.receive(number(ANA), number(FRONT_DESK), "one");
    world.settle();
    world.ui(at, Ui::Conversations(ConversationsAction::Delete(world.texts(FRONT_DESK, &[ANA]))));
    world.act(at, Ui::Notices(NoticesAction::Answer(true)));
    world.wait(9_900);
    assert_eq!(world.notices(at).len(), 1);
    world.wait(200);
    assert!(world.notices(at).is_empty());
}

#[test]
fn a_deletion_without_network_is_taken_back() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.server.receive(number(ANA), number(FRONT_DESK), "one");
    world.settle();
    world.network(at, false);
    world.ui(at, Ui::Conversations(ConversationsAction::Delete(world.texts(FRONT_DESK, &[ANA]))));
    world.act(at, Ui::Notices(NoticesAction::Answer(true)));
    assert_eq!(world.column(at), ["Ana Cruz: one (1)"]);
    assert!(world.notices(at).iter().any(|notice| notice.contains("can't be reached")));
}

#[test]
fn a_page_that_comes_after_the_deletion_brings_nothing_back() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.server.receive(number(ANA), number(FRONT_DESK), "deleted");
    world.settle();
    let id = world.texts(FRONT_DESK, &[ANA]);
    world.ui(at, Ui::Conversations(ConversationsAction::Open(id)));
    world.carry(at, 0, Fate::Answered);
    world.ui(at, Ui::Conversations(ConversationsAction::Delete(id)));
    world.ui(at, Ui::Notices(NoticesAction::Answer(true)));
    world.settle();
    world.server.receive(number(ANA), number(FRONT_DESK), "new");
    world.settle();
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    assert_eq!(world.log_of(at, id), ["new"]);
}

#[test]
fn notifications_off_is_kept_and_a_refusal_turns_them_on_again() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let other = world.signed_in(MAYA);
    world.server.receive(number(ANA), number(FRONT_DESK), "one");
    world.settle();
    let (id, env) = (world.texts(FRONT_DESK, &[ANA]), world.env());
    world.act(at, Ui::Conversations(ConversationsAction::SetMuted(id, true)));
    for at in [at, other] {
        assert!(world.phone(at).row_view(id, &env).is_some_and(|row| row.muted));
    }
    world.devices[at].announced.clear();
    world.server.receive(number(ANA), number(FRONT_DESK), "two");
    world.settle();
    assert!(world.devices[at].announced.is_empty());
    assert_eq!(unread(&world, at), 1, "they count all the same");
    world.server.fail_next("PATCH conversations", problem(ErrorCode::Invalid, "No."));
    world.act(at, Ui::Conversations(ConversationsAction::SetMuted(id, false)));
    assert!(world.phone(at).row_view(id, &env).is_some_and(|row| row.muted));
}

#[test]
fn an_old_conversation_comes_up_when_something_happens_in_it() {
    let mut world = World::new();
    world.server.page = 1;
    world.server.receive(number(ANA), number(FRONT_DESK), "long ago");
    world.now = world.now.plus(1_000);
    world.server.now = world.now;
    world.server.receive(number(BEN), number(FRONT_DESK), "today");
    let at = world.signed_in(MAYA);
    assert_eq!(world.column(at), ["Ben Hale: today (1)"]);
    world.now = world.now.plus(1_000);
    world.server.now = world.now;
    world.server.receive(number(ANA), number(FRONT_DESK), "here I am again");
    world.settle();
    assert_eq!(world.column(at), ["Ana Cruz: here I am again (2)", "Ben Hale: today (1)"]);
    assert_eq!(unread(&world, at), 2);
}

/// What is unread counts, and is found by the filter, although no page has brought it yet; a reload and another device change nothing of it.
#[test]
fn old_conversations_with_something_unread_count_and_are_found() {
    let mut world = World::new();
    world.server.page = 1;
    world.server.receive(number(ANA), number(FRONT_DESK), "long ago");
    let ana = world.texts(FRONT_DESK, &[ANA]);
    for (from, text) in [(STRANGER, "last year"), (BEN, "today")] {
        world.now = world.now.plus(1_000);
        world.server.now = world.now;
        world.server.receive(number(from), number(FRONT_DESK), text);
    }
    let at = world.signed_in(MAYA);
    assert_eq!((world.column(at), unread(&world, at)), (vec!["Ben Hale: today (1)".to_owned()], 3));
    world.wait(10_000);
    world.reload(at);
    assert_eq!(unread(&world, at), 3);
    world.server.mark_read(world.server.user(MAYA), ana, 1);
    world.settle();
    assert_eq!((unread(&world, at), world.devices[at].title), (2, 2));
    // The filter asks for pages until all that is unread is there, and for none after that.
    world.act(at, Ui::Conversations(ConversationsAction::Filter(ColumnFilter::Unread)));
    while world.phone(at).column_has_more() {
        world.act(at, Ui::Conversations(ConversationsAction::More));
    }
    assert_eq!(world.column(at).len(), 2);
    let mine = world.server.user(MAYA);
    for who in [STRANGER, BEN] {
        world.server.mark_read(mine, world.texts(FRONT_DESK, &[who]), 1);
    }
    world.settle();
    assert_eq!((world.column(at), unread(&world, at)), (Vec::new(), 0));
    assert!(!world.phone(at).column_has_more());
    world.act(at, Ui::Conversations(ConversationsAction::Filter(ColumnFilter::All)));
    assert!(world.phone(at).column_has_more(), "the read one of long ago is on the server alone");
}

#[test]
fn somebody_written_to_long_ago_opens_with_the_history() {
    let mut world = World::new();
    world.server.page = 1;
    world.server.receive(number(ANA), number(FRONT_DESK), "long ago");
    world.now = world.now.plus(1_000);
    world.server.now = world.now;
    world.server.receive(number(BEN), number(FRONT_DESK), "today");
    let at = world.signed_in(MAYA);
    let ana = halyard_protocol::Peer::Number(number(ANA));
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: ana, from: Some(number(FRONT_DESK)) }));
    assert_eq!(world.log_of(at, world.texts(FRONT_DESK, &[ANA])), ["long ago"]);
}

#[test]
fn a_group_is_named_for_all_its_members() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let (maya, devon, priya) = (world.server.user(MAYA), world.server.user(DEVON), world.server.user(PRIYA));
    world.server.chat(devon, &[maya, priya], "Hi both");
    world.settle();
    let id = world.chat_of(&[MAYA, DEVON, PRIYA]);
    assert_eq!(world.column(at), ["Devon Kerr, Priya Nair: Devon: Hi both (1)"]);
    let other = world.signed_in(DEVON);
    world.act(at, Ui::Conversations(ConversationsAction::SetTitle(id, " Dock crew ".to_owned())));
    assert_eq!(world.column(at), ["Dock crew: You named the group “Dock crew” (1)"]);
    assert_eq!(world.column(other), ["Dock crew: Maya Delgado named the group “Dock crew”"]);
    world.act(at, Ui::Conversations(ConversationsAction::SetTitle(id, "x".repeat(201))));
    assert_eq!(world.column(at), ["Dock crew: You named the group “Dock crew” (1)"]);
    assert_eq!(world.notices(at), ["A group's name has 200 characters at most."]);
}

#[test]
fn typing_shows_for_five_seconds_and_ends_with_the_message() {
    let mut world = World::new();
    let maya = world.signed_in(MAYA);
    let devon = world.signed_in(DEVON);
    let id = world.chat_of(&[MAYA, DEVON]);
    let card = CardKey::Conversation(id);
    world.act(maya, Ui::Conversations(ConversationsAction::Message { peer: world.colleague(DEVON), from: None }));
    world.send(maya, card, "Lunch?");
    world.act(devon, Ui::Conversations(ConversationsAction::Open(id)));
    world.act(devon, Ui::Composer(card, ComposerAction::Draft("Y".to_owned())));
    assert_eq!(world.phone(maya).typing_words(id).unwrap(), "Devon is typing\u{2026}");
    assert_eq!(world.column(maya), ["Devon Kerr: typing\u{2026}"]);
    world.wait(5_100);
    assert_eq!(world.phone(maya).typing_words(id), None);
    world.act(devon, Ui::Composer(card, ComposerAction::Draft("Ye".to_owned())));
    assert!(world.phone(maya).typing_words(id).is_some());
    world.send(devon, card, "Yes");
    assert_eq!(world.phone(maya).typing_words(id), None);
    assert_eq!(world.log_of(maya, id), ["Lunch? [Read]", "Yes"]);
}

#[test]
fn presence_follows_who_is_connected_and_what_they_say() {
    let mut world = World::new();
    let maya = world.signed_in(MAYA);
    let devon_id = world.server.user(DEVON);
    assert_eq!(world.phone(maya).presence_view(devon_id), Presence::Offline);
    let devon = world.signed_in(DEVON);
    assert_eq!(world.phone(maya).presence_view(devon_id), Presence::Available);
    world.act(devon, Ui::Session(SessionAction::SetAvailability(Availability::Busy)));
    assert_eq!(world.phone(devon).presence_view(devon_id), Presence::Busy);
    world.act(devon, Ui::Session(SessionAction::SetStatusText("On the crane".to_owned())));
    let words = world.phone(maya).me_view().map(|_| world.titles(maya));
    assert_eq!(words, Some(Vec::new()));
    world.act(maya, Ui::Conversations(ConversationsAction::Message { peer: world.colleague(DEVON), from: None }));
    let header = world.phone(maya).header_view(world.front(maya)).expect("a header");
    assert_eq!(header.subtitle, "1002 \u{b7} On the crane");
    world.disconnect(devon);
    assert_eq!(world.devices[devon].announced, [""; 0]);
    while world.follow(maya, 1) {}
    assert_eq!(world.phone(maya).presence_view(devon_id), Presence::Offline);
    world.server.fail_next("PATCH me", problem(ErrorCode::Invalid, "No."));
    world.wait(60_000);
    world.act(devon, Ui::Session(SessionAction::SetAvailability(Availability::Away)));
    assert_eq!(world.phone(devon).me_view().map(|me| me.availability), Some(Availability::Busy), "taken back");
}

#[test]
fn a_log_that_was_cut_leads_to_a_fresh_start_with_everything_in_place() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.server.receive(number(ANA), number(FRONT_DESK), "one");
    world.settle();
    let id = world.texts(FRONT_DESK, &[ANA]);
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    world.act(at, Ui::Composer(CardKey::Conversation(id), ComposerAction::Draft("Half a tho".to_owned())));
    world.disconnect(at);
    world.server.receive(number(ANA), number(FRONT_DESK), "two");
    world.server.trim();
    world.wait(60_000);
    assert_eq!(world.log_of(at, id), ["one", "two"]);
    assert_eq!(world.phone(at).composer_view(CardKey::Conversation(id)).draft, "Half a tho");
    assert!(world.phone(at).connection_view().live);
    assert_eq!(unread(&world, at), 0);
}

#[test]
fn what_is_looked_for_is_found_among_conversations_that_were_not_loaded_yet() {
    let mut world = World::new();
    world.server.receive(number("+16195550999"), number(FRONT_DESK), "the oldest");
    for n in 0..40u32 {
        world.now = world.now.plus(1);
        world.server.now = world.now;
        world.server.receive(number(&format!("+1619555{n:04}")), number(FRONT_DESK), "hello");
    }
    world.server.page = 10;
    let at = world.signed_in(MAYA);
    world.settle();
    world.act(at, Ui::Conversations(ConversationsAction::Search("0999".to_owned())));
    world.settle();
    assert_eq!(world.column(at).len(), 1, "page after page is asked for");
    assert!(!world.phone(at).column_has_more());
}

/// What is asked about a conversation is not asked again when that comes back.
#[test]
fn a_question_goes_with_its_conversation() {
    let mut world = World::new();
    world.server.receive(number(ANA), number(FRONT_DESK), "long ago");
    world.wait(1_000);
    let at = world.signed_in(MAYA);
    let ana = world.texts(FRONT_DESK, &[ANA]);
    world.act(at, Ui::Conversations(ConversationsAction::Delete(ana)));
    assert!(world.phone(at).question_view().is_some());
    world.disconnect(at);
    world.server.receive(number(BEN), number(FRONT_DESK), "today");
    world.server.page = 1;
    world.server.trim();
    world.wait(60_000);
    assert_eq!(world.column(at), ["Ben Hale: today (1)"]);
    let peer = halyard_protocol::Peer::Number(number(ANA));
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer, from: Some(number(FRONT_DESK)) }));
    assert_eq!(world.log_of(at, ana), ["long ago"]);
    assert_eq!(world.phone(at).question_view(), None);
}

/// A log that says of the user themselves that they are gone names all that reads otherwise then.
#[test]
fn who_is_gone_from_the_directory_may_be_oneself() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let [maya, devon] = [MAYA, DEVON].map(|extension| world.server.user(extension));
    let peer = world.colleague(DEVON);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer, from: None }));
    let card = world.front(at);
    world.send(at, card, "Hello");
    for (user, blocked) in [(devon, Some("Nobody else is in this chat.")), (maya, None)] {
        world.server.log(maya, Change::UserRemoved { user });
        world.settle();
        let view = world.phone(at).composer_view(card);
        assert_eq!(view.blocked.map(|text| text.english()).as_deref(), blocked);
    }
}
