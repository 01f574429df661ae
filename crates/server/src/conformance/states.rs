//! States: what they write, and what they do not.

use super::*;

/// How many rows the log has.
async fn events(bench: &Bench) -> u64 {
    let mut tx = bench.app.store.read().await.unwrap();
    tx.one("SELECT COUNT(*) AS events FROM events", args![]).await.unwrap().count("events").unwrap()
}

pub(super) async fn a_status_is_one_row_and_no_event(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let (before, start) = (events(bench).await, maya.bootstrap().await.state_version);
    for n in 0..100 {
        let availability = if n % 2 == 0 { "busy" } else { "available" };
        let body = serde_json::json!({ "availability": availability, "status_text": n.to_string() });
        assert_eq!(devon.patch("/me", &body).await.status, 200);
    }
    assert_eq!(events(bench).await, before);
    let states = maya.states(start).await;
    assert!(matches!(&states[..], [one] if one.status_text == "99"), "{states:?}");
    assert!(maya.states(start + 100).await.is_empty());
    // A Supervisor's change of somebody's status is none either; one of their name is, and holds no status of before.
    let path = format!("/users/{}", bench.user("1002@harbor").await);
    maya.patch(&path, &serde_json::json!({ "availability": "away" })).await;
    assert_eq!(events(bench).await, before);
    let cursor = maya.bootstrap().await.cursor;
    maya.patch(&path, &serde_json::json!({ "name": "Devon K." })).await;
    maya.patch(&path, &serde_json::json!({ "status_text": "On the crane" })).await;
    let told = maya.events(cursor).await;
    let [LoggedEvent { change: Change::UserChanged { user }, .. }] = &told[..] else { panic!("{told:?}") };
    assert_eq!((user.name.as_str(), user.status_text.as_str()), ("Devon K.", "On the crane"));
}

pub(super) async fn a_read_in_a_large_group_is_one_row(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let tenant = maya.bootstrap().await.me.tenant.id;
    let mut tx = bench.app.store.write(tenant).await.unwrap();
    let template = store::users::directory(&mut tx, tenant).await.unwrap().remove(0);
    for n in 0..46 {
        let user = User { id: UserId(bench.app.env.ulid()), extension: format!("20{n:02}"), ..template.clone() };
        store::users::add(&mut tx, tenant, &user, "", bench.app.env.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let everybody = maya.bootstrap().await.users;
    let others: Vec<&str> = everybody.iter().map(|user| user.extension.as_str()).filter(|it| *it != "1001").collect();
    assert_eq!(others.len(), 49);
    let id = maya.chat(&others, "Hello all").await.conversation;
    let devon = bench.sign_in("1002@harbor").await;
    let (before, start) = (events(bench).await, maya.bootstrap().await.state_version);
    devon.post(&format!("/conversations/{id}/read"), &serde_json::json!({ "seq": 1 })).await;
    assert_eq!(events(bench).await, before);
    let mut tx = bench.app.store.read().await.unwrap();
    let sql = "SELECT COUNT(*) AS members FROM memberships WHERE read_version > $1";
    assert_eq!(tx.one(sql, args![start]).await.unwrap().count("members").unwrap(), 1);
    drop(tx);
    let user = bench.user("1002@harbor").await;
    let read = ReadPosition { conversation: id, user, seq: 1, unread: None };
    assert_eq!(maya.reads(start).await, [read]);
    // Reading it again changes nothing.
    devon.post(&format!("/conversations/{id}/read"), &serde_json::json!({ "seq": 1 })).await;
    assert!(maya.reads(start + 1).await.is_empty());
}

/// What the fourteenth migration does to a log of before.
pub(super) async fn states_of_a_log_of_before_are_told_to_nobody(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let id = maya.chat(&["1002"], "Hello").await.conversation;
    let (me, cursor) = (devon.bootstrap().await.me, devon.bootstrap().await.cursor);
    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    for _ in 0..2 {
        let removed = Change::UserRemoved { user: me.user.id };
        store::events::log(&mut tx, me.user.id, bench.app.env.now(), &removed).await.unwrap();
    }
    let user = me.user.id;
    for (place, before) in [
        (cursor + 1, format!(r#"{{"type":"read","conversation":"{id}","seq":1,"unread":0}}"#)),
        (cursor + 2, format!(r#"{{"type":"peer_read","conversation":"{id}","user":"{user}","seq":1}}"#)),
    ] {
        let of = args![before, user, place];
        tx.run("UPDATE events SET change = $1 WHERE user_id = $2 AND cursor = $3", of).await.unwrap();
    }
    tx.commit().await.unwrap();
    let unknown = async || devon.events(cursor).await.into_iter().map(|event| event.change).collect::<Vec<_>>();
    assert_eq!(unknown().await, [Change::Unknown, Change::Unknown], "read as they are, too");
    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    let [text, other] = [
        include_str!("../../migrations/sqlite/0014_states.sql"),
        include_str!("../../migrations/postgres/0014_states.sql"),
    ];
    assert_eq!(text, other);
    for statement in text.split_inclusive(";\n").filter(|statement| statement.contains("UPDATE")) {
        assert_eq!(tx.run(statement, args![]).await.unwrap(), 2);
    }
    tx.commit().await.unwrap();
    assert_eq!(unknown().await, [Change::Unknown, Change::Unknown]);
}
