//! Moving and resizing, by keys and by a pointer.

use super::*;

fn drag(windows: &mut Windows, card: CardKey, grip: Grip, path: &[(i32, i32)]) -> WindowsChange {
    let mut path = path.iter();
    let &(x, y) = path.next().unwrap();
    let _ = windows.act(WindowAction::StartDrag { card, grip, x, y });
    let mut last = (x, y);
    for &(x, y) in path {
        let _ = windows.act(WindowAction::Drag { x, y });
        last = (x, y);
    }
    windows.act(WindowAction::EndDrag { x: last.0, y: last.1 })
}

#[test]
fn a_card_moves_with_the_pointer_and_comes_to_the_front() {
    let mut windows = wide(&[ADA, BEN]);
    let outcome = drag(&mut windows, ADA, Grip::Title, &[(100, 20), (150, 60), (200, 120)]);
    assert_eq!(bounds(&windows, ADA), (116, 100, 322, 470));
    assert_eq!(windows.focused(), Some(ADA));
    assert_eq!(outcome.focus, None);
    assert_eq!(windows.dragged(), None);
}

#[test]
fn a_click_on_the_title_moves_nothing() {
    let mut windows = wide(&[ADA]);
    let before = bounds(&windows, ADA);
    let _ = windows.act(WindowAction::StartDrag { card: ADA, grip: Grip::Title, x: 100, y: 20 });
    assert!(!windows.act(WindowAction::Drag { x: 103, y: 18 }).changed);
    assert_eq!(windows.dragged(), None);
    assert!(windows.act(WindowAction::Drag { x: 104, y: 20 }).changed);
    assert_eq!(windows.dragged(), Some(ADA));
    let _ = windows.act(WindowAction::CancelDrag);
    let _ = drag(&mut windows, ADA, Grip::Title, &[(100, 20), (102, 21)]);
    assert_eq!(bounds(&windows, ADA), before);
}

#[test]
fn a_pointer_that_leaves_the_desk_and_returns_finds_the_card_where_it_holds_it() {
    let mut windows = wide(&[ADA]);
    let _ = drag(&mut windows, ADA, Grip::Title, &[(100, 20), (-4000, 9000), (150, 120)]);
    assert_eq!(bounds(&windows, ADA), (66, 100, 322, 470));
}

#[test]
fn escape_puts_the_card_back() {
    let mut windows = wide(&[ADA, BEN]);
    let _ = windows.act(WindowAction::Snap { card: ADA, zone: SnapZone::Left });
    let before = windows.snapshot();
    let _ = windows.act(WindowAction::StartDrag { card: ADA, grip: Grip::Title, x: 100, y: 20 });
    let _ = windows.act(WindowAction::Drag { x: 500, y: 300 });
    assert_ne!(windows.snapshot(), before);
    let _ = windows.act(WindowAction::CancelDrag);
    assert_eq!(windows.snapshot(), before);
    // Whatever the pointer does after that.
    assert_eq!(windows.act(WindowAction::EndDrag { x: 0, y: 300 }), WindowsChange::default());
}

/// Takes the first card by its title and holds it here; where it would snap to.
fn hold(windows: &mut Windows, x: i32, y: i32) -> Option<(SnapZone, Rect)> {
    let _ = windows.act(WindowAction::StartDrag { card: ADA, grip: Grip::Title, x: 100, y: 20 });
    let _ = windows.act(WindowAction::Drag { x, y });
    windows.snap_preview()
}

#[test]
fn a_card_dragged_to_an_edge_snaps_to_what_the_preview_showed() {
    for (x, y, zone) in [
        (2, 300, SnapZone::Left),
        (1030, 300, SnapZone::Right),
        // To the side along the top, where the titles of cards are.
        (5, 28, SnapZone::Left),
        (500, -3, SnapZone::Top),
        (500, 780, SnapZone::Bottom),
        (-30, 5, SnapZone::TopLeft),
        (1040, -5, SnapZone::TopRight),
        (10, 770, SnapZone::BottomLeft),
        (1000, 790, SnapZone::BottomRight),
    ] {
        let mut windows = wide(&[ADA]);
        let before = bounds(&windows, ADA);
        let (asked, preview) = hold(&mut windows, x, y).unwrap();
        assert_eq!(asked, zone);
        let _ = windows.act(WindowAction::EndDrag { x, y });
        assert_eq!(windows.get(ADA).unwrap().bounds(), preview);
        assert_eq!(windows.snap_preview(), None);
        let _ = windows.act(WindowAction::Float(ADA));
        assert_eq!(bounds(&windows, ADA), before);
    }
}

#[test]
fn the_preview_shows_also_when_the_card_can_go_no_further() {
    let mut windows = wide(&[ADA]);
    assert_eq!(hold(&mut windows, 60, 300), None);
    let before = bounds(&windows, ADA);
    assert!(windows.act(WindowAction::Drag { x: 3, y: 300 }).changed);
    assert_eq!(bounds(&windows, ADA), before);
    assert_eq!(windows.snap_preview().map(|(zone, _)| zone), Some(SnapZone::Left));
}

#[test]
fn away_from_the_edges_nothing_snaps() {
    let mut windows = wide(&[ADA]);
    for (x, y) in [(500, 300), (100, 1), (40, 20), (20, 400)] {
        assert_eq!(hold(&mut windows, x, y), None, "{x} {y}");
    }
}

#[test]
fn a_card_that_is_resized_at_an_edge_of_the_desk_does_not_snap() {
    let mut windows = wide(&[ADA]);
    let _ = windows.act(WindowAction::StartDrag { card: ADA, grip: Grip::Edge(Edge::Right), x: 346, y: 300 });
    let _ = windows.act(WindowAction::Drag { x: 1031, y: 300 });
    assert_eq!(windows.snap_preview(), None);
    let _ = windows.act(WindowAction::EndDrag { x: 1031, y: 300 });
    assert_eq!(bounds(&windows, ADA), (16, 0, 1007, 470));
}

#[test]
fn a_desk_too_small_for_halves_offers_none() {
    let mut windows = Windows::new();
    let _ = windows.resize_desk(760, 352, 640);
    open_all(&mut windows, &[ADA]);
    assert_eq!(hold(&mut windows, 0, 300), None);
    assert_eq!(hold(&mut windows, 150, 640).map(|(zone, _)| zone), Some(SnapZone::Bottom));
}

#[test]
fn a_snapped_card_leaves_its_half_under_the_pointer_in_its_own_size() {
    let mut windows = wide(&[ADA]);
    let _ = windows.act(WindowAction::Snap { card: ADA, zone: SnapZone::Right });
    // Held at the middle of a title of 492 px, which starts at 524.
    let _ = drag(&mut windows, ADA, Grip::Title, &[(770, 20), (600, 200)]);
    assert_eq!(bounds(&windows, ADA), (439, 180, 322, 470));
    assert_eq!(windows.get(ADA).unwrap().snapped(), None);
}

#[test]
fn frames_and_corners_resize_and_the_opposite_side_stays() {
    let resized = |edge, dx, dy| {
        let mut windows = wide(&[ADA]);
        let _ = windows.act(WindowAction::MoveTo { card: ADA, x: 300, y: 200 });
        let _ = windows.act(WindowAction::ResizeBy { card: ADA, edge, dx, dy });
        bounds(&windows, ADA)
    };
    assert_eq!(resized(Edge::Right, 50, 99), (300, 200, 372, 470));
    assert_eq!(resized(Edge::Left, 20, 99), (320, 200, 302, 470));
    assert_eq!(resized(Edge::Top, 99, -30), (300, 170, 322, 500));
    assert_eq!(resized(Edge::BottomRight, 10, 20), (300, 200, 332, 490));
    assert_eq!(resized(Edge::TopLeft, -10, 30), (290, 230, 332, 440));
    // Not smaller than a card can be, not beyond the desk.
    assert_eq!(resized(Edge::Left, 900, 0), (342, 200, 280, 470));
    assert_eq!(resized(Edge::Bottom, 0, -900), (300, 200, 322, 240));
    assert_eq!(resized(Edge::BottomRight, i32::MAX, i32::MAX), (300, 200, 732, 586));
    assert_eq!(resized(Edge::TopLeft, i32::MIN, i32::MIN), (0, 0, 622, 670));
}

#[test]
fn resizing_by_the_pointer_never_snaps() {
    let mut windows = wide(&[ADA]);
    let _ = drag(&mut windows, ADA, Grip::Edge(Edge::Right), &[(346, 100), (1032, 100)]);
    assert_eq!(bounds(&windows, ADA), (16, 0, 1008, 470));
    assert_eq!(windows.get(ADA).unwrap().snapped(), None);
}

#[test]
fn resizing_a_snapped_card_starts_from_how_it_shows() {
    let mut windows = wide(&[ADA]);
    let _ = windows.act(WindowAction::Snap { card: ADA, zone: SnapZone::Left });
    let _ = windows.act(WindowAction::ResizeBy { card: ADA, edge: Edge::Right, dx: -92, dy: 0 });
    assert_eq!(bounds(&windows, ADA), (16, 0, 400, 770));
}

#[test]
fn keys_move_as_far_as_the_desk_goes_and_bring_the_card_to_the_front() {
    let mut windows = wide(&[ADA, BEN]);
    let outcome = windows.act(WindowAction::MoveBy { card: ADA, dx: 0, dy: 32 });
    assert_eq!(outcome, WindowsChange { changed: true, focus: to_card(ADA) });
    assert_eq!(bounds(&windows, ADA), (16, 32, 322, 470));
    // The focus is there already, on the title or in the menu: it stays.
    assert_eq!(windows.act(WindowAction::MoveBy { card: ADA, dx: i32::MAX, dy: i32::MIN }).focus, None);
    assert_eq!(bounds(&windows, ADA), (710, 0, 322, 470));
    assert!(!windows.act(WindowAction::MoveBy { card: ADA, dx: 1, dy: -1 }).changed);
}

#[test]
fn fullscreen_and_minimised_cards_neither_move_nor_resize() {
    let mut windows = wide(&[ADA, BEN]);
    let _ = windows.act(WindowAction::ToggleFullscreen(ADA));
    let _ = windows.act(WindowAction::Minimise(BEN));
    for card in [ADA, BEN] {
        for action in [
            WindowAction::MoveBy { card, dx: 9, dy: 9 },
            WindowAction::MoveTo { card, x: 9, y: 9 },
            WindowAction::ResizeBy { card, edge: Edge::Top, dx: 9, dy: 9 },
            WindowAction::StartDrag { card, grip: Grip::Title, x: 9, y: 9 },
            WindowAction::Drag { x: 99, y: 99 },
            WindowAction::EndDrag { x: 99, y: 99 },
        ] {
            assert_eq!(windows.act(action), WindowsChange::default(), "{action:?}");
        }
    }
}

#[test]
fn placing_a_card_by_keys_takes_it_out_of_the_pointers_hand() {
    let mut windows = wide(&[ADA]);
    let _ = windows.act(WindowAction::StartDrag { card: ADA, grip: Grip::Title, x: 100, y: 20 });
    let _ = windows.act(WindowAction::Drag { x: 200, y: 200 });
    let _ = windows.act(WindowAction::Snap { card: ADA, zone: SnapZone::Left });
    let _ = windows.act(WindowAction::CancelDrag);
    assert_eq!(windows.get(ADA).unwrap().snapped(), Some(SnapZone::Left));
}

#[test]
fn a_new_conversation_that_becomes_its_card_stays_in_the_users_hand() {
    let mut windows = wide(&[NEW]);
    let _ = windows.act(WindowAction::StartDrag { card: NEW, grip: Grip::Title, x: 100, y: 20 });
    let _ = windows.retarget(NEW, ADA);
    let _ = windows.act(WindowAction::EndDrag { x: 200, y: 120 });
    assert_eq!(bounds(&windows, ADA), (116, 100, 322, 470));
}

#[test]
fn closing_a_card_ends_its_drag() {
    let mut windows = wide(&[ADA, BEN]);
    let _ = windows.act(WindowAction::StartDrag { card: ADA, grip: Grip::Title, x: 100, y: 20 });
    let _ = windows.act(WindowAction::Drag { x: 200, y: 200 });
    let _ = windows.act(WindowAction::Close(ADA));
    assert_eq!(windows.dragged(), None);
    assert_eq!(windows.act(WindowAction::Drag { x: 300, y: 300 }), WindowsChange::default());
}
