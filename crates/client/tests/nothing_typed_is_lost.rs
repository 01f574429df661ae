//! Whatever happens: each word that was typed is in a draft, in the outbox, or with the server; and what has once been
//! kept on the device or sent survives every crash.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::notices::NoticesAction;
use halyard_client::outbox::OutboxAction;
use halyard_client::recipients::RecipientsAction;
use halyard_client::session::SessionAction;
use std::collections::{BTreeMap, BTreeSet};

use halyard_client::storage::DbCommand;
use halyard_client::view::Item;
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, Ui};
use halyard_protocol::{ConversationId, ConversationKey, ErrorCode, Message, MessageId, Peer, UserId};
use proptest::prelude::*;

use crate::support::database::Lost;
use crate::support::device::{Health, going};
use crate::support::people::{ANA, BEN, DEVON, FRONT_DESK, MAYA, REPAIRS, SALES, number};
use crate::support::{Fate, World, cases};

/// What may happen next. A card is named by its place among all that there can be.
#[derive(Clone, Copy, Debug)]
enum Step {
    Type(u8),
    Attach(u8),
    Prepare,
    Detach(u8),
    Submit(u8),
    Using(u8, bool),
    Open(u8),
    Close(u8),
    New,
    Add(u8, bool),
    Done(u8),
    Edit,
    Retry,
    Commit,
    Carry(Fate),
    Refuse,
    DeliverAnswer,
    Follow,
    Timer,
    Network(bool),
    Crash,
    Ended,
    SignOut,
    SignIn(bool),
    Full(bool),
    Lose(Lost),
    Silent(bool),
    Clear,
    Clock(i8),
    Travel(u8),
    Trim,
}

fn step() -> impl Strategy<Value = Step> {
    let fate = prop_oneof![6 => Just(Fate::Answered), 1 => Just(Fate::Lost), 2 => Just(Fate::AnswerLost)];
    let card = 0..CARDS;
    prop_oneof![
        10 => card.clone().prop_map(Step::Type),
        4 => card.clone().prop_map(Step::Attach),
        5 => Just(Step::Prepare),
        1 => card.clone().prop_map(Step::Detach),
        6 => card.clone().prop_map(Step::Submit),
        3 => (card.clone(), any::<bool>()).prop_map(|(card, first)| Step::Using(card, first)),
        4 => card.clone().prop_map(Step::Open),
        3 => card.clone().prop_map(Step::Close),
        4 => Just(Step::New),
        4 => (card.clone(), any::<bool>()).prop_map(|(card, typed)| Step::Add(card, typed)),
        3 => card.prop_map(Step::Done),
        2 => Just(Step::Edit),
        1 => Just(Step::Retry),
        10 => Just(Step::Commit),
        10 => fate.prop_map(Step::Carry),
        2 => Just(Step::Refuse),
        10 => Just(Step::DeliverAnswer),
        8 => Just(Step::Follow),
        2 => Just(Step::Timer),
        1 => any::<bool>().prop_map(Step::Network),
        2 => Just(Step::Crash),
        1 => Just(Step::Ended),
        2 => Just(Step::SignOut),
        3 => any::<bool>().prop_map(Step::SignIn),
        1 => any::<bool>().prop_map(Step::Full),
        2 => prop_oneof![Just(Lost::Before), Just(Lost::After)].prop_map(Step::Lose),
        1 => any::<bool>().prop_map(Step::Silent),
        1 => Just(Step::Clear),
        1 => any::<i8>().prop_map(Step::Clock),
        1 => any::<u8>().prop_map(Step::Travel),
        1 => Just(Step::Trim),
    ]
}

/// Conversations, then new ones.
const CARDS: u8 = 10;

struct Test {
    world: World,
    conversations: Vec<ConversationId>,
    /// By whom.
    typed: BTreeMap<String, UserId>,
    /// Words that the device or the server has had.
    safe: BTreeSet<String>,
    /// What the device could not keep.
    unkept: String,
    /// Whether the device was ever full, or emptied.
    unkept_once: bool,
    words: u32,
    /// New conversations in the order in which they were begun.
    begun: Vec<CardKey>,
}

/// Text and files of a message.
fn words(message: &Message) -> impl Iterator<Item = &str> {
    message.media.iter().map(|file| file.name.as_str()).chain([message.body.as_str()])
}

impl Test {
    fn new() -> Self {
        let mut world = World::new();
        world.watched = false;
        world.hangs = true;
        let (maya, devon) = (world.server.user(MAYA), world.server.user(DEVON));
        let tenant = world.server.tenant.id;
        let texts = [FRONT_DESK, SALES, REPAIRS]
            .into_iter()
            .flat_map(|own| [ANA, BEN].map(|remote| ConversationKey::text(number(own), [number(remote)])));
        let keys = texts.chain([ConversationKey::chat([maya, devon])]);
        let conversations = keys.map(|key| key.id(tenant)).collect();
        world.server.receive(number(ANA), number(FRONT_DESK), "Are you there?");
        world.server.chat(devon, &[maya], "Coffee?");
        world.signed_in(MAYA);
        let (typed, safe, unkept) = (BTreeMap::new(), BTreeSet::new(), String::new());
        Self { world, conversations, typed, safe, unkept, unkept_once: false, words: 0, begun: Vec::new() }
    }

    fn card(&self, n: u8) -> CardKey {
        match self.conversations.get(usize::from(n)) {
            Some(id) => CardKey::Conversation(*id),
            None => self.begun.get(usize::from(n) - self.conversations.len()).copied().unwrap_or(CardKey::New(0)),
        }
    }

    fn is_open(&self, card: CardKey) -> bool {
        self.world.phone(0).cards_view().iter().any(|open| open.key == card)
    }

    fn step(&mut self, step: Step) {
        self.take(step);
        for card in self.world.new_cards(0) {
            if !self.begun.contains(&card) {
                self.begun.push(card);
            }
        }
    }

    fn take(&mut self, step: Step) {
        let at = |n: u8| self.card(n);
        match step {
            Step::Type(n) => {
                let card = at(n);
                let Some(me) = self.world.phone(0).me_view().filter(|_| self.is_open(card)) else { return };
                self.words += 1;
                let word = format!("word{}.", self.words);
                let text = [&self.world.phone(0).composer_view(card).draft, " ", &word].concat();
                self.typed.insert(word, me.user);
                self.world.ui(0, Ui::Composer(card, ComposerAction::Draft(text)));
            }
            Step::Attach(n) => {
                let card = at(n);
                if self.world.phone(0).me_view().is_some() && self.is_open(card) {
                    self.words += 1;
                    let word = format!("word{}.", self.words);
                    self.world.attach(0, card, &[(&word, &[b"\xFF\xD8\xFF\xE0", word.as_bytes()].concat())]);
                }
            }
            Step::Prepare => self.prepare(),
            Step::Detach(n) => {
                let card = at(n);
                if let Some(file) = self.world.phone(0).composer_view(card).files.first() {
                    self.typed.remove(&file.name.english());
                    self.world.ui(0, Ui::Composer(card, ComposerAction::Detach(file.id)));
                }
            }
            Step::Submit(n) => self.world.ui(0, Ui::Composer(at(n), ComposerAction::Submit)),
            Step::Using(n, first) => {
                self.world.ui(
                    0,
                    Ui::Composer(at(n), ComposerAction::SendUsing(number(if first { FRONT_DESK } else { SALES }))),
                );
            }
            Step::Open(n) => match at(n) {
                CardKey::Conversation(id) => self.world.ui(0, Ui::Conversations(ConversationsAction::Open(id))),
                CardKey::New(_) => {
                    self.world.ui(
                        0,
                        Ui::Conversations(ConversationsAction::Message {
                            peer: Peer::Number(number(ANA)),
                            from: Some(number(REPAIRS)),
                        }),
                    );
                }
            },
            Step::Close(n) => self.world.ui(0, Ui::Window(WindowAction::Close(at(n)))),
            Step::New => self.world.ui(0, Ui::NewConversation),
            Step::Add(n, typed) => {
                let card = at(n);
                if typed {
                    self.world.ui(0, Ui::Recipients(card, RecipientsAction::Query("nobody".to_owned())));
                } else {
                    self.world.ui(0, Ui::Recipients(card, RecipientsAction::Add(Peer::Number(number(BEN)))));
                }
            }
            Step::Done(n) => self.world.ui(0, Ui::Recipients(at(n), RecipientsAction::Finish)),
            Step::Edit => {
                if let Some(id) = self.parked() {
                    self.world.ui(0, Ui::Outbox(OutboxAction::Edit(id)));
                }
            }
            Step::Retry => {
                if let Some(id) = self.parked() {
                    self.world.ui(0, Ui::Outbox(OutboxAction::Retry(id)));
                }
            }
            Step::Commit => {
                if self.world.devices[0].health != Health::Works {
                    self.unkept.push_str(&going(self.world.devices[0].commands.front()).concat());
                }
                self.world.commit(0);
            }
            Step::Carry(fate) => drop(self.world.carry(0, 0, fate)),
            Step::Refuse => {
                let no = crate::support::server::problem(ErrorCode::Invalid, "Not today.");
                self.world.server.fail_next("POST messages", no);
            }
            Step::DeliverAnswer => drop(self.world.deliver_answer(0, 0)),
            Step::Follow => drop(self.world.follow(0, 3)),
            Step::Timer => drop(self.world.hurry(0)),
            Step::Network(on) => self.world.network(0, on),
            Step::Crash => self.crash(),
            Step::Ended => {
                if let Some(session) = self.world.devices[0].cookie() {
                    self.world.server.end_session(session);
                }
            }
            Step::SignOut => {
                self.world.ui(0, Ui::Session(SessionAction::SignOut));
                if self.world.phone(0).question_view().is_some() {
                    self.world.ui(0, Ui::Notices(NoticesAction::Answer(true)));
                }
            }
            Step::SignIn(same) => {
                let extension = if same { MAYA } else { DEVON };
                let (login, password) = (format!("{extension}@harbor"), format!("tide-{extension}"));
                self.world.ui(0, Ui::Session(SessionAction::SignIn { login, password, device: String::new() }));
            }
            Step::Full(full) => {
                self.unkept_once |= full;
                self.world.devices[0].health = if full { Health::Full } else { Health::Works };
            }
            Step::Lose(lost) => self.world.devices[0].database.loses = Some(lost),
            Step::Silent(silent) => self.world.silence(0, silent),
            Step::Clear => self.clear(),
            Step::Clock(by) => self.world.set_clock(i64::from(by) * 1_300_000),
            Step::Travel(to) => self.world.travel(to),
            Step::Trim => self.world.server.trim(),
        }
        self.check_safe();
    }

    /// A file counts once it is ready: it is in a text box, or leaves it at once.
    fn prepare(&mut self) {
        let files = |phone: &halyard_client::Softphone, card| phone.composer_view(card).files.into_iter();
        let cards: Vec<CardKey> = (0..CARDS * 4).map(|n| self.card(n)).collect();
        let before: BTreeSet<String> = cards
            .iter()
            .flat_map(|card| files(self.world.phone(0), *card))
            .filter(|file| !file.picture)
            .map(|file| file.name.english())
            .collect();
        self.world.prepare(0);
        let still: BTreeSet<String> = cards
            .iter()
            .flat_map(|card| files(self.world.phone(0), *card))
            .filter(|file| !file.picture)
            .map(|file| file.name.english())
            .collect();
        if let Some(me) = self.world.phone(0).me_view() {
            self.typed.extend(before.difference(&still).map(|name| (name.clone(), me.user)));
        }
    }

    fn parked(&mut self) -> Option<MessageId> {
        let env = self.world.env();
        self.conversations.iter().find_map(|id| {
            let view = self.world.phone(0).timeline_view(CardKey::Conversation(*id), &env)?;
            view.items.iter().find_map(|item| match item {
                Item::Message(row) if row.state.as_ref().is_some_and(|state| state.parked) => Some(row.id),
                _ => None,
            })
        })
    }

    /// What no card shows and the server does not have is lost with the database.
    fn clear(&mut self) {
        // The content of files is.
        self.unkept_once = true;
        let found = self.found();
        self.typed.retain(|word, _| found.contains(word.as_str()));
        self.safe.clear();
        // Until it is kept again it is where it shows.
        self.unkept.push_str(&found);
        self.world.clear_database(0);
    }

    fn crash(&mut self) {
        let mut going = [going(&self.world.devices[0].commands).concat(), std::mem::take(&mut self.unkept)].concat();
        if self.world.devices[0].database.is_silent() {
            // The user was told that nothing is kept.
            going.extend(self.typed.keys().map(String::as_str));
        }
        let reads = |command: &DbCommand| matches!(command, DbCommand::Load | DbCommand::Unseal(_));
        if self.world.devices[0].commands.iter().any(reads) {
            // Until the device has said what it has, drafts wait.
            for n in 0..CARDS * 4 {
                let composer = self.world.phone(0).composer_view(self.card(n));
                going.push_str(&composer.draft);
            }
        }
        let kept = self.kept();
        // What was typed in the last moment, or could not be kept, is lost with the device, and nothing else.
        self.typed.retain(|word, _| kept.contains(word) || !going.contains(word.as_str()));
        self.world.crash(0);
    }

    /// What the device's database and the server have.
    fn kept(&self) -> String {
        let mut all: String = self.world.devices[0].disk.borrow().all_texts().collect();
        for shared in self.world.server.conversations.values() {
            all.extend(shared.messages().flat_map(words));
        }
        all
    }

    fn check_safe(&mut self) {
        let kept = self.kept();
        if self.world.devices[0].health == Health::Works {
            for word in &self.safe {
                assert!(kept.contains(word), "{word} was kept, and is no longer");
            }
        }
        self.safe = self.typed.keys().filter(|word| kept.contains(word.as_str())).cloned().collect();
    }

    /// All that the user can find again.
    fn found(&mut self) -> String {
        let env = self.world.env();
        let mut all = String::new();
        for n in 0..CARDS * 4 {
            let card = self.card(n);
            let phone = self.world.phone(0);
            let composer = phone.composer_view(card);
            all.push_str(&composer.draft);
            all.extend(composer.files.into_iter().map(|file| file.name.english()));
            let items = phone.timeline_view(card, &env).map(|view| view.items).unwrap_or_default();
            for item in items {
                if let Item::Message(row) = item {
                    all.push_str(&row.body);
                    all.extend(row.media.iter().map(|file| file.name.english()));
                    let state = row.state.as_ref().map_or(String::new(), |state| state.words.english());
                    assert!(self.unkept_once || !state.contains("no longer on this device"), "{state}");
                }
            }
        }
        for shared in self.world.server.conversations.values() {
            all.extend(shared.messages().flat_map(words));
        }
        all
    }

    fn finish(&mut self) {
        self.world.silence(0, false);
        self.world.network(0, true);
        self.world.wait(120_000);
        for extension in [MAYA, DEVON] {
            // Whoever sits there now goes, and this one comes back.
            self.step(Step::SignOut);
            self.world.wait(1_000);
            self.world.sign_in(0, extension);
            self.world.wait(120_000);
            let user = self.world.server.user(extension);
            let found = self.found();
            for (word, by) in &self.typed {
                assert!(*by != user || found.contains(word), "{word} of {extension} is lost");
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn every_word_is_somewhere(steps in prop::collection::vec(step(), 1..80)) {
        let mut test = Test::new();
        for step in steps {
            test.step(step);
        }
        test.finish();
    }
}

/// What is typed while the device still opens what was sealed joins it, under the same key.
#[test]
fn typed_while_the_sealed_is_opened() {
    use Step::{Carry, DeliverAnswer, Ended, New, SignIn, SignOut, Type};
    let mut test = Test::new();
    let carry = Carry(Fate::Answered);
    for step in [New, Type(7), SignOut, SignIn(true), carry, DeliverAnswer, carry, New, DeliverAnswer, Type(8), Ended] {
        test.step(step);
    }
    assert_eq!(test.words, 2, "both were typed");
    test.finish();
}

/// The first of two sign-outs is sealed while what was typed before the second waits for its turn.
#[test]
fn typed_between_two_sign_outs_on_a_full_device() {
    use Step::{Carry, DeliverAnswer, Full, Open, SignIn, SignOut, Type};
    let mut test = Test::new();
    let carry = Carry(Fate::Answered);
    for step in
        [SignOut, SignIn(true), Full(true), carry, DeliverAnswer, carry, DeliverAnswer, Open(7), Type(4), SignOut]
    {
        test.step(step);
    }
    assert_eq!(test.words, 1, "it was typed");
    test.finish();
}

/// Site data are cleared, and the user leaves before the database has said that it is nobody's: there is nothing to seal with, so what they
/// had typed is kept as it is.
#[test]
fn who_leaves_a_cleared_database_finds_what_they_typed() {
    let mut test = Test::new();
    for step in [Step::New, Step::Clear, Step::Commit, Step::Type(7), Step::Attach(7), Step::Prepare, Step::SignOut] {
        test.step(step);
    }
    while test.world.commit(0) {}
    test.step(Step::Crash);
    test.finish();
}
