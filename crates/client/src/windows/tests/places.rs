//! Where cards are put: beside each other, in halves and quarters, in tiles.

use super::*;

fn overlaps(windows: &Windows) -> usize {
    let shown: Vec<Rect> = windows.cards().filter(|card| !card.is_minimised()).map(Card::bounds).collect();
    (0..shown.len()).flat_map(|a| (0..a).map(move |b| (a, b))).filter(|&(a, b)| shown[a].intersects(shown[b])).count()
}

#[test]
fn cards_open_beside_each_other_in_columns_then_below() {
    let windows = wide(&[ADA, BEN, CLEO, NEW]);
    assert_eq!(bounds(&windows, ADA), (16, 0, 322, 470));
    assert_eq!(bounds(&windows, BEN), (354, 0, 323, 470));
    // The last column and row take what is left.
    assert_eq!(bounds(&windows, CLEO), (693, 0, 323, 470));
    assert_eq!(bounds(&windows, NEW), (16, 486, 322, 284));
}

#[test]
fn a_card_opens_in_the_gap_that_another_one_has_left() {
    let mut windows = wide(&[ADA, BEN, CLEO]);
    let gap = bounds(&windows, BEN);
    let _ = windows.act(WindowAction::Close(BEN));
    let _ = windows.open(NEW);
    assert_eq!(bounds(&windows, NEW), gap);
    assert_eq!(overlaps(&windows), 0);
}

#[test]
fn a_card_in_the_dock_keeps_no_place_free() {
    let mut windows = wide(&[ADA, BEN]);
    let gap = bounds(&windows, ADA);
    let _ = windows.act(WindowAction::Minimise(ADA));
    let _ = windows.open(CLEO);
    assert_eq!(bounds(&windows, CLEO), gap);
}

#[test]
fn on_a_full_desk_cards_open_in_a_cascade_that_shows_every_title() {
    let mut windows = wide(&[]);
    for n in 0..40 {
        let _ = windows.open(conversation(n));
    }
    let mut corners: Vec<(i32, i32)> = windows.cards().map(|card| (card.bounds().x, card.bounds().y)).collect();
    corners.sort_unstable();
    corners.dedup();
    assert_eq!(corners.len(), 40);
}

#[test]
fn a_card_never_opens_larger_than_the_desk() {
    let mut windows = Windows::new();
    // 720 by 450: a window of 1440 by 900 at a zoom of 200 %.
    let _ = windows.resize_desk(720, 312, 340);
    let _ = windows.open(ADA);
    assert_eq!(bounds(&windows, ADA), (16, 0, 280, 324));
}

#[test]
fn halves_and_quarters_fill_the_desk_with_gaps() {
    let mut windows = wide(&[ADA]);
    let mut snap = |zone| {
        assert_eq!(windows.act(WindowAction::Snap { card: ADA, zone }).focus, to_card(ADA));
        assert_eq!(windows.get(ADA).unwrap().snapped(), Some(zone));
        bounds(&windows, ADA)
    };
    assert_eq!(snap(SnapZone::Left), (16, 0, 492, 770));
    assert_eq!(snap(SnapZone::Right), (524, 0, 492, 770));
    assert_eq!(snap(SnapZone::Top), (16, 0, 1000, 377));
    assert_eq!(snap(SnapZone::Bottom), (16, 393, 1000, 377));
    assert_eq!(snap(SnapZone::TopLeft), (16, 0, 492, 377));
    assert_eq!(snap(SnapZone::BottomRight), (524, 393, 492, 377));
}

#[test]
fn a_snapped_card_keeps_its_half_on_any_desk_and_floats_again_where_it_was() {
    let mut windows = wide(&[ADA, BEN]);
    let before = bounds(&windows, BEN);
    let _ = windows.act(WindowAction::Snap { card: BEN, zone: SnapZone::Right });
    let _ = windows.resize_desk(1920, 1512, 900);
    assert_eq!(bounds(&windows, BEN), (764, 0, 732, 884));
    let _ = windows.resize_desk(1440, 1032, 786);
    assert_eq!(windows.act(WindowAction::Float(BEN)).focus, to_card(BEN));
    assert_eq!(bounds(&windows, BEN), before);
    assert!(!windows.act(WindowAction::Float(BEN)).changed);
}

#[test]
fn a_half_of_a_small_desk_is_still_as_wide_as_a_card() {
    let mut windows = Windows::new();
    let _ = windows.resize_desk(800, 420, 500);
    open_all(&mut windows, &[ADA]);
    let _ = windows.act(WindowAction::Snap { card: ADA, zone: SnapZone::Right });
    assert_eq!(bounds(&windows, ADA), (124, 0, 280, 484));
}

#[test]
fn snapping_leaves_fullscreen_but_not_the_dock() {
    let mut windows = wide(&[ADA]);
    let _ = windows.act(WindowAction::ToggleFullscreen(ADA));
    let _ = windows.act(WindowAction::Snap { card: ADA, zone: SnapZone::Left });
    assert_eq!(bounds(&windows, ADA), (16, 0, 492, 770));
    let _ = windows.act(WindowAction::Minimise(ADA));
    assert_eq!(windows.act(WindowAction::Snap { card: ADA, zone: SnapZone::Right }), WindowsChange::default());
}

#[test]
fn tiles_fill_the_desk_without_overlap_and_keep_the_focus() {
    let mut windows = wide(&[ADA, BEN, CLEO]);
    let _ = windows.act(WindowAction::MoveTo { card: ADA, x: 300, y: 200 });
    let _ = windows.act(WindowAction::ToggleFullscreen(BEN));
    assert_eq!(windows.act(WindowAction::Tile), WindowsChange { changed: true, focus: to_card(BEN) });
    assert_eq!(bounds(&windows, ADA), (16, 0, 322, 770));
    assert_eq!(bounds(&windows, BEN), (354, 0, 323, 770));
    assert_eq!(bounds(&windows, CLEO), (693, 0, 323, 770));
    assert!(!windows.get(BEN).unwrap().is_fullscreen());
}

#[test]
fn the_last_row_of_tiles_has_no_hole() {
    let mut windows = wide(&[ADA, BEN, CLEO, NEW, conversation(5)]);
    let _ = windows.act(WindowAction::Tile);
    assert_eq!(overlaps(&windows), 0);
    assert_eq!(bounds(&windows, NEW), (16, 393, 492, 377));
    assert_eq!(bounds(&windows, conversation(5)), (524, 393, 492, 377));
}

#[test]
fn four_tiles_make_two_even_rows() {
    let mut windows = wide(&[ADA, BEN, CLEO, NEW]);
    let _ = windows.act(WindowAction::Tile);
    assert_eq!(bounds(&windows, ADA), (16, 0, 492, 377));
    assert_eq!(bounds(&windows, NEW), (524, 393, 492, 377));
}

#[test]
fn tiling_leaves_the_dock_alone() {
    let mut windows = wide(&[ADA, BEN]);
    let _ = windows.act(WindowAction::Minimise(ADA));
    let _ = windows.act(WindowAction::Tile);
    assert!(windows.get(ADA).unwrap().is_minimised());
    assert_eq!(bounds(&windows, BEN), (16, 0, 1000, 770));
    let _ = windows.act(WindowAction::Minimise(BEN));
    assert_eq!(windows.act(WindowAction::Tile), WindowsChange::default());
}

#[test]
fn what_has_no_room_among_the_tiles_waits_in_the_dock() {
    let mut windows = wide(&[]);
    for n in 1..=12 {
        let _ = windows.open(conversation(n));
    }
    for n in [1, 5, 9, 2] {
        let _ = windows.act(WindowAction::Focus(conversation(n)));
    }
    let _ = windows.act(WindowAction::Tile);
    // Three columns and three rows: nine tiles.
    let docked: Vec<CardKey> = windows.cards().filter(|card| card.is_minimised()).map(Card::key).collect();
    assert_eq!(docked, [conversation(3), conversation(4), conversation(6)], "those that were in front longest ago");
    let tiled: Vec<Rect> = windows.cards().filter(|card| !card.is_minimised()).map(Card::bounds).collect();
    for (n, tile) in tiled.iter().enumerate() {
        assert!(tiled[..n].iter().all(|other| !other.intersects(*tile)));
    }
    assert_eq!(windows.focused(), Some(conversation(2)));
    // Each tile that becomes free is the place of one that comes back.
    for n in [5, 9] {
        let free = bounds(&windows, conversation(n));
        let _ = windows.act(WindowAction::Minimise(conversation(n)));
        let back = if n == 5 { conversation(3) } else { conversation(6) };
        let _ = windows.act(WindowAction::Restore(back));
        assert_eq!(bounds(&windows, back), free);
    }
    assert_eq!(overlaps(&windows), 0);
}
