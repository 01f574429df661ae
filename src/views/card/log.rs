//! The box in which a timeline scrolls: which rows are drawn in it ([`super::drawn`]), and what the client is told of what is on screen.
//!
//! Always holds: after whatever changes what is on screen (scrolling, other rows, another size), it is looked at anew, once a frame
//! at most.

use std::rc::Rc;
use std::sync::Arc;

use halyard_client::conversations::ConversationsAction;
use halyard_client::view::OlderView;
use halyard_client::{CardKey, Ui};
use halyard_protocol::EntryId;
use leptos::html::Div;
use web_sys::HtmlDivElement;

use super::drawn::{Drawn, NEAR, OnScreen};
use super::on_screen::{Ends, is_in_use};
use crate::prelude::*;
use crate::runtime::App;
use crate::signals::{TimelineKey, TimelineSignals};
use crate::views::common::on_resize;

/// Pixels from the bottom at which the box counts as being there.
const NEAR_BOTTOM: i32 = 24;
/// Frames to wait for the line "New" to be drawn.
const LINE_FRAMES: u8 = 30;
/// Pixels of the timeline that show above that line.
const ABOVE_NEW: i32 = 6;

/// The box.
#[derive(Clone, Copy)]
pub(super) struct Log {
    app: App,
    card: CardKey,
    /// Its element.
    pub(super) node: NodeRef<Div>,
    keys: Signal<Arc<[TimelineKey]>>,
    older: Signal<OlderView>,
    /// Whether its bottom is on screen.
    pub(super) at_bottom: RwSignal<bool>,
    drawn: StoredValue<Drawn<TimelineKey>>,
    /// Changes when other rows are to be drawn.
    redraw: RwSignal<()>,
    /// What the client was told last: whether the bottom is on screen, and the last entry that is. A card that is drawn anew stands at
    /// its bottom, wherever it was before.
    last_report: StoredValue<Option<(bool, Option<EntryId>)>>,
    /// Whether it is looked at in the next frame.
    looks: StoredValue<bool>,
    /// Whether the line "New" is about to be shown.
    to_unread: StoredValue<bool>,
}

impl Log {
    pub(super) fn new(app: App, card: CardKey, timeline: &TimelineSignals) -> Self {
        let log = Self {
            app,
            card,
            node: NodeRef::new(),
            keys: timeline.keys.clone().into(),
            older: timeline.older.clone().into(),
            at_bottom: RwSignal::new(true),
            drawn: StoredValue::new(Drawn::default()),
            redraw: RwSignal::new(()),
            last_report: StoredValue::new(None),
            looks: StoredValue::new(false),
            to_unread: StoredValue::new(false),
        };
        Effect::new(move |_| {
            log.redraw.track();
            log.older.track();
            log.changed(&log.keys.get());
            log.look_soon();
        });
        on_resize(log.node, Rc::new(move |_: &HtmlDivElement| log.look_soon()));
        log
    }

    /// The rows to draw.
    pub(super) fn rows(self) -> Vec<TimelineKey> {
        self.redraw.track();
        self.keys.with(|keys| self.among(keys).to_vec())
    }

    /// The space below them, in pixels.
    pub(super) fn space(self) -> i32 {
        self.redraw.track();
        self.drawn.with_value(Drawn::space)
    }

    /// Whether the newest row is drawn.
    pub(super) fn reaches_bottom(self) -> bool {
        self.redraw.track();
        self.drawn.with_value(Drawn::reaches_bottom)
    }

    fn among(self, keys: &[TimelineKey]) -> &[TimelineKey] {
        self.drawn.with_value(|drawn| keys.get(drawn.range(keys)).unwrap_or_default())
    }

    /// There are other rows.
    fn changed(self, keys: &[TimelineKey]) {
        let may_leave = || self.node.get_untracked().is_none_or(|log| !is_in_use(&log));
        let at_bottom = self.at_bottom.get_untracked();
        self.draw(|drawn| drawn.changed(keys, at_bottom, &may_leave));
    }

    /// Draws other rows if this says so; and says it.
    fn draw(self, change: impl FnOnce(&mut Drawn<TimelineKey>) -> bool) -> bool {
        let other = self.drawn.try_update_value(change).unwrap_or_default();
        if other {
            self.redraw.set(());
        }
        other
    }

    /// Looks in the next frame at what is on screen.
    fn look_soon(self) {
        if self.looks.try_get_value() == Some(false) {
            self.looks.set_value(true);
            request_animation_frame(move || {
                self.looks.try_update_value(|looks| *looks = false);
                self.look(false);
            });
        }
    }

    /// Looks at what is on screen: tells the client, if it is not what it was told last, and draws what it takes. `to_unread`: after
    /// the box was scrolled to the first unread entry.
    pub(super) fn look(self, to_unread: bool) {
        let Some(log) = self.node.try_get_untracked() else { return };
        if to_unread {
            self.to_unread.set_value(false);
        } else if self.to_unread.get_value() {
            // It is about to be scrolled elsewhere: what shows by then counts.
            return;
        }
        if log.client_height() == 0 {
            // Of a card that is hidden nothing is on screen; its place is of no meaning.
            return;
        }
        // 0 at the bottom, negative above it.
        let up = -log.scroll_top();
        let at_bottom = up <= NEAR_BOTTOM && self.drawn.with_value(Drawn::reaches_bottom);
        if at_bottom != self.at_bottom.get_untracked() {
            self.at_bottom.set(at_bottom);
        }
        let keys = self.keys.get_untracked();
        let rows = self.among(&keys);
        let ends = Ends::of(&log, rows.len());
        if ends.is_none() && !to_unread {
            return;
        }
        let last = ends.as_ref().and_then(|ends| ends.last_shown(rows));
        if to_unread || self.last_report.get_value() != Some((at_bottom, last)) {
            self.last_report.set_value(Some((at_bottom, last)));
            let action = ConversationsAction::Scrolled { card: self.card, at_bottom, last, to_unread };
            self.app.send(Ui::Conversations(action));
        }
        let Some(ends) = ends else { return };
        let above = log.scroll_height() - log.client_height() - up;
        let screen = OnScreen {
            up: up.into(),
            above: above.into(),
            view: ends.view,
            end_of: &|at| ends.end_of(at),
            may_leave: &|| !is_in_use(&log),
        };
        let other = self.draw(|drawn| drawn.scrolled(&keys, &screen));
        if !other && f64::from(above) < NEAR && self.older.get_untracked() == OlderView::More {
            self.app.send(Ui::Conversations(ConversationsAction::LoadOlder(self.card)));
        }
    }

    /// Shows the newest row.
    pub(super) fn show_newest(self) {
        let keys = self.keys.get_untracked();
        self.draw(|drawn| {
            drawn.show_bottom(&keys);
            true
        });
        if let Some(log) = self.node.try_get_untracked() {
            log.set_scroll_top(0);
        }
    }

    /// Shows the line "New", once it is drawn, and tells the client what is on screen then. Of a card that is hidden meanwhile nothing
    /// is told: nothing in it is read until it is looked at again.
    pub(super) fn show_unread(self) {
        self.to_unread.set_value(true);
        self.show_unread_within(LINE_FRAMES);
    }

    fn show_unread_within(self, frames: u8) {
        request_animation_frame(move || {
            if self.scroll_to_new() || frames == 0 {
                self.look(true);
            } else {
                self.show_unread_within(frames - 1);
            }
        });
    }

    /// Scrolls to the line "New". Says whether it is drawn.
    fn scroll_to_new(self) -> bool {
        let Some(log) = self.node.try_get_untracked() else { return false };
        let keys = self.keys.get_untracked();
        let Some(at) = keys.iter().position(|key| *key == TimelineKey::New) else { return false };
        if self.draw(|drawn| drawn.show(&keys, at)) || Ends::of(&log, self.among(&keys).len()).is_none() {
            return false;
        }
        let Some(line) = log.query_selector(".new-line").ok().flatten() else { return false };
        let down = line.get_bounding_client_rect().top() - log.get_bounding_client_rect().top();
        log.set_scroll_top(log.scroll_top() + down as i32 - ABOVE_NEW);
        true
    }
}
