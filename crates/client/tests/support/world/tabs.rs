//! Several tabs of one browser: they share cookie and database, one of them leads, and each may hang or die.

use std::collections::VecDeque;

use halyard_client::tabs::TabEvent;
use halyard_client::{Event, Route, System};

use super::World;
use crate::support::device::Device;

impl World {
    /// Another tab of a browser.
    pub(crate) fn tab(&mut self, of: usize) -> usize {
        let (cookie, disk) = (self.devices[of].cookie.clone(), self.devices[of].disk.clone());
        let (health, network, newest) =
            (self.devices[of].health, self.devices[of].network, self.devices[of].newest.clone());
        self.devices.push(Device { network, newest, ..Device::started(cookie, disk, health, Route::Home) });
        let at = self.devices.len() - 1;
        self.begin(at);
        self.system(at, System::Resized { viewport: 1440, width: 1000, height: 850 });
        at
    }

    /// The tab is killed.
    pub(crate) fn kill(&mut self, at: usize) {
        let device = &mut self.devices[at];
        (device.gone, device.leads) = (true, false);
        device.commands.clear();
        device.requests.clear();
        device.answers.clear();
        device.preparing.clear();
        device.photos.clear();
        device.to_unread.clear();
        device.timers.clear();
        device.to_tabs.clear();
        device.line = None;
        self.elect();
        self.presences();
    }

    pub(super) fn siblings(&self, at: usize) -> Vec<usize> {
        let same = |other: &usize| std::rc::Rc::ptr_eq(&self.devices[*other].disk, &self.devices[at].disk);
        (0..self.devices.len()).filter(|other| *other != at && !self.devices[*other].gone).filter(same).collect()
    }

    /// Where no tab of a browser leads, the first one does.
    pub(super) fn elect(&mut self) {
        for at in 0..self.devices.len() {
            if self.devices[at].gone || self.siblings(at).into_iter().any(|other| self.devices[other].leads) {
                continue;
            }
            if !self.devices[at].leads {
                self.devices[at].leads = true;
                self.handle(at, Event::Tab(TabEvent::Leads(true)));
            }
        }
    }

    /// The other tabs hear the next of what a tab said.
    pub(crate) fn deliver_tab_message(&mut self, at: usize) -> bool {
        let Some(text) = self.devices[at].to_tabs.pop_front() else { return false };
        for other in self.siblings(at) {
            self.handle(other, Event::Tab(TabEvent::Message(text.clone())));
        }
        true
    }

    /// A tab takes the lead from the one that has it.
    pub(super) fn take_lead(&mut self, at: usize) {
        for other in self.siblings(at) {
            if std::mem::take(&mut self.devices[other].leads) {
                self.handle(other, Event::Tab(TabEvent::Leads(false)));
            }
        }
        self.devices[at].leads = true;
        self.handle(at, Event::Tab(TabEvent::Leads(true)));
    }

    /// The page hangs: nothing that happens reaches it; or it goes on, and all of that does.
    pub(crate) fn hang(&mut self, at: usize, hangs: bool) {
        if hangs {
            self.devices[at].hung.get_or_insert_default();
            return;
        }
        // What follows from an event comes after all that waits already.
        while let Some(event) = self.devices[at].hung.as_mut().and_then(VecDeque::pop_front) {
            self.handle_now(at, event);
        }
        self.devices[at].hung = None;
    }
}
