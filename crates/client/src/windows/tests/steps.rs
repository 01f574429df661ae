//! Random steps, and a model of what they must lead to.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
pub(super) enum Step {
    Desk(u32, u32, u32),
    Open(CardKey),
    Retarget(CardKey, CardKey),
    Act(WindowAction),
    Reload,
}

pub(super) fn a_card() -> impl Strategy<Value = CardKey> {
    prop_oneof![4 => (0..6u128).prop_map(conversation), 1 => (0..2u32).prop_map(CardKey::New)]
}

pub(super) fn a_desk() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (700..2600u32, 200..1500u32).prop_map(|(w, h)| Step::Desk(w, w - 408, h)),
        2 => (320..700u32, 200..900u32).prop_map(|(w, h)| Step::Desk(w, w, h)),
        1 => any::<(u32, u32, u32)>().prop_map(|(v, w, h)| Step::Desk(v, w, h)),
        1 => (320..1500u32).prop_map(|v| Step::Desk(v, 0, 0)),
    ]
}

pub(super) fn a_distance() -> impl Strategy<Value = i32> {
    prop_oneof![6 => -700..700, 1 => any::<i32>()]
}

pub(super) fn a_place() -> impl Strategy<Value = i32> {
    prop_oneof![6 => -50..1600, 1 => any::<i32>()]
}

pub(super) fn an_edge() -> impl Strategy<Value = Edge> {
    prop::sample::select(vec![
        Edge::Top,
        Edge::TopRight,
        Edge::Right,
        Edge::BottomRight,
        Edge::Bottom,
        Edge::BottomLeft,
        Edge::Left,
        Edge::TopLeft,
    ])
}

pub(super) fn a_zone() -> impl Strategy<Value = SnapZone> {
    prop::sample::select(vec![
        SnapZone::Left,
        SnapZone::Right,
        SnapZone::Top,
        SnapZone::Bottom,
        SnapZone::TopLeft,
        SnapZone::TopRight,
        SnapZone::BottomLeft,
        SnapZone::BottomRight,
    ])
}

pub(super) fn an_action() -> impl Strategy<Value = WindowAction> {
    use WindowAction as A;
    let grip = prop_oneof![2 => Just(Grip::Title), 1 => an_edge().prop_map(Grip::Edge)];
    prop_oneof![
        a_card().prop_map(A::Focus),
        a_card().prop_map(A::Raise),
        a_card().prop_map(A::Close),
        a_card().prop_map(A::Minimise),
        a_card().prop_map(A::Restore),
        a_card().prop_map(A::ToggleFullscreen),
        a_card().prop_map(A::Float),
        (a_card(), any::<bool>()).prop_map(|(card, pinned)| A::SetPinned(card, pinned)),
        (a_card(), a_zone()).prop_map(|(card, zone)| A::Snap { card, zone }),
        (a_card(), a_distance(), a_distance()).prop_map(|(card, dx, dy)| A::MoveBy { card, dx, dy }),
        (a_card(), a_place(), a_place()).prop_map(|(card, x, y)| A::MoveTo { card, x, y }),
        (a_card(), an_edge(), a_distance(), a_distance()).prop_map(|(card, edge, dx, dy)| A::ResizeBy {
            card,
            edge,
            dx,
            dy
        }),
        (a_card(), grip, a_place(), a_place()).prop_map(|(card, grip, x, y)| A::StartDrag { card, grip, x, y }),
        (a_place(), a_place()).prop_map(|(x, y)| A::Drag { x, y }),
        (a_place(), a_place()).prop_map(|(x, y)| A::EndDrag { x, y }),
        prop::sample::select(vec![A::Tile, A::FocusNext, A::FocusPrevious, A::Back, A::CancelDrag]),
    ]
}

pub(super) fn some_steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => a_card().prop_map(Step::Open),
        1 => (a_card(), a_card()).prop_map(|(from, to)| Step::Retarget(from, to)),
        10 => an_action().prop_map(Step::Act),
        2 => a_desk(),
        1 => Just(Step::Reload),
    ];
    prop::collection::vec(step, 0..40)
}

/// Windows as they may be at any time, with the cards that must be open, in the order of Tab.
#[derive(Default)]
pub(super) struct Model {
    pub(super) windows: Windows,
    pub(super) viewport: u32,
    pub(super) open: Vec<CardKey>,
}

impl Model {
    pub(super) fn after(steps: &[Step]) -> Self {
        let mut model = Self::default();
        model.step(&Step::Desk(1440, 1032, 786));
        for step in steps {
            model.step(step);
        }
        model
    }

    /// The same, in the wide shape.
    pub(super) fn wide_after(steps: &[Step]) -> Self {
        let mut model = Self::after(steps);
        model.step(&Step::Desk(1440, 1032, 786));
        model
    }

    pub(super) fn desk(&self) -> Rect {
        self.windows.desk.whole()
    }

    pub(super) fn step(&mut self, step: &Step) {
        let _ = self.outcome(step);
    }

    pub(super) fn outcome(&mut self, step: &Step) -> WindowsChange {
        match *step {
            Step::Desk(viewport, width, height) => {
                self.viewport = viewport;
                self.windows.resize_desk(viewport, width, height)
            }
            Step::Open(card) => {
                if !self.open.contains(&card) {
                    self.open.push(card);
                }
                self.windows.open(card)
            }
            Step::Retarget(from, to) => {
                if self.open.contains(&to) && self.open.contains(&from) && from != to {
                    self.open.retain(|card| *card != from);
                }
                for card in self.open.iter_mut().filter(|card| **card == from) {
                    *card = to;
                }
                self.windows.retarget(from, to)
            }
            Step::Act(action) => {
                if let WindowAction::Close(card) = action {
                    self.open.retain(|open| *open != card);
                }
                self.windows.act(action)
            }
            Step::Reload => {
                let json = serde_json::to_string(&self.windows.snapshot()).unwrap();
                let desk = self.desk();
                self.windows = Windows::restore(serde_json::from_str(&json).unwrap());
                self.windows.resize_desk(self.viewport, desk.w as u32, desk.h as u32)
            }
        }
    }

    pub(super) fn check(&self) {
        let windows = &self.windows;
        assert_eq!(keys(windows), self.open, "no card is lost or doubled, and Tab keeps its order");
        let mut pile: Vec<u32> = windows.cards().map(Card::stacking).collect();
        pile.sort_unstable();
        assert!(pile.into_iter().eq(0..self.open.len() as u32), "each card has its place in the pile");

        let desk = self.desk();
        let shown: Vec<&Card> = windows.cards().filter(|card| !card.is_minimised()).collect();
        for card in &shown {
            let bounds = card.bounds();
            assert!(desk.contains(bounds), "{card:?} is on the desk");
            assert!(bounds.w >= LEAST_SIZE.0.min(desk.w) && bounds.h >= LEAST_SIZE.1.min(desk.h), "{card:?} is usable");
            assert!(!windows.is_narrow() || bounds == desk, "{card:?} fills the pane");
        }
        let top = shown.iter().max_by_key(|card| card.stacking()).map(|card| card.key());
        let front: Vec<CardKey> = windows.cards().filter(|card| card.is_front()).map(Card::key).collect();
        assert_eq!(front, top.into_iter().collect::<Vec<_>>(), "one card is in front, or none shows");
        assert_eq!(windows.focused(), top.filter(|_| windows.shows_cards()));
        assert!(windows.shows_column() || windows.focused().is_some(), "no empty pane");
        assert!(!windows.is_narrow() || windows.shows_column() != windows.shows_cards());
        assert_eq!(windows.minimised().count() + shown.len(), self.open.len());
    }

    pub(super) fn look(&self) -> Vec<(CardKey, Rect, Placement)> {
        self.windows.cards().map(|card| (card.key(), card.bounds(), card.placement())).collect()
    }
}
