//! Texts on their way, from Enter to the other phone.

use std::sync::Arc;
use std::sync::Mutex;

use halyard_protocol::{
    Author, Capabilities, CauseCode, Change, ConversationKey, ConversationKind, DeliveryState, Destination, ErrorCode,
    Peer, SmsNumber,
};
use proptest::prelude::*;

use crate::carriers::{Carrier, Carriers, OutboundText, SubmitError, Submitted, Submitting};
use crate::jobs::Workers;
use crate::operations::messaging::receipts::Failure;
use crate::operations::numbers::{assign, unassign};
use crate::store;
use crate::testing::bench::{Bench, Browser, number, png};

#[tokio::test]
async fn those_who_share_the_number_all_see_the_text_and_who_answered() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let rosa = bench.sign_in("1001@atlas").await;
    rosa.text(110, &[101], "Is the crane free?").await;
    bench.work().await;
    devon.text(101, &[110], "After one.").await;
    let row = maya.bootstrap().await.conversations.remove(0);
    assert_eq!((row.unread, row.last_seq), (1, 2), "what a colleague writes is not unread");
    let devons = devon.bootstrap().await;
    assert_eq!(devons.conversations[0].unread, 0);
    assert_eq!(row.last_message().cloned().unwrap().author, Author::User(devons.me.user.id));
    assert!(bench.sign_in("1003@harbor").await.bootstrap().await.conversations.is_empty());
}

#[tokio::test]
async fn the_states_come_in_order_and_to_everybody_who_shares_the_number() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let before = devon.bootstrap().await.cursor;
    maya.text(101, &[110], "Hello").await;
    bench.work().await;
    let states: Vec<DeliveryState> = devon
        .events(before)
        .await
        .into_iter()
        .filter_map(|event| match event.change {
            Change::EntryAdded { entry, .. } => entry.message().map(|message| message.deliveries[0].state),
            Change::DeliveryChanged { delivery, .. } => Some(delivery.state),
            _ => None,
        })
        .collect();
    assert_eq!(states, [DeliveryState::Accepted, DeliveryState::Sent, DeliveryState::Delivered]);
}

#[tokio::test]
async fn a_number_without_a_carrier_fails_with_the_reason() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    maya.text(101, &[142], "Hello").await;
    bench.work().await;
    let last = maya.bootstrap().await.conversations.remove(0).last_message().cloned().unwrap();
    assert_eq!(last.deliveries[0].state, DeliveryState::Failed);
    assert_eq!(last.deliveries[0].cause, Some(CauseCode::NoCarrier.into()));
    assert_eq!(last.deliveries[0].reason.as_deref(), Some("No carrier is set up for +16195550142."));
}

/// Gives a user a number that takes texts and nothing else.
async fn without_mms(bench: &Bench, browser: &Browser<'_>, line: u16) {
    let me = browser.bootstrap().await.me;
    let capabilities = Capabilities { sms: true, mms: false, group_recipients: 0 };
    let own = SmsNumber { number: number(line), label: String::new(), capabilities };
    let now = bench.app.env.now();
    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    store::numbers::add(&mut tx, me.tenant.id, &own, now).await.unwrap();
    assign(&mut tx, &bench.operator(me.tenant.id), own.number, me.user.id).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_number_without_mms_neither_sends_files_nor_takes_them() {
    let bench = Bench::new().await;
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    without_mms(&bench, &maya, 103).await;
    without_mms(&bench, &rosa, 111).await;
    let picture = bench.media_id();
    assert_eq!(maya.give(picture, "boat.png", png(3, 2)).await.status, 200);
    let send = async |from: u16| {
        let to = Destination { from: Some(number(from)), peers: vec![Peer::Number(number(111))] };
        maya.send_with(bench.message_id(), to, "Look", &[picture]).await
    };
    let refused = send(103).await;
    assert_eq!((refused.code(), refused.value()["field"].as_str()), (ErrorCode::InvalidMedia, Some("media")));
    assert_eq!(send(101).await.status, 202, "the refusal left the picture free");
    bench.work().await;
    let last = maya.bootstrap().await.conversations.remove(0).last_message().cloned().unwrap();
    assert_eq!(last.deliveries[0].state, DeliveryState::Failed);
    assert_eq!(last.deliveries[0].cause, Some(CauseCode::NumberCannotReceiveFiles.into()));
    assert!(rosa.bootstrap().await.conversations.is_empty());
    maya.text(103, &[111], "Just words").await;
    bench.work().await;
    assert_eq!(rosa.bootstrap().await.conversations.remove(0).last_seq, 1);
}

#[tokio::test]
async fn a_group_text_makes_the_same_group_at_the_other_end() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let rosa = bench.sign_in("1001@atlas").await;
    maya.text(101, &[110, 142], "Hello both").await;
    bench.work().await;
    let theirs = rosa.bootstrap().await.conversations.remove(0);
    let group = ConversationKey::text(number(110), [number(101), number(142)]);
    assert_eq!(theirs.kind, ConversationKind::GroupMms);
    assert_eq!(theirs.id, group.id(rosa.bootstrap().await.me.tenant.id));
    let mine = maya.bootstrap().await.conversations.remove(0).last_message().cloned().unwrap();
    let states: Vec<_> = mine.deliveries.iter().map(|delivery| (delivery.to, delivery.state)).collect();
    assert_eq!(states, [(number(110), DeliveryState::Delivered), (number(142), DeliveryState::Failed)]);

    rosa.text(110, &[101, 142], "Hello group").await;
    bench.work().await;
    let row = maya.bootstrap().await.conversations.remove(0);
    assert_eq!((row.last_seq, row.unread), (2, 1), "the answer comes into the same conversation");
}

#[tokio::test]
async fn what_a_carrier_brings_twice_arrives_once() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let tenant = maya.bootstrap().await.me.tenant.id;
    assert!(bench.receive(tenant, "77", 142, 101).await.is_some());
    assert!(bench.receive(tenant, "77", 142, 101).await.is_none());
    assert_eq!(maya.bootstrap().await.conversations[0].last_seq, 1);
}

#[tokio::test]
async fn who_gets_a_number_gets_its_history_as_read_and_who_loses_it_loses_that() {
    let bench = Bench::new().await;
    let rosa = bench.sign_in("1001@atlas").await;
    rosa.text(110, &[101], "Hello").await;
    bench.work().await;
    let kim = bench.sign_in("1003@harbor").await;
    let me = kim.bootstrap().await.me;
    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    assert!(assign(&mut tx, &bench.operator(me.tenant.id), number(101), me.user.id).await.unwrap());
    assert!(!assign(&mut tx, &bench.operator(me.tenant.id), number(101), me.user.id).await.unwrap());
    tx.commit().await.unwrap();
    let start = kim.bootstrap().await;
    assert_eq!((start.me.numbers.len(), start.conversations.len(), start.conversations[0].unread), (1, 1, 0));
    rosa.text(110, &[101], "Still there?").await;
    bench.work().await;
    assert_eq!(kim.bootstrap().await.conversations[0].unread, 1);

    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    assert!(unassign(&mut tx, &bench.operator(me.tenant.id), number(101), me.user.id).await.unwrap());
    tx.commit().await.unwrap();
    assert!(kim.bootstrap().await.conversations.is_empty());
    let kinds: Vec<&str> = kim.events(start.cursor).await.iter().map(kind).collect();
    assert_eq!(kinds, ["message", "numbers", "removed"]);
}

fn kind(event: &halyard_protocol::LoggedEvent) -> &'static str {
    match event.change {
        Change::EntryAdded { .. } => "message",
        Change::NumbersChanged { .. } => "numbers",
        Change::ConversationRemoved { .. } => "removed",
        _ => "other",
    }
}

/// What only the carrier knows.
fn down() -> Failure {
    Failure { cause: None, reason: "The line is down.".to_owned() }
}

/// A carrier that does what the test says, and keeps what it was asked for.
#[derive(Default)]
struct Scripted {
    answers: Mutex<Vec<Result<Submitted, SubmitError>>>,
    asked: Mutex<Vec<OutboundText>>,
}

impl Carrier for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn submit(&self, text: OutboundText) -> Submitting<'_> {
        let answer = self.answers.lock().unwrap().pop();
        self.asked.lock().unwrap().push(text);
        Box::pin(async move { answer.unwrap_or(Err(SubmitError::Temporary(down()))) })
    }
}

fn workers(bench: &Bench, carrier: &Arc<Scripted>) -> Workers {
    let carrier: Arc<dyn Carrier> = Arc::clone(carrier) as Arc<dyn Carrier>;
    let carriers = Carriers::with_on_net(bench.app.store.clone(), carrier);
    Workers::new(bench.app.store.clone(), carriers, bench.app.env.clone(), Arc::default())
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
    let sent = || Ok(Submitted { reference: "x".into(), delivered: false });
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

/// How a carrier fails.
type Fails = fn() -> Submitting<'static>;

/// A carrier that fails for one text, and takes all others.
struct Poisoned(Fails);

impl Carrier for Poisoned {
    fn name(&self) -> &'static str {
        "poisoned"
    }

    fn submit(&self, text: OutboundText) -> Submitting<'_> {
        if text.body == "Poison" {
            return (self.0)();
        }
        Box::pin(async { Ok(Submitted { reference: "x".into(), delivered: true }) })
    }
}

/// What becomes of a text that its carrier fails for, and of the one behind it: their states, and why the job is dead.
async fn poisoned(bench: &Bench, fails: Fails) -> (Vec<DeliveryState>, Vec<String>) {
    let maya = bench.sign_in("1001@harbor").await;
    let carriers = Carriers::with_on_net(bench.app.store.clone(), Arc::new(Poisoned(fails)));
    let workers = Workers::new(bench.app.store.clone(), carriers, bench.app.env.clone(), Arc::default());
    let workers = workers.with_attempt_time(std::time::Duration::from_millis(50));
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
        store::jobs::add(&mut tx, lane, 1, kind, payload, bench.app.env.now()).await.unwrap();
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

#[tokio::test]
async fn a_worker_that_dies_after_bringing_the_text_does_not_double_it() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let rosa = bench.sign_in("1001@atlas").await;
    let sent = maya.text(101, &[110], "Hello").await;
    // It brought the text and died before it could say so.
    let carriers = Carriers::new(bench.app.store.clone(), bench.app.env.clone());
    let text = OutboundText {
        reference: format!("{}.{}.{}", sent.conversation, sent.seq, number(110).value()),
        from: number(101),
        to: number(110),
        others: vec![],
        body: "Hello".into(),
        media: Vec::new(),
    };
    carriers.submit(text).await.unwrap().1.unwrap();
    assert_eq!(bench.work().await, 1);
    assert_eq!(rosa.bootstrap().await.conversations[0].last_seq, 1);
    let last = maya.bootstrap().await.conversations.remove(0).last_message().cloned().unwrap();
    assert_eq!(last.deliveries[0].state, DeliveryState::Delivered);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// However the work is interleaved with the sending, every text arrives once and in order.
    #[test]
    fn every_text_arrives_once_and_in_order(plan in prop::collection::vec(any::<bool>(), 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::new().await;
            let maya = bench.sign_in("1001@harbor").await;
            let rosa = bench.sign_in("1001@atlas").await;
            let mut sent = Vec::new();
            for (n, work) in plan.into_iter().enumerate() {
                let body = format!("Number {n}");
                maya.text(101, &[110], &body).await;
                sent.push(body);
                if work {
                    bench.work().await;
                }
            }
            bench.work().await;
            let id = rosa.bootstrap().await.conversations[0].id;
            let page = rosa.get(&format!("/conversations/{id}/entries")).await.value();
            let arrived: Vec<String> = page["entries"].as_array().unwrap().iter()
                .map(|message| message["body"].as_str().unwrap().to_owned()).collect();
            prop_assert_eq!(arrived, sent);
            Ok(())
        })?;
    }
}
