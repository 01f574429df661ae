//! Whatever happens between Enter and the server, in whatever order: each message ends as one row, with the server's
//! word on how far it got, in the order of writing, and nothing is left in the outbox.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use std::collections::BTreeSet;

use halyard_client::view::StateIcon;
use halyard_client::{CardKey, Ui};
use halyard_protocol::{ConversationId, ConversationKey, DeliveryState, MessageId, Peer};
use proptest::prelude::*;

use crate::support::people::{ANA, DEVON, FRONT_DESK, MAYA, number};
use crate::support::{Fate, World, cases};

/// What may happen next.
#[derive(Clone, Copy, Debug)]
enum Step {
    Write(bool),
    Commit,
    Carry(u8, Fate),
    DeliverAnswer(u8),
    DeliverAnswerTwice(u8),
    Follow(u8),
    Disconnect,
    Timer,
    Network(bool),
    Crash,
    Open,
    Report(u8, DeliveryState),
    Inbound,
    Scroll,
    Trim,
    Fail(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let fate = prop_oneof![6 => Just(Fate::Answered), 1 => Just(Fate::Lost), 2 => Just(Fate::AnswerLost)];
    let state = prop_oneof![Just(DeliveryState::Sent), Just(DeliveryState::Delivered), Just(DeliveryState::Failed),];
    prop_oneof![
        6 => any::<bool>().prop_map(Step::Write),
        8 => Just(Step::Commit),
        8 => (0..3u8, fate).prop_map(|(n, fate)| Step::Carry(n, fate)),
        8 => (0..3u8).prop_map(Step::DeliverAnswer),
        1 => (0..3u8).prop_map(Step::DeliverAnswerTwice),
        8 => (1..4u8).prop_map(Step::Follow),
        1 => Just(Step::Disconnect),
        3 => Just(Step::Timer),
        1 => any::<bool>().prop_map(Step::Network),
        2 => Just(Step::Crash),
        3 => Just(Step::Open),
        4 => (0..8u8, state).prop_map(|(n, state)| Step::Report(n, state)),
        2 => Just(Step::Inbound),
        1 => Just(Step::Scroll),
        1 => Just(Step::Trim),
        1 => prop_oneof![Just(503u16), Just(429), Just(502)].prop_map(Step::Fail),
    ]
}

struct Test {
    world: World,
    chat: ConversationId,
    text: ConversationId,
    written: [Vec<String>; 2],
}

impl Test {
    fn new() -> Self {
        let mut world = World::new();
        world.watched = false;
        let maya = world.signed_in(MAYA);
        assert_eq!(maya, 0);
        let (me, devon) = (world.server.user(MAYA), world.server.user(DEVON));
        let tenant = world.server.tenant.id;
        let chat = ConversationKey::chat([me, devon]).id(tenant);
        let text = ConversationKey::text(number(FRONT_DESK), [number(ANA)]).id(tenant);
        let mut test = Self { world, chat, text, written: [Vec::new(), Vec::new()] };
        test.open();
        test
    }

    fn open(&mut self) {
        let devon = self.world.server.user(DEVON);
        self.world.ui(
            0,
            Ui::Conversations(ConversationsAction::Message {
                peer: Peer::Number(number(ANA)),
                from: Some(number(FRONT_DESK)),
            }),
        );
        self.world.ui(0, Ui::Conversations(ConversationsAction::Message { peer: Peer::User(devon), from: None }));
    }

    fn conversation(&self, chat: bool) -> ConversationId {
        if chat { self.chat } else { self.text }
    }

    fn step(&mut self, step: Step) {
        let world = &mut self.world;
        match step {
            Step::Write(chat) => {
                let id = if chat { self.chat } else { self.text };
                if !world.phone(0).is_known(id) {
                    return;
                }
                let written = &mut self.written[usize::from(chat)];
                let text = format!("{} {}", if chat { "chat" } else { "text" }, written.len());
                let card = CardKey::Conversation(id);
                world.ui(0, Ui::Composer(card, ComposerAction::Draft(text.clone())));
                world.ui(0, Ui::Composer(card, ComposerAction::Submit));
                written.push(text);
            }
            Step::Commit => drop(world.commit(0)),
            Step::Carry(n, fate) => drop(world.carry(0, n.into(), fate)),
            Step::DeliverAnswer(n) => drop(world.deliver_answer(0, n.into())),
            Step::DeliverAnswerTwice(n) => drop(world.deliver_answer_twice(0, n.into())),
            Step::Follow(batch) => drop(world.follow(0, batch.into())),
            Step::Disconnect => world.disconnect(0),
            Step::Timer => drop(world.hurry(0)),
            Step::Network(on) => world.network(0, on),
            Step::Crash => {
                // What was written and not yet kept is lost with the device, and nobody was told otherwise.
                let unkept: Vec<String> = unkept(world);
                world.crash(0);
                for written in &mut self.written {
                    written.retain(|text| !unkept.contains(text));
                }
            }
            Step::Open => self.open(),
            Step::Report(n, state) => world.server.report(self.text, n.into(), 0, state),
            Step::Inbound => drop(world.server.receive(number(ANA), number(FRONT_DESK), "inbound")),
            Step::Scroll => {
                world.ui(0, Ui::Conversations(ConversationsAction::LoadOlder(CardKey::Conversation(self.text))))
            }
            Step::Trim => world.server.trim(),
            Step::Fail(status) => {
                let answer =
                    halyard_client::HttpResponse { status, body: "<html>busy</html>".to_owned(), retry_after: Some(2) };
                world.server.fail_next("POST messages", answer);
            }
        }
    }

    /// At no moment is a message there twice.
    fn check_rows(&mut self) {
        for id in [self.chat, self.text] {
            let rows = self.world.messages(0, id);
            let ids: BTreeSet<MessageId> = rows.iter().map(|row| row.id).collect();
            assert_eq!(ids.len(), rows.len(), "a row for each message");
        }
    }

    fn finish(&mut self) {
        self.world.server.mend();
        self.world.network(0, true);
        self.world.wait(300_000);
        self.open();
        self.world.wait(1_000);
        for chat in [false, true] {
            self.check(chat);
        }
        assert!(self.world.devices[0].outbox().is_empty(), "the outbox is not empty on disk");
        assert_eq!(self.world.phone(0).connection_view().waiting, 0);
    }

    fn check(&mut self, chat: bool) {
        let id = self.conversation(chat);
        let written = &self.written[usize::from(chat)];
        let server: Vec<&str> = self.world.server.texts(id).into_iter().filter(|text| *text != "inbound").collect();
        assert_eq!(&server, written, "at the server, in the order of writing, each once");
        let all: Vec<String> = self.world.server.texts(id).into_iter().map(str::to_owned).collect();
        let rows = self.world.messages(0, id);
        let shown: Vec<&String> = rows.iter().map(|row| &row.body).collect();
        let newest: Vec<&String> = all.iter().skip(all.len().saturating_sub(60)).collect();
        assert_eq!(shown, newest, "on screen, each once");
        if chat {
            return;
        }
        // The state stands under the last of a run of like ones.
        let messages =
            self.world.server.conversations.get(&id).map(|shared| shared.messages().cloned().collect::<Vec<_>>());
        for (row, message) in rows.iter().rev().zip(messages.unwrap_or_default().iter().rev()) {
            assert_eq!(row.id, message.id);
            let (Some(state), Some(delivery)) = (&row.state, message.deliveries.first()) else { continue };
            let expected = match delivery.state {
                DeliveryState::Delivered => StateIcon::Delivered,
                DeliveryState::Failed => StateIcon::Failed,
                _ => StateIcon::Sent,
            };
            assert_eq!(state.icon, expected, "{:?} of {}", state.words, row.body);
        }
    }
}

/// Texts of messages that the database has not been able to keep yet.
fn unkept(world: &World) -> Vec<String> {
    crate::support::device::going(&world.devices[0].commands)
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn each_message_ends_as_one_row(steps in prop::collection::vec(step(), 1..80)) {
        let mut test = Test::new();
        for step in steps {
            test.step(step);
            test.check_rows();
        }
        test.finish();
    }
}

/// The device had kept the conversation and not yet who works here: one can write all the same.
#[test]
fn written_before_the_directory_is_here() {
    use Step::{Carry, Commit, Crash, DeliverAnswerTwice, Write};
    let mut test = Test::new();
    let begin = [Commit, Commit, Write(false), Commit, Commit, Commit, Commit, Commit];
    let rest = [Carry(0, Fate::Answered), DeliverAnswerTwice(0), Commit, Crash, Commit, Write(true)];
    for step in begin.into_iter().chain(rest) {
        test.step(step);
    }
    test.finish();
}
