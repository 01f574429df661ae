//! Texts to phones outside.

use halyard_protocol::CauseCode;
use reqwest::Method;

use super::*;
use crate::testing::bench::{png, to_numbers};

#[tokio::test]
async fn a_text_is_sent_and_delivered() {
    let outside = Outside::new().await;
    let maya = outside.bench.sign_in("1001@harbor").await;
    let message = maya.text(101, &[210], "Your slip is ready").await;
    outside.settle().await;
    assert_eq!(outside.delivery(&message).await.state, DeliveryState::Delivered);
    assert_eq!(outside.told(&message).await, [DeliveryState::Sent, DeliveryState::Delivered]);
    let state = outside.state().await;
    assert_eq!(state["texts"][0]["body"], "Your slip is ready");
    assert_eq!(state["texts"][0]["states"][0]["state"], "delivered");
    assert_eq!(state["lines"][0]["number"], "+16195550101");
    assert_eq!(outside.counts(&message, 210).await, (1, 1));
}

#[tokio::test]
async fn pictures_arrive_at_the_phone_byte_by_byte() {
    let outside = Outside::new().await;
    let maya = outside.bench.sign_in("1001@harbor").await;
    let (id, picture) = (outside.bench.media_id(), png(4, 3));
    assert_eq!(maya.give(id, "map.png", picture.clone()).await.status, 200);
    let answer = maya.send_with(outside.bench.message_id(), to_numbers(101, &[210]), "", &[id]).await;
    let message: Message = answer.json();
    outside.settle().await;
    assert_eq!(outside.delivery(&message).await.state, DeliveryState::Delivered);
    let state = outside.state().await;
    let file = &state["texts"][0]["files"][0];
    assert_eq!(file["kind"], "png");
    let (status, content) =
        outside.ask(Method::GET, &format!("/media/{}", file["id"].as_str().unwrap()), Value::Null).await;
    assert_eq!((status, content), (200, picture));
}

#[tokio::test]
async fn what_a_phone_refuses_and_what_does_not_reach_it_says_why() {
    let outside = Outside::new().await;
    let maya = outside.bench.sign_in("1001@harbor").await;
    for (phone, code, told) in [
        (200, CauseCode::NumberNotReached, &[DeliveryState::Sent, DeliveryState::Failed][..]),
        (201, CauseCode::NumberCannotReceiveTexts, &[DeliveryState::Failed]),
        (206, CauseCode::RecipientOptedOut, &[DeliveryState::Failed]),
    ] {
        let message = maya.text(101, &[phone], "Hello").await;
        outside.settle().await;
        let delivery = outside.delivery(&message).await;
        assert_eq!(delivery.state, DeliveryState::Failed, "{phone}");
        assert_eq!(delivery.cause.map(|cause| cause.code), Some(code), "{phone}");
        assert!(delivery.reason.unwrap().contains("Simulated"), "{phone}");
        assert_eq!(outside.told(&message).await, told, "{phone}");
    }
}

#[tokio::test]
async fn what_is_never_confirmed_stays_sent() {
    let outside = Outside::new().await;
    let message = outside.bench.sign_in("1001@harbor").await.text(101, &[202], "Hello").await;
    outside.settle().await;
    assert_eq!(outside.delivery(&message).await.state, DeliveryState::Sent);
}

#[tokio::test]
async fn a_text_whose_answer_is_lost_is_looked_up_and_taken_once() {
    let outside = Outside::new().await;
    let message = outside.bench.sign_in("1001@harbor").await.text(101, &[204], "Once").await;
    outside.settle().await;
    assert_eq!(outside.delivery(&message).await.state, DeliveryState::Delivered);
    assert_eq!(outside.counts(&message, 204).await, (1, 1));
}

#[tokio::test]
async fn a_text_that_comes_too_often_is_taken_once_in_the_end() {
    let outside = Outside::new().await;
    let message = outside.bench.sign_in("1001@harbor").await.text(101, &[205], "Slowly").await;
    outside.settle().await;
    for submitted in 1..=2 {
        assert_eq!(outside.counts(&message, 205).await, (submitted, 0));
        assert_eq!(outside.delivery(&message).await.state, DeliveryState::Accepted);
        outside.bench.test.pass(1_000);
        outside.settle().await;
    }
    assert_eq!(outside.counts(&message, 205).await, (3, 1));
    assert_eq!(outside.delivery(&message).await.state, DeliveryState::Delivered);
}

#[tokio::test]
async fn a_group_outside_gets_one_submission_and_each_phone_says_how_far_it_is() {
    let outside = Outside::new().await;
    let message = outside.bench.sign_in("1001@harbor").await.text(101, &[200, 202, 210], "Race on Sunday").await;
    outside.settle().await;
    let states: Vec<DeliveryState> = outside.deliveries(&message).await.iter().map(|delivery| delivery.state).collect();
    assert_eq!(states, [DeliveryState::Failed, DeliveryState::Sent, DeliveryState::Delivered]);
    let state = outside.state().await;
    assert_eq!(state["texts"].as_array().unwrap().len(), 1);
    assert_eq!(state["texts"][0]["to"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn receipts_in_any_order_never_move_a_text_back() {
    let outside = Outside::new().await;
    let maya = outside.bench.sign_in("1001@harbor").await;
    outside.order(Method::PUT, "/control/hold", json!({ "hold": true })).await;
    let message = maya.text(101, &[210], "Hello").await;
    outside.settle().await;
    assert_eq!(outside.delivery(&message).await.state, DeliveryState::Sent, "the carrier has taken it");
    let state = outside.state().await;
    assert_eq!(state["held"], 2);
    let path = format!("/control/texts/{}/receipts", state["texts"][0]["id"].as_str().unwrap());
    for receipt in ["delivered", "sent", "queued", "failed", "delivered", "sent"] {
        outside.order(Method::POST, &path, json!({ "state": receipt, "code": "unreachable" })).await;
        outside.settle().await;
        assert_eq!(outside.delivery(&message).await.state, DeliveryState::Delivered, "{receipt}");
    }
    // Days later come those that were held, and the last one again.
    outside.bench.test.pass(3 * 24 * 3_600_000);
    outside.order(Method::PUT, "/control/hold", json!({ "hold": false })).await;
    outside.settle().await;
    outside.order(Method::POST, &path.replace("/receipts", "/again"), Value::Null).await;
    outside.settle().await;
    assert_eq!(outside.delivery(&message).await.state, DeliveryState::Delivered);
    assert_eq!(
        outside.told(&message).await,
        [DeliveryState::Sent, DeliveryState::Delivered],
        "and nobody heard otherwise"
    );
    let reports = outside.state().await["texts"][0]["reports"].as_array().unwrap().clone();
    assert_eq!(reports.len(), 9);
    assert!(reports.iter().all(|report| report["told"] == "taken"), "{reports:?}");
}

#[tokio::test]
async fn a_report_may_come_before_the_answer() {
    let outside = Outside::new().await;
    let maya = outside.bench.sign_in("1001@harbor").await;
    outside.order(Method::PUT, "/control/phones/+16195550210", json!({ "behavior": "reports_first" })).await;
    let message = maya.text(101, &[210], "Hello").await;
    let mut versions = outside.simulator.version.subscribe();
    let early = async {
        // As soon as Halyard has taken the first report it is worked on, while the submission has no answer yet.
        let is_told = |book: &Book| {
            book.texts().iter().any(|text| text.reports.iter().any(|report| report.told == book::Told::Taken))
        };
        while !outside.simulator.read(is_told) {
            versions.changed().await.unwrap();
        }
        outside.bench.work().await;
    };
    tokio::join!(outside.bench.work(), early);
    outside.settle().await;
    assert_eq!(outside.delivery(&message).await.state, DeliveryState::Delivered);
    assert_eq!(outside.counts(&message, 210).await, (1, 1));
    let told = outside.told(&message).await;
    assert!(told.ends_with(&[DeliveryState::Delivered]) && told.len() <= 2, "{told:?}");
}
