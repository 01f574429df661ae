//! Texts that come in.

use super::Line;
use super::smsc::deliver;
use crate::testing::bench::Browser;

const PHONE: &str = "16195550142";
const OURS: &str = "16195550101";

fn text(words: &str) -> Vec<u8> {
    deliver(PHONE, OURS, 0, 3, words.as_bytes())
}

fn part(reference: u8, total: u8, part: u8, words: &str) -> Vec<u8> {
    let mut octets = vec![5, 0, 3, reference, total, part];
    octets.extend(words.encode_utf16().flat_map(u16::to_be_bytes));
    deliver(PHONE, OURS, 0x40, 8, &octets)
}

async fn texts(maya: &Browser<'_>) -> Vec<String> {
    let Some(conversation) = maya.bootstrap().await.conversations.pop() else { return Vec::new() };
    let page = maya.get(&format!("/conversations/{}/entries", conversation.id)).await.value();
    let entries = page["entries"].as_array().unwrap();
    entries.iter().map(|entry| entry["body"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn parts_in_any_order_are_a_text() {
    let line = Line::new(&[]).await;
    line.smsc.until(|_| line.is_up()).await;
    let maya = line.bench.sign_in("1001@harbor").await;
    for body in [part(9, 3, 3, "left? ⚓"), part(9, 3, 1, "Is there "), part(9, 3, 1, "Is there "), text("Hello")] {
        line.smsc.bring(&body);
    }
    line.smsc.until(|known| known.answers == [0; 4]).await;
    line.until(async || (texts(&maya).await == ["Hello"]).then_some(())).await;
    line.smsc.bring(&part(9, 3, 2, "a berth "));
    line.smsc.until(|known| known.answers.len() == 5).await;
    line.until(async || (texts(&maya).await == ["Hello", "Is there a berth left? ⚓"]).then_some(())).await;
    line.end().await;
}

#[tokio::test]
async fn what_is_brought_again_counts_once_and_what_is_written_twice_twice() {
    let line = Line::new(&[]).await;
    line.smsc.until(|_| line.is_up()).await;
    let maya = line.bench.sign_in("1001@harbor").await;
    for body in [text("ok"), text("ok"), part(9, 2, 1, "a"), part(9, 2, 2, "b")] {
        line.smsc.bring(&body);
    }
    line.smsc.until(|known| known.answers == [0; 4]).await;
    line.smsc.hang_up();
    line.smsc.bound(2).await;
    line.smsc.until(|_| line.is_up()).await;
    for body in [text("ok"), part(9, 2, 1, "a"), part(9, 2, 2, "b"), text("ok"), text("ok")] {
        line.smsc.bring(&body);
    }
    line.smsc.until(|known| known.answers == [0; 9]).await;
    line.until(async || (texts(&maya).await.len() == 4).then_some(())).await;
    assert_eq!(line.run().await, 0);
    let mut all = texts(&maya).await;
    all.sort();
    assert_eq!(all, ["ab", "ok", "ok", "ok"]);
    line.end().await;
}

#[tokio::test]
async fn what_lacks_parts_arrives_after_three_days() {
    let line = Line::new(&[]).await;
    line.smsc.until(|_| line.is_up()).await;
    line.smsc.bring(&part(9, 3, 2, "a berth"));
    line.smsc.until(|known| known.answers.len() == 1).await;
    line.bench.test.pass(3 * crate::app::DAY);
    crate::upkeep::tidy(&line.bench.app).await.unwrap();
    assert_eq!(line.run().await, 0);
    line.bench.test.pass(1);
    crate::upkeep::tidy(&line.bench.app).await.unwrap();
    line.run().await;
    let maya = line.bench.sign_in("1001@harbor").await;
    assert_eq!(texts(&maya).await, ["[…]a berth[…]"]);
    line.end().await;
}

#[tokio::test]
async fn what_can_not_be_kept_is_asked_for_again() {
    let line = Line::new(&[]).await;
    line.smsc.until(|_| line.is_up()).await;
    let mut tx = line.bench.app.store.write_system().await.unwrap();
    tx.run("ALTER TABLE sms_arrivals RENAME TO away", Vec::new()).await.unwrap();
    tx.commit().await.unwrap();
    line.smsc.bring(&text("Hello"));
    line.smsc.until(|known| known.answers == [0x64]).await;
    let mut tx = line.bench.app.store.write_system().await.unwrap();
    tx.run("ALTER TABLE away RENAME TO sms_arrivals", Vec::new()).await.unwrap();
    tx.commit().await.unwrap();
    line.smsc.bring(&text("Hello"));
    line.smsc.until(|known| known.answers == [0x64, 0]).await;
    let maya = line.bench.sign_in("1001@harbor").await;
    line.until(async || (texts(&maya).await == ["Hello"]).then_some(())).await;
    line.end().await;
}

/// What is being kept waits for the business's other writers while the connection drops: the SMSC has heard nothing, and brings it again.
#[tokio::test]
async fn what_waits_to_be_kept_while_its_connection_drops_counts_once() {
    let line = Line::new(&[]).await;
    line.smsc.until(|_| line.is_up()).await;
    let maya = line.bench.sign_in("1001@harbor").await;
    let held = line.bench.app.store.write(maya.bootstrap().await.me.tenant.id).await.unwrap();
    // Of several people, so that they wait in several lanes.
    let all: Vec<Vec<u8>> =
        (0..6).map(|person| deliver(&format!("1619555015{person}"), OURS, 0, 3, b"Hello")).collect();
    for body in &all {
        line.smsc.bring(body);
    }
    line.smsc.hang_up();
    line.smsc.bound(2).await;
    line.smsc.until(|_| line.is_up()).await;
    drop(held);
    for body in &all {
        line.smsc.bring(body);
    }
    line.smsc.until(|known| known.answers == [0; 6]).await;
    line.until(async || (maya.bootstrap().await.conversations.len() == 6).then_some(())).await;
    assert_eq!(line.run().await, 0);
    let kept: Vec<u64> = maya.bootstrap().await.conversations.iter().map(|one| one.last_seq).collect();
    assert_eq!(kept, [1; 6], "each of them once");
    line.end().await;
}
