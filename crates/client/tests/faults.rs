//! Whatever fails, and however often: two tabs of one browser lose no message, double none, and keep their order.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::session::SessionAction;
use halyard_client::view::Item;
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, HttpResponse, Ui};
use halyard_protocol::{ConversationId, ConversationKey};
use proptest::prelude::*;

use crate::support::database::Lost;
use crate::support::device::{Health, going, messages};
use crate::support::people::{ANA, FRONT_DESK, MAYA, number};
use crate::support::{Fate, World, cases};

/// What may happen next, to one of the two tabs.
#[derive(Clone, Copy, Debug)]
enum Step {
    Write(u8),
    Commit(u8),
    Carry(u8, Fate),
    DeliverAnswer(u8),
    DeliverAnswerTwice(u8),
    Follow(u8),
    Overhear(u8),
    Timer(u8),
    Disconnect(u8),
    Network(u8, bool),
    /// The tab is killed, and opened again.
    Kill(u8),
    Pin(u8, bool),
    Full(bool),
    /// The connection to the database is lost while it carries out the tab's next command.
    Lose(u8, Lost),
    /// The database does not open in time, or does at last.
    Silent(u8, bool),
    /// Somebody clears the database.
    Clear(u8),
    /// The page hangs, or goes on.
    Hang(u8, bool),
    Clock(i8),
    Travel(u8),
    Inbound,
    Trim,
    Fail(u16),
    Ended,
    SignIn(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let tab = 0..2u8;
    let lost = prop_oneof![Just(Lost::Before), Just(Lost::After)];
    let fate = prop_oneof![6 => Just(Fate::Answered), 1 => Just(Fate::Lost), 2 => Just(Fate::AnswerLost)];
    prop_oneof![
        8 => tab.clone().prop_map(Step::Write),
        10 => tab.clone().prop_map(Step::Commit),
        8 => (tab.clone(), fate).prop_map(|(tab, fate)| Step::Carry(tab, fate)),
        8 => tab.clone().prop_map(Step::DeliverAnswer),
        1 => tab.clone().prop_map(Step::DeliverAnswerTwice),
        8 => tab.clone().prop_map(Step::Follow),
        8 => tab.clone().prop_map(Step::Overhear),
        4 => tab.clone().prop_map(Step::Timer),
        1 => tab.clone().prop_map(Step::Disconnect),
        1 => (tab.clone(), any::<bool>()).prop_map(|(tab, on)| Step::Network(tab, on)),
        3 => tab.clone().prop_map(Step::Kill),
        1 => (tab.clone(), any::<bool>()).prop_map(|(tab, on)| Step::Pin(tab, on)),
        1 => any::<bool>().prop_map(Step::Full),
        2 => (tab.clone(), lost).prop_map(|(tab, lost)| Step::Lose(tab, lost)),
        1 => (tab.clone(), any::<bool>()).prop_map(|(tab, silent)| Step::Silent(tab, silent)),
        1 => tab.clone().prop_map(Step::Clear),
        1 => (tab.clone(), any::<bool>()).prop_map(|(tab, hangs)| Step::Hang(tab, hangs)),
        1 => any::<i8>().prop_map(Step::Clock),
        1 => any::<u8>().prop_map(Step::Travel),
        2 => Just(Step::Inbound),
        1 => Just(Step::Trim),
        1 => prop_oneof![Just(503u16), Just(429), Just(502)].prop_map(Step::Fail),
        1 => Just(Step::Ended),
        2 => tab.prop_map(Step::SignIn),
    ]
}

struct Test {
    world: World,
    /// Which devices of the world the two tabs are now.
    tabs: [usize; 2],
    id: ConversationId,
    written: Vec<String>,
    words: u32,
    /// What a tab showed when the database was cleared.
    cleared: [Vec<String>; 2],
    /// What a tab wrote while it had no database.
    unkept: [Vec<String>; 2],
    /// What was on its way when the database was cleared. Each tab keeps its own again: nothing is lost, but which tab does it first
    /// decides on the order.
    unordered: Vec<String>,
}

impl Test {
    fn new() -> Self {
        let mut world = World::new();
        world.watched = false;
        let first = world.signed_in(MAYA);
        let tenant = world.server.tenant.id;
        let id = ConversationKey::text(number(FRONT_DESK), [number(ANA)]).id(tenant);
        world.server.receive(number(ANA), number(FRONT_DESK), "inbound");
        world.settle();
        world.act(first, Ui::Conversations(ConversationsAction::Open(id)));
        let second = world.tab(first);
        world.settle();
        Self {
            world,
            tabs: [first, second],
            id,
            written: Vec::new(),
            words: 0,
            cleared: Default::default(),
            unkept: Default::default(),
            unordered: Vec::new(),
        }
    }

    fn step(&mut self, step: Step) {
        let card = CardKey::Conversation(self.id);
        let at = |tab: u8| self.tabs[usize::from(tab)];
        let world = &mut self.world;
        match step {
            Step::Write(n) => {
                let tab = at(n);
                world.now = world.now.plus(1);
                // Nobody can type into a page that hangs.
                if world.devices[tab].hung.is_some() || !world.is_signed_in(tab) || !world.phone(tab).is_known(self.id)
                {
                    return;
                }
                self.words += 1;
                let text = format!("{n} message {}", self.words);
                world.ui(tab, Ui::Composer(card, ComposerAction::Draft(text.clone())));
                world.ui(tab, Ui::Composer(card, ComposerAction::Submit));
                if !world.devices[tab].commands.iter().flat_map(messages).any(|kept| kept == text) {
                    self.unkept[usize::from(n)].push(text.clone());
                }
                self.written.push(text);
            }
            Step::Commit(tab) => {
                world.commit(at(tab));
            }
            Step::Carry(tab, fate) => drop(world.carry(at(tab), 0, fate)),
            Step::DeliverAnswer(tab) => drop(world.deliver_answer(at(tab), 0)),
            Step::DeliverAnswerTwice(tab) => drop(world.deliver_answer_twice(at(tab), 0)),
            Step::Follow(tab) => drop(world.follow(at(tab), 2)),
            Step::Overhear(tab) => drop(world.deliver_tab_message(at(tab))),
            Step::Timer(tab) => drop(world.hurry(at(tab))),
            Step::Disconnect(tab) => world.disconnect(at(tab)),
            Step::Network(tab, on) => world.network(at(tab), on),
            Step::Kill(tab) => self.kill(tab),
            Step::Pin(tab, on) => world.ui(at(tab), Ui::Window(WindowAction::SetPinned(card, on))),
            Step::Full(full) => {
                for tab in self.tabs {
                    world.devices[tab].health = if full { Health::Full } else { Health::Works };
                }
            }
            Step::Lose(tab, lost) => world.devices[at(tab)].database.loses = Some(lost),
            Step::Silent(tab, silent) => world.silence(at(tab), silent),
            Step::Clear(tab) => self.clear(tab),
            Step::Hang(tab, hangs) => world.hang(at(tab), hangs),
            Step::Clock(by) => world.set_clock(i64::from(by) * 1_300_000),
            Step::Travel(to) => world.travel(to),
            Step::Inbound => drop(world.server.receive(number(ANA), number(FRONT_DESK), "inbound")),
            Step::Trim => world.server.trim(),
            Step::Fail(status) => {
                let answer = HttpResponse { status, body: "<html>busy</html>".to_owned(), retry_after: Some(2) };
                world.server.fail_next("POST messages", answer);
            }
            Step::Ended => {
                if let Some(session) = world.devices[at(0)].cookie() {
                    world.server.end_session(session);
                }
            }
            Step::SignIn(tab) => sign_in(world, at(tab)),
        }
    }

    /// What no tab shows and the server does not have is lost with the database.
    fn clear(&mut self, tab: u8) {
        let shown: Vec<String> = self.tabs.into_iter().flat_map(|at| self.shown(at)).collect();
        let there = self.world.server.texts(self.id);
        let waiting = self.written.iter().filter(|text| !there.contains(&text.as_str()));
        self.unordered.extend(waiting.cloned());
        self.written.retain(|text| shown.contains(text) || there.contains(&text.as_str()));
        self.world.clear_database(self.tabs[usize::from(tab)]);
        // Until it is kept again it is where it shows.
        for tab in 0..2 {
            self.cleared[tab] = self.shown(self.tabs[tab]);
        }
    }

    /// The messages that a tab shows.
    fn shown(&mut self, at: usize) -> Vec<String> {
        let env = self.world.env();
        let view = self.world.phone(at).timeline_view(CardKey::Conversation(self.id), &env);
        let items = view.map(|view| view.items).unwrap_or_default().into_iter();
        items.filter_map(|item| if let Item::Message(row) = item { Some(row.body.clone()) } else { None }).collect()
    }

    fn kill(&mut self, tab: u8) {
        let at = self.tabs[usize::from(tab)];
        let other = self.tabs[usize::from(1 - tab)];
        // What was not kept when the tab died is lost with it, unless the other one or the server has it.
        let device = &self.world.devices[at];
        // Where the database refuses a message the user is told, and leaves the tab open.
        let mut lost = [going(&device.commands), device.refused.clone()].concat();
        lost.append(&mut self.cleared[usize::from(tab)]);
        lost.append(&mut self.unkept[usize::from(tab)]);
        self.world.kill(at);
        self.tabs[usize::from(tab)] = self.world.tab(other);
        let kept = kept(&self.world, other);
        let there = self.world.server.texts(self.id);
        self.written.retain(|text| {
            let safe = kept.contains(text) || there.contains(&text.as_str());
            safe || !lost.contains(text)
        });
    }

    fn finish(&mut self) {
        self.world.server.mend();
        for tab in self.tabs {
            self.world.hang(tab, false);
            self.world.devices[tab].health = Health::Works;
            self.world.silence(tab, false);
            self.world.network(tab, true);
        }
        self.world.wait(300_000);
        for tab in self.tabs {
            sign_in(&mut self.world, tab);
            self.world.wait(120_000);
        }
        let server: Vec<&str> =
            self.world.server.texts(self.id).into_iter().filter(|text| *text != "inbound").collect();
        let lost: Vec<&String> = self.written.iter().filter(|text| !server.contains(&text.as_str())).collect();
        assert!(lost.is_empty(), "lost: {lost:?} of {server:?}");
        let once: std::collections::BTreeSet<&&str> = server.iter().collect();
        assert_eq!(once.len(), server.len(), "each once");
        // Two tabs that write in the same moment have no order that anybody could know; each has its own.
        for tab in ["0 ", "1 "] {
            // What was refused leaves when the sending tab hears of it, and has no place among what was kept.
            let refused = self.world.devices.iter().flat_map(|device| &device.refused);
            let unordered: Vec<&String> = refused.chain(&self.unordered).collect();
            let has_place = |text: &&&str| !unordered.iter().any(|other| other.as_str() == **text);
            let of_tab = || server.iter().filter(|text| text.starts_with(tab)).filter(has_place);
            let order = |text: &&&str| text["0 message ".len()..].parse::<u32>().expect("a number");
            let mut sorted: Vec<_> = of_tab().collect();
            sorted.sort_by_key(order);
            sorted.dedup();
            assert_eq!(of_tab().collect::<Vec<_>>(), sorted, "in the order of writing, each once");
        }
        for tab in self.tabs {
            assert!(self.world.devices[tab].outbox().is_empty(), "the outbox is empty");
            assert_eq!(self.world.phone(tab).connection_view().waiting, 0);
        }
    }
}

/// The messages that the database keeps until they are sent.
fn kept(world: &World, at: usize) -> Vec<String> {
    world.devices[at].outbox().into_iter().map(|row| row.body).collect()
}

fn sign_in(world: &mut World, at: usize) {
    let (login, password) = (format!("{MAYA}@harbor"), format!("tide-{MAYA}"));
    world.ui(at, Ui::Session(SessionAction::SignIn { login, password, device: String::new() }));
}

/// What must hold in the end, after these steps.
fn play(steps: impl IntoIterator<Item = Step>) {
    let mut test = Test::new();
    for step in steps {
        test.step(step);
    }
    test.finish();
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn nothing_is_lost_doubled_or_out_of_order(steps in prop::collection::vec(step(), 1..90)) {
        play(steps);
    }
}

/// The clock is set back while a message waits to be tried again. The tab that sends it dies, and what it has said of it is heard late.
#[test]
fn a_message_leaves_although_the_clock_was_set_back_before_its_tab_died() {
    play([
        Step::Write(0),
        Step::Overhear(0),
        Step::Commit(0),
        Step::Commit(0),
        Step::Fail(503),
        Step::Overhear(0),
        Step::Overhear(0),
        Step::Carry(0, Fate::Answered),
        Step::DeliverAnswer(0),
        Step::Overhear(0),
        Step::Clock(-1),
        Step::Overhear(0),
        Step::Kill(0),
    ]);
}

/// A tab hears of a later message before it has taken in the earlier one that the device had kept.
#[test]
fn what_was_kept_leaves_before_what_is_heard_of() {
    use Step::{Carry, Commit, DeliverAnswerTwice, Ended, Kill, SignIn, Write};
    let mut test = Test::new();
    let begin = [Ended, Write(1), Write(1), Commit(1), Commit(1), Commit(1), Kill(0), Commit(0)];
    let answered = [Carry(0, Fate::Answered), DeliverAnswerTwice(0), SignIn(0), Commit(1), Kill(1)];
    for step in begin.into_iter().chain(answered) {
        test.step(step);
    }
    test.finish();
    assert_eq!(test.written.len(), 2);
}

/// The device can't keep a message, and the tab that sends was just starting when it was told.
#[test]
fn what_only_another_tab_has_is_asked_for() {
    use Step::{Commit, Full, Kill, Overhear, Timer, Write};
    let mut test = Test::new();
    let begin = [Kill(1), Timer(0), Commit(0), Kill(0), Commit(0), Write(0), Commit(0), Overhear(0), Commit(0)];
    let rest = [Full(true), Commit(0), Commit(0), Overhear(0), Write(0), Overhear(0), Overhear(0)];
    for step in begin.into_iter().chain(rest) {
        test.step(step);
    }
    test.finish();
    assert_eq!(test.written.len(), 2);
}

/// A tab dies with a message that the other one has not heard of. The next one starts before the database answers, and by a clock that
/// was set back.
#[test]
fn what_a_new_tab_writes_comes_after_what_it_does_not_know_yet() {
    play([
        Step::Write(1),
        Step::Commit(1),
        Step::Commit(1),
        Step::Kill(1),
        Step::Timer(1),
        Step::Carry(1, Fate::Answered),
        Step::DeliverAnswer(1),
        Step::Clock(-1),
        Step::Write(1),
    ]);
}

/// The database is cleared while two tabs are open. The tab that does not make it again has a message that the other one has not heard of.
#[test]
fn what_was_kept_is_kept_again_by_each_tab_when_the_database_was_cleared() {
    let mut test = Test::new();
    let begin = [Step::Write(0), Step::Commit(0), Step::Commit(0), Step::Commit(0), Step::Clear(1)];
    let again = [Step::Commit(1), Step::Commit(1), Step::Commit(0), Step::Commit(0), Step::Commit(0), Step::Commit(0)];
    for step in begin.into_iter().chain(again) {
        test.step(step);
    }
    assert_eq!(kept(&test.world, test.tabs[0]), ["0 message 1"]);
    test.step(Step::Kill(0));
    test.finish();
    assert_eq!(test.written.len(), 1);
}

/// A message waits to be kept in the tab that does not send, and the database falls silent.
#[test]
fn the_sending_tab_hears_of_what_waits_for_a_silent_database() {
    let mut test = Test::new();
    test.step(Step::Write(1));
    test.step(Step::Silent(1, true));
    test.world.settle();
    assert!(test.world.server.texts(test.id).contains(&"1 message 1"));
}

/// The database is cleared while a new tab takes in what was kept.
#[test]
fn what_was_kept_is_kept_again_when_the_database_is_cleared_while_a_tab_starts() {
    play([
        Step::Kill(1),
        Step::Commit(1),
        Step::Write(0),
        Step::Carry(1, Fate::Lost),
        Step::Commit(0),
        Step::Commit(0),
        Step::Kill(0),
        Step::Commit(0),
        Step::Clear(0),
    ]);
}

/// Two tabs write by a clock that is set back in between. The first one dies with a message that the other one has not heard of, and
/// its successor writes before it knows what was kept.
#[test]
fn the_newest_message_of_any_tab_stays_the_newest_when_the_clock_is_set_back() {
    play([
        Step::Write(0),
        Step::Commit(0),
        Step::Commit(0),
        Step::Clock(-1),
        Step::Write(1),
        Step::Kill(0),
        Step::Timer(0),
        Step::Carry(0, Fate::Answered),
        Step::DeliverAnswer(0),
        Step::Write(0),
        Step::Carry(0, Fate::Answered),
    ]);
}

/// The database falls silent for the tab that writes. The other one takes the lead and sends, and then the database answers after all.
#[test]
fn what_has_left_is_not_kept_when_the_database_answers_after_all() {
    let begin = [Step::Write(0), Step::Timer(0)].into_iter().chain([Step::Write(0); 5]);
    let rest = [
        Step::Network(0, false),
        Step::Commit(1),
        Step::Write(0),
        Step::Carry(0, Fate::Answered),
        Step::Write(1),
        Step::Silent(0, true),
        Step::Timer(1),
    ];
    play(begin.chain(rest));
}

/// A tab that has no database for a while dies with what it wrote then: the user was told.
#[test]
fn what_was_written_without_a_database_goes_with_its_tab() {
    use Step::{Commit, Hang, Kill, Silent, Write};
    let begin = [Write(0), Commit(0), Silent(0, true), Write(0), Hang(0, true), Silent(0, false)];
    play(begin.into_iter().chain([Commit(0), Commit(0), Kill(0)]));
}

/// A tab that hung goes on. It asks for the lead only then, so it has it after what happened meanwhile.
#[test]
fn a_tab_that_goes_on_leads_after_all_that_it_missed() {
    use Step::{Commit, Hang, Kill, Timer, Write};
    play([Write(1), Hang(1, true), Timer(1), Timer(0), Commit(0), Kill(0), Commit(0), Write(0), Timer(0)]);
}
