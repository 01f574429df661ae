//! Jobs and their workers: carriers that fail, workers that die, tenants that are busy.

mod carriers;
mod ready;

use std::sync::Arc;
use std::time::Duration;

use halyard_protocol::rest::EntriesPage;
use halyard_protocol::{ConversationId, DeliveryState, TenantId};
use tokio_util::sync::CancellationToken;

use self::carriers::{Fails, Forgetful, Poisoned, Scripted, Slow};
use super::turns::PLACES_OF_TENANT;
use super::{PLACES, Workers};
use crate::app::Settings;
use crate::carriers::{Carrier, Carriers, LookUp, Repeat, SubmitError, Submitted};
use crate::operations::quotas::Quotas;
use crate::store::{
    self,
    jobs::{NewJob, Queue},
};
use crate::testing::bench::{Bench, Browser, around, number, workers_of};

fn workers(bench: &Bench, carrier: &Arc<Scripted>) -> Workers {
    workers_with(bench, Arc::clone(carrier) as Arc<dyn Carrier>)
}

fn workers_with(bench: &Bench, carrier: Arc<dyn Carrier>) -> Workers {
    let carriers = Carriers::with_on_net(around(bench), carrier);
    workers_of(bench, carriers)
}

#[tokio::test]
async fn a_line_that_is_down_is_tried_again_in_order_with_the_same_reference() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let carrier = Arc::new(Scripted::default());
    let workers = workers(&bench, &carrier);
    maya.text(101, &[110], "First").await;
    maya.text(101, &[110], "Second").await;
    assert_eq!(workers.run_due().await.unwrap(), 1, "the second waits behind the first");
    assert_eq!(workers.run_due().await.unwrap(), 0, "and the first waits for its time");
    bench.test.pass(1_000);
    let sent = || Ok(Submitted { references: Vec::new(), delivered: false, receipts: Vec::new() });
    *carrier.answers.lock().unwrap() = vec![sent(), sent()];
    assert_eq!(workers.run_due().await.unwrap(), 2);
    let asked = std::mem::take(&mut *carrier.asked.lock().unwrap());
    let texts: Vec<(&str, bool)> =
        asked.iter().map(|text| (text.body.as_str(), text.reference == asked[0].reference)).collect();
    assert_eq!(texts, [("First", true), ("First", true), ("Second", false)]);
    let last = maya.bootstrap().await.conversations.remove(0).last_message().cloned().unwrap();
    assert_eq!(last.deliveries[0].state, DeliveryState::Sent);
}

#[tokio::test]
async fn after_many_tries_the_text_fails_with_the_carriers_word() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let carrier = Arc::new(Scripted::default());
    let workers = workers(&bench, &carrier);
    maya.text(101, &[110], "Hello").await;
    for _ in 0..40 {
        workers.run_due().await.unwrap();
        bench.test.pass(3_600_000);
    }
    let maya = bench.sign_in("1001@harbor").await;
    let last = maya.bootstrap().await.conversations.remove(0).last_message().cloned().unwrap();
    assert_eq!(last.deliveries[0].state, DeliveryState::Failed);
    assert_eq!((last.deliveries[0].cause, last.deliveries[0].reason.as_deref()), (None, Some("The line is down.")));
    let mut tx = bench.app.store.read().await.unwrap();
    assert_eq!(store::jobs::count(&mut tx).await.unwrap(), 0);
}

/// What becomes of a text that its carrier fails for, and of the one behind it: their states, and why the job is dead.
async fn poisoned(bench: &Bench, fails: Fails) -> (Vec<DeliveryState>, Vec<String>) {
    let maya = bench.sign_in("1001@harbor").await;
    let carriers = Carriers::with_on_net(around(bench), Arc::new(Poisoned(fails)));
    let workers = workers_of(bench, carriers);
    let workers = workers.with_times(Duration::from_millis(50), Duration::from_secs(10));
    let conversation = maya.text(101, &[110], "Poison").await.conversation;
    maya.text(101, &[110], "Hello").await;
    for _ in 0..12 {
        workers.run_due().await.unwrap();
        bench.test.pass(3_600_000);
    }
    let page = maya.get(&format!("/conversations/{conversation}/entries")).await.value();
    let state = |entry: &serde_json::Value| serde_json::from_value(entry["deliveries"][0]["state"].clone()).unwrap();
    let states = page["entries"].as_array().unwrap().iter().map(state).collect();
    let mut tx = bench.app.store.read().await.unwrap();
    assert_eq!(store::jobs::count(&mut tx).await.unwrap(), 0);
    let dead = store::jobs::dead(&mut tx).await.unwrap();
    (states, dead.into_iter().map(|job| job.reason).collect())
}

#[tokio::test]
async fn a_job_that_panics_or_hangs_is_given_up_and_its_lane_goes_on() {
    let fails: [(Fails, &str); 2] = [
        (|| Box::pin(async { panic!("on purpose") }), "it panicked"),
        (|| Box::pin(std::future::pending()), "it took too long"),
    ];
    for (fails, reason) in fails {
        let bench = Bench::new().await;
        let (states, dead) = poisoned(&bench, fails).await;
        assert_eq!(states, [DeliveryState::Failed, DeliveryState::Delivered], "{reason}");
        assert_eq!(dead, [reason]);
        // Tried again by hand it finds that its author was told, and is done.
        let mut tx = bench.app.store.write_system().await.unwrap();
        assert_eq!(store::jobs::retry_dead(&mut tx, bench.app.env.now()).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(bench.work().await, 1);
        let mut tx = bench.app.store.read().await.unwrap();
        assert!(store::jobs::dead(&mut tx).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn jobs_of_an_unknown_kind_or_about_nothing_are_dead_and_not_tried_for_ever() {
    let bench = Bench::new().await;
    let mut tx = bench.app.store.write_system().await.unwrap();
    for (lane, kind, payload) in [("a", "of the future", "{}"), ("b", "deliver", "nonsense")] {
        let (tenant, run_at) = (TenantId(bench.app.env.ulid()), bench.app.env.now());
        store::jobs::add(
            &mut tx,
            NewJob { queue: Queue::Tenant(tenant), lane, position: 1, kind, payload, run_at },
            run_at,
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    for _ in 0..12 {
        bench.work().await;
        bench.test.pass(3_600_000);
    }
    let mut tx = bench.app.store.read().await.unwrap();
    let dead = store::jobs::dead(&mut tx).await.unwrap();
    let dead: Vec<_> = dead.iter().map(|job| (job.lane.as_str(), job.attempts)).collect();
    assert_eq!(dead, [("b", 10), ("a", 1)]);
}

async fn states(browser: &Browser<'_>, conversation: ConversationId) -> Vec<DeliveryState> {
    let page: EntriesPage = browser.get(&format!("/conversations/{conversation}/entries")).await.json();
    page.entries.iter().map(|entry| entry.message().unwrap().deliveries[0].state).collect()
}

/// S4: between "they took it" and "we know" the worker dies. The text is never handed over a second time unless the carrier says that it
/// has none.
#[tokio::test]
async fn a_text_that_may_have_left_is_looked_up_and_never_sent_twice() {
    let taken = LookUp::Taken(Submitted { references: Vec::new(), delivered: true, receipts: Vec::new() });
    for (knows, asked, state) in [
        (None, 1, DeliveryState::Unconfirmed),
        (Some(LookUp::Unknown), 1, DeliveryState::Unconfirmed),
        (Some(taken), 1, DeliveryState::Delivered),
        (Some(LookUp::NotTaken), 2, DeliveryState::Sent),
    ] {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let carrier = Forgetful::new(knows);
        let workers = workers_with(&bench, Arc::clone(&carrier) as Arc<dyn Carrier>);
        let conversation = maya.text(101, &[110], "Hello").await.conversation;
        for _ in 0..4 {
            workers.run_due().await.unwrap();
            bench.test.pass(10_000);
        }
        assert_eq!((carrier.asked(), states(&maya, conversation).await), (asked, vec![state]));
        let mut tx = bench.app.store.read().await.unwrap();
        assert_eq!(store::jobs::count(&mut tx).await.unwrap(), 0);
    }
}

/// Then its number goes to another business: what may have left is not said to have failed.
#[tokio::test]
async fn a_text_that_may_have_left_is_looked_up_when_its_number_was_moved_meanwhile() {
    let taken = LookUp::Taken(Submitted { references: Vec::new(), delivered: true, receipts: Vec::new() });
    for (knows, state) in [
        (LookUp::Unknown, DeliveryState::Unconfirmed),
        (taken, DeliveryState::Delivered),
        (LookUp::NotTaken, DeliveryState::Failed),
    ] {
        let bench = Bench::new().await;
        let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
        bench.make_operator("atlas").await;
        let carrier = Forgetful::new(Some(knows));
        let workers = workers_with(&bench, Arc::clone(&carrier) as Arc<dyn Carrier>);
        let conversation = maya.text(101, &[110], "Hello").await.conversation;
        workers.run_due().await.unwrap();
        let moved = rosa.post("/numbers/+16195550101/move?tenant=harbor", &serde_json::json!({ "to": "atlas" })).await;
        assert!(moved.status.is_success(), "{moved:?}");
        for _ in 0..3 {
            bench.test.pass(10_000);
            workers.run_due().await.unwrap();
        }
        assert_eq!((carrier.asked(), states(&maya, conversation).await), (1, vec![state]));
    }
}

/// The connection to the carrier breaks before its answer.
#[tokio::test]
async fn a_carrier_that_does_not_say_leaves_the_text_unconfirmed_until_a_receipt() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let carrier = Arc::new(Scripted::default());
    carrier.answers.lock().unwrap().push(Err(SubmitError::Unconfirmed));
    let workers = workers(&bench, &carrier);
    let message = maya.text(101, &[110], "Hello").await;
    for _ in 0..3 {
        workers.run_due().await.unwrap();
        bench.test.pass(10_000);
    }
    assert_eq!(carrier.asked.lock().unwrap().len(), 1);
    assert_eq!(states(&maya, message.conversation).await, [DeliveryState::Unconfirmed]);
    let tenant = maya.bootstrap().await.me.tenant.id;
    let mut tx = bench.app.store.write(tenant).await.unwrap();
    let mut message = store::messages::at(&mut tx, message.conversation, message.seq).await.unwrap().unwrap();
    let (to, state, now) = (number(110), DeliveryState::Delivered, bench.app.env.now());
    crate::operations::messaging::receipts::advance(&mut tx, &mut message, to, state, None, now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(states(&maya, message.conversation).await, [DeliveryState::Delivered]);
}

/// Waits until something holds; the test's own time limit ends it when it never does.
async fn until(mut holds: impl AsyncFnMut() -> bool) {
    while !holds().await {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_tenant_whose_carrier_is_slow_keeps_nobody_waiting() {
    let quotas = Quotas { user_minute: u32::MAX, ..Quotas::default() };
    let bench = Bench::with(Settings { quotas, ..Settings::default() }).await;
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    let carrier = Slow::closed();
    let workers = workers_with(&bench, Arc::clone(&carrier) as Arc<dyn Carrier>);
    // Each to another group, so each in a lane of its own.
    for n in 0..u16::try_from(PLACES).unwrap() + 8 {
        maya.text(101, &[110, 200 + n], "Hello").await;
    }
    let stop = CancellationToken::new();
    let running = tokio::spawn(workers.clone().run(stop.clone()));
    until(async || carrier.in_hand.lock().unwrap().0 == PLACES_OF_TENANT).await;
    let quick = rosa.text(110, &[101], "Hello").await.conversation;
    until(async || states(&rosa, quick).await == [DeliveryState::Delivered]).await;
    assert_eq!(carrier.in_hand.lock().unwrap().1, PLACES_OF_TENANT, "its share and no more");
    carrier.gate.add_permits(1_000);
    until(async || {
        let mut tx = bench.app.store.read().await.unwrap();
        store::jobs::count(&mut tx).await.unwrap() == 0
    })
    .await;
    stop.cancel();
    running.await.unwrap();
}

/// An attempt may take longer than a claim: it is renewed. One whose claim was lost all the same is ended.
#[tokio::test]
async fn a_claim_is_renewed_while_an_attempt_goes_on_and_a_lost_one_ends_it() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let carrier = Slow::closed();
    let workers = workers_with(&bench, Arc::clone(&carrier) as Arc<dyn Carrier>);
    let workers = workers.with_times(Duration::from_secs(60), Duration::from_millis(5));
    let conversation = maya.text(101, &[110], "Hello").await.conversation;
    let due = async || {
        let mut tx = bench.app.store.read().await.unwrap();
        store::jobs::next_due(&mut tx).await.unwrap().unwrap()
    };
    let work = tokio::spawn({
        let workers = workers.clone();
        async move { workers.run_due().await.unwrap() }
    });
    until(async || carrier.in_hand.lock().unwrap().0 == 1).await;
    for _ in 0..3 {
        bench.test.pass(20_000);
        let now = bench.app.env.now();
        until(async || due().await.since(now) > 25_000).await;
    }
    // Another server has it now.
    let mut tx = bench.app.store.write_system().await.unwrap();
    tx.run("UPDATE jobs SET lease = 'another'", store::sql::args![]).await.unwrap();
    tx.commit().await.unwrap();
    work.await.unwrap();
    carrier.gate.add_permits(10);
    assert_eq!(states(&maya, conversation).await, [DeliveryState::Accepted], "what was lost is not written down");
    let mut tx = bench.app.store.write_system().await.unwrap();
    store::jobs::release_all(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    workers.run_due().await.unwrap();
    assert_eq!(states(&maya, conversation).await, [DeliveryState::Delivered]);
}

/// A worker stands still while a carrier has a text in hand: its claim ends, and another worker takes the job. A carrier that would send the
/// text again is not asked a second time; one that takes a reference once may be. What the first one hears in the end changes nothing.
pub(crate) async fn a_claim_that_ends_during_a_submission_sends_nothing_twice(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    for (repeat, handed_over, state) in
        [(Repeat::IsTakenAgain, 1, DeliveryState::Unconfirmed), (Repeat::IsTakenOnce, 2, DeliveryState::Delivered)]
    {
        let carrier = Slow::closed_with(repeat);
        let stands_still = workers_with(bench, Arc::clone(&carrier) as Arc<dyn Carrier>);
        let stands_still = stands_still.with_times(Duration::from_secs(60), Duration::from_secs(60));
        let other = workers_with(bench, Arc::clone(&carrier) as Arc<dyn Carrier>);
        let message = maya.text(101, &[110], "Hello").await;
        let cursor = maya.bootstrap().await.cursor;
        let first = tokio::spawn(async move { stands_still.run_due().await.unwrap() });
        until(async || carrier.in_hand.lock().unwrap().1 == 1).await;
        bench.test.pass(super::LEASE + 1);
        let second = tokio::spawn(async move { other.run_due().await.unwrap() });
        // It has done without the carrier, or the carrier has the text twice in hand.
        until(async || carrier.in_hand.lock().unwrap().1 == 2 || second.is_finished()).await;
        carrier.gate.add_permits(2);
        assert_eq!((first.await.unwrap(), second.await.unwrap()), (1, 1));
        assert_eq!(carrier.in_hand.lock().unwrap().1, handed_over, "{repeat:?}");
        assert_eq!(states(&maya, message.conversation).await.last(), Some(&state), "{repeat:?}");
        assert_eq!(maya.events(cursor).await.len(), 1, "{repeat:?}: it is told once");
        let mut tx = bench.app.store.read().await.unwrap();
        assert_eq!(store::jobs::count(&mut tx).await.unwrap(), 0);
    }
}

/// Two servers share the queue of one database: every text is delivered once, whoever takes it.
pub(crate) async fn two_servers_share_the_queue(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    let stop = CancellationToken::new();
    let servers: Vec<_> = (0..2)
        .map(|_| {
            let carriers = Carriers::new(around(bench));
            let workers = workers_of(bench, carriers);
            tokio::spawn(workers.run(stop.clone()))
        })
        .collect();
    for n in 0..30 {
        let line = [101, 102][n % 2];
        maya.text(line, &[110], &format!("Number {n}")).await;
    }
    until(async || {
        let mut tx = bench.app.store.read().await.unwrap();
        store::jobs::count(&mut tx).await.unwrap() == 0
    })
    .await;
    stop.cancel();
    for server in servers {
        server.await.unwrap();
    }
    let column = rosa.bootstrap().await.conversations;
    assert_eq!(column.iter().map(|conversation| conversation.last_seq).sum::<u64>(), 30);
    for conversation in column {
        let page: EntriesPage = rosa.get(&format!("/conversations/{}/entries", conversation.id)).await.json();
        let numbers =
            page.entries.iter().map(|entry| entry.message().unwrap().body["Number ".len()..].parse::<u32>().unwrap());
        assert!(numbers.is_sorted(), "in order");
    }
}
