//! The world that a softphone lives in: a server, devices, the network between them, and a clock that stands still
//! until it is moved.
//!
//! Everything that can take time is a step of its own, so that a test may do the steps in any order, leave them out,
//! or let the device crash between them. [`World::settle`] does all that is open, in the usual order.

mod network;
mod tabs;
mod time;

use halyard_client::composer::{ChosenFile, ComposerAction};
use halyard_client::session::SessionAction;
use halyard_client::storage::Db;
use halyard_client::storage::memory::Memory;
use halyard_client::tabs::TabEvent;
use halyard_client::{CardKey, Env, Event, Route, Softphone, System, Ui};
use halyard_protocol::UnixMs;

use super::device::{Device, Health};
use super::people;
use super::screen::Screen;
use super::server::Server;

/// Noon in San Diego, on a Sunday.
const START: UnixMs = UnixMs(1_763_928_000_000);
/// The world.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) devices: Vec<Device>,
    pub(crate) now: UnixMs,
    /// How far the devices' clock is ahead of the server's, in milliseconds.
    skew: i64,
    /// Whether each event is followed by a look at the screen.
    pub(crate) watched: bool,
    /// Whether a database that has not answered by its deadline is given up; otherwise it always answers in time.
    pub(crate) hangs: bool,
    /// Minutes ahead of UTC at a moment, where the devices are.
    pub(crate) zone: fn(UnixMs) -> i32,
    entropy: u128,
    next_ping: UnixMs,
}

/// How a request fares on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It arrives, and its answer comes back.
    Answered,
    /// It never arrives.
    Lost,
    /// It arrives, but its answer is lost.
    AnswerLost,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            server: people::harbor(START),
            devices: Vec::new(),
            now: START,
            skew: 0,
            watched: true,
            hangs: false,
            zone: |_| -480,
            entropy: 0,
            next_ping: START,
        }
    }

    /// A browser that opens the app: a wide window, in front.
    pub(crate) fn browser(&mut self) -> usize {
        self.browser_of(1440, 1000, 850)
    }

    /// A browser that opens the app, with a window and a desk of this size.
    pub(crate) fn browser_of(&mut self, viewport: u32, width: u32, height: u32) -> usize {
        self.devices.push(Device::new());
        let at = self.devices.len() - 1;
        self.begin(at);
        self.system(at, System::Resized { viewport, width, height });
        self.settle();
        at
    }

    /// A browser in which this extension has signed in.
    pub(crate) fn signed_in(&mut self, extension: &str) -> usize {
        let at = self.browser();
        self.sign_in(at, extension);
        at
    }

    pub(crate) fn sign_in(&mut self, at: usize, extension: &str) {
        self.sign_in_with(at, extension, &["tide-", extension].concat());
    }

    pub(crate) fn sign_in_with(&mut self, at: usize, extension: &str, password: &str) {
        let (login, password) = ([extension, "@harbor"].concat(), password.to_owned());
        self.ui(at, Ui::Session(SessionAction::SignIn { login, password, device: String::new() }));
        self.settle();
    }

    fn begin(&mut self, at: usize) {
        let route = self.devices[at].history.last().copied().unwrap_or_default();
        let env = self.env();
        self.devices[at].screen = Screen::read(&mut self.devices[at].phone, &env);
        let newest = self.devices[at].newest.get();
        self.system(at, System::Started { route, newest });
        let leads = self.devices[at].leads;
        self.handle(at, Event::Tab(TabEvent::Leads(leads)));
        self.elect();
    }

    /// The browser dies and starts again. What its database had not carried out never happened.
    pub(crate) fn crash(&mut self, at: usize) {
        let before = &self.devices[at];
        let (cookie, disk, health) = (before.cookie.clone(), before.disk.clone(), before.health);
        let route = before.history.last().copied().unwrap_or_default();
        let network = before.network;
        // Starting again takes a moment.
        self.now = self.now.plus(1);
        self.devices[at] = Device { network, ..Device::started(cookie, disk, health, route) };
        self.begin(at);
        if !network {
            self.system(at, System::Online(false));
        }
        self.presences();
    }

    /// The app is loaded again; what the database was told it does first.
    pub(crate) fn reload(&mut self, at: usize) {
        while self.commit(at) {}
        self.crash(at);
        self.system(at, System::Resized { viewport: 1440, width: 1000, height: 850 });
        self.settle();
    }

    pub(crate) fn phone(&self, at: usize) -> &Softphone {
        &self.devices[at].phone
    }

    /// The world, for one event.
    pub(crate) fn env(&mut self) -> Env {
        self.entropy += 1;
        let entropy = self.entropy.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        Env { now: self.now, entropy, utc_offset: self.zone, decode }
    }

    /// Takes an event to a device's machine.
    pub(crate) fn handle(&mut self, at: usize, event: Event) {
        match &mut self.devices[at].hung {
            Some(waiting) => waiting.push_back(event),
            None => self.handle_now(at, event),
        }
    }

    fn handle_now(&mut self, at: usize, event: Event) {
        let env = self.env();
        self.server.now = self.server_now();
        let device = &mut self.devices[at];
        let said = if self.watched { format!("{event:?}") } else { String::new() };
        let update = device.phone.handle(event, &env);
        if self.watched {
            device.screen.refresh(&mut device.phone, &update.changed, &env);
            let fresh = Screen::read(&mut device.phone, &env);
            assert!(device.screen == fresh, "after {said} the screen is stale: {}", device.screen.differences(&fresh));
        }
        device.carry_out(update, self.now);
        if std::mem::take(&mut self.devices[at].claims) {
            self.take_lead(at);
        }
    }

    pub(crate) fn ui(&mut self, at: usize, ui: Ui) {
        self.handle(at, Event::Ui(ui));
    }

    pub(crate) fn system(&mut self, at: usize, system: System) {
        self.handle(at, Event::System(system));
    }

    /// What the user does, and all that follows.
    pub(crate) fn act(&mut self, at: usize, ui: Ui) {
        self.ui(at, ui);
        self.settle();
    }

    /// Back, in the browser.
    pub(crate) fn back(&mut self, at: usize) {
        self.devices[at].history.pop();
        let route = self.devices[at].history.last().copied().unwrap_or(Route::Home);
        self.system(at, System::Navigated(route));
        self.settle();
    }

    /// The database carries out its next command. Says whether there was one.
    pub(crate) fn commit(&mut self, at: usize) -> bool {
        let Some(answers) = self.devices[at].commit() else { return false };
        answers.into_iter().for_each(|answer| self.handle(at, Event::Db(answer)));
        true
    }

    /// Somebody clears what the browser keeps, but for the session, while its tabs are open.
    pub(crate) fn clear_database(&mut self, at: usize) {
        self.devices[at].disk.replace(Memory::default());
        for tab in [vec![at], self.siblings(at)].concat() {
            let reports = self.devices[tab].database.close();
            reports.into_iter().for_each(|report| self.handle(tab, Event::Db(report)));
        }
    }

    /// The database closes and does not open in time, or opens after all.
    pub(crate) fn silence(&mut self, at: usize, silent: bool) {
        let database = &mut self.devices[at].database;
        let reports = if silent { database.fall_silent() } else { database.speak() };
        reports.into_iter().for_each(|report| self.handle(at, Event::Db(report)));
    }

    /// The user chooses files for a text box, each by its name and what is in it.
    pub(crate) fn attach(&mut self, at: usize, card: CardKey, files: &[(&str, &[u8])]) {
        let mut chosen = Vec::new();
        for (name, content) in files {
            let number = self.entropy as u32 + chosen.len() as u32;
            self.devices[at].chosen.insert(number, content.to_vec());
            let head = content.iter().take(1_024).copied().collect();
            chosen.push(ChosenFile { number, name: (*name).to_owned(), size: content.len() as u64, head });
        }
        self.ui(at, Ui::Composer(card, ComposerAction::Attach(chosen)));
    }

    /// The next file is ready, or can't be read.
    pub(crate) fn prepare(&mut self, at: usize) -> bool {
        let Some(files) = self.devices[at].preparing.pop_front() else { return false };
        self.handle(at, Event::Files(files));
        true
    }

    /// The next photo is small.
    pub(crate) fn shrink_photo(&mut self, at: usize) -> bool {
        let Some((of, content)) = self.devices[at].photos.pop_front() else { return false };
        self.handle(at, Event::Photo(of, Some(content)));
        true
    }

    /// The database says that it is gone.
    pub(crate) fn lose_database(&mut self, at: usize) {
        self.devices[at].health = Health::Missing;
        self.handle(at, Event::Db(Db::Unavailable));
    }
}

/// As browsers decode.
fn decode(bytes: &[u8], name: &str) -> Option<String> {
    Some(encoding_rs::Encoding::for_label(name.as_bytes())?.decode_with_bom_removal(bytes).0.into_owned())
}
