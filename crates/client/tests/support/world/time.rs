//! The clock: what is due, and the moments in which nothing is left to do.

use halyard_client::{Event, Timer};
use halyard_protocol::limits::HEARTBEAT_SECONDS;
use halyard_protocol::{ServerFrame, UnixMs};

use super::{Fate, START, World};

/// Events in one frame.
const BATCH: usize = 100;

/// San Diego, Kathmandu, Samoa, and where clocks go forward and back half an hour after the world has begun.
const ZONES: [fn(UnixMs) -> i32; 5] = [
    |_| -480,
    |_| 345,
    |_| 780,
    |at| if at.0 < START.0 + 1_800_000 { -480 } else { -420 },
    |at| if at.0 < START.0 + 1_800_000 { -420 } else { -480 },
];

impl World {
    /// Does all that is open, but lets no time pass.
    pub(crate) fn settle(&mut self) {
        for _ in 0..100_000 {
            let mut busy = false;
            for at in 0..self.devices.len() {
                busy |= self.commit(at);
                busy |= self.prepare(at);
                busy |= self.carry(at, 0, Fate::Answered);
                busy |= self.deliver_answer(at, 0);
                busy |= self.follow(at, BATCH);
                busy |= self.deliver_tab_message(at);
                busy |= self.show_unread(at);
            }
            if !busy {
                return;
            }
        }
        panic!("the world does not come to rest");
    }

    /// The time at the server.
    pub(crate) fn server_now(&self) -> UnixMs {
        self.now.plus(-self.skew)
    }

    /// The device's clock is set, or was wrong: timers run on as they were.
    pub(crate) fn set_clock(&mut self, by: i64) {
        self.now = self.now.plus(by);
        self.skew += by;
        self.next_ping = self.next_ping.plus(by);
        for due in self.devices.iter_mut().flat_map(|device| device.timers.values_mut()) {
            *due = due.plus(by);
        }
    }

    /// The devices are in another zone, or clocks go forward or back there in the next hours.
    pub(crate) fn travel(&mut self, to: u8) {
        self.zone = ZONES[usize::from(to) % ZONES.len()];
    }

    /// Lets time pass: timers come, heartbeats come, and what follows from them happens.
    pub(crate) fn wait(&mut self, milliseconds: i64) {
        let until = self.now.plus(milliseconds);
        self.settle();
        while let Some((due, timer)) = self.next_timer(until) {
            self.now = self.now.max(due);
            match timer {
                Some((at, timer)) => self.fire(at, timer),
                None => self.ping(),
            }
            self.settle();
        }
        self.now = until;
        self.server.now = self.server_now();
    }

    /// What comes next: a device's timer, or a heartbeat.
    pub(super) fn next_timer(&self, until: UnixMs) -> Option<(UnixMs, Option<(usize, Timer)>)> {
        let devices = self.devices.iter().enumerate();
        let timers =
            devices.flat_map(|(at, device)| device.timers.iter().map(move |(timer, due)| (*due, Some((at, *timer)))));
        timers.chain([(self.next_ping, None)]).filter(|(due, _)| *due <= until).min_by_key(|(due, _)| *due)
    }

    pub(super) fn fire(&mut self, at: usize, timer: Timer) {
        self.devices[at].timers.remove(&timer);
        self.handle(at, Event::Timer(timer));
    }

    /// The device's next timer comes now, whenever it is due.
    pub(crate) fn hurry(&mut self, at: usize) -> bool {
        let counts = |timer: Timer| timer != Timer::Clock && (self.hangs || timer != Timer::Database);
        let next = self.devices[at].timers.iter().filter(|(timer, _)| counts(**timer));
        let Some((timer, due)) = next.min_by_key(|(_, due)| **due).map(|(timer, due)| (*timer, *due)) else {
            return false;
        };
        self.now = self.now.max(due);
        self.fire(at, timer);
        true
    }

    pub(super) fn ping(&mut self) {
        self.next_ping = self.now.plus(i64::from(HEARTBEAT_SECONDS) * 1_000);
        self.whisper(&ServerFrame::Ping, |_| true);
    }
}
