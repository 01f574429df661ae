//! Times on screen: days that begin, devices that sleep, journeys, and days on which clocks change.

use halyard_client::conversations::ConversationsAction;
use halyard_client::view::{Item, When};
use halyard_client::{CardKey, System, Ui};
use halyard_protocol::{ConversationId, UnixMs};

use crate::support::World;
use crate::support::people::{ANA, FRONT_DESK, MAYA, number};

const HOUR: i64 = 3_600_000;

/// A card with a text that has just come.
fn one_text() -> (World, usize, ConversationId) {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.server.receive(number(ANA), number(FRONT_DESK), "Is the slip free?");
    world.settle();
    let id = world.texts(FRONT_DESK, &[ANA]);
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    (world, at, id)
}

/// How many days ago the days in the card are, and how its row says when.
fn days(world: &mut World, at: usize, id: ConversationId) -> (Vec<i64>, When) {
    let env = world.env();
    let phone = world.phone(at);
    let items = phone.timeline_view(CardKey::Conversation(id), &env).expect("a timeline").items;
    let ago = |item: &Item| if let Item::Day { ago, .. } = item { Some(*ago) } else { None };
    let newest = items.iter().filter_map(ago).next_back().into_iter().collect();
    (newest, phone.row_view(id, &env).expect("a row").when)
}

/// What the screen shows is what it should show: the world compares them after each event.
fn tick(world: &mut World, at: usize) {
    world.system(at, System::Attention(halyard_client::Attention::Focused));
    world.settle();
}

#[test]
fn at_midnight_today_becomes_yesterday() {
    let (mut world, at, id) = one_text();
    assert_eq!(days(&mut world, at, id), (vec![0], When::Today));
    world.wait(13 * HOUR);
    assert_eq!(days(&mut world, at, id), (vec![1], When::ThisWeek));
}

#[test]
fn a_device_that_slept_over_midnight_shows_the_day_with_the_next_event() {
    let (mut world, at, id) = one_text();
    // No timer comes while it sleeps.
    world.now = world.now.plus(50 * HOUR);
    tick(&mut world, at);
    assert_eq!(days(&mut world, at, id).0, [2]);
}

#[test]
fn after_a_journey_all_times_are_of_the_new_zone() {
    let (mut world, at, id) = one_text();
    let hour = |world: &mut World| {
        let env = world.env();
        world.phone(at).row_view(id, &env).expect("a row").at.0.rem_euclid(24 * HOUR) / HOUR
    };
    let before = hour(&mut world);
    world.zone = |_| -300;
    tick(&mut world, at);
    assert_eq!(hour(&mut world), (before + 3) % 24);
}

#[test]
fn a_text_of_another_year_says_so() {
    let (mut world, at, id) = one_text();
    world.now = UnixMs(world.now.0 + 24 * HOUR * 60);
    tick(&mut world, at);
    assert_eq!(days(&mut world, at, id).1, When::DateAndYear);
}

#[test]
fn after_a_journey_to_a_zone_that_agrees_now_the_times_of_the_other_season_are_of_the_new_one() {
    let (mut world, at, id) = one_text();
    world.now = UnixMs(world.now.0 + 24 * HOUR * 60);
    tick(&mut world, at);
    world.zone = |at| if at.0 < 1_766_520_000_000 { -420 } else { -480 };
    tick(&mut world, at);
    let env = world.env();
    assert_eq!(world.phone(at).row_view(id, &env).expect("a row").at.0.rem_euclid(24 * HOUR) / HOUR, 13);
}

#[test]
fn a_clock_that_is_ahead_does_not_date_a_conversation() {
    let (mut world, at, id) = one_text();
    world.set_clock(2 * HOUR);
    world.send(at, CardKey::Conversation(id), "It is");
    let (user, env) = (world.server.user(MAYA), world.env());
    let truth = world.server.conversation(user, id).expect("a conversation").last_activity;
    assert_eq!(world.phone(at).row_view(id, &env).expect("a row").at, env.local(truth));
}
