//! Windows in the words of the product. What holds after any sequence of actions stands in `properties`.

mod dragging;
mod places;
mod properties;
mod shapes;
mod steps;

use halyard_protocol::{ConversationId, Ulid};

use super::*;

const ADA: CardKey = conversation(1);
const BEN: CardKey = conversation(2);
const CLEO: CardKey = conversation(3);
const NEW: CardKey = CardKey::New(1);

const fn conversation(n: u128) -> CardKey {
    CardKey::Conversation(ConversationId(Ulid::from_bits(n)))
}

/// The desk of the product's picture: a window of 1440 by 900.
fn wide(cards: &[CardKey]) -> Windows {
    let mut windows = Windows::new();
    let _ = windows.resize_desk(1440, 1032, 786);
    open_all(&mut windows, cards);
    windows
}

/// A phone.
fn narrow(cards: &[CardKey]) -> Windows {
    let mut windows = Windows::new();
    let _ = windows.resize_desk(390, 390, 740);
    open_all(&mut windows, cards);
    windows
}

fn open_all(windows: &mut Windows, cards: &[CardKey]) {
    for card in cards {
        let _ = windows.open(*card);
    }
}

fn bounds(windows: &Windows, card: CardKey) -> (i32, i32, i32, i32) {
    let Rect { x, y, w, h } = windows.get(card).unwrap().bounds();
    (x, y, w, h)
}

fn keys(windows: &Windows) -> Vec<CardKey> {
    windows.cards().map(Card::key).collect()
}

const fn to_card(card: CardKey) -> Option<Focus> {
    Some(Focus::Card(card))
}

#[test]
fn opening_a_card_puts_the_focus_into_it() {
    let mut windows = wide(&[]);
    assert_eq!(windows.open(ADA), WindowsChange { changed: true, focus: to_card(ADA) });
    assert_eq!(windows.open(BEN), WindowsChange { changed: true, focus: to_card(BEN) });
    assert_eq!(windows.focused(), Some(BEN));
    assert_eq!(keys(&windows), [ADA, BEN]);
}

#[test]
fn opening_an_open_card_brings_it_to_the_front_where_it_is() {
    let mut windows = wide(&[ADA, BEN]);
    let before = bounds(&windows, ADA);
    assert_eq!(windows.open(ADA), WindowsChange { changed: true, focus: to_card(ADA) });
    assert_eq!(bounds(&windows, ADA), before);
    assert_eq!(keys(&windows), [ADA, BEN]);
    assert!(windows.get(ADA).unwrap().stacking() > windows.get(BEN).unwrap().stacking());
    assert!(!windows.open(ADA).changed);
}

#[test]
fn a_minimised_card_waits_in_the_dock_and_comes_back_where_it_was() {
    let mut windows = wide(&[ADA, BEN, CLEO]);
    let _ = windows.act(WindowAction::MoveBy { card: BEN, dx: 40, dy: 90 });
    let before = bounds(&windows, BEN);
    // The next in front of those that are left.
    assert_eq!(windows.act(WindowAction::Minimise(BEN)).focus, to_card(CLEO));
    assert_eq!(windows.minimised().map(Card::key).collect::<Vec<_>>(), [BEN]);
    assert_eq!(windows.act(WindowAction::Restore(BEN)).focus, to_card(BEN));
    assert_eq!(bounds(&windows, BEN), before);
    assert_eq!(windows.minimised().count(), 0);
}

#[test]
fn the_focus_goes_to_the_column_when_no_card_is_left_in_front() {
    let mut windows = wide(&[ADA, BEN]);
    assert_eq!(windows.act(WindowAction::Minimise(ADA)).focus, to_card(BEN));
    assert_eq!(windows.act(WindowAction::Close(BEN)).focus, Some(Focus::Column));
    assert_eq!(windows.focused(), None);
    assert!(windows.is_open(ADA));
    assert!(!windows.is_open(BEN));
}

#[test]
fn actions_on_a_card_that_is_not_open_do_nothing() {
    let mut windows = wide(&[ADA]);
    for action in [
        WindowAction::Focus(BEN),
        WindowAction::Close(BEN),
        WindowAction::Minimise(BEN),
        WindowAction::ToggleFullscreen(BEN),
        WindowAction::SetPinned(BEN, true),
        WindowAction::MoveBy { card: BEN, dx: 5, dy: 5 },
        WindowAction::Snap { card: BEN, zone: SnapZone::Left },
    ] {
        assert_eq!(windows.act(action), WindowsChange::default(), "{action:?}");
    }
}

#[test]
fn fullscreen_fills_the_desk_above_all_and_goes_back() {
    let mut windows = wide(&[ADA, BEN]);
    let before = bounds(&windows, ADA);
    assert_eq!(windows.act(WindowAction::ToggleFullscreen(ADA)).focus, to_card(ADA));
    assert_eq!(bounds(&windows, ADA), (0, 0, 1032, 786));
    assert!(windows.get(ADA).unwrap().is_front());
    assert_eq!(windows.act(WindowAction::ToggleFullscreen(ADA)).focus, to_card(ADA));
    assert_eq!(bounds(&windows, ADA), before);
}

#[test]
fn a_card_opened_beside_a_fullscreen_one_floats_above_it() {
    let mut windows = wide(&[ADA]);
    let _ = windows.act(WindowAction::ToggleFullscreen(ADA));
    let _ = windows.open(BEN);
    assert_eq!(windows.focused(), Some(BEN));
    assert!(windows.get(ADA).unwrap().is_fullscreen());
    // Nor does it take the place that the first one goes back to.
    let _ = windows.act(WindowAction::ToggleFullscreen(ADA));
    assert!(!windows.get(ADA).unwrap().bounds().intersects(windows.get(BEN).unwrap().bounds()));
}

#[test]
fn a_fullscreen_card_is_in_fullscreen_again_after_the_dock() {
    let mut windows = wide(&[ADA]);
    let before = bounds(&windows, ADA);
    let _ = windows.act(WindowAction::ToggleFullscreen(ADA));
    let _ = windows.act(WindowAction::Minimise(ADA));
    assert!(!windows.get(ADA).unwrap().is_fullscreen());
    let _ = windows.act(WindowAction::Focus(ADA));
    assert!(windows.get(ADA).unwrap().is_fullscreen());
    let _ = windows.act(WindowAction::ToggleFullscreen(ADA));
    assert_eq!(bounds(&windows, ADA), before);
}

#[test]
fn the_order_of_tab_is_the_order_of_opening_and_passes_by_the_dock() {
    let mut windows = wide(&[ADA, BEN, CLEO]);
    let _ = windows.act(WindowAction::Minimise(BEN));
    let _ = windows.act(WindowAction::Focus(ADA));
    assert_eq!(windows.act(WindowAction::FocusNext).focus, to_card(CLEO));
    assert_eq!(windows.act(WindowAction::FocusNext).focus, to_card(ADA));
    assert_eq!(windows.act(WindowAction::FocusPrevious).focus, to_card(CLEO));
    assert_eq!(windows.act(WindowAction::FocusPrevious).focus, to_card(ADA));
    assert_eq!(keys(&windows), [ADA, BEN, CLEO]);
}

#[test]
fn with_no_card_in_front_there_is_no_next_one() {
    let mut windows = wide(&[ADA]);
    let _ = windows.act(WindowAction::Minimise(ADA));
    assert_eq!(windows.act(WindowAction::FocusNext), WindowsChange::default());
}

#[test]
fn a_new_conversation_becomes_its_card_in_the_same_place() {
    let mut windows = wide(&[ADA, NEW, BEN]);
    let _ = windows.act(WindowAction::Focus(NEW));
    let _ = windows.act(WindowAction::SetPinned(NEW, true));
    let before = bounds(&windows, NEW);
    assert_eq!(windows.retarget(NEW, CLEO), WindowsChange { changed: true, focus: to_card(CLEO) });
    assert_eq!(keys(&windows), [ADA, CLEO, BEN]);
    assert_eq!(bounds(&windows, CLEO), before);
    assert!(windows.get(CLEO).unwrap().is_pinned());
}

#[test]
fn a_new_conversation_that_waits_in_the_dock_becomes_its_card_there() {
    let mut windows = wide(&[NEW, ADA]);
    let _ = windows.act(WindowAction::Minimise(NEW));
    assert_eq!(windows.retarget(NEW, BEN), WindowsChange { changed: true, focus: None });
    assert!(windows.get(BEN).unwrap().is_minimised());
    assert_eq!(windows.focused(), Some(ADA));
}

#[test]
fn a_new_conversation_with_the_people_of_an_open_card_closes_in_its_favour() {
    let mut windows = wide(&[ADA, NEW]);
    let before = bounds(&windows, ADA);
    let _ = windows.act(WindowAction::Minimise(ADA));
    let _ = windows.act(WindowAction::SetPinned(NEW, true));
    assert_eq!(windows.retarget(NEW, ADA), WindowsChange { changed: true, focus: to_card(ADA) });
    assert_eq!(keys(&windows), [ADA]);
    assert_eq!(bounds(&windows, ADA), before);
    assert!(windows.get(ADA).unwrap().is_pinned());
}

#[test]
fn a_card_that_the_user_has_closed_meanwhile_is_not_opened_again() {
    let mut windows = wide(&[ADA]);
    assert_eq!(windows.retarget(NEW, BEN), WindowsChange::default());
    assert_eq!(keys(&windows), [ADA]);
}

#[test]
fn pinning_moves_neither_card_nor_focus() {
    let mut windows = wide(&[ADA, BEN]);
    assert_eq!(windows.act(WindowAction::SetPinned(ADA, true)), WindowsChange { changed: true, focus: None });
    assert_eq!(windows.act(WindowAction::SetPinned(ADA, true)), WindowsChange::default());
    assert!(windows.get(ADA).unwrap().is_pinned());
    assert_eq!(windows.focused(), Some(BEN));
}

#[test]
fn a_pointer_raises_a_card_without_taking_the_focus_from_where_it_clicked() {
    let mut windows = wide(&[ADA, BEN]);
    assert_eq!(windows.act(WindowAction::Raise(ADA)), WindowsChange { changed: true, focus: None });
    assert_eq!(windows.focused(), Some(ADA));
}
