//! Texts on their way, from Enter to the other phone.

use std::time::Duration;

use halyard_carriers::sms::{Coding, Piece};
use halyard_carriers::{Address, Kind};
use halyard_protocol::{
    Author, Capabilities, CarrierAccountId, CauseCode, Change, ConversationKey, ConversationKind, DeliveryState,
    Destination, ErrorCode, Peer, SmsNumber,
};
use proptest::prelude::*;

use super::pieces::{self, Over, Part};
use crate::app::App;
use crate::carriers::{Carriers, OutboundText};
use crate::operations::numbers::{assign, unassign};
use crate::store::{self, carrier_accounts::AccountRecord};
use crate::testing::bench::{Bench, Browser, around, number, png};

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
async fn what_becomes_of_a_text_is_told_to_everybody_who_shares_the_number() {
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
    // The entry is told as it is when the log is read. Its carrier delivered it at once, which is one step.
    assert_eq!(states, [DeliveryState::Delivered, DeliveryState::Delivered]);
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
    let capabilities = Capabilities { sms: true, mms: false, group_recipients: 0, short_codes: false };
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
        let to = Destination::new(Some(number(from)), vec![Peer::Number(number(111))]);
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
    assert_eq!(kinds, ["unknown", "numbers", "removed"], "the message is not theirs any more");
}

fn kind(event: &halyard_protocol::LoggedEvent) -> &'static str {
    match event.change {
        Change::Unknown => "unknown",
        Change::NumbersChanged { .. } => "numbers",
        Change::ConversationRemoved { .. } => "removed",
        _ => "other",
    }
}

#[tokio::test]
async fn a_worker_that_dies_after_bringing_the_text_does_not_double_it() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let rosa = bench.sign_in("1001@atlas").await;
    let sent = maya.text(101, &[110], "Hello").await;
    // It brought the text and died before it could say so.
    let carriers = Carriers::new(around(&bench));
    let text = OutboundText {
        reference: format!("{}.{}.{}", sent.conversation, sent.seq, number(110).value()),
        from: number(101),
        to: vec![number(110)],
        others: vec![],
        body: "Hello".into(),
        media: Vec::new(),
    };
    carriers.of(&[number(110)], None).await.unwrap().unwrap().submit(text.into()).await.unwrap();
    assert_eq!(bench.work().await, 1);
    assert_eq!(rosa.bootstrap().await.conversations[0].last_seq, 1);
    let last = maya.bootstrap().await.conversations.remove(0).last_message().cloned().unwrap();
    assert_eq!(last.deliveries[0].state, DeliveryState::Delivered);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::testing::again::cases(12), failure_persistence: None, ..ProptestConfig::default() })]

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

/// The carrier hears that it was taken only when it is committed: what waits long for that may come again all the same.
#[tokio::test]
async fn what_waits_for_its_turn_to_be_kept_may_come_again_for_as_long_as_anything_else() {
    let bench = Bench::new().await;
    let App { store, env, .. } = &*bench.app;
    let maya = bench.sign_in("1001@harbor").await;
    let record = AccountRecord {
        id: CarrierAccountId(env.ulid()),
        tenant: None,
        kind: Kind::Smpp,
        name: "SMSC".to_owned(),
        settings: std::collections::BTreeMap::new(),
        secrets: std::collections::BTreeMap::new(),
        webhook: "word".to_owned(),
    };
    let take_in = |connection| {
        let (store, env, record) = (store.clone(), env.clone(), record.clone());
        let piece = Piece { coding: Coding::Latin1, octets: b"Hello".to_vec() };
        let (from, fingerprint) = (Address::Number(number(142)), "the same".to_owned());
        let part = Part { from, to: number(101), concat: None, piece, fingerprint };
        let over = Over { connection, silence: Duration::from_secs(120) };
        async move { pieces::take_in(&store, &env, &record, over, part).await.unwrap() }
    };
    let [first, second] = [env.ulid(), env.ulid()];
    let held = store.write(maya.bootstrap().await.me.tenant.id).await.unwrap();
    let waits = tokio::spawn(take_in(first));
    // It has begun.
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
    bench.test.pass(20_000);
    drop(held);
    waits.await.unwrap();
    // The carrier was heard of a moment ago, and then its connection ends.
    pieces::settle(store, first, env.now().plus(-5_000)).await.unwrap();
    pieces::end_connection(store, first).await.unwrap();
    take_in(second).await;
    assert_eq!(store::jobs::count(&mut store.read().await.unwrap()).await.unwrap(), 1, "it is kept once");
}
