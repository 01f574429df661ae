//! The machine's clock is set back by hours, in the middle.

use std::time::Duration;

use super::*;
use crate::carriers::Carriers;
use crate::store::jobs::Share;
use crate::testing::bench::{PASSWORD, around, workers_of};

/// By so much it is set back.
const BACK: i64 = 3 * 60 * 60 * 1_000;

/// Messages, cursors, the column, jobs and sessions of before and after.
pub(super) async fn a_clock_that_is_set_back_shuffles_and_keeps_nothing(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    let start = maya.bootstrap().await.cursor;
    // Workers that have seen the time of before.
    bench.work().await;
    for n in 0..3 {
        maya.text(101, &[110], &format!("Number {n}")).await;
    }
    maya.chat(&["1002"], "Before").await;
    bench.test.pass(-BACK);
    for n in 3..6 {
        maya.text(101, &[110], &format!("Number {n}")).await;
    }
    let late = bench.sign_in("1001@harbor").await;
    assert_eq!(bench.work().await, 6, "nothing waits until the clock has come back to where it was");

    let column = rosa.bootstrap().await.conversations;
    let page: EntriesPage = rosa.get(&format!("/conversations/{}/entries", column[0].id)).await.json();
    let messages: Vec<Message> = page.entries.iter().map(|entry| entry.message().unwrap().clone()).collect();
    let bodies: Vec<&str> = messages.iter().map(|message| message.body.as_str()).collect();
    assert_eq!(bodies, ["Number 0", "Number 1", "Number 2", "Number 3", "Number 4", "Number 5"]);
    let mine = late.bootstrap().await;
    assert_eq!(mine.conversations.len(), 2);
    let texts = mine.conversations.iter().find(|row| row.kind == ConversationKind::Sms).unwrap();
    let page: EntriesPage = late.get(&format!("/conversations/{}/entries", texts.id)).await.json();
    assert!(page.entries.is_sorted_by_key(|entry| (entry.seq(), entry.at())), "a later message has no earlier time");
    assert_eq!(page.entries[5].message().unwrap().deliveries[0].state, DeliveryState::Delivered);
    let cursors: Vec<u64> = maya.events(start).await.iter().map(|event| event.cursor).collect();
    assert_eq!(cursors, (start + 1..=mine.cursor).collect::<Vec<_>>());
    assert_eq!(maya.get("/session").await.status, 200, "a session of the future holds");
    // The log is not trimmed in the middle, whatever its times say.
    crate::upkeep::tidy(&bench.app).await.unwrap();
    assert_eq!(maya.events(start).await.len(), cursors.len());
    assert_eq!(
        bench
            .stranger()
            .post("/session", &serde_json::json!({ "login": "1002@harbor", "password": PASSWORD, "device": "x" }))
            .await
            .status,
        200
    );
}

/// What waited for another attempt, and what a worker had that died, goes on soon after the clock was set back, also when the server was
/// started anew in between.
pub(super) async fn jobs_of_before_the_clock_was_set_back_go_on(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    maya.text(101, &[110], "Claimed").await;
    maya.text(102, &[110], "Waits").await;
    let now = bench.app.env.now();
    let mut tx = bench.app.store.write_system().await.unwrap();
    let tenant = maya.bootstrap().await.me.tenant.id.to_string();
    let claimed =
        store::jobs::claim(&mut tx, &[Share { queue: tenant.clone(), most: 10 }], "died", now.plus(30_000), now)
            .await
            .unwrap();
    assert_eq!(claimed.len(), 2);
    let waits = claimed.iter().find(|job| job.lane != claimed[0].lane).unwrap();
    assert!(store::jobs::retry(&mut tx, waits, now.plus(4_000)).await.unwrap());
    tx.commit().await.unwrap();
    bench.test.pass(-BACK);
    let carriers = Carriers::new(around(bench));
    let anew = workers_of(bench, carriers);
    for _ in 0..10 {
        anew.run_due().await.unwrap();
        bench.test.pass(Duration::from_secs(5).as_millis().try_into().unwrap());
    }
    assert_eq!(rosa.bootstrap().await.conversations.iter().map(|row| row.last_seq).sum::<u64>(), 2);
}
