//! Texts on their way out.

use std::sync::Arc;
use std::time::Duration;

use halyard_protocol::DeliveryState;
use tokio::net::TcpListener;

use super::smsc::{BIND_TRANSMITTER, Does, Smsc, receipt};
use super::{Line, delivery};
use crate::store::{self, sms_parts};
use crate::testing::bench::number;

const THROTTLED: u32 = 0x58;

#[tokio::test]
async fn a_text_leaves_and_its_receipt_comes_back() {
    let line = Line::new(&[]).await;
    line.smsc.until(|_| line.is_up()).await;
    let maya = line.bench.sign_in("1001@harbor").await;
    let text = maya.text(101, &[142], "Do you have a bearing?").await;
    line.run().await;
    assert_eq!(delivery(&maya, &text).await.state, DeliveryState::Sent);
    let part = line.smsc.known.lock().unwrap().parts[0].clone();
    assert_eq!((part.to.as_str(), part.esm_class, part.data_coding), ("16195550142", 0, 0));
    assert_eq!(part.octets, b"Do you have a bearing?");
    line.smsc.bring(&receipt("16195550142", "16195550101", "m1", "DELIVRD"));
    line.until(async || (delivery(&maya, &text).await.state == DeliveryState::Delivered).then_some(())).await;
    line.smsc.until(|known| known.answers == [0]).await;
    line.end().await;
}

#[tokio::test]
async fn a_receipt_may_write_the_reference_and_the_recipient_in_another_way() {
    let line = Line::new(&[]).await;
    line.smsc.until(|_| line.is_up()).await;
    let maya = line.bench.sign_in("1001@harbor").await;
    let text = maya.text(101, &[142], "Hello").await;
    line.run().await;
    line.smsc.bring(&receipt("016195550142", "16195550101", "m1", "UNDELIV"));
    let failed =
        line.until(async || Some(delivery(&maya, &text).await).filter(|d| d.state == DeliveryState::Failed)).await;
    assert_eq!(failed.reason.as_deref(), Some("The message can't be delivered."));
    line.end().await;
}

#[tokio::test]
async fn only_the_parts_that_were_not_taken_leave_again() {
    let line = Line::new(&[]).await;
    line.smsc.until(|_| line.is_up()).await;
    line.smsc.will(&[Does::Says(0), Does::Says(THROTTLED)]);
    let maya = line.bench.sign_in("1001@harbor").await;
    let text = maya.text(101, &[142], &"⚓".repeat(100)).await;
    line.run().await;
    assert_eq!(delivery(&maya, &text).await.state, DeliveryState::Accepted);
    let mut tx = line.bench.app.store.read().await.unwrap();
    let reference = format!("{}.{}.{}", text.conversation, text.seq, number(142).value());
    assert_eq!(sms_parts::taken(&mut tx, line.account.id, &reference).await.unwrap(), [(1, "m1".to_owned())]);
    drop(tx);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    line.bench.test.pass(60_000);
    line.run().await;
    assert_eq!(delivery(&maya, &text).await.state, DeliveryState::Sent);
    let parts = line.smsc.known.lock().unwrap().parts.clone();
    let headers: Vec<&[u8]> = parts.iter().map(|part| &part.octets[4..6]).collect();
    assert_eq!(headers, [[2, 1], [2, 2]]);
    assert!(parts.iter().all(|part| part.esm_class == 0x40 && part.data_coding == 8));
    let mut tx = line.bench.app.store.read().await.unwrap();
    for id in ["m1", "m2"] {
        assert_eq!(store::carrier_references::find(&mut tx, line.account.id, id).await.unwrap().len(), 1, "{id}");
    }
    drop(tx);
    line.end().await;
}

#[tokio::test]
async fn what_may_have_left_is_not_sent_again() {
    let line = Line::new(&[("bind", "separate")]).await;
    line.smsc.until(|_| line.is_up()).await;
    line.smsc.will(&[Does::HangsUp]);
    let maya = line.bench.sign_in("1001@harbor").await;
    let text = maya.text(101, &[142], "Hello").await;
    line.run().await;
    assert_eq!(delivery(&maya, &text).await.state, DeliveryState::Unconfirmed);
    line.smsc.until(|known| known.binds.iter().filter(|(kind, ..)| *kind == BIND_TRANSMITTER).count() == 2).await;
    line.bench.test.pass(3_600_000);
    line.run().await;
    assert_eq!(line.smsc.known.lock().unwrap().parts.len(), 1);
    line.end().await;
}

#[tokio::test]
async fn an_answer_that_comes_late_confirms_the_text() {
    let line = Line::new(&[("response_seconds", "5")]).await;
    line.smsc.until(|_| line.is_up()).await;
    line.smsc.will(&[Does::SaysLate(Duration::from_secs(6))]);
    let maya = line.bench.sign_in("1001@harbor").await;
    let text = maya.text(101, &[142], "Hello").await;
    line.run().await;
    assert_eq!(delivery(&maya, &text).await.state, DeliveryState::Unconfirmed);
    line.until(async || (delivery(&maya, &text).await.state == DeliveryState::Sent).then_some(())).await;
    line.smsc.bring(&receipt("16195550142", "16195550101", "m1", "DELIVRD"));
    line.until(async || (delivery(&maya, &text).await.state == DeliveryState::Delivered).then_some(())).await;
    line.end().await;
}

#[tokio::test]
async fn who_can_not_send_hears_why() {
    let smsc = super::Smsc::start().await;
    smsc.known.lock().unwrap().bind_status = 0x0e;
    let mut line = Line::at(smsc, &[]).await;
    line.smsc.until(|known| known.binds.len() == 1 && known.open == 0).await;
    let maya = line.bench.sign_in("1001@harbor").await;
    let text = maya.text(101, &[142], "Hello").await;
    for _ in 0..14 {
        line.run().await;
        line.bench.test.pass(3_600_000);
    }
    let maya = line.bench.sign_in("1001@harbor").await;
    let failed = delivery(&maya, &text).await;
    assert_eq!(failed.state, DeliveryState::Failed);
    assert_eq!(failed.reason.as_deref(), Some("The connection to the carrier is down: the password is wrong."));
    assert_eq!(line.smsc.known.lock().unwrap().binds.len(), 1, "it is not tried often");
    // Mended, it is tried at once.
    line.smsc.known.lock().unwrap().bind_status = 0;
    line.replace(&[], "gale").await;
    line.smsc.until(|_| line.is_up()).await;
    let maya = line.bench.sign_in("1001@harbor").await;
    let text = maya.text(101, &[142], "Hello again").await;
    line.run().await;
    assert_eq!(delivery(&maya, &text).await.state, DeliveryState::Sent);
    line.end().await;
}

#[tokio::test]
async fn what_the_carrier_refuses_has_failed() {
    let line = Line::new(&[]).await;
    line.smsc.until(|_| line.is_up()).await;
    line.smsc.will(&[Does::Says(0x0b)]);
    let maya = line.bench.sign_in("1001@harbor").await;
    let text = maya.text(101, &[142], "Hello").await;
    line.run().await;
    let failed = delivery(&maya, &text).await;
    assert_eq!(failed.state, DeliveryState::Failed);
    assert_eq!(failed.reason.as_deref(), Some("0x0000000B: The carrier does not take the recipient's number."));
    line.end().await;
}

/// Its server dies while the login is not answered yet: it is known that the text has not left.
#[tokio::test]
async fn a_text_that_waits_for_its_session_is_not_in_doubt() {
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let smsc = Smsc { port: mute.local_addr().unwrap().port(), known: Arc::default() };
    let line = Line::at(smsc, &[]).await;
    let connection = mute.accept().await.unwrap();
    let maya = line.bench.sign_in("1001@harbor").await;
    let text = maya.text(101, &[142], "Hello").await;
    let workers = line.workers.clone().with_times(Duration::from_millis(200), Duration::from_secs(60));
    for _ in 0..2 {
        assert_eq!(workers.run_due().await.unwrap(), 1);
        line.bench.test.pass(5_000);
    }
    assert_eq!(delivery(&maya, &text).await.state, DeliveryState::Accepted);
    drop(connection);
    line.end().await;
}
