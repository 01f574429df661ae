//! The world that a softphone lives in: a server, devices, the network between them, and a clock that stands still
//! until it is moved.
//!
//! Everything that can take time is a step of its own, so that a test may do the steps in any order, leave them out,
//! or let the device crash between them. [`World::settle`] does all that is open, in the usual order.

use halyard_client::SocketEvent;
use halyard_client::composer::ComposerAction;
use halyard_client::session::SessionAction;
use std::collections::BTreeSet;

use halyard_client::composer::ChosenFile;
use halyard_client::storage::Db;
use halyard_client::storage::memory::Memory;
use halyard_client::tabs::TabEvent;
use halyard_client::{CardKey, Env, Event, Net, NetworkFailure, Route, Softphone, System, Timer, Ui};
use halyard_protocol::limits::HEARTBEAT_SECONDS;
use halyard_protocol::socket::CLOSE_SIGNED_OUT;
use halyard_protocol::{ClientFrame, ConversationKey, ServerFrame, UnixMs, UserId};

use super::device::{Device, Health};
use super::people;
use super::screen::Screen;
use super::server::Server;

/// Noon in San Diego, on a Sunday.
const START: UnixMs = UnixMs(1_763_928_000_000);
/// San Diego, Kathmandu, Samoa, and where clocks go forward and back half an hour after the world has begun.
const ZONES: [fn(UnixMs) -> i32; 5] = [
    |_| -480,
    |_| 345,
    |_| 780,
    |at| if at.0 < START.0 + 1_800_000 { -480 } else { -420 },
    |at| if at.0 < START.0 + 1_800_000 { -420 } else { -480 },
];
/// Events in one frame.
const BATCH: usize = 100;

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
    connected: BTreeSet<UserId>,
}

/// How a request fares on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It arrives, and its answer comes back.
    Answered,
    /// It never arrives.
    Lost,
    /// It arrives, but its answer is lost.
    Unheard,
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
            connected: BTreeSet::new(),
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
        self.tell(at, Event::Tab(TabEvent::Leads(leads)));
        self.elect();
    }

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

    fn siblings(&self, at: usize) -> Vec<usize> {
        let same = |other: &usize| std::rc::Rc::ptr_eq(&self.devices[*other].disk, &self.devices[at].disk);
        (0..self.devices.len()).filter(|other| *other != at && !self.devices[*other].gone).filter(same).collect()
    }

    /// Where no tab of a browser leads, the first one does.
    fn elect(&mut self) {
        for at in 0..self.devices.len() {
            if self.devices[at].gone || self.siblings(at).into_iter().any(|other| self.devices[other].leads) {
                continue;
            }
            if !self.devices[at].leads {
                self.devices[at].leads = true;
                self.tell(at, Event::Tab(TabEvent::Leads(true)));
            }
        }
    }

    /// The other tabs hear the next of what a tab said.
    pub(crate) fn overhear(&mut self, at: usize) -> bool {
        let Some(text) = self.devices[at].to_tabs.pop_front() else { return false };
        for other in self.siblings(at) {
            self.tell(other, Event::Tab(TabEvent::Message(text.clone())));
        }
        true
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
    pub(crate) fn tell(&mut self, at: usize, event: Event) {
        if let Some(waiting) = &mut self.devices[at].hung {
            return waiting.push(event);
        }
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

    /// A tab takes the lead from the one that has it.
    fn take_lead(&mut self, at: usize) {
        for other in self.siblings(at) {
            if std::mem::take(&mut self.devices[other].leads) {
                self.tell(other, Event::Tab(TabEvent::Leads(false)));
            }
        }
        self.devices[at].leads = true;
        self.tell(at, Event::Tab(TabEvent::Leads(true)));
    }

    /// The page hangs: nothing that happens reaches it; or it goes on, and all of that does.
    pub(crate) fn hang(&mut self, at: usize, hangs: bool) {
        match (hangs, self.devices[at].hung.take()) {
            (true, before) => self.devices[at].hung = before.or(Some(Vec::new())),
            (false, waiting) => waiting.unwrap_or_default().into_iter().for_each(|event| self.tell(at, event)),
        }
    }

    pub(crate) fn ui(&mut self, at: usize, ui: Ui) {
        self.tell(at, Event::Ui(ui));
    }

    pub(crate) fn system(&mut self, at: usize, system: System) {
        self.tell(at, Event::System(system));
    }

    /// What the user does, and all that follows.
    pub(crate) fn act(&mut self, at: usize, ui: Ui) {
        self.ui(at, ui);
        self.settle();
    }

    /// The device has a network, or has lost it.
    pub(crate) fn network(&mut self, at: usize, on: bool) {
        self.devices[at].network = on;
        if !on {
            self.disconnect(at);
        }
        self.system(at, System::Online(on));
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
        answers.into_iter().for_each(|answer| self.tell(at, Event::Db(answer)));
        true
    }

    /// Somebody clears what the browser keeps, but for the session, while its tabs are open.
    pub(crate) fn clear_database(&mut self, at: usize) {
        self.devices[at].disk.replace(Memory::default());
        for tab in [vec![at], self.siblings(at)].concat() {
            let reports = self.devices[tab].database.close();
            reports.into_iter().for_each(|report| self.tell(tab, Event::Db(report)));
        }
    }

    /// The database closes and does not open in time, or opens after all.
    pub(crate) fn silence(&mut self, at: usize, silent: bool) {
        let database = &mut self.devices[at].database;
        let reports = if silent { database.fall_silent() } else { database.speak() };
        reports.into_iter().for_each(|report| self.tell(at, Event::Db(report)));
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
        self.tell(at, Event::Files(files));
        true
    }

    /// The next photo is small.
    pub(crate) fn shrink_photo(&mut self, at: usize) -> bool {
        let Some((of, content)) = self.devices[at].photos.pop_front() else { return false };
        self.tell(at, Event::Photo(of, Some(content)));
        true
    }

    /// The database says that it is gone.
    pub(crate) fn lose_database(&mut self, at: usize) {
        self.devices[at].health = Health::Missing;
        self.tell(at, Event::Db(Db::Unavailable));
    }

    /// A request goes to the server.
    pub(crate) fn carry(&mut self, at: usize, n: usize, fate: Fate) -> bool {
        self.server.now = self.server_now();
        let device = &mut self.devices[at];
        let Some((id, request)) = device.requests.remove(n) else { return false };
        let arrives = device.network && fate != Fate::Lost;
        let mut outcome = Err(NetworkFailure);
        if arrives {
            let (answer, cookie) = self.server.answer(device.cookie(), &request);
            if fate == Fate::Answered {
                device.cookie.set(cookie.or(device.cookie()));
                outcome = Ok(answer);
            }
        }
        device.answers.push_back((id, outcome));
        true
    }

    /// An answer comes back.
    pub(crate) fn hear(&mut self, at: usize, n: usize) -> bool {
        let Some((id, outcome)) = self.devices[at].answers.remove(n) else { return false };
        self.tell(at, Event::Net(Net::Http(id, outcome)));
        true
    }

    /// The same answer comes once more: the machine must not mind.
    pub(crate) fn hear_twice(&mut self, at: usize, n: usize) -> bool {
        let Some(answer) = self.devices[at].answers.get(n).cloned() else { return false };
        self.devices[at].answers.push_back(answer);
        self.hear(at, n)
    }

    /// The socket's next step: it opens, the server hears what was said, or the next frame comes.
    pub(crate) fn follow(&mut self, at: usize, batch: usize) -> bool {
        let user = self.server.user_of(self.devices[at].cookie());
        let network = self.devices[at].network;
        let Some(line) = &mut self.devices[at].line else { return false };
        if !line.open {
            if user.is_none() || !network {
                self.devices[at].line = None;
                self.tell(at, Event::Net(Net::Socket(SocketEvent::Closed(None))));
            } else {
                line.open = true;
                self.tell(at, Event::Net(Net::Socket(SocketEvent::Opened)));
            }
            return true;
        }
        if line.user.is_some() && user.is_none() {
            self.devices[at].line = None;
            self.tell(at, Event::Net(Net::Socket(SocketEvent::Closed(Some(CLOSE_SIGNED_OUT)))));
            self.presences();
            return true;
        }
        if let Some(said) = line.said.pop_front() {
            self.listen(at, &said);
            return true;
        }
        let Some(frame) = self.next_frame(at, batch) else { return false };
        self.tell(at, Event::Net(Net::Socket(SocketEvent::Frame(frame))));
        true
    }

    fn next_frame(&mut self, at: usize, batch: usize) -> Option<String> {
        let line = self.devices[at].line.as_mut()?;
        if let Some(frame) = line.frames.pop_front() {
            return Some(frame);
        }
        let stands_at = line.stands_at?;
        let frame = match self.server.after(line.user?, stands_at, batch) {
            None => {
                line.stands_at = None;
                ServerFrame::Reset
            }
            Some(events) => {
                line.stands_at = Some(events.last()?.cursor);
                ServerFrame::Events { events }
            }
        };
        Some(text(&frame))
    }

    /// The server hears a frame.
    fn listen(&mut self, at: usize, said: &ClientFrame) {
        let Some(user) = self.server.user_of(self.devices[at].cookie()) else { return };
        match *said {
            ClientFrame::Resume { cursor } => {
                if let Some(line) = &mut self.devices[at].line {
                    line.user = Some(user);
                    line.stands_at = Some(cursor);
                }
                self.presences();
                let welcome = text(&self.server.welcome(user, &self.connected));
                if let Some(line) = &mut self.devices[at].line {
                    line.frames.push_back(welcome);
                }
            }
            ClientFrame::Typing { conversation } => {
                let key = self.server.conversations.get(&conversation).map(|shared| shared.key.clone());
                let Some(ConversationKey::Chat(users)) = key else { return };
                self.whisper(&ServerFrame::Typing { conversation, user }, |other| {
                    other != user && users.contains(&other)
                });
            }
            ClientFrame::Pong | ClientFrame::Unknown => {}
        }
    }

    fn whisper(&mut self, frame: &ServerFrame, hears: impl Fn(UserId) -> bool) {
        for line in self.devices.iter_mut().filter_map(|device| device.line.as_mut()) {
            if line.open && line.user.is_some_and(&hears) {
                line.frames.push_back(text(frame));
            }
        }
    }

    /// Tells who has come and who has gone.
    fn presences(&mut self) {
        let lines = self.devices.iter().filter_map(|device| device.line.as_ref());
        let now: BTreeSet<UserId> = lines.filter_map(|line| line.user).collect();
        let before = std::mem::replace(&mut self.connected, now.clone());
        let users: Vec<_> =
            before.symmetric_difference(&now).map(|user| self.server.presence(*user, now.contains(user))).collect();
        if !users.is_empty() {
            self.whisper(&ServerFrame::Presence { users }, |_| true);
        }
    }

    /// The connection breaks.
    pub(crate) fn disconnect(&mut self, at: usize) {
        if self.devices[at].line.take().is_some() {
            self.tell(at, Event::Net(Net::Socket(SocketEvent::Closed(Some(1006)))));
            self.presences();
        }
    }

    /// A frame comes that is not from our server's hand.
    pub(crate) fn frame(&mut self, at: usize, text: &str) {
        self.tell(at, Event::Net(Net::Socket(SocketEvent::Frame(text.to_owned()))));
    }

    /// Does all that is open, but lets no time pass.
    pub(crate) fn settle(&mut self) {
        for _ in 0..100_000 {
            let mut busy = false;
            for at in 0..self.devices.len() {
                busy |= self.commit(at);
                busy |= self.prepare(at);
                busy |= self.carry(at, 0, Fate::Answered);
                busy |= self.hear(at, 0);
                busy |= self.follow(at, BATCH);
                busy |= self.overhear(at);
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
    fn next_timer(&self, until: UnixMs) -> Option<(UnixMs, Option<(usize, Timer)>)> {
        let devices = self.devices.iter().enumerate();
        let timers =
            devices.flat_map(|(at, device)| device.timers.iter().map(move |(timer, due)| (*due, Some((at, *timer)))));
        timers.chain([(self.next_ping, None)]).filter(|(due, _)| *due <= until).min_by_key(|(due, _)| *due)
    }

    fn fire(&mut self, at: usize, timer: Timer) {
        self.devices[at].timers.remove(&timer);
        self.tell(at, Event::Timer(timer));
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

    fn ping(&mut self) {
        self.next_ping = self.now.plus(i64::from(HEARTBEAT_SECONDS) * 1_000);
        self.whisper(&ServerFrame::Ping, |_| true);
    }
}

fn text(frame: &ServerFrame) -> String {
    serde_json::to_string(frame).expect("a frame becomes JSON")
}

/// As browsers decode.
fn decode(bytes: &[u8], name: &str) -> Option<String> {
    Some(encoding_rs::Encoding::for_label(name.as_bytes())?.decode_with_bom_removal(bytes).0.into_owned())
}
