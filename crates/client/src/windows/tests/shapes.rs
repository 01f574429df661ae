//! The desk changes, one pane at a time, and what is kept.

use super::*;

#[test]
fn a_smaller_window_keeps_cards_in_reach_and_a_larger_one_gives_their_places_back() {
    let mut windows = wide(&[ADA]);
    let _ = windows.act(WindowAction::MoveTo { card: ADA, x: 700, y: 300 });
    let _ = windows.act(WindowAction::ResizeBy { card: ADA, edge: Edge::TopLeft, dx: -200, dy: -100 });
    let before = bounds(&windows, ADA);
    assert_eq!(before, (500, 200, 522, 570));
    let _ = windows.resize_desk(900, 492, 400);
    assert_eq!(bounds(&windows, ADA), (0, 0, 492, 400));
    let _ = windows.resize_desk(1440, 1032, 786);
    assert_eq!(bounds(&windows, ADA), before);
}

#[test]
fn what_the_user_moves_on_a_small_desk_is_their_new_will_and_the_rest_the_old() {
    let mut windows = wide(&[ADA]);
    let _ = windows.act(WindowAction::MoveTo { card: ADA, x: 600, y: 300 });
    let _ = windows.resize_desk(1000, 592, 700);
    assert_eq!(bounds(&windows, ADA), (270, 300, 322, 400));
    let _ = windows.act(WindowAction::MoveBy { card: ADA, dx: -100, dy: 0 });
    let _ = windows.resize_desk(1440, 1032, 786);
    assert_eq!(bounds(&windows, ADA), (170, 300, 322, 470));

    let _ = windows.act(WindowAction::MoveTo { card: ADA, x: 600, y: 300 });
    let _ = windows.resize_desk(1000, 592, 700);
    let _ = windows.act(WindowAction::MoveBy { card: ADA, dx: 0, dy: -50 });
    let _ = windows.resize_desk(1440, 1032, 786);
    assert_eq!(bounds(&windows, ADA), (600, 250, 322, 400));
}

#[test]
fn a_hidden_desk_is_not_a_small_one() {
    let mut windows = wide(&[ADA, BEN]);
    let before = bounds(&windows, BEN);
    assert_eq!(windows.resize_desk(1440, 0, 0), WindowsChange::default());
    assert_eq!(bounds(&windows, BEN), before);
}

#[test]
fn below_700_px_one_pane_shows_at_a_time() {
    let mut windows = narrow(&[]);
    assert!(windows.is_narrow() && windows.shows_column() && !windows.shows_cards());
    assert_eq!(windows.open(ADA).focus, to_card(ADA));
    assert!(windows.shows_cards() && !windows.shows_column());
    assert_eq!(bounds(&windows, ADA), (0, 0, 390, 740));
    assert_eq!(windows.act(WindowAction::Back), WindowsChange { changed: true, focus: Some(Focus::Column) });
    assert!(windows.shows_column() && !windows.shows_cards());
    assert_eq!(windows.focused(), None);
    assert_eq!(windows.act(WindowAction::Back), WindowsChange::default());
    assert_eq!(windows.open(ADA), WindowsChange { changed: true, focus: to_card(ADA) });

    assert!(windows.resize_desk(699, 699, 700).focus.is_none());
    assert!(windows.is_narrow());
    let _ = windows.resize_desk(700, 292, 700);
    assert!(!windows.is_narrow() && windows.shows_column() && windows.shows_cards());
}

#[test]
fn in_the_narrow_shape_the_next_card_follows_and_then_the_column() {
    let mut windows = narrow(&[ADA, BEN]);
    assert_eq!(windows.act(WindowAction::Minimise(BEN)).focus, to_card(ADA));
    assert_eq!(windows.act(WindowAction::Close(ADA)).focus, Some(Focus::Column));
    assert!(windows.shows_column());
    assert_eq!(windows.act(WindowAction::Restore(BEN)).focus, to_card(BEN));
    assert!(windows.shows_cards());
}

#[test]
fn closing_from_the_strip_below_the_column_stays_there() {
    let mut windows = narrow(&[ADA, BEN]);
    let _ = windows.act(WindowAction::Minimise(ADA));
    let _ = windows.act(WindowAction::Back);
    assert_eq!(windows.act(WindowAction::Close(ADA)).focus, Some(Focus::Column));
    assert!(windows.shows_column());
}

#[test]
fn the_next_card_after_the_column_is_the_one_in_front() {
    let mut windows = narrow(&[ADA, BEN]);
    let _ = windows.act(WindowAction::Focus(ADA));
    let _ = windows.act(WindowAction::Back);
    assert_eq!(windows.act(WindowAction::FocusNext).focus, to_card(ADA));
    assert_eq!(windows.act(WindowAction::FocusNext).focus, to_card(BEN));
}

#[test]
fn there_is_nothing_to_place_in_the_narrow_shape() {
    let mut windows = narrow(&[ADA, BEN]);
    for action in [
        WindowAction::ToggleFullscreen(ADA),
        WindowAction::Tile,
        WindowAction::Snap { card: ADA, zone: SnapZone::Left },
        WindowAction::MoveBy { card: ADA, dx: 9, dy: 9 },
        WindowAction::StartDrag { card: ADA, grip: Grip::Title, x: 0, y: 0 },
    ] {
        assert_eq!(windows.act(action), WindowsChange::default(), "{action:?}");
    }
    assert_eq!(windows.snap_preview(), None);
}

#[test]
fn cards_opened_on_a_narrow_screen_lie_beside_each_other_when_it_widens() {
    let mut windows = narrow(&[ADA, BEN]);
    assert_eq!(windows.resize_desk(1440, 1032, 786), WindowsChange { changed: true, focus: None });
    assert_eq!(bounds(&windows, ADA), (16, 0, 322, 470));
    assert_eq!(bounds(&windows, BEN), (354, 0, 323, 470));
}

#[test]
fn a_window_that_gets_narrow_keeps_the_focus_in_the_pane_that_stays() {
    let mut windows = wide(&[ADA, BEN]);
    let before = bounds(&windows, BEN);
    assert_eq!(windows.resize_desk(600, 600, 700).focus, to_card(BEN));
    let _ = windows.act(WindowAction::Back);
    let _ = windows.resize_desk(1440, 1032, 786);
    assert_eq!(windows.resize_desk(600, 600, 700).focus, Some(Focus::Column));
    let _ = windows.resize_desk(1440, 1032, 786);
    assert_eq!(bounds(&windows, BEN), before);
    // Nothing hides when there is no card.
    assert_eq!(wide(&[]).resize_desk(600, 600, 700).focus, None);
}

#[test]
fn the_first_measurement_takes_the_focus_from_nobody() {
    let mut windows = Windows::restore(narrow(&[ADA]).snapshot());
    assert_eq!(windows.resize_desk(390, 390, 740), WindowsChange { changed: true, focus: None });
    assert!(windows.shows_cards());
}

#[test]
fn a_reload_finds_all_cards_as_they_were() {
    let mut windows = wide(&[ADA, BEN, CLEO, NEW]);
    let _ = windows.act(WindowAction::Snap { card: ADA, zone: SnapZone::Left });
    let _ = windows.act(WindowAction::Minimise(BEN));
    let _ = windows.act(WindowAction::SetPinned(CLEO, true));
    let _ = windows.act(WindowAction::ToggleFullscreen(NEW));
    let _ = windows.act(WindowAction::Focus(CLEO));
    let json = serde_json::to_string(&windows.snapshot()).unwrap();
    let mut again = Windows::restore(serde_json::from_str(&json).unwrap());
    let _ = again.resize_desk(1440, 1032, 786);
    assert_eq!(again.cards().collect::<Vec<_>>(), windows.cards().collect::<Vec<_>>());
    assert_eq!(again.focused(), Some(CLEO));
}

#[test]
fn a_log_out_leaves_the_pinned_cards_as_they_were_placed() {
    let mut windows = wide(&[ADA, BEN, CLEO]);
    let _ = windows.act(WindowAction::SetPinned(BEN, true));
    let before = bounds(&windows, BEN);
    let mut again = Windows::restore(windows.snapshot().pinned());
    let _ = again.resize_desk(1440, 1032, 786);
    assert_eq!(keys(&again), [BEN]);
    assert_eq!(bounds(&again, BEN), before);
    assert_eq!(again.focused(), Some(BEN));
}

#[test]
fn a_damaged_snapshot_still_gives_cards_that_can_be_used() {
    let card = |key, x, w, stacking| CardSnapshot {
        key,
        wanted: Some(Rect { x, y: i32::MIN, w, h: 0 }),
        placement: Placement::Showing(Showing::Resting(Resting::Floating)),
        pinned: false,
        stacking,
    };
    let cards = vec![card(ADA, i32::MAX, -5, 7), card(BEN, i32::MIN, i32::MAX, 7), card(ADA, 0, 300, 0)];
    let mut windows = Windows::restore(Snapshot { cards, pane: Pane::Card });
    let _ = windows.resize_desk(1440, 1032, 786);
    assert_eq!(keys(&windows), [ADA, BEN]);
    assert_eq!(bounds(&windows, ADA), (752, 0, 280, 240));
    assert_eq!(bounds(&windows, BEN), (0, 0, 1032, 240));
    assert_eq!(windows.cards().map(Card::stacking).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn two_tabs_agree_on_the_cards_each_on_its_own_desk() {
    let mut one = wide(&[ADA, BEN]);
    let mut other = Windows::new();
    let _ = other.resize_desk(1920, 1512, 900);
    assert!(other.adopt(one.snapshot()).changed);
    assert_eq!(keys(&other), [ADA, BEN]);
    let _ = other.act(WindowAction::Focus(ADA));

    // What is in front here stays there, whatever is done elsewhere.
    let _ = one.open(CLEO);
    assert_eq!(other.adopt(one.snapshot()), WindowsChange { changed: true, focus: None });
    assert_eq!(other.focused(), Some(ADA));
    // Unless it is closed there.
    let _ = one.act(WindowAction::Close(ADA));
    assert_eq!(other.adopt(one.snapshot()).focus, to_card(CLEO));
    assert_eq!(keys(&other), [BEN, CLEO]);
}

#[test]
fn a_tab_that_shows_its_column_still_does_when_another_one_opens_a_card() {
    let mut phone = narrow(&[]);
    assert_eq!(phone.adopt(wide(&[ADA]).snapshot()), WindowsChange { changed: true, focus: None });
    assert!(phone.shows_column());
}

#[test]
fn what_the_dock_takes_makes_the_lower_row_shorter_and_covers_no_card() {
    let mut windows = wide(&[ADA, BEN, CLEO, NEW]);
    let before = bounds(&windows, NEW);
    let _ = windows.resize_desk(1440, 1032, 740);
    assert_eq!(bounds(&windows, NEW), (before.0, before.1, before.2, 740 - before.1));
    let _ = windows.resize_desk(1440, 1032, 786);
    assert_eq!(bounds(&windows, NEW), before);
}
