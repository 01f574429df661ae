//! The event log.

use super::*;
use crate::store::following::{Follower, Terms};

pub(super) async fn many_writers_give_places_and_cursors_without_gaps(bench: &Bench) {
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

pub(super) async fn the_log_is_trimmed_and_says_so(bench: &Bench) {
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
pub(super) async fn a_log_is_not_trimmed_in_the_middle(bench: &Bench) {
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

pub(super) async fn who_is_enabled_again_starts_from_the_snapshot(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let start = devon.bootstrap().await;
    let (tenant, user) = (start.me.tenant.id, start.me.user.id);
    let mut tx = bench.app.store.write(tenant).await.unwrap();
    store::users::disable(&mut tx, user, bench.app.env.now()).await.unwrap();
    tx.commit().await.unwrap();
    // He is not told.
    assert_eq!(maya.patch("/me", &serde_json::json!({ "availability": "busy" })).await.status, 200);
    let mut tx = bench.app.store.write(tenant).await.unwrap();
    store::users::enable(&mut tx, user).await.unwrap();
    tx.commit().await.unwrap();
    let again = bench.sign_in("1002@harbor").await;
    let snapshot = again.bootstrap().await;
    maya.chat(&["1002"], "Welcome back").await;
    let mut tx = bench.app.store.read().await.unwrap();
    let newest = store::events::newest(&mut tx, user).await.unwrap();
    assert!(store::events::after(&mut tx, user, start.cursor, newest, 10).await.unwrap().is_none());
    assert!(!store::events::after(&mut tx, user, snapshot.cursor, newest, 10).await.unwrap().unwrap().is_empty());
}

/// A copy of the database takes its place: no device takes what comes then for the continuation of what it has seen.
pub(super) async fn who_leaps_over_a_gap_starts_from_the_snapshot(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    maya.chat(&["1002"], "In the copy").await;
    let seen = devon.bootstrap().await.cursor;
    let user = devon.bootstrap().await.me.user.id;
    let mut tx = bench.app.store.write_system().await.unwrap();
    store::users::leap(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let check = async || {
        let mut tx = bench.app.store.read().await.unwrap();
        let newest = store::events::newest(&mut tx, user).await.unwrap();
        // As far as it was in the copy, and further.
        for after in [seen, seen + 20] {
            assert!(store::events::after(&mut tx, user, after, newest, 10).await.unwrap().is_none(), "{after}");
        }
    };
    check().await;
    for n in 0..25 {
        maya.chat(&["1002"], &format!("After it {n}")).await;
    }
    check().await;
}

/// What the third and the thirteenth migration do to a log of before.
pub(super) async fn what_the_log_said_in_full_becomes_references(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let words = [r#"{"type":"message_added","message":{"#, r#""last_message":{"id""#, "Aft {\\\"last_message\":{ deck"];
    for text in words {
        maya.chat(&["1002"], text).await;
    }
    let id = devon.bootstrap().await.conversations[0].id;
    devon.patch(&format!("/conversations/{id}"), &serde_json::json!({ "muted": true })).await;
    let user = bench.user("1003@harbor").await;
    maya.patch(&format!("/users/{user}"), &serde_json::json!({ "name": "Kit" })).await;
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
        let sql = "UPDATE events SET change = $1, subject = NULL, seq = NULL WHERE user_id = $2 AND cursor = $3";
        tx.run(sql, of).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_ne!(devon.events(0).await, events);

    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    let migrations = [
        tx.pick(
            include_str!("../../migrations/sqlite/0003_entries.sql"),
            include_str!("../../migrations/postgres/0003_entries.sql"),
        ),
        tx.pick(
            include_str!("../../migrations/sqlite/0013_log_references.sql"),
            include_str!("../../migrations/postgres/0013_log_references.sql"),
        ),
    ];
    for text in migrations {
        for statement in text.split_inclusive(";\n").filter(|statement| statement.contains("UPDATE")) {
            tx.run(statement, args![]).await.unwrap();
        }
    }
    let texts = tx.one("SELECT COUNT(*) AS texts FROM events WHERE change LIKE '%message%'", args![]).await.unwrap();
    assert_eq!(texts.count("texts").unwrap(), 0);
    tx.commit().await.unwrap();
    assert_eq!(devon.events(0).await, events);
}

pub(super) async fn a_text_stands_once_however_many_read_it(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let kit = bench.sign_in("1003@harbor").await;
    let text = "The crane is free at noon";
    let id = maya.chat(&["1002", "1003", "1004"], text).await.conversation;
    let path = format!("/conversations/{id}");
    // What tells of the conversation as a whole tells of its newest entry.
    kit.patch(&path, &serde_json::json!({ "muted": true })).await;
    devon.delete(&path).await;
    devon.post(&format!("{path}/restore"), &()).await;
    maya.text(101, &[110], text).await;
    bench.work().await;
    let mut tx = bench.app.store.read().await.unwrap();
    let rows = tx.all("SELECT change, subject, seq FROM events ORDER BY user_id, cursor", args![]).await.unwrap();
    for row in &rows {
        assert!(!row.text("change").unwrap().contains("crane"), "{}", row.text("change").unwrap());
    }
    // One for the chat, one for the text, one where the text came in.
    let sql = "SELECT COUNT(*) AS texts FROM messages WHERE body = $1";
    assert_eq!(tx.one(sql, args![text]).await.unwrap().count("texts").unwrap(), 3);
    drop(tx);
    let said = |events: Vec<LoggedEvent>| {
        events.iter().filter(|event| serde_json::to_string(&event.change).unwrap().contains(text)).count()
    };
    // The entry, and the conversation that is muted, after what told that it is new.
    assert_eq!(said(kit.events(0).await), 3);
}

/// A batch is read by as many statements as a single event.
pub(super) async fn the_log_says_how_things_are_when_it_is_read(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let start = devon.bootstrap().await.cursor;
    for text in ["One", "Two", "Three"] {
        maya.chat(&["1002"], text).await;
    }
    let unread = |events: &[LoggedEvent]| {
        let entries = events.iter().filter_map(|event| match &event.change {
            Change::EntryAdded { unread, read_seq, .. } => Some((*unread, *read_seq)),
            _ => None,
        });
        entries.collect::<Vec<_>>()
    };
    assert_eq!(unread(&devon.events(start).await), [(3, 0); 3]);
    let id = devon.bootstrap().await.conversations[0].id;
    devon.post(&format!("/conversations/{id}/read"), &serde_json::json!({ "seq": 2 })).await;
    assert_eq!(unread(&devon.events(start).await), [(1, 2); 3]);
    devon.delete(&format!("/conversations/{id}")).await;
    let events = devon.events(start).await;
    assert_eq!(events[0].change, Change::Unknown, "it is new, and is not there any more");
    assert!(matches!(events.last().unwrap().change, Change::ConversationRemoved { .. }));
}

/// Each of those who read at the same time reads what is theirs.
pub(super) async fn followers_of_a_log_are_answered_together_as_each_alone(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let kim = bench.sign_in("1003@harbor").await;
    maya.chat(&["1002", "1003"], "To both").await;
    maya.text(101, &[142, 143], "Outside").await;
    bench.work().await;
    let id = devon.chat(&["1003"], "What Kim deletes").await.conversation;
    assert_eq!(kim.delete(&format!("/conversations/{id}")).await.status, 204);
    let path = format!("/users/{}", bench.user("1004@harbor").await);
    assert_eq!(maya.patch(&path, &serde_json::json!({ "department": "Piers" })).await.status, 200);
    devon.chat(&["1001"], "To one").await;

    let (store, now) = (&bench.app.store, bench.app.env.now());
    let lifetimes = bench.app.settings.lifetimes;
    let mut followers = Vec::new();
    let mut tx = store.read().await.unwrap();
    for browser in [&maya, &devon, &kim] {
        let user = browser.bootstrap().await.me.user.id;
        let device = store::sessions::devices(&mut tx, user, None, now, lifetimes).await.unwrap()[0].id;
        let newest = store::events::newest(&mut tx, user).await.unwrap();
        assert!(newest > 2, "there is something to read");
        for cursor in [0, 1, newest - 1, newest, newest + 1] {
            followers.push(Follower { device, user, cursor, now });
        }
    }
    let tenant = maya.bootstrap().await.me.tenant.id;
    let terms = Terms { limit: 3, lifetimes };
    let before = store.statements();
    let together = futures_util::future::join_all(followers.iter().map(|one| store.follow(tenant, *one, terms))).await;
    let statements = store.statements() - before;
    if store.kind() == "PostgreSQL" {
        // The first one may be a batch of its own. Beside session and log, deliveries are read, and conversations for each who has news of one.
        assert!(statements < 3 * followers.len() as u64, "{statements} for {}", followers.len());
    }
    for (one, found) in followers.iter().zip(together) {
        let found = found.unwrap().unwrap();
        let newest = store::events::newest(&mut tx, one.user).await.unwrap();
        assert_eq!(found.state.newest, newest);
        let alone = store::events::after(&mut tx, one.user, one.cursor, newest, 3).await.unwrap();
        // Of many who read together each may get a part at a time.
        let some = found.events.as_ref().map_or(0, Vec::len);
        assert_eq!(some > 0, one.cursor < newest, "{one:?}");
        assert_eq!(found.events, alone.map(|events| events.into_iter().take(some).collect()), "{one:?}");
    }

    assert_eq!(devon.delete("/session").await.status, 204);
    let mine = store.follow(tenant, followers[0], terms);
    let (mine, ended) = futures_util::future::join(mine, store.follow(tenant, followers[5], terms)).await;
    assert!(mine.unwrap().is_some() && ended.unwrap().is_none(), "whose session has ended reads nothing");
}
