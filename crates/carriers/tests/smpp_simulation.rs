//! A thousand submissions and some hundred texts between a session and an SMSC that loses answers, mixes their order, falls silent and
//! hangs up, in a time of its own.

#![allow(clippy::unwrap_used, reason = "all of this crate is a test, its helpers too")]

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use halyard_carriers::smpp::{Handle, Options, Output, Role, Session, State, reconnect_after, submissions};
use halyard_carriers::{Address, Outcome, Secret, Settings};
use halyard_protocol::PhoneNumber;

const MESSAGES: usize = 1_000;
const TEXTS: usize = 200;

/// What happens at a time.
enum Event {
    /// Bytes reach the SMSC of this connection.
    ToCarrier(u32, Vec<u8>),
    /// Bytes reach the session from this connection.
    ToSession(u32, Vec<u8>),
    /// This connection ends.
    HangUp(u32),
    /// The session is to be connected.
    Connect,
    /// The session's time has come, if it has not named another.
    Wake(Duration),
    /// The driver has committed a text, or could not.
    Committed(Handle, String, bool),
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    fn one_in(&mut self, limit: u64) -> bool {
        self.below(limit) == 0
    }
}

/// What the SMSC knows.
#[derive(Default)]
struct Carrier {
    /// Bytes of the connection that are no whole unit yet.
    buffer: Vec<u8>,
    silent: bool,
    bound: bool,
    /// How often it has taken each message, and under which id.
    taken: BTreeMap<String, Vec<String>>,
    ids: u64,
    /// Texts that were not answered yet.
    texts: VecDeque<String>,
    /// Those on the way, by their number.
    under_way: BTreeMap<u32, String>,
    answered: BTreeSet<String>,
    sequence: u32,
}

struct World {
    now: Duration,
    events: BTreeMap<(Duration, u64), Event>,
    events_made: u64,
    random: Random,
    session: Session,
    connection: u32,
    is_open: bool,
    failures: u32,
    wake: Option<Duration>,
    /// When the last bytes of each direction arrive: none overtakes another.
    last: [Duration; 2],
    carrier: Carrier,
    to_send: VecDeque<String>,
    outcomes: BTreeMap<String, Outcome>,
    handed_over: usize,
    reported: usize,
    committed: BTreeSet<String>,
    options: Options,
}

fn options() -> Options {
    let mut settings = Settings::default();
    for (name, value) in [("host", "smsc.test"), ("port", "2775"), ("system_id", "halyard"), ("response_seconds", "5")]
    {
        settings.plain.insert(name.to_owned(), value.to_owned());
    }
    settings.secrets.insert("password".to_owned(), Secret("fairwind".to_owned()));
    Options::read(&settings).unwrap()
}

fn number(text: &str) -> Address {
    Address::Number(PhoneNumber::from_e164(text).unwrap())
}

fn unit(command: u32, status: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap() + 16;
    let header = [length, command, status, sequence].map(u32::to_be_bytes).concat();
    [&header, body].concat()
}

impl World {
    fn new(seed: u64) -> Self {
        let mut world = Self {
            now: Duration::ZERO,
            events: BTreeMap::new(),
            events_made: 0,
            random: Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            session: Session::new(options(), Role::Transceiver),
            connection: 0,
            is_open: false,
            failures: 0,
            wake: None,
            last: [Duration::ZERO; 2],
            carrier: Carrier { texts: (0..TEXTS).map(|n| format!("text {n}")).collect(), ..Carrier::default() },
            to_send: (0..MESSAGES).map(|n| format!("m{n}")).collect(),
            outcomes: BTreeMap::new(),
            handed_over: 0,
            reported: 0,
            committed: BTreeSet::new(),
            options: options(),
        };
        world.plan(Duration::ZERO, Event::Connect);
        world
    }

    fn plan(&mut self, after: Duration, event: Event) {
        self.events_made += 1;
        self.events.insert((self.now + after, self.events_made), event);
    }

    /// Bytes on their way, in pieces that arrive in order.
    fn carry(&mut self, to_carrier: bool, bytes: &[u8]) {
        let connection = self.connection;
        let size = 1 + self.random.below(60) as usize;
        for piece in bytes.chunks(size) {
            let lag = Duration::from_millis(self.random.below(30));
            let last = &mut self.last[usize::from(to_carrier)];
            *last = (*last).max(self.now + lag);
            let after = *last - self.now;
            let event = if to_carrier { Event::ToCarrier } else { Event::ToSession };
            self.plan(after, event(connection, piece.to_vec()));
        }
    }

    fn run(&mut self) {
        for _ in 0..1_000_000 {
            let is_done = self.outcomes.len() == MESSAGES
                && self.carrier.answered.len() == TEXTS
                && self.reported == self.handed_over;
            let Some(((now, _), event)) = (if is_done { None } else { self.events.pop_first() }) else { return };
            self.now = now;
            self.happen(event);
            self.hand_over();
        }
        panic!("it does not end");
    }

    fn happen(&mut self, event: Event) {
        let now = self.now;
        let outputs = match event {
            Event::Connect => {
                self.connection += 1;
                self.is_open = true;
                self.last = [now; 2];
                let carrier = &mut self.carrier;
                carrier.buffer.clear();
                carrier.bound = false;
                carrier.silent = self.random.one_in(5);
                // What was not answered is brought again.
                let again: Vec<String> = core::mem::take(&mut carrier.under_way).into_values().collect();
                carrier.texts.extend(again);
                let end = Duration::from_millis(500 + self.random.below(20_000));
                self.plan(end, Event::HangUp(self.connection));
                self.session.connected(now)
            }
            Event::HangUp(connection) if connection == self.connection && self.is_open => {
                self.is_open = false;
                self.reconnect();
                self.session.closed(now)
            }
            Event::ToSession(connection, bytes) if connection == self.connection && self.is_open => {
                self.session.received(&bytes, now)
            }
            Event::ToCarrier(connection, bytes) if connection == self.connection && self.is_open => {
                self.carrier.buffer.extend(bytes);
                return self.serve();
            }
            Event::Wake(time) if self.wake == Some(time) => {
                self.wake = None;
                self.session.tick(now)
            }
            Event::Committed(handle, text, is_done) => {
                if is_done {
                    self.committed.insert(text);
                    self.session.taken(handle, now)
                } else {
                    self.session.not_taken(handle, now)
                }
            }
            _ => return,
        };
        self.obey(outputs);
    }

    fn reconnect(&mut self) {
        self.failures += 1;
        let wait = reconnect_after(self.failures.min(3), self.random.below(256) as u8);
        self.plan(wait, Event::Connect);
    }

    fn obey(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Write(bytes) => {
                    assert!(self.is_open, "nothing is written to a connection that ended");
                    self.carry(true, &bytes.0);
                }
                Output::Close => {
                    self.is_open = false;
                    self.reconnect();
                }
                Output::WakeAt(time) => {
                    self.wake = Some(time);
                    self.plan(time.saturating_sub(self.now), Event::Wake(time));
                }
                Output::State(State::Bound) => self.failures = 0,
                Output::State(_) | Output::Skipped(_) => {}
                Output::Submitted { id, part, outcome } => {
                    assert_eq!(part, 1);
                    self.reported += 1;
                    match outcome {
                        Outcome::Later(_) | Outcome::Throttled { .. } => self.to_send.push_back(id),
                        outcome => assert_eq!(self.outcomes.insert(id, outcome), None),
                    }
                }
                Output::Late { id, outcome, .. } => {
                    assert_eq!(self.outcomes.get(&id), Some(&Outcome::Unknown));
                    let references = self.carrier.taken.get(&id).cloned().unwrap_or_default();
                    assert_eq!(matches!(outcome, Outcome::Taken { .. }), !references.is_empty());
                }
                Output::Inbound(handle, arrived) => {
                    let wait = Duration::from_millis(self.random.below(400));
                    let is_done = !self.random.one_in(10);
                    self.plan(wait, Event::Committed(handle, arrived.piece.text(), is_done));
                }
                Output::Receipt(..) => panic!("there are no receipts"),
            }
        }
    }

    fn hand_over(&mut self) {
        // Sometimes more than there is room for.
        let mut room = self.session.room(self.now) + usize::from(self.random.one_in(50));
        while room > 0
            && let Some(id) = self.to_send.pop_front()
        {
            room -= 1;
            let (from, to) = (number("+16195550142"), number("+16195550199"));
            let mut parts = submissions(&id, &from, &to, &id, 1, &self.options).unwrap();
            self.handed_over += 1;
            let outputs = self.session.submit(parts.remove(0), self.now);
            self.obey(outputs);
        }
    }

    /// The SMSC reads what it has, and answers in an order of its own.
    fn serve(&mut self) {
        let mut answers = Vec::new();
        while let Some(length) =
            self.carrier.buffer.first_chunk::<4>().map(|length| u32::from_be_bytes(*length) as usize)
        {
            if self.carrier.buffer.len() < length {
                break;
            }
            let unit: Vec<u8> = self.carrier.buffer.drain(..length).collect();
            let field = |place: usize| u32::from_be_bytes(unit[place..place + 4].try_into().unwrap());
            let answer = self.answer(field(4), field(8), field(12), &unit[16..]);
            answers.extend(answer.filter(|_| !self.carrier.silent));
        }
        while self.carrier.bound && !self.carrier.silent && self.carrier.under_way.len() < 5 {
            let Some(text) = self.carrier.texts.pop_front() else { break };
            self.carrier.sequence += 1;
            let mut body = b"\0\x01\x0116195550199\0\x01\x0116195550142\0\0\0\0\0\0\0\0\x03\0".to_vec();
            body.push(text.len() as u8);
            body.extend_from_slice(text.as_bytes());
            answers.push(unit(5, 0, self.carrier.sequence, &body));
            self.carrier.under_way.insert(self.carrier.sequence, text);
        }
        while !answers.is_empty() {
            let place = self.random.below(answers.len() as u64) as usize;
            let answer = answers.swap_remove(place);
            self.carry(false, &answer);
        }
    }

    fn answer(&mut self, command: u32, status: u32, sequence: u32, body: &[u8]) -> Option<Vec<u8>> {
        const ANSWER: u32 = 0x8000_0000;
        match command {
            9 => {
                self.carrier.bound = true;
                Some(unit(ANSWER | 9, 0, sequence, b"SMSC\0"))
            }
            4 => {
                // The text is the last field.
                let start = body.iter().rposition(|octet| *octet < b' ').unwrap() + 1;
                let id = String::from_utf8(body[start..].to_vec()).unwrap();
                let status = match self.random.below(40) {
                    0 => 0x58,
                    1 => 0x14,
                    2 => 0x0b,
                    _ => 0,
                };
                let mut answer = Vec::new();
                if status == 0 {
                    self.carrier.ids += 1;
                    let message_id = format!("a{:x}", self.carrier.ids);
                    answer = [message_id.as_bytes(), b"\0"].concat();
                    self.carrier.taken.entry(id).or_default().push(message_id);
                }
                let is_lost = self.random.one_in(60);
                (!is_lost).then(|| unit(ANSWER | 4, status, sequence, &answer))
            }
            0x15 => Some(unit(ANSWER | 0x15, 0, sequence, b"")),
            0x8000_0005 => {
                let text = self.carrier.under_way.remove(&sequence).expect("it was brought, and not answered before");
                if status == 0 {
                    assert!(self.committed.contains(&text), "it is answered after it was committed");
                    self.carrier.answered.insert(text);
                } else {
                    self.carrier.texts.push_back(text);
                }
                None
            }
            0x8000_0015 => None,
            command => panic!("the session sent {command:#x}"),
        }
    }
}

#[test]
fn each_submission_has_one_outcome_and_no_text_is_lost() {
    let mut totals = BTreeMap::new();
    for seed in 1..=12 {
        let mut world = World::new(seed);
        world.run();
        assert_eq!(world.outcomes.len(), MESSAGES, "seed {seed}");
        assert_eq!(world.committed.len(), TEXTS, "seed {seed}");
        for (id, outcome) in &world.outcomes {
            let taken = world.carrier.taken.get(id).map(Vec::as_slice).unwrap_or_default();
            match outcome {
                Outcome::Taken { references } => assert_eq!(taken, references, "{id} of seed {seed}"),
                Outcome::Refused(_) => assert!(taken.is_empty(), "{id} of seed {seed}"),
                // It may have been taken, but never twice.
                Outcome::Unknown => assert!(taken.len() <= 1, "{id} of seed {seed}"),
                outcome => panic!("{id} of seed {seed} ended as {outcome:?}"),
            }
            let kind = core::mem::discriminant(outcome);
            *totals.entry(format!("{kind:?}")).or_insert(0) += 1;
        }
    }
    // All three happened.
    assert_eq!(totals.len(), 3, "{totals:?}");
}
