//! Whatever two devices of one user do and however late they hear of each other: in the end both show the unread
//! counts that the server has, in the same conversations, and the same states of colleagues. Entries come by the log and read
//! positions as states, in either order.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ColumnFilter;
use halyard_client::conversations::ConversationsAction;
use halyard_client::notices::NoticesAction;
use halyard_client::storage::{Range, Store};
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, System, Ui};
use halyard_protocol::entry::Call;
use halyard_protocol::{
    Author, Availability, CallOutcome, Conversation, ConversationId, ConversationKey, Entry, SystemEvent, SystemLine,
    UnknownEntry, User,
};
use proptest::prelude::*;

use crate::support::people::{ANA, BEN, DEVON, FRONT_DESK, MAYA, PRIYA, number};
use crate::support::{Fate, World, cases};

/// What may happen next; most of it on one of the two devices.
#[derive(Clone, Copy, Debug)]
enum Step {
    Inbound(u8),
    Other(u8, u8),
    PeerReads(u8),
    Status(u8),
    Carry(usize, u8, Fate),
    DeliverAnswer(usize, u8),
    Follow(usize, u8),
    Disconnect(usize),
    Timer(usize),
    Network(usize, bool),
    Attention(usize, bool),
    Open(usize, u8),
    Close(usize, u8),
    Scroll(usize, u8, u8),
    Jump(usize),
    Fold(usize, u8),
    Write(usize, u8),
    Mute(usize, u8, bool),
    Delete(usize, u8),
    Undo(usize),
    Older(usize),
    Crash(usize),
    Clock(i8),
    Travel(u8),
    Trim,
    Fail,
}

fn step() -> impl Strategy<Value = Step> {
    let fate = prop_oneof![6 => Just(Fate::Answered), 1 => Just(Fate::Lost), 1 => Just(Fate::AnswerLost)];
    let (on, which) = (0..2usize, 0..CONVERSATIONS);
    prop_oneof![
        8 => which.clone().prop_map(Step::Inbound),
        4 => (which.clone(), 0..4u8).prop_map(|(which, kind)| Step::Other(which, kind)),
        2 => which.clone().prop_map(Step::PeerReads),
        2 => any::<u8>().prop_map(Step::Status),
        10 => (on.clone(), 0..3u8, fate).prop_map(|(on, n, fate)| Step::Carry(on, n, fate)),
        10 => (on.clone(), 0..3u8).prop_map(|(on, n)| Step::DeliverAnswer(on, n)),
        10 => (on.clone(), 1..4u8).prop_map(|(on, batch)| Step::Follow(on, batch)),
        1 => on.clone().prop_map(Step::Disconnect),
        3 => on.clone().prop_map(Step::Timer),
        1 => (on.clone(), any::<bool>()).prop_map(|(on, there)| Step::Network(on, there)),
        3 => (on.clone(), any::<bool>()).prop_map(|(on, there)| Step::Attention(on, there)),
        6 => (on.clone(), which.clone()).prop_map(|(on, which)| Step::Open(on, which)),
        2 => (on.clone(), which.clone()).prop_map(|(on, which)| Step::Close(on, which)),
        3 => (on.clone(), which.clone(), 0..4u8).prop_map(|(on, which, last)| Step::Scroll(on, which, last)),
        6 => on.clone().prop_map(Step::Jump),
        1 => (on.clone(), 1..4u8).prop_map(|(on, fits)| Step::Fold(on, fits)),
        2 => (on.clone(), which.clone()).prop_map(|(on, which)| Step::Write(on, which)),
        2 => (on.clone(), which.clone(), any::<bool>()).prop_map(|(on, which, mute)| Step::Mute(on, which, mute)),
        2 => (on.clone(), which).prop_map(|(on, which)| Step::Delete(on, which)),
        2 => on.clone().prop_map(Step::Undo),
        2 => on.clone().prop_map(Step::Older),
        1 => on.prop_map(Step::Crash),
        1 => any::<i8>().prop_map(Step::Clock),
        1 => any::<u8>().prop_map(Step::Travel),
        1 => Just(Step::Trim),
        1 => Just(Step::Fail),
    ]
}

const CONVERSATIONS: u8 = 4;

/// A conversation as a device has stored it.
#[derive(serde::Deserialize)]
struct Stored {
    conversation: Conversation,
}

struct Test {
    world: World,
    ids: [ConversationId; CONVERSATIONS as usize],
}

impl Test {
    fn new() -> Self {
        let mut world = World::new();
        world.watched = false;
        // More conversations than the first snapshot names.
        world.server.page = 2;
        let (maya, devon, priya) = (world.server.user(MAYA), world.server.user(DEVON), world.server.user(PRIYA));
        let tenant = world.server.tenant.id;
        let ids = [
            ConversationKey::text(number(FRONT_DESK), [number(ANA)]),
            ConversationKey::chat([maya, devon]),
            ConversationKey::text(number(FRONT_DESK), [number(BEN)]),
            ConversationKey::chat([maya, devon, priya]),
        ]
        .map(|key| key.id(tenant));
        let mut test = Self { world, ids };
        for which in 0..CONVERSATIONS {
            test.inbound(which);
        }
        test.world.signed_in(MAYA);
        test.world.signed_in(MAYA);
        test
    }

    fn inbound(&mut self, which: u8) {
        self.world.now = self.world.now.plus(7);
        self.world.server.now = self.world.server_now();
        let server = &mut self.world.server;
        let (maya, devon, priya) = (server.user(MAYA), server.user(DEVON), server.user(PRIYA));
        match which {
            0 => server.receive(number(ANA), number(FRONT_DESK), "a text"),
            1 => server.chat(devon, &[maya], "a chat"),
            2 => server.receive(number(BEN), number(FRONT_DESK), "another text"),
            _ => server.chat(priya, &[maya, devon], "in the group"),
        };
    }

    /// Something that is no message: some of it counts as unread.
    fn other(&mut self, which: u8, kind: u8) {
        self.world.now = self.world.now.plus(7);
        self.world.server.now = self.world.server_now();
        let server = &mut self.world.server;
        let (from, conversation) = (Author::User(server.user(DEVON)), self.ids[usize::from(which)]);
        server.add(conversation, |id, seq, at| match kind {
            0 | 1 => {
                let outcome = if kind == 0 { CallOutcome::Missed } else { CallOutcome::Answered };
                let (answered_by, seconds, reason) = (None, 0, None);
                Entry::Call(Call { id, conversation, seq, at, from, outcome, answered_by, seconds, reason })
            }
            2 => {
                let (by, event) = (None, SystemEvent::Renamed { title: String::new() });
                Entry::System(SystemLine { id, conversation, seq, at, by, event })
            }
            _ => Entry::Unknown(UnknownEntry { id, conversation, seq, at }),
        });
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Inbound(which) => return self.inbound(which),
            Step::Other(which, kind) => return self.other(which, kind),
            Step::PeerReads(which) => {
                let devon = self.world.server.user(DEVON);
                self.world.server.mark_read(devon, self.ids[usize::from(which)], u64::MAX);
                return;
            }
            Step::Status(n) => {
                let devon = self.world.server.user(DEVON);
                let account = self.world.server.accounts.get_mut(&devon).expect("a known user");
                account.user.availability = if n.is_multiple_of(2) { Availability::Busy } else { Availability::Away };
                account.user.status_text = n.to_string();
                self.world.server.user_state_changed(devon);
                return;
            }
            _ => {}
        }
        let ids = self.ids;
        let id = |which: u8| ids[usize::from(which)];
        let card = |which: u8| CardKey::Conversation(id(which));
        let world = &mut self.world;
        match step {
            Step::Inbound(_) | Step::Other(..) | Step::PeerReads(_) | Step::Status(_) => {}
            Step::Carry(on, n, fate) => drop(world.carry(on, n.into(), fate)),
            Step::DeliverAnswer(on, n) => drop(world.deliver_answer(on, n.into())),
            Step::Follow(on, batch) => drop(world.follow(on, batch.into())),
            Step::Disconnect(on) => world.disconnect(on),
            Step::Timer(on) => drop(world.hurry(on)),
            Step::Network(on, there) => world.network(on, there),
            Step::Attention(on, there) => {
                let attention =
                    if there { halyard_client::Attention::Focused } else { halyard_client::Attention::Hidden };
                world.system(on, System::Attention(attention));
            }
            Step::Open(on, which) => world.ui(on, Ui::Conversations(ConversationsAction::Open(id(which)))),
            Step::Close(on, which) => world.ui(on, Ui::Window(WindowAction::Close(card(which)))),
            Step::Scroll(on, which, last) => world.scroll(on, card(which), last.into(), false),
            Step::Jump(on) => drop(world.show_unread(on)),
            Step::Fold(on, fits) => world.devices[on].fits = fits.into(),
            Step::Write(on, which) => {
                world.ui(on, Ui::Composer(card(which), ComposerAction::Draft("mine".to_owned())));
                world.ui(on, Ui::Composer(card(which), ComposerAction::Submit));
                world.commit(on);
                world.commit(on);
            }
            Step::Mute(on, which, mute) if world.phone(on).is_known(id(which)) => {
                world.ui(on, Ui::Conversations(ConversationsAction::SetMuted(id(which), mute)));
            }
            Step::Mute(..) => {}
            Step::Delete(on, which) => {
                world.ui(on, Ui::Conversations(ConversationsAction::Delete(id(which))));
                world.ui(on, Ui::Notices(NoticesAction::Answer(true)));
            }
            Step::Undo(on) => {
                let notices = world.phone(on).notices_view();
                if let Some(notice) = notices.iter().find(|notice| notice.action.is_some()) {
                    world.ui(on, Ui::Notices(NoticesAction::Accept(notice.id)));
                }
            }
            Step::Older(on) => world.ui(on, Ui::Conversations(ConversationsAction::More)),
            Step::Crash(on) => world.crash(on),
            Step::Clock(by) => world.set_clock(i64::from(by) * 1_300_000),
            Step::Travel(to) => world.travel(to),
            Step::Trim => world.server.trim(),
            Step::Fail => {
                let busy = halyard_client::HttpResponse { status: 503, body: String::new(), retry_after: None };
                world.server.fail_next("POST conversations", busy);
            }
        }
    }

    fn finish(&mut self) {
        self.world.server.mend();
        for on in 0..2 {
            self.world.network(on, true);
        }
        self.world.wait(300_000);
        for on in 0..2 {
            self.check_unread(on);
        }
        for on in 0..2 {
            while self.world.phone(on).column_has_more() {
                self.world.act(on, Ui::Conversations(ConversationsAction::More));
            }
        }
        self.world.wait(300_000);
        for on in 0..2 {
            self.check(on);
        }
    }

    fn check(&mut self, on: usize) {
        let maya = self.world.server.user(MAYA);
        let env = self.world.env();
        self.world.ui(on, Ui::Conversations(ConversationsAction::Filter(ColumnFilter::All)));
        let shown = self.world.devices[on].phone.column_ids();
        for (which, id) in self.ids.iter().enumerate() {
            let truth = self.world.server.conversation(maya, *id);
            assert_eq!(shown.contains(id), truth.is_some(), "device {on} shows conversation {which}");
            let Some(truth) = truth else { continue };
            let row = self.world.phone(on).row_view(*id, &env).expect("a row");
            assert_eq!(row.unread, truth.unread, "unread of conversation {which} on device {on}");
            assert_eq!(row.muted, truth.muted, "notifications of conversation {which} on device {on}");
            assert_eq!(row.at, env.local(truth.last_activity), "time of conversation {which} on device {on}");
        }
        self.check_unread(on);
        self.check_states(on);
    }

    /// What the device has stored of states is the server's, and what it says it has it has.
    fn check_states(&mut self, on: usize) {
        let rows = |store| self.world.devices[on].disk.borrow().read(&Range::all(store));
        for row in rows(Store::Users) {
            let user: User = serde_json::from_str(&row.text).expect("a user");
            assert_eq!(user, self.world.server.accounts[&user.id].user, "on device {on}");
        }
        let maya = self.world.server.user(MAYA);
        for row in rows(Store::Conversations) {
            let Stored { conversation: stored } = serde_json::from_str(&row.text).expect("a conversation");
            let Some(truth) = self.world.server.conversation(maya, stored.id) else { continue };
            let shared = &self.world.server.conversations[&stored.id];
            for read in truth.reads {
                // Who wrote something has read up to it.
                let by = |entry: &&Entry| entry.message().is_some_and(|it| it.author == Author::User(read.user));
                let written = shared.entries.iter().rev().find(by).map_or(0, Entry::seq);
                let known = stored.reads.iter().find(|known| known.user == read.user).map_or(0, |known| known.seq);
                assert_eq!(known.max(written), read.seq, "of {} on device {on}", stored.id);
            }
        }
    }

    /// How many conversations are unread, also of those that no page has brought yet.
    fn check_unread(&mut self, on: usize) {
        let maya = self.world.server.user(MAYA);
        let unread = self.ids.iter().filter_map(|id| self.world.server.conversation(maya, *id));
        let unread = unread.filter(|one| one.unread > 0).count();
        assert_eq!(self.world.phone(on).rail_view().unread as usize, unread, "the rail of device {on}");
        assert_eq!(self.world.devices[on].title as usize, unread, "the title of device {on}");
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn all_devices_agree_with_the_server(steps in prop::collection::vec(step(), 1..80)) {
        let mut test = Test::new();
        for step in steps {
            test.step(step);
        }
        test.finish();
    }
}

/// How far it was read could not be told, and meanwhile the server says of a later message: that is seen, and told, too.
#[test]
fn what_comes_while_a_read_mark_waits_is_seen_too() {
    use Step::{Carry, Follow, Inbound, Mute, Network, Older, Open, Timer, Trim};
    let mut test = Test::new();
    let begin = [Open(1, 2), Trim, Follow(1, 1), Older(1), Network(1, false), Inbound(2), Timer(1)];
    let rest = [Mute(1, 2, true), Inbound(3), Carry(1, 0, Fate::Answered), Inbound(0)];
    for step in begin.into_iter().chain(rest) {
        test.step(step);
    }
    test.finish();
}

/// The answer to a deletion comes when later messages were seen already.
#[test]
fn what_comes_after_a_deletion_and_is_seen_is_told() {
    use Step::{Carry, Delete, DeliverAnswer, Inbound, Older, Open, Write};
    let mut test = Test::new();
    let carry = Carry(1, 0, Fate::Answered);
    let begin = [Write(1, 2), Older(1), Open(1, 2), Delete(1, 2), carry, carry, carry, Open(1, 2)];
    let rest = [DeliverAnswer(1, 0), DeliverAnswer(1, 0), carry, Inbound(2), Inbound(2)];
    for step in begin.into_iter().chain(rest) {
        test.step(step);
    }
    test.finish();
}

/// The server says of a conversation, and the log then of messages before that.
#[test]
fn what_the_log_says_late_takes_no_count_back() {
    use Step::{Carry, Delete, DeliverAnswer, Inbound, Network, Undo, Write};
    let mut test = Test::new();
    let carry = |on| Carry(on, 0, Fate::Answered);
    let begin = [Write(1, 2), Inbound(0), Delete(0, 3), Network(0, false), DeliverAnswer(0, 0), Undo(0), carry(1)];
    let rest = [Delete(0, 2), carry(0), Undo(0), carry(0), Inbound(2)];
    for step in begin.into_iter().chain(rest) {
        test.step(step);
    }
    test.finish();
}

/// How far it was read is told when it is deleted elsewhere; it comes back, and is read again before that answer.
#[test]
fn what_is_read_after_it_has_come_back_is_told() {
    use Step::{Attention, Carry, Delete, Follow, Inbound, Mute, Network, Older, Open, Timer, Undo};
    let mut test = Test::new();
    let carry = |n| Carry(0, n, Fate::Answered);
    let begin = [Delete(0, 3), Inbound(0), Timer(1), Network(1, false), Mute(1, 2, false), carry(0), Inbound(0)];
    let more = [Attention(1, false), carry(0), Timer(0), Mute(0, 2, false), Delete(1, 2), Undo(1), Older(0), carry(0)];
    let rest = [Undo(0), Attention(0, true), Inbound(0), Follow(0, 1), Open(0, 0), carry(2), Open(0, 2)];
    for step in begin.into_iter().chain(more).chain(rest) {
        test.step(step);
    }
    test.finish();
}
