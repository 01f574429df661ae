//! States through real sockets: told live, coalesced, and again after a gap. These run on both databases.

use std::collections::BTreeMap;
use std::time::Duration;

use halyard_protocol::rest::Bootstrap;
use halyard_protocol::{
    Conversation, ConversationId, ReadPosition, ServerFrame, StateVersion, StatesSeen, UserId, UserState,
};
use serde_json::json;

use super::socket::Socket;
use crate::testing::bench::{Bench, Browser, Listening};

/// What an app knows of states, kept as a plain app would.
#[derive(Default)]
pub(super) struct Known {
    seen: StatesSeen,
    pub(super) users: BTreeMap<UserId, UserState>,
    reads: BTreeMap<(ConversationId, UserId), (u64, Option<u32>)>,
}

impl Known {
    /// Takes in a frame. Says whether it was one of states.
    pub(super) fn take(&mut self, frame: ServerFrame) -> bool {
        match frame {
            ServerFrame::Users { version, users } => {
                assert!(version > self.seen.users, "versions only go up");
                self.seen.users = version;
                self.users.extend(users.into_iter().map(|state| (state.user, state)));
            }
            ServerFrame::Reads { version, reads } => {
                assert!(version > self.seen.reads, "versions only go up");
                self.seen.reads = version;
                self.reads
                    .extend(reads.into_iter().map(|read| ((read.conversation, read.user), (read.seq, read.unread))));
            }
            ServerFrame::Welcome { .. }
            | ServerFrame::Events { .. }
            | ServerFrame::Typing { .. }
            | ServerFrame::Reset
            | ServerFrame::Ping
            | ServerFrame::Unknown => return false,
        }
        true
    }

    /// Hears until the states are those of this version.
    pub(super) async fn hear(&mut self, bench: &Bench, socket: &mut Socket, version: StateVersion) {
        while self.seen.users < version {
            let (version, users) = next_told(bench, socket).await;
            self.take(ServerFrame::Users { version, users });
        }
    }
}

/// The next states of users that a socket is told, as often as it takes to tell: it may still be about to read for itself.
async fn next_told(bench: &Bench, socket: &mut Socket) -> (StateVersion, Vec<UserState>) {
    loop {
        bench.app.teller.tell().await.unwrap();
        if let Ok(heard) = tokio::time::timeout(Duration::from_millis(100), socket.users()).await {
            return heard;
        }
    }
}

pub(super) async fn set_status(browser: &Browser<'_>, text: &str) {
    assert_eq!(browser.patch("/me", &json!({ "status_text": text })).await.status, 200);
}

async fn read(browser: &Browser<'_>, id: ConversationId, seq: u64) {
    assert_eq!(browser.post(&format!("/conversations/{id}/read"), &json!({ "seq": seq })).await.status, 204);
}

pub(super) async fn version(browser: &Browser<'_>) -> StateVersion {
    browser.bootstrap().await.state_version
}

/// Everybody's states as the database has them, of those that ever changed.
async fn truth(browser: &Browser<'_>) -> BTreeMap<UserId, UserState> {
    browser.states(0).await.into_iter().map(|state| (state.user, state)).collect()
}

/// Two users, and what the socket of one was told when the other changed their status.
struct Told<'a> {
    maya: Browser<'a>,
    devon: Browser<'a>,
    /// What her app started from.
    start: Bootstrap,
    hers: Socket,
    known: Known,
}

async fn told_of_a_status<'a>(bench: &'a Bench, listening: &Listening) -> Told<'a> {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let start = maya.bootstrap().await;
    let mut hers = Socket::started(listening, &maya, &start).await;
    set_status(&devon, "On the crane").await;
    let mut known = Known { seen: StatesSeen::all(start.state_version), ..Known::default() };
    bench.app.teller.tell().await.unwrap();
    known.hear(bench, &mut hers, version(&maya).await).await;
    Told { maya, devon, start, hers, known }
}

pub(crate) async fn states_are_told_live_and_again_after_a_gap(bench: &Bench) {
    let listening = bench.listen_alone().await;
    let Told { maya, devon, start, hers, mut known } = told_of_a_status(bench, &listening).await;
    assert_eq!(known.users, truth(&maya).await);
    drop(hers);

    set_status(&devon, "At lunch").await;
    maya.patch("/me", &json!({ "availability": "busy" })).await;
    bench.app.teller.tell().await.unwrap();
    let mut again = Socket::resumed_with(&listening, &maya, start.cursor, Some(known.seen)).await;
    let (told, users) = again.users().await;
    assert_eq!(users.len(), 2, "nothing but what is newer: {users:?}");
    known.take(ServerFrame::Users { version: told, users });
    assert_eq!(known.users, truth(&maya).await);
    // What was told is not told again.
    let mut third = Socket::resumed_with(&listening, &maya, start.cursor, Some(known.seen)).await;
    set_status(&devon, "Back").await;
    let (_, users) = next_told(bench, &mut third).await;
    assert!(matches!(&users[..], [one] if one.status_text == "Back"), "{users:?}");
}

pub(crate) async fn many_changes_are_one_frame(bench: &Bench) {
    let listening = bench.listen_alone().await;
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let (mut one, mut other) = (
        Socket::started(&listening, &maya, &maya.bootstrap().await).await,
        Socket::started(&listening, &maya, &maya.bootstrap().await).await,
    );
    // Both have read for themselves what there was before.
    set_status(&devon, "Before").await;
    bench.app.teller.tell().await.unwrap();
    for socket in [&mut one, &mut other] {
        Known::default().hear(bench, socket, version(&maya).await).await;
    }
    for n in 0..50 {
        set_status(&devon, &format!("Change {n}")).await;
        set_status(&maya, &format!("Mine {n}")).await;
    }
    bench.app.teller.tell().await.unwrap();
    let newest = version(&maya).await;
    for socket in [&mut one, &mut other] {
        let (told, users) = socket.users().await;
        let mut texts: Vec<&str> = users.iter().map(|state| state.status_text.as_str()).collect();
        texts.sort_unstable();
        assert_eq!((told, texts), (newest, vec!["Change 49", "Mine 49"]), "all of it, once");
    }
}

pub(crate) async fn a_socket_that_falls_behind_the_frames_reads_for_itself(bench: &Bench) {
    let listening = bench.listen_alone().await;
    let Told { devon, start, mut hers, known, .. } = told_of_a_status(bench, &listening).await;
    set_status(&devon, "At lunch").await;
    // More frames than are kept come before the socket looks.
    let feed = bench.app.hub.take_stale(start.me.tenant.id).unwrap();
    feed.skip(known.seen.users + 40);
    feed.push(known.seen.users + 41, known.users.values().cloned().collect());
    let (_, users) = hers.users().await;
    assert!(matches!(&users[..], [one] if one.status_text == "At lunch"), "{users:?}");
}

/// Sockets come while states change and are told. What each reads for itself and what is told to all join without a gap.
pub(crate) async fn no_state_is_lost_between_catching_up_and_hearing(bench: &Bench) {
    let listening = bench.listen_alone().await;
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let start = maya.bootstrap().await;
    let changes = async {
        for n in 0..60 {
            set_status(if n % 3 == 0 { &maya } else { &devon }, &format!("Change {n}")).await;
            if n % 2 == 0 {
                bench.app.teller.tell().await.unwrap();
            }
        }
    };
    let come = async {
        let mut sockets = Vec::new();
        for _ in 0..25 {
            let known = Known { seen: StatesSeen::all(start.state_version), ..Known::default() };
            let socket = Socket::resumed_with(&listening, &maya, start.cursor, Some(known.seen)).await;
            sockets.push((known, socket));
        }
        sockets
    };
    let ((), mut sockets) = tokio::join!(changes, come);
    bench.app.teller.tell().await.unwrap();
    let (newest, truth) = (version(&maya).await, truth(&maya).await);
    for (known, socket) in &mut sockets {
        known.hear(bench, socket, newest).await;
        assert_eq!(known.users, truth);
    }
}

/// The user's own devices hear how much is left, the others of a chat how far it was read; nobody hears of a text what others have read.
pub(crate) async fn reads_reach_those_who_see_them(bench: &Bench) {
    let listening = bench.listen_alone().await;
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    for text in ["One", "Two"] {
        maya.chat(&["1002"], text).await;
    }
    let tenant = maya.bootstrap().await.me.tenant.id;
    let text = bench.receive(tenant, "a", 200, 101).await.unwrap().conversation;
    let chat = devon.bootstrap().await.conversations.into_iter().find(|row| row.own_number.is_none()).unwrap().id;
    let user = bench.user("1002@harbor").await;
    let (hers, his) = (maya.bootstrap().await, devon.bootstrap().await);
    let mut hers = Socket::started(&listening, &maya, &hers).await;
    let mut his = [Socket::started(&listening, &devon, &his).await, Socket::started(&listening, &devon, &his).await];
    read(&devon, chat, 1).await;
    let told = ReadPosition { conversation: chat, user, seq: 1, unread: None };
    assert_eq!(hers.reads().await.1, [told]);
    for socket in &mut his {
        assert_eq!(socket.reads().await.1, [ReadPosition { unread: Some(1), ..told }]);
    }
    read(&devon, text, 1).await;
    let own = ReadPosition { conversation: text, user, seq: 1, unread: Some(0) };
    for socket in &mut his {
        assert_eq!(socket.reads().await.1, [own]);
    }
    read(&devon, chat, 2).await;
    assert_eq!(hers.reads().await.1, [ReadPosition { seq: 2, ..told }], "of the text she hears nothing");
}

/// Two devices of one user, one of them away for a while: both end with the server's unread count, whatever came in between.
pub(crate) async fn two_devices_converge(bench: &Bench) {
    let listening = bench.listen_alone().await;
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let id = maya.chat(&["1002"], "Number 0").await.conversation;
    let start = devon.bootstrap().await;
    let mut here = Socket::started(&listening, &devon, &start).await;
    for n in 1..=12 {
        maya.chat(&["1002"], &format!("Number {n}")).await;
        if n % 4 == 0 {
            read(&devon, id, n - 2).await;
        }
    }
    let truth = devon.bootstrap().await;
    let apply = async |socket: &mut Socket| {
        let (mut row, mut cursor) = (start.conversations[0].clone(), start.cursor);
        let set = |row: &mut Conversation, seq, unread| (row.read_seq, row.unread) = (seq, unread);
        while cursor < truth.cursor || row.read_seq < truth.conversations[0].read_seq {
            match socket.receive().await {
                ServerFrame::Events { events } => {
                    for event in events {
                        cursor = event.cursor;
                        if let halyard_protocol::Change::EntryAdded { unread, read_seq, .. } = event.change {
                            set(&mut row, read_seq, unread);
                        }
                    }
                }
                ServerFrame::Reads { reads, .. } => {
                    for read in reads {
                        set(&mut row, read.seq, read.unread.expect("nobody else reads"));
                    }
                }
                ServerFrame::Welcome { .. }
                | ServerFrame::Users { .. }
                | ServerFrame::Typing { .. }
                | ServerFrame::Reset
                | ServerFrame::Ping
                | ServerFrame::Unknown => {}
            }
        }
        (row.read_seq, row.unread)
    };
    let expected = (truth.conversations[0].read_seq, truth.conversations[0].unread);
    assert_eq!(expected, (10, 3));
    assert_eq!(apply(&mut here).await, expected);
    let mut there = Socket::started(&listening, &devon, &start).await;
    assert_eq!(apply(&mut there).await, expected);
}

/// What only read positions have changed is looked at once, and not again with each heartbeat.
pub(crate) async fn where_nothing_is_to_be_told_nobody_looks_again(bench: &Bench) {
    let listening = bench.listen_alone().await;
    let Told { maya, devon, start, mut hers, .. } = told_of_a_status(bench, &listening).await;
    let (hub, tenant) = (&bench.app.hub, start.me.tenant.id);
    hub.set_stale(tenant);
    let feed = hub.take_stale(tenant).unwrap();
    let id = maya.chat(&["1002"], "Hello").await.conversation;
    read(&devon, id, 1).await;
    let newest = version(&maya).await;
    assert!(feed.version() < Some(newest));
    // As a heartbeat does that sees a later version.
    hub.set_stale(tenant);
    bench.app.teller.tell().await.unwrap();
    assert_eq!(feed.version(), Some(newest));
    // The next frame reaches sockets that stand at the one before.
    set_status(&devon, "At lunch").await;
    bench.app.teller.tell().await.unwrap();
    let (_, users) = hers.users().await;
    assert!(matches!(&users[..], [one] if one.status_text == "At lunch"), "{users:?}");
}

/// Whoever shows states that this database never had starts again from the snapshot.
pub(crate) async fn states_of_another_database_are_reset(bench: &Bench) {
    let listening = bench.listen_alone().await;
    let maya = bench.sign_in("1001@harbor").await;
    let start = maya.bootstrap().await;
    let ahead = StatesSeen { users: 0, reads: start.state_version + 9 };
    let mut hers = Socket::resumed_with(&listening, &maya, start.cursor, Some(ahead)).await;
    assert_eq!(hers.receive().await, ServerFrame::Reset);
}
