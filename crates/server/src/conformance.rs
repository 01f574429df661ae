//! What must hold on every database. Each check gets a server on a fresh one; the same checks run on SQLite and on
//! PostgreSQL.

use std::collections::BTreeSet;

use halyard_protocol::{
    Author, Change, ContactDraft, ContactId, ContactScope, ConversationKind, DeliveryState, Destination, DeviceId,
    ErrorCode, MediaId, Message, Peer, PhotoId, TenantId, Ulid, UserId,
};

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::messaging::assign;
use crate::store::{self, Store, StoreError, Tx, reader::Reader, sql::args};
use crate::testing::TestEnv;
use crate::testing::bench::{Bench, number, png};

/// The names of all checks, and how to run one on a fresh server.
macro_rules! checks {
    ($($check:ident),* $(,)?) => {
        /// Runs every check on fresh servers.
        async fn all(fresh: impl AsyncFn(&str) -> Bench) {
            $( $check(&fresh(stringify!($check)).await).await; )*
        }
    };
}

checks!(
    migrating_again_changes_nothing,
    what_is_not_committed_leaves_no_trace,
    contacts_come_in_pages_by_id_over_both_owners,
    a_photo_stays_while_a_contact_has_it_and_a_while_longer,
    many_writers_give_places_and_cursors_without_gaps,
    a_text_reaches_the_other_tenant_once,
    a_picture_reaches_the_other_tenant_once,
    jobs_of_a_lane_run_in_order_and_survive_their_worker,
    dead_jobs_are_kept_apart_and_run_again,
    the_column_comes_in_pages_newest_first,
    a_deleted_conversation_comes_back_whole_or_with_the_next_message,
    a_taken_key_is_told_apart_from_other_errors,
    the_log_is_trimmed_and_says_so,
    a_log_is_not_trimmed_in_the_middle,
    a_number_that_moves_takes_no_history_to_another_tenant,
    a_session_is_only_for_the_password_that_was_checked,
    networks_are_known_for_a_while,
    a_new_password_misses_no_session_that_is_being_made,
    who_is_enabled_again_starts_from_the_snapshot,
    what_the_log_said_of_messages_is_said_of_entries,
    sessions_end_when_they_are_old,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_conforms() {
    all(async |_| Bench::new().await).await;
    let (address, _folder) = crate::testing::sqlite();
    the_demo_is_the_same(&address).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_conforms() {
    let cluster = crate::testing::postgres::Cluster::start();
    all(async |check| Bench::on(&cluster.database(check), crate::app::Settings::default()).await).await;
    the_demo_is_the_same(&cluster.database("demo")).await;
}

async fn migrating_again_changes_nothing(bench: &Bench) {
    bench.app.store.migrate().await.unwrap();
    let maya = bench.sign_in("1001@harbor").await;
    assert_eq!(maya.bootstrap().await.users.len(), 4);
}

async fn what_is_not_committed_leaves_no_trace(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let me = maya.bootstrap().await.me;
    let before = maya.bootstrap().await.cursor;
    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    let change = Change::UserRemoved { user: me.user.id };
    store::events::log_all(&mut tx, me.tenant.id, bench.app.env.now(), &change).await.unwrap();
    drop(tx);
    assert_eq!(maya.bootstrap().await.cursor, before);
}

async fn contacts_come_in_pages_by_id_over_both_owners(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let me = maya.bootstrap().await.me;
    let reader = Reader { user: me.user.id, tenant: me.tenant.id };
    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    let mut ids = BTreeSet::new();
    for n in 0..40_u32 {
        let scope = if n % 3 == 0 { ContactScope::Personal } else { ContactScope::Shared };
        let draft = ContactDraft { scope, given: format!("Müller {n} 🙂"), ..ContactDraft::default() };
        let id = ContactId(bench.app.env.ulid());
        ids.insert(id);
        store::contacts::save(&mut tx, reader, id, draft, None, bench.app.env.now()).await.unwrap();
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store::contacts::page(&mut tx, reader, after, 7).await.unwrap();
        after = page.last().map(|contact| contact.id);
        seen.extend(page.iter().map(|contact| contact.id));
        if page.len() < 7 {
            break;
        }
    }
    assert_eq!(seen, ids.into_iter().collect::<Vec<_>>());
    let found = store::contacts::by_id(&mut tx, reader, seen[0]).await.unwrap().unwrap();
    assert!(found.given.ends_with('🙂'));
    let other = Reader { tenant: TenantId(Ulid::from_bits(5)), ..reader };
    let personal = store::contacts::page(&mut tx, other, None, 100).await.unwrap();
    assert!(personal.iter().all(|contact| contact.scope == ContactScope::Personal));
}

async fn a_photo_stays_while_a_contact_has_it_and_a_while_longer(bench: &Bench) {
    let me = bench.sign_in("1001@harbor").await.bootstrap().await.me;
    let reader = Reader { user: me.user.id, tenant: me.tenant.id };
    let (id, photo) = (ContactId(bench.app.env.ulid()), PhotoId(bench.app.env.ulid()));
    let draft = |scope| ContactDraft { scope, given: "Ana".into(), photo: Some(photo), ..ContactDraft::default() };
    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    let start = bench.app.env.now();
    store::photos::keep(&mut tx, reader, ContactScope::Personal, photo, b"photo".to_vec(), start).await.unwrap();
    let unseen = store::photos::content(&mut tx, reader, photo).await.unwrap();
    assert_eq!(unseen, None, "no contact has it");
    let mine = store::contacts::save(&mut tx, reader, id, draft(ContactScope::Personal), None, start).await.unwrap();
    assert_eq!(mine.photo, Some(photo));
    assert_eq!(store::contacts::by_id(&mut tx, reader, id).await.unwrap().unwrap(), mine);
    assert_eq!(store::photos::content(&mut tx, reader, photo).await.unwrap().unwrap(), b"photo");
    let other = Reader { user: UserId(bench.app.env.ulid()), ..reader };
    let kept = async |tx: &mut Tx, scope| store::photos::keep_known(tx, other, scope, photo, start).await;
    assert_eq!(store::photos::content(&mut tx, other, photo).await.unwrap(), None);
    assert!(!kept(&mut tx, ContactScope::Personal).await.unwrap(), "another user's is none of theirs");

    // Shared, everybody at the business sees it, and nobody elsewhere.
    assert!(store::photos::keep_known(&mut tx, reader, ContactScope::Shared, photo, start).await.unwrap());
    let shared = draft(ContactScope::Shared);
    let ours = store::contacts::save(&mut tx, reader, id, shared, Some(&mine), start.plus(1)).await.unwrap();
    assert!(store::photos::content(&mut tx, other, photo).await.unwrap().is_some());
    let stranger = Reader { tenant: TenantId(Ulid::from_bits(5)), ..other };
    assert_eq!(store::photos::content(&mut tx, stranger, photo).await.unwrap(), None);

    // The personal copy was let go of at the start; the shared one is while its contact is there.
    assert_eq!(store::photos::forget_unused(&mut tx, start.plus(1)).await.unwrap(), 0);
    assert_eq!(store::photos::forget_unused(&mut tx, start.plus(2)).await.unwrap(), 1);
    store::contacts::remove(&mut tx, reader, &ours, start.plus(10)).await.unwrap();
    assert_eq!(store::photos::forget_unused(&mut tx, start.plus(10)).await.unwrap(), 0, "a deletion can be undone");
    assert!(kept(&mut tx, ContactScope::Shared).await.unwrap());
    assert_eq!(store::photos::forget_unused(&mut tx, start.plus(11)).await.unwrap(), 1);
    assert!(!kept(&mut tx, ContactScope::Shared).await.unwrap());
    tx.commit().await.unwrap();
}

async fn many_writers_give_places_and_cursors_without_gaps(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let (to_devon, to_maya) = (maya.colleagues(&["1002"]).await, devon.colleagues(&["1001"]).await);
    let before = devon.bootstrap().await.cursor;
    let mut sending = Vec::new();
    for _ in 0..12 {
        sending.push(maya.send(bench.message_id(), to_devon.clone(), "from Maya"));
        sending.push(devon.send(bench.message_id(), to_maya.clone(), "from Devon"));
    }
    for answer in futures_util::future::join_all(sending).await {
        assert_eq!(answer.status, 202, "{answer:?}");
    }
    let events = devon.events(before).await;
    let cursors: Vec<u64> = events.iter().map(|event| event.cursor).collect();
    assert_eq!(cursors, (before + 1..=before + 25).collect::<Vec<_>>(), "one for the new conversation, 24 messages");
    let seqs: Vec<u64> = events
        .iter()
        .filter_map(|event| match &event.change {
            Change::EntryAdded { entry, .. } => Some(entry.seq()),
            _ => None,
        })
        .collect();
    assert_eq!(seqs, (1..=24).collect::<Vec<_>>(), "the log has the messages in their order");
}

async fn a_text_reaches_the_other_tenant_once(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let rosa = bench.sign_in("1001@atlas").await;
    let sent = maya.text(101, &[110], "Do you have a bearing?").await;
    assert_eq!(sent.deliveries[0].state, DeliveryState::Accepted);
    assert_eq!(bench.work().await, 1);
    let column = rosa.bootstrap().await.conversations;
    assert_eq!(column.len(), 1);
    assert_eq!((column[0].kind, column[0].unread), (ConversationKind::Sms, 1));
    let arrived = column[0].last_message().cloned().unwrap();
    assert_eq!(arrived.author, Author::Number(number(101)));
    assert_ne!(arrived.id, sent.id);
    let mine = maya.bootstrap().await.conversations.remove(0).last_message().cloned().unwrap();
    assert_eq!(mine.deliveries[0].state, DeliveryState::Delivered);
}

async fn a_picture_reaches_the_other_tenant_once(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    let given = bench.media_id();
    assert_eq!(maya.give(given, "boat.png", png(3, 2)).await.status, 200);
    let to = Destination { from: Some(number(101)), peers: vec![Peer::Number(number(110))] };
    let sent: Message = maya.send_with(bench.message_id(), to, "", &[given]).await.json();
    bench.work().await;
    let conversation = rosa.bootstrap().await.conversations.pop().unwrap();
    let came = conversation.last_message().cloned().unwrap();
    let [file] = &came.media[..] else { panic!("one file: {came:?}") };
    assert_ne!(file.id, given, "hers is another");
    assert_eq!((file.name.as_str(), file.size, file.width), ("boat.png", sent.media[0].size, 3));
    let path = |id: MediaId| format!("/media/{id}");
    assert_eq!(rosa.open(&path(file.id), None).await.body, png(3, 2));
    assert_eq!(rosa.open(&path(given), None).await.status, 404);
    assert_eq!(maya.open(&path(file.id), None).await.status, 404);
    bench.test.pass(30 * crate::app::DAY - 1);
    crate::upkeep::tidy(&bench.app).await.unwrap();
    assert_eq!(maya.open(&path(given), None).await.status, 200, "what was sent stays");
}

async fn jobs_of_a_lane_run_in_order_and_survive_their_worker(bench: &Bench) {
    let now = bench.app.env.now();
    let mut tx = bench.app.store.write_system().await.unwrap();
    for (lane, position) in [("a", 2), ("a", 1), ("b", 7)] {
        store::jobs::add(&mut tx, lane, position, "test", "{}", now).await.unwrap();
    }
    let first = store::jobs::claim(&mut tx, "one", now.plus(1_000), now, 10).await.unwrap();
    let mut claimed: Vec<(&str, u64)> = first.iter().map(|job| (job.lane.as_str(), job.position)).collect();
    claimed.sort_unstable();
    assert_eq!(claimed, [("a", 1), ("b", 7)], "the first of each lane");
    assert!(store::jobs::claim(&mut tx, "two", now.plus(1_000), now, 10).await.unwrap().is_empty());

    let later = now.plus(1_000);
    let again = store::jobs::claim(&mut tx, "three", later.plus(1_000), later, 1).await.unwrap();
    assert_eq!(again.len(), 1, "a lease that ended is taken over");
    assert_eq!(again[0].attempts, 2);
    let stale = first.iter().find(|job| job.lane == again[0].lane).unwrap();
    assert!(!store::jobs::done(&mut tx, stale).await.unwrap(), "the first worker's claim is void");
    assert!(store::jobs::done(&mut tx, &again[0]).await.unwrap());
    assert_eq!(store::jobs::count(&mut tx).await.unwrap(), 2);
}

async fn dead_jobs_are_kept_apart_and_run_again(bench: &Bench) {
    let now = bench.app.env.now();
    let mut tx = bench.app.store.write_system().await.unwrap();
    for position in [1, 2] {
        store::jobs::add(&mut tx, "a", position, "test", "{}", now).await.unwrap();
    }
    let claim = async |tx: &mut Tx, lease: &str, at| {
        let jobs = store::jobs::claim(tx, lease, now.plus(1_000), at, 10).await.unwrap();
        jobs.into_iter().map(|job| (job.position, job.attempts)).collect::<Vec<_>>()
    };
    let first = store::jobs::claim(&mut tx, "one", now.plus(1_000), now, 10).await.unwrap();
    assert!(store::jobs::bury(&mut tx, &first[0], "it failed", now).await.unwrap());
    assert!(!store::jobs::bury(&mut tx, &first[0], "it failed", now).await.unwrap(), "the claim is void");
    assert_eq!(claim(&mut tx, "two", now).await, [(2, 1)], "the lane goes on");
    let dead = store::jobs::dead(&mut tx).await.unwrap();
    assert_eq!((dead.len(), dead[0].reason.as_str(), dead[0].died_at), (1, "it failed", now));
    assert_eq!(store::jobs::revive_all(&mut tx, now).await.unwrap(), 1);
    assert!(store::jobs::dead(&mut tx).await.unwrap().is_empty());
    assert_eq!(claim(&mut tx, "three", now).await, [(1, 1)]);
}

async fn the_column_comes_in_pages_newest_first(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let mut sent = Vec::new();
    for line in 200..210 {
        // Two conversations share each moment: the id decides between them.
        bench.test.pass(if line % 2 == 0 { 1_000 } else { 0 });
        let message = maya.text(101, &[line], "Hello").await;
        sent.push((message.at, message.conversation));
    }
    sent.sort_unstable_by(|a, b| b.cmp(a));
    let me = maya.bootstrap().await.me.user.id;
    let mut tx = bench.app.store.read().await.unwrap();
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let (page, older) = store::conversations::page(&mut tx, me, before, 3).await.unwrap();
        assert!(page.iter().all(|row| row.last_message().is_some_and(|last| last.deliveries.len() == 1)));
        seen.extend(page.iter().map(|row| (row.last_activity, row.id)));
        before = older;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, sent);
}

async fn a_deleted_conversation_comes_back_whole_or_with_the_next_message(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    for n in 0..3 {
        maya.chat(&["1002"], &format!("Number {n}")).await;
    }
    let id = devon.bootstrap().await.conversations[0].id;
    let path = format!("/conversations/{id}");
    assert_eq!(devon.delete(&path).await.status, 204);
    assert!(devon.bootstrap().await.conversations.is_empty());
    assert_eq!(devon.get(&path).await.code(), ErrorCode::NotFound);
    let back = devon.post(&format!("{path}/restore"), &()).await.value();
    assert_eq!((back["unread"].as_u64(), back["cleared_seq"].as_u64()), (Some(3), Some(0)));

    assert_eq!(devon.delete(&path).await.status, 204);
    maya.chat(&["1002"], "Number 3").await;
    let column = devon.bootstrap().await.conversations;
    assert_eq!((column[0].unread, column[0].cleared_seq, column[0].last_seq), (1, 3, 4));
    let page = devon.get(&format!("{path}/entries")).await.value();
    assert_eq!(page["entries"].as_array().unwrap().len(), 1);
    assert_eq!(page["more"], false);
}

async fn a_taken_key_is_told_apart_from_other_errors(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let me = maya.bootstrap().await.me;
    let mut tx = bench.app.store.write_system().await.unwrap();
    let taken = store::tenants::add(&mut tx, &me.tenant, bench.app.env.now()).await;
    assert!(matches!(taken, Err(StoreError::Taken)), "{taken:?}");
}

async fn the_log_is_trimmed_and_says_so(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    maya.chat(&["1002"], "Old").await;
    bench.test.pass(bench.app.settings.keep_events + 1);
    let maya = bench.sign_in("1001@harbor").await;
    crate::upkeep::tidy(&bench.app).await.unwrap();
    let start = maya.bootstrap().await;
    let me = start.me.user.id;
    maya.chat(&["1002"], "New").await;
    let mut tx = bench.app.store.read().await.unwrap();
    let newest = store::events::newest(&mut tx, me).await.unwrap();
    assert!(store::events::after(&mut tx, me, 0, newest, 10).await.unwrap().is_none(), "what comes after 0 is gone");
    let events = store::events::after(&mut tx, me, start.cursor, newest, 10).await.unwrap().unwrap();
    assert_eq!(events.len(), 1);
    let ahead = store::events::after(&mut tx, me, start.cursor + 2, newest, 10).await.unwrap();
    assert!(ahead.is_none(), "a cursor of another log");
}

/// An event's time is taken before its place in the log: a later place may have an earlier time.
async fn a_log_is_not_trimmed_in_the_middle(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let start = maya.bootstrap().await;
    let (user, now) = (start.me.user.id, bench.app.env.now());
    let mut tx = bench.app.store.write(start.me.tenant.id).await.unwrap();
    for at in [now, now.plus(100), now.plus(-1), now.plus(100)] {
        store::events::log(&mut tx, user, at, &Change::UserRemoved { user }).await.unwrap();
    }
    tx.commit().await.unwrap();
    bench.test.pass(bench.app.settings.keep_events);
    crate::upkeep::tidy(&bench.app).await.unwrap();
    let mut tx = bench.app.store.read().await.unwrap();
    let newest = store::events::newest(&mut tx, user).await.unwrap();
    for after in 0..3 {
        let events = store::events::after(&mut tx, user, start.cursor + after, newest, 10).await.unwrap();
        assert!(events.is_none(), "what came before an old one is gone with it: {events:?}");
    }
    let events = store::events::after(&mut tx, user, start.cursor + 3, newest, 10).await.unwrap().unwrap();
    assert_eq!(events.len(), 1);
}

async fn a_number_that_moves_takes_no_history_to_another_tenant(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    maya.text(102, &[110], "From Harbor").await;
    bench.work().await;
    let (from, to) = (maya.bootstrap().await.me, rosa.bootstrap().await);
    let mut tx = bench.app.store.write_system().await.unwrap();
    assert!(assign::unassign(&mut tx, number(102), from.user.id, bench.app.env.now()).await.unwrap());
    tx.run("UPDATE sms_numbers SET tenant = $2 WHERE number = $1", args![number(102), to.me.tenant.id]).await.unwrap();
    assert!(assign::assign(&mut tx, number(102), to.me.user.id, bench.app.env.now()).await.unwrap());
    tx.commit().await.unwrap();
    let now = rosa.bootstrap().await;
    assert_eq!(now.me.numbers.len(), 2);
    assert_eq!(now.conversations.len(), to.conversations.len());
}

async fn a_session_is_only_for_the_password_that_was_checked(bench: &Bench) {
    let mut tx = bench.app.store.read().await.unwrap();
    let found = store::users::credentials(&mut tx, "1001", "harbor", "").await.unwrap().unwrap();
    drop(tx);
    let sign_in = async |token: &str| {
        let mut tx = bench.app.store.write(found.tenant).await.unwrap();
        let device = DeviceId(bench.app.env.ulid());
        let added = store::sessions::add(&mut tx, token, device, &found, "", bench.app.env.now()).await.unwrap();
        tx.commit().await.unwrap();
        added
    };
    assert!(sign_in("before").await);
    let mut tx = bench.app.store.write(found.tenant).await.unwrap();
    store::users::set_password(&mut tx, found.user, "another hash").await.unwrap();
    tx.commit().await.unwrap();
    assert!(!sign_in("after").await, "it was changed while the old one was checked");
    let mut tx = bench.app.store.write(found.tenant).await.unwrap();
    store::users::set_password(&mut tx, found.user, &found.password_hash).await.unwrap();
    store::users::disable(&mut tx, found.user, bench.app.env.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!sign_in("disabled").await);
}

async fn networks_are_known_for_a_while(bench: &Bench) {
    let user = bench.sign_in("1001@harbor").await.bootstrap().await.me.user.id;
    let mut tx = bench.app.store.write_system().await.unwrap();
    let now = bench.app.env.now();
    let is_known = async |tx: &mut Tx| {
        let found = store::users::credentials(tx, "1001", "harbor", "a").await.unwrap();
        found.unwrap().is_known_network
    };
    assert!(!is_known(&mut tx).await);
    for at in [now, now.plus(1)] {
        store::networks::note(&mut tx, user, "a", at).await.unwrap();
    }
    assert!(is_known(&mut tx).await);
    store::networks::forget(&mut tx, now.plus(1)).await.unwrap();
    assert!(is_known(&mut tx).await);
    store::networks::forget(&mut tx, now.plus(2)).await.unwrap();
    assert!(!is_known(&mut tx).await);
}

async fn who_is_enabled_again_starts_from_the_snapshot(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let start = devon.bootstrap().await;
    let (tenant, user) = (start.me.tenant.id, start.me.user.id);
    let mut tx = bench.app.store.write(tenant).await.unwrap();
    assert!(store::users::enable(&mut tx, tenant, "1002").await.unwrap().is_none());
    store::users::disable(&mut tx, user, bench.app.env.now()).await.unwrap();
    tx.commit().await.unwrap();
    // He is not told.
    assert_eq!(maya.patch("/me", &serde_json::json!({ "availability": "busy" })).await.status, 200);
    let mut tx = bench.app.store.write(tenant).await.unwrap();
    assert_eq!(store::users::enable(&mut tx, tenant, "1002").await.unwrap().unwrap().id, user);
    tx.commit().await.unwrap();
    let again = bench.sign_in("1002@harbor").await;
    let snapshot = again.bootstrap().await;
    maya.chat(&["1002"], "Welcome back").await;
    let mut tx = bench.app.store.read().await.unwrap();
    let newest = store::events::newest(&mut tx, user).await.unwrap();
    assert!(store::events::after(&mut tx, user, start.cursor, newest, 10).await.unwrap().is_none());
    assert!(!store::events::after(&mut tx, user, snapshot.cursor, newest, 10).await.unwrap().unwrap().is_empty());
}

/// A sign-in that has checked the old password, but not committed, is waited for.
async fn a_new_password_misses_no_session_that_is_being_made(bench: &Bench) {
    let mut tx = bench.app.store.read().await.unwrap();
    let found = store::users::credentials(&mut tx, "1001", "harbor", "").await.unwrap().unwrap();
    drop(tx);
    let (device, now) = (DeviceId(bench.app.env.ulid()), bench.app.env.now());
    let mut signing_in = bench.app.store.write(found.tenant).await.unwrap();
    assert!(store::sessions::add(&mut signing_in, "token", device, &found, "", now).await.unwrap());
    let change = async {
        let mut tx = bench.app.store.write(found.tenant).await.unwrap();
        store::users::set_password(&mut tx, found.user, "another hash").await.unwrap();
        tx.commit().await.unwrap();
    };
    let (committed, ()) = tokio::join!(signing_in.commit(), change);
    committed.unwrap();
    let mut tx = bench.app.store.read().await.unwrap();
    let state = store::sessions::state(&mut tx, device, now, bench.app.settings.lifetimes).await.unwrap();
    assert!(state.is_none());
}

/// What the third migration does to a log of before.
async fn what_the_log_said_of_messages_is_said_of_entries(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let words = [r#"{"type":"message_added","message":{"#, r#""last_message":{"id""#, "Aft {\\\"last_message\":{ deck"];
    for text in words {
        maya.chat(&["1002"], text).await;
    }
    let id = devon.bootstrap().await.conversations[0].id;
    devon.patch(&format!("/conversations/{id}"), &serde_json::json!({ "muted": true })).await;
    let (me, events) = (devon.bootstrap().await.me, devon.events(0).await);
    let entries = events.iter().filter(|event| matches!(event.change, Change::EntryAdded { .. }));
    assert_eq!(entries.count(), words.len());

    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    for event in &events {
        let json = serde_json::to_string(&event.change).unwrap();
        let before = json
            .replace(r#"{"type":"entry_added","entry":{"type":"message","#, r#"{"type":"message_added","message":{"#)
            .replace(r#""last_entry":{"type":"message","#, r#""last_message":{"#);
        assert!(before != json || !json.contains("_entry"), "{json}");
        let of = args![before, me.user.id, event.cursor];
        tx.run("UPDATE events SET change = $1 WHERE user_id = $2 AND cursor = $3", of).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_ne!(devon.events(0).await, events);

    let [text, other] = [
        include_str!("../migrations/sqlite/0003_entries.sql"),
        include_str!("../migrations/postgres/0003_entries.sql"),
    ];
    assert_eq!(text, other);
    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    for statement in text.split_inclusive(";\n").filter(|statement| statement.contains("UPDATE")) {
        tx.run(statement, args![]).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(devon.events(0).await, events);
}

async fn sessions_end_when_they_are_old(bench: &Bench) {
    let lifetimes = bench.app.settings.lifetimes;
    let idle = bench.sign_in("1001@harbor").await;
    let busy = bench.sign_in("1001@harbor").await;
    for _ in 0..6 {
        bench.test.pass(lifetimes.idle - 1_000);
        assert_eq!(busy.get("/session").await.status, 200);
        bench.app.seen.write(&bench.app.store).await.unwrap();
    }
    assert_eq!(idle.get("/session").await.code(), ErrorCode::SignedOut);
    bench.test.pass(10_000);
    assert_eq!(busy.get("/session").await.code(), ErrorCode::SignedOut, "at the latest after the absolute time");
    crate::upkeep::tidy(&bench.app).await.unwrap();
}

/// The demo goes through most of the SQL: it comes out alike wherever it is made.
async fn the_demo_is_the_same(address: &str) {
    let test = TestEnv::new();
    let store = Store::open(address, Arc::new(|_| {})).await.unwrap();
    store.migrate().await.unwrap();
    assert!(crate::demo::make(&store, &test.env()).await.unwrap());
    let mut tx = store.read().await.unwrap();
    let harbor = store::tenants::by_domain(&mut tx, "harbor").await.unwrap().unwrap();
    let mut digest = Sha256::new();
    for user in store::users::directory(&mut tx, harbor.id).await.unwrap() {
        let (column, _) = store::conversations::page(&mut tx, user.id, None, 200).await.unwrap();
        digest.update(serde_json::to_vec(&(user, column)).unwrap());
    }
    let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    insta::assert_snapshot!("the_demo_is_the_same", digest);
}
