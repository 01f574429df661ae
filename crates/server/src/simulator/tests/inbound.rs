//! Texts of phones outside.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use codec_core::codecs::amr::AmrVariant;
use halyard_carriers::Address;
use halyard_protocol::{Author, MediaKind};
use reqwest::Method;

use super::*;
use crate::media::amr::tests::recording;

fn texts() -> &'static str {
    "/control/texts"
}

#[tokio::test]
async fn a_phone_writes_with_a_picture() {
    let outside = Outside::new().await;
    let new = json!({ "from": number(210), "to": number(101), "body": "Look", "sample": true });
    outside.order(Method::POST, texts(), new).await;
    outside.settle().await;
    let [message] = &outside.messages(&[210]).await[..] else { panic!("one message") };
    assert_eq!((message.body.as_str(), message.author), ("Look", Author::Number(number(210))));
    assert_eq!(message.media[0].kind, MediaKind::Jpeg);
    assert!(message.media[0].width > 0);
    assert_eq!(outside.state().await["texts"][0]["reports"][0]["told"], "taken");
}

#[tokio::test]
async fn a_phones_recording_plays() {
    let outside = Outside::new().await;
    let file = BASE64.encode(recording(AmrVariant::WideBand, 2, 10));
    let new = json!({ "from": number(210), "to": number(101), "files": [file] });
    outside.order(Method::POST, texts(), new).await;
    outside.settle().await;
    let [message] = &outside.messages(&[210]).await[..] else { panic!("one message") };
    let [media] = &message.media[..] else { panic!("one file") };
    // 200 ms at 16 kHz.
    assert_eq!((media.kind, media.size), (MediaKind::Wav, 44 + 6_400));
    let shown = outside.bench.sign_in("1001@harbor").await.open(&media.path(), None).await;
    assert_eq!(shown.headers["content-type"], "audio/wav");
    assert!(shown.headers["content-disposition"].to_str().unwrap().starts_with("inline"));
    assert_eq!(MediaKind::of(&shown.body), Some(MediaKind::Wav));
}

/// The database fails for a moment while the picture is kept: it is no fault of the picture's.
#[tokio::test]
async fn a_picture_outlives_an_attempt_that_fails() {
    let outside = Outside::new().await;
    let rename = async |sql| {
        let mut tx = outside.bench.app.store.write_system().await.unwrap();
        tx.run(sql, Vec::new()).await.unwrap();
        tx.commit().await.unwrap();
    };
    rename("ALTER TABLE media_contents RENAME TO away").await;
    let new = json!({ "from": number(210), "to": number(101), "body": "Look", "sample": true });
    outside.order(Method::POST, texts(), new).await;
    outside.settle().await;
    assert!(outside.messages(&[210]).await.is_empty());
    rename("ALTER TABLE away RENAME TO media_contents").await;
    outside.bench.test.pass(1_000);
    outside.settle().await;
    let [message] = &outside.messages(&[210]).await[..] else { panic!("one message") };
    assert_eq!(message.media.len(), 1);
}

#[tokio::test]
async fn a_group_of_phones_is_one_conversation() {
    let outside = Outside::new().await;
    for (from, others) in [(210, [211, 212]), (212, [211, 210])] {
        let others = others.map(number);
        let new = json!({ "from": number(from), "to": number(101), "others": others, "body": format!("I am {from}") });
        outside.order(Method::POST, texts(), new).await;
        outside.settle().await;
    }
    let messages = outside.messages(&[210, 211, 212]).await;
    let authors: Vec<Author> = messages.iter().map(|message| message.author).collect();
    assert_eq!(authors, [Author::Number(number(210)), Author::Number(number(212))]);
    assert!(outside.messages(&[210]).await.is_empty());
    // The answer goes to all three.
    let maya = outside.bench.sign_in("1001@harbor").await;
    let answer = maya.text(101, &[210, 211, 212], "Welcome").await;
    outside.settle().await;
    assert!(outside.deliveries(&answer).await.iter().all(|delivery| delivery.state == DeliveryState::Delivered));
}

#[tokio::test]
async fn what_is_brought_again_arrives_once() {
    let outside = Outside::new().await;
    let new = json!({ "from": number(210), "to": number(101), "body": "Once" });
    outside.order(Method::POST, texts(), new).await;
    let id = outside.state().await["texts"][0]["id"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        outside.order(Method::POST, &format!("/control/texts/{id}/again"), Value::Null).await;
    }
    outside.settle().await;
    // And once more when all was worked on, a day later.
    outside.bench.test.pass(24 * 3_600_000);
    outside.order(Method::POST, &format!("/control/texts/{id}/again"), Value::Null).await;
    outside.settle().await;
    assert_eq!(outside.messages(&[210]).await.len(), 1);
    assert_eq!(outside.state().await["texts"][0]["reports"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_phone_answers_by_itself() {
    let outside = Outside::new().await;
    outside.bench.sign_in("1001@harbor").await.text(101, &[203], "Hello").await;
    outside.settle().await;
    let bodies: Vec<String> = outside.messages(&[203]).await.into_iter().map(|message| message.body).collect();
    assert_eq!(bodies, ["Hello", "You said: Hello"]);
}

#[tokio::test]
async fn what_another_one_signed_is_refused_and_tried_again() {
    let outside = Outside::new().await;
    let webhook = outside.bench.app.carriers.links().webhook(&outside.account);
    let options = Options { token: "another".to_owned(), webhook, pace: AT_ONCE, phones: Vec::new() };
    let other = Simulator::new(outside.bench.app.env.clone(), options, CancellationToken::new()).unwrap();
    other.address.set(outside.api.trim_start_matches("http://").parse().unwrap()).unwrap();
    let written = webhooks::Written {
        from: Address::Number(number(210)),
        to: number(101),
        others: Vec::new(),
        body: "Forged".to_owned(),
        files: Vec::new(),
    };
    let id = webhooks::write(&other, written);
    webhooks::bring(&other, &id).await;
    outside.settle().await;
    assert!(outside.messages(&[210]).await.is_empty());
    let told = other.read(|book| book.text(&id).map(|text| (text.reports[0].told, text.reports[0].tries)));
    assert_eq!(told, Some((book::Told::Refused(403), 5)));
}
