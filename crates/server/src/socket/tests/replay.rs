//! The promise of the log: a snapshot, the events after its cursor and the states after its version give what a later snapshot gives.

use std::collections::{BTreeMap, BTreeSet};

use halyard_protocol::event::Favourite;
use halyard_protocol::rest::{Bootstrap, ContactsPage};
use halyard_protocol::{
    Author, Change, Contact, ContactId, Conversation, ConversationId, DeliveryState, LoggedEvent, PeerRead,
    ReadPosition, SmsNumber, StateVersion, Ulid, User, UserId,
};
use proptest::prelude::*;
use serde_json::json;

use crate::operations::numbers::{assign, unassign};
use crate::testing::bench::{Bench, Browser, number};

/// What an app knows, kept as a plain app would.
#[derive(Clone, Debug, PartialEq)]
struct Known {
    me: UserId,
    users: BTreeMap<UserId, User>,
    numbers: Vec<SmsNumber>,
    contacts: BTreeMap<ContactId, Contact>,
    favourites: BTreeSet<Favourite>,
    conversations: BTreeMap<ConversationId, Conversation>,
}

impl Known {
    fn new(start: Bootstrap, contacts: ContactsPage) -> Self {
        Self {
            me: start.me.user.id,
            users: start.users.into_iter().map(|user| (user.id, user)).collect(),
            numbers: start.me.numbers,
            contacts: contacts.contacts.into_iter().map(|contact| (contact.id, contact)).collect(),
            favourites: start.favourites.into_iter().collect(),
            conversations: start.conversations.into_iter().map(|row| (row.id, row)).collect(),
        }
    }

    fn apply(&mut self, event: LoggedEvent) {
        match event.change {
            Change::EntryAdded { entry, unread, read_seq } => {
                let row = self.conversations.get_mut(&entry.conversation()).expect("told before its first entry");
                assert!(entry.seq() <= row.last_seq + 1, "no gap");
                (row.unread, row.read_seq) = (unread, read_seq);
                match entry.message().map(|message| message.author) {
                    Some(Author::User(user)) if user == self.me => {
                        row.last_sent_at = row.last_sent_at.max(Some(entry.at()));
                    }
                    Some(Author::User(user)) if row.own_number.is_none() => set_read(row, user, entry.seq()),
                    Some(Author::User(_) | Author::Number(_) | Author::Sender(_) | Author::Unknown) | None => {}
                }
                // The conversation is told as it is when the log is read: it may be ahead.
                if entry.seq() >= row.last_seq && entry.seq() > row.cleared_seq {
                    row.last_seq = entry.seq();
                    row.last_activity = entry.at();
                    row.last_entry = Some(entry);
                }
            }
            Change::DeliveryChanged { conversation, message, delivery } => {
                let last =
                    self.conversations.get_mut(&conversation).and_then(|row| row.last_entry.as_mut()?.message_mut());
                if let Some(last) = last.filter(|last| last.id == message) {
                    let known = last.deliveries.iter_mut().find(|known| known.to == delivery.to).unwrap();
                    known.apply(&delivery);
                }
            }
            Change::ConversationChanged { conversation } => {
                self.conversations.insert(conversation.id, *conversation);
            }
            Change::ConversationRemoved { conversation, .. } => {
                self.conversations.remove(&conversation);
            }
            Change::ContactChanged { contact } => {
                self.contacts.insert(contact.id, contact);
            }
            Change::ContactRemoved { contact } => {
                self.contacts.remove(&contact);
            }
            Change::FavouriteChanged { favourite, on: true } => {
                self.favourites.insert(favourite);
            }
            Change::FavouriteChanged { favourite, on: false } => {
                self.favourites.remove(&favourite);
            }
            Change::UserChanged { user } => {
                self.users.insert(user.id, user);
            }
            Change::NumbersChanged { numbers } => self.numbers = numbers,
            // What the user no longer saw when the log was read.
            Change::Unknown => {}
            other => panic!("not in this test: {other:?}"),
        }
    }
}

/// Applies what the server says after a place, as a socket brings it: the log, then the states.
async fn catch_up(known: &mut Known, browser: &Browser<'_>, (cursor, version): (u64, StateVersion)) {
    for event in browser.events(cursor).await {
        known.apply(event);
    }
    for state in browser.states(version).await {
        known.users.get_mut(&state.user).unwrap().take_state(&state);
    }
    for ReadPosition { conversation, user, seq, unread } in browser.reads(version).await {
        let row = known.conversations.get_mut(&conversation).unwrap();
        match unread {
            Some(unread) => (row.read_seq, row.unread) = (seq, unread),
            None => set_read(row, user, seq),
        }
    }
}

fn set_read(row: &mut Conversation, user: UserId, seq: u64) {
    match row.reads.iter_mut().find(|read| read.user == user) {
        Some(read) => read.seq = read.seq.max(seq),
        None => row.reads.push(PeerRead { user, seq, joined: None }),
    }
}

/// Something that happens.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Chat(usize),
    Group(usize),
    TextOut,
    TextIn,
    Work,
    Read(usize, u64),
    Delete(usize),
    Restore(usize),
    Mute(usize),
    Title(usize),
    Contact(u8, bool),
    Status(usize),
    Favourite(bool),
    Number(bool),
    Pass(i64),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (0..3_usize).prop_map(Deed::Chat),
        3 => (0..3_usize).prop_map(Deed::Group),
        3 => Just(Deed::TextOut),
        3 => Just(Deed::TextIn),
        4 => Just(Deed::Work),
        4 => (0..3_usize, 0..9_u64).prop_map(|(who, seq)| Deed::Read(who, seq)),
        2 => (0..3_usize).prop_map(Deed::Delete),
        2 => (0..3_usize).prop_map(Deed::Restore),
        1 => (0..3_usize).prop_map(Deed::Mute),
        1 => (0..3_usize).prop_map(Deed::Title),
        2 => (0..3_u8, any::<bool>()).prop_map(|(id, keep)| Deed::Contact(id, keep)),
        1 => (0..3_usize).prop_map(Deed::Status),
        1 => any::<bool>().prop_map(Deed::Favourite),
        1 => any::<bool>().prop_map(Deed::Number),
        2 => (1..50_000_i64).prop_map(Deed::Pass),
    ]
}

async fn perform(bench: &Bench, crew: &[Browser<'_>], rosa: &Browser<'_>, deed: Deed) {
    let conversations = async |who: usize| crew[who].bootstrap().await.conversations;
    match deed {
        Deed::Chat(who) => drop(crew[who].chat(&[["1002", "1003", "1001"][who]], "Hello").await),
        Deed::Group(who) => {
            let others = [["1002", "1003"], ["1001", "1003"], ["1001", "1002"]][who];
            crew[who].chat(&others, "Hello all").await;
        }
        Deed::TextOut => drop(crew[0].text(101, &[110, 142], "Hello out there").await),
        Deed::TextIn => drop(rosa.text(110, &[101], "Hello in there").await),
        Deed::Work => drop(bench.work().await),
        Deed::Read(who, seq) => {
            for row in conversations(who).await {
                crew[who].post(&format!("/conversations/{}/read", row.id), &json!({ "seq": seq })).await;
            }
        }
        Deed::Delete(who) => {
            if let Some(row) = conversations(who).await.first() {
                crew[who].delete(&format!("/conversations/{}", row.id)).await;
            }
        }
        Deed::Restore(who) => {
            // Any conversation that a colleague sees may be one that this user deleted.
            for row in conversations((who + 1) % 3).await {
                crew[who].post(&format!("/conversations/{}/restore", row.id), &()).await;
            }
        }
        Deed::Mute(who) => {
            if let Some(row) = conversations(who).await.first() {
                crew[who].patch(&format!("/conversations/{}", row.id), &json!({ "muted": !row.muted })).await;
            }
        }
        Deed::Title(who) => {
            for row in conversations(who).await.iter().filter(|row| row.kind.is_group()) {
                let title = format!("{}!", row.title);
                crew[who].patch(&format!("/conversations/{}", row.id), &json!({ "title": title })).await;
            }
        }
        Deed::Contact(id, keep) => {
            let path = format!("/contacts/{}", Ulid::from_bits(u128::from(id)));
            let scope = if id == 0 { "personal" } else { "shared" };
            let contact = json!({ "scope": scope, "given": bench.app.env.ulid().to_string() });
            if keep {
                crew[0].put(&path, &contact).await
            } else {
                crew[0].delete(&path).await
            };
        }
        Deed::Status(who) => {
            let text = bench.app.env.ulid().to_string();
            crew[who].patch("/me", &json!({ "status_text": text })).await;
        }
        Deed::Favourite(on) => {
            let user = a_colleague(&crew[0]).await;
            crew[0].put("/favourites", &json!({ "favourite": { "user": user }, "on": on })).await;
        }
        Deed::Number(give) => {
            let me = crew[2].bootstrap().await.me;
            let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
            if give {
                assign(&mut tx, &bench.operator(me.tenant.id), number(101), me.user.id).await.unwrap();
            } else {
                unassign(&mut tx, &bench.operator(me.tenant.id), number(101), me.user.id).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
        Deed::Pass(ms) => bench.test.pass(ms),
    }
}

async fn a_colleague(browser: &Browser<'_>) -> UserId {
    browser.bootstrap().await.users[1].id
}

async fn snapshot(browser: &Browser<'_>) -> ((u64, StateVersion), Known) {
    let start = browser.bootstrap().await;
    ((start.cursor, start.state_version), Known::new(start, browser.get("/contacts").await.json()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::testing::again::cases(24), max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_snapshot_and_what_comes_after_it_give_the_same(deeds in prop::collection::vec(deed(), 1..28)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::new().await;
            let mut crew = Vec::new();
            for login in ["1001@harbor", "1002@harbor", "1003@harbor"] {
                crew.push(bench.sign_in(login).await);
            }
            let rosa = bench.sign_in("1001@atlas").await;
            let mut snapshots: Vec<Vec<((u64, StateVersion), Known)>> = vec![Vec::new(), Vec::new(), Vec::new()];
            for deed in deeds {
                for (who, browser) in crew.iter().enumerate() {
                    snapshots[who].push(snapshot(browser).await);
                }
                perform(&bench, &crew, &rosa, deed).await;
            }
            for (who, browser) in crew.iter().enumerate() {
                let (_, last) = snapshot(browser).await;
                for (place, mut known) in snapshots[who].drain(..) {
                    catch_up(&mut known, browser, place).await;
                    prop_assert_eq!(&known, &last, "from {:?}", place);
                }
                let sent = last.conversations.values().filter_map(Conversation::last_message);
                let states = sent.flat_map(|message| &message.deliveries).map(|delivery| delivery.state);
                prop_assert!(states.into_iter().all(|state| state != DeliveryState::Unknown));
            }
            Ok(())
        })?;
    }
}
