//! Pointers on cards: they raise, move and resize them.
//!
//! All cards are heard of at the desk, by what stands in `data-card` and `data-grip`, so a card brings no listeners of
//! its own. Always holds: while a card is held, its position is told once a frame at most.

use halyard_client::windows::{Edge, Grip, WindowAction};
use halyard_client::{CardKey, Ui};
use leptos::html::Div;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, PointerEvent};

use crate::prelude::*;
use crate::runtime::App;

/// Edges and corners, as `data-grip` names them.
pub(super) const EDGES: [(&str, Edge); 8] = [
    ("n", Edge::Top),
    ("e", Edge::Right),
    ("s", Edge::Bottom),
    ("w", Edge::Left),
    ("ne", Edge::TopRight),
    ("se", Edge::BottomRight),
    ("sw", Edge::BottomLeft),
    ("nw", Edge::TopLeft),
];

/// Hears of pointers for the desk.
#[derive(Clone, Copy)]
pub(super) struct Pointers {
    app: App,
    desk: NodeRef<Div>,
    /// Where the pointer is that holds a card, until the next frame tells it.
    waiting: StoredValue<Option<(i32, i32)>>,
    /// Where it was last.
    last: StoredValue<(i32, i32)>,
}

impl Pointers {
    pub(super) fn new(app: App, desk: NodeRef<Div>) -> Self {
        Self { app, desk, waiting: StoredValue::new(None), last: StoredValue::new((0, 0)) }
    }

    fn act(self, action: WindowAction) {
        self.app.send(Ui::Window(action));
    }

    /// Where a pointer is, in CSS px from the desk's corner.
    fn place(self, event: &PointerEvent) -> (i32, i32) {
        let corner = self.desk.try_get_untracked().map(|desk| desk.get_bounding_client_rect());
        let (left, top) = corner.map_or((0.0, 0.0), |corner| (corner.left(), corner.top()));
        (event.client_x() - left as i32, event.client_y() - top as i32)
    }

    pub(super) fn down(self, event: &PointerEvent) {
        let Some((_, card)) = card(event) else { return };
        self.raise(card);
        if let Some((element, grip)) = grip(event).filter(|_| event.button() == 0 && event.is_primary()) {
            // Fails only for a pointer that is gone.
            let _ = element.set_pointer_capture(event.pointer_id());
            let (x, y) = self.place(event);
            self.last.set_value((x, y));
            self.act(WindowAction::StartDrag { card, grip, x, y });
        }
    }

    pub(super) fn moved(self, event: &PointerEvent) {
        if !holds(event) {
            return;
        }
        // It was let go where nobody heard of it.
        if event.buttons() == 0 {
            return self.lost();
        }
        let first = self.waiting.get_value().is_none();
        let place = self.place(event);
        self.last.set_value(place);
        self.waiting.set_value(Some(place));
        if first {
            request_animation_frame(move || {
                if let Some((x, y)) = self.waiting.try_update_value(Option::take).flatten() {
                    self.act(WindowAction::Drag { x, y });
                }
            });
        }
    }

    pub(super) fn up(self, event: &PointerEvent) {
        if !holds(event) {
            return;
        }
        self.waiting.set_value(None);
        let (x, y) = self.place(event);
        self.act(WindowAction::EndDrag { x, y });
        // A finger wants no keyboard on the screen yet.
        if let Some((window, card)) = card(event).filter(|_| event.pointer_type() != "touch") {
            let inside = document().active_element().is_some_and(|active| window.contains(Some(&active)));
            if !inside {
                self.act(WindowAction::Focus(card));
            }
        }
    }

    /// The pointer is lost: the card stays where it was last. When it was let go before, this does nothing.
    pub(super) fn lost(self) {
        self.waiting.set_value(None);
        let (x, y) = self.last.get_value();
        self.act(WindowAction::EndDrag { x, y });
    }

    pub(super) fn double(self, event: &Event) {
        if let (Some((_, card)), Some((_, Grip::Title))) = (card(event), grip(event)) {
            self.act(WindowAction::ToggleFullscreen(card));
        }
    }

    pub(super) fn focused(self, event: &Event) {
        if let Some((_, card)) = card(event) {
            self.raise(card);
        }
    }

    fn raise(self, card: CardKey) {
        let desk = self.app.signals(|signals| signals.desk.clone());
        if desk.with_untracked(|desk| desk.front != Some(card)) {
            self.act(WindowAction::Raise(card));
        }
    }
}

/// The focus stays where it is when somebody takes hold, and nothing is selected on the way.
pub(super) fn keep_focus(event: &Event) {
    if grip(event).is_some() {
        event.prevent_default();
    }
}

pub(super) fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// The card that an event is in.
pub(super) fn card(event: &Event) -> Option<(Element, CardKey)> {
    let window = target(event)?.closest("[data-card]").ok()??;
    let key = CardKey::parse(&window.get_attribute("data-card")?)?;
    Some((window, key))
}

/// What of a card a pointer takes hold of. The title's tools, and what opens from them, are there to be used.
fn grip(event: &Event) -> Option<(Element, Grip)> {
    let grip = target(event)?.closest("button, .tools, dialog, [data-grip]").ok()??;
    let name = grip.get_attribute("data-grip")?;
    let edge = EDGES.iter().find(|(known, _)| *known == name).map(|(_, edge)| *edge);
    Some((grip, edge.map_or(Grip::Title, Grip::Edge)))
}

fn holds(event: &PointerEvent) -> bool {
    grip(event).is_some_and(|(grip, _)| grip.has_pointer_capture(event.pointer_id()))
}
