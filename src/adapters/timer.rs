//! Timers.
//!
//! Always holds: there is at most one timer for a [`Timer`], and one that was cancelled or replaced is not heard.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use halyard_client::{Event, Timer};

use super::Dispatch;

/// Holds the timers that run.
pub(super) struct Timers {
    send: Dispatch,
    running: Rc<RefCell<Vec<(Timer, Timeout)>>>,
}

impl Timers {
    pub(super) fn new(send: Dispatch) -> Self {
        Self { send, running: Rc::default() }
    }

    pub(super) fn set(&self, id: Timer, milliseconds: u32) {
        let (send, running) = (self.send.clone(), self.running.clone());
        let timeout = Timeout::new(milliseconds, move || {
            forget(&running, id);
            send(Event::Timer(id));
        });
        self.cancel(id);
        self.running.borrow_mut().push((id, timeout));
    }

    pub(super) fn cancel(&self, id: Timer) {
        forget(&self.running, id);
    }
}

fn forget(running: &RefCell<Vec<(Timer, Timeout)>>, id: Timer) {
    running.borrow_mut().retain(|(known, _)| *known != id);
}
