//! What holds after any sequence of actions on any desk.

use proptest::prelude::*;

use super::steps::{Model, Step, a_card, a_desk, a_distance, a_place, an_edge, some_steps};
use super::*;

proptest! {
    #[test]
    fn nothing_is_lost_hidden_or_out_of_reach(steps in some_steps()) {
        let mut model = Model::default();
        model.step(&Step::Desk(1440, 1032, 786));
        for step in &steps {
            let before = (model.windows.focused(), model.windows.snapshot(), model.look());
            let outcome = model.outcome(step);
            model.check();
            let focused = model.windows.focused();
            match outcome.focus {
                Some(Focus::Card(card)) => prop_assert_eq!(focused, Some(card)),
                Some(Focus::Column) => prop_assert_eq!(focused, None),
                None => {}
            }
            // The keyboard focus follows, unless it is the pointer that chose, or the column showed and still does.
            let follows = match step {
                Step::Act(WindowAction::Raise(_) | WindowAction::StartDrag { .. } | WindowAction::Drag { .. }) => false,
                Step::Act(WindowAction::EndDrag { .. }) => false,
                Step::Act(_) | Step::Open(_) | Step::Retarget(..) => true,
                Step::Desk(..) | Step::Reload => false,
            };
            if follows && focused != before.0 {
                prop_assert_eq!(outcome.focus, Some(focused.map_or(Focus::Column, Focus::Card)));
            }
            if !outcome.changed && !matches!(step, Step::Reload) {
                prop_assert_eq!((model.windows.snapshot(), model.look()), (before.1, before.2));
            }
        }
    }

    #[test]
    fn minimise_and_restore_leave_a_card_as_it_was(steps in some_steps(), card in a_card()) {
        let mut model = Model::wide_after(&steps);
        model.step(&Step::Open(card));
        let before = model.look();
        model.step(&Step::Act(WindowAction::Minimise(card)));
        prop_assert!(model.windows.get(card).unwrap().is_minimised());
        model.step(&Step::Act(WindowAction::Restore(card)));
        prop_assert_eq!(model.look(), before);
    }

    #[test]
    fn fullscreen_twice_leaves_a_card_as_it_was(steps in some_steps(), card in a_card()) {
        let mut model = Model::wide_after(&steps);
        model.step(&Step::Open(card));
        let before = model.look();
        let was = model.windows.get(card).unwrap().is_fullscreen();
        model.step(&Step::Act(WindowAction::ToggleFullscreen(card)));
        prop_assert_eq!(model.windows.get(card).unwrap().is_fullscreen(), !was);
        model.step(&Step::Act(WindowAction::ToggleFullscreen(card)));
        prop_assert_eq!(model.look(), before);
    }

    #[test]
    fn any_other_desk_and_back_leaves_all_cards_as_they_were(
        steps in some_steps(),
        desks in prop::collection::vec(a_desk(), 1..4),
    ) {
        let mut model = Model::wide_after(&steps);
        model.step(&Step::Act(WindowAction::CancelDrag));
        let before = model.look();
        for desk in &desks {
            model.step(desk);
        }
        model.step(&Step::Desk(1440, 1032, 786));
        prop_assert_eq!(model.look(), before);
    }

    #[test]
    fn what_is_kept_comes_back_whole(steps in some_steps()) {
        let mut model = Model::after(&steps);
        let before = (model.look(), model.windows.focused(), model.windows.snapshot());
        model.step(&Step::Reload);
        prop_assert_eq!((model.look(), model.windows.focused(), model.windows.snapshot()), before);
    }

    #[test]
    fn tiles_never_overlap_when_there_is_room(
        count in 1..30usize,
        (width, height) in (400..2600u32, 260..1500u32),
    ) {
        let mut model = Model::after(&[Step::Desk(width + 408, width, height)]);
        for n in 0..count {
            model.step(&Step::Open(conversation(n as u128)));
        }
        model.step(&Step::Act(WindowAction::Tile));
        model.check();
        let room = (width as i32 - GAP) / (LEAST_SIZE.0 + GAP) * ((height as i32) / (LEAST_SIZE.1 + GAP));
        let tiles: Vec<Rect> = model.windows.cards().map(Card::bounds).collect();
        let fits = count <= room as usize;
        for (n, tile) in tiles.iter().enumerate() {
            let overlaps = tiles[..n].iter().any(|other| other.intersects(*tile));
            prop_assert!(!overlaps || !fits, "{:?}", tiles);
        }
    }

    #[test]
    fn a_drag_that_ends_where_it_began_has_moved_nothing(
        steps in some_steps(),
        card in a_card(),
        title in any::<bool>(),
        edge in an_edge(),
        path in prop::collection::vec((a_place(), a_place()), 0..6),
    ) {
        let mut model = Model::wide_after(&steps);
        model.step(&Step::Open(card));
        model.step(&Step::Act(WindowAction::MoveBy { card, dx: 1, dy: 1 }));
        let before = model.look();
        let (x, y) = (400, 300);
        let grip = if title { Grip::Title } else { Grip::Edge(edge) };
        model.step(&Step::Act(WindowAction::StartDrag { card, grip, x, y }));
        for (x, y) in path {
            model.step(&Step::Act(WindowAction::Drag { x, y }));
        }
        model.step(&Step::Act(WindowAction::EndDrag { x, y }));
        prop_assert_eq!(model.look(), before);
    }

    #[test]
    fn resizing_moves_only_the_edges_that_are_pulled(
        steps in some_steps(),
        card in a_card(),
        edge in an_edge(),
        (dx, dy) in (a_distance(), a_distance()),
    ) {
        let mut model = Model::wide_after(&steps);
        model.step(&Step::Open(card));
        let before = model.windows.get(card).unwrap().bounds();
        model.step(&Step::Act(WindowAction::ResizeBy { card, edge, dx, dy }));
        model.check();
        let after = model.windows.get(card).unwrap().bounds();
        let left = matches!(edge, Edge::Left | Edge::TopLeft | Edge::BottomLeft);
        let right = matches!(edge, Edge::Right | Edge::TopRight | Edge::BottomRight);
        let top = matches!(edge, Edge::Top | Edge::TopLeft | Edge::TopRight);
        let bottom = matches!(edge, Edge::Bottom | Edge::BottomLeft | Edge::BottomRight);
        prop_assert!(left || after.x == before.x);
        prop_assert!(right || after.right() == before.right());
        prop_assert!(top || after.y == before.y);
        prop_assert!(bottom || after.bottom() == before.bottom());
    }
}
