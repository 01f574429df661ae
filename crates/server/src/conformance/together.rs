//! Texts that are asked about together where that is quicker: they are as each alone would be.

use futures_util::future::join_all;
use halyard_protocol::{CauseCode, Entry, MessageId};

use super::*;
use crate::store::jobs::Queue;
use crate::testing::bench::to_numbers;

/// How many texts are sent at once.
const TEXTS: usize = 40;

pub(super) async fn texts_that_are_sent_at_once_are_accepted_once_each(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let first = maya.text(101, &[142], "The first one").await;
    let before = devon.bootstrap().await.cursor;
    let ids: Vec<MessageId> = (0..TEXTS).map(|_| bench.message_id()).collect();
    // Each comes twice, as after a lost answer, and every second one is a colleague's.
    let send = |n: usize| {
        let author = if (n % TEXTS).is_multiple_of(2) { &maya } else { &devon };
        let id = ids[n % TEXTS];
        async move { author.send(id, to_numbers(101, &[142]), &format!("Text {}", n % TEXTS)).await }
    };
    let answers = join_all((0..2 * TEXTS).map(send)).await;
    let mut places = Vec::new();
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(answer.status, 202, "{answer:?}");
        let message: Message = answer.json();
        assert_eq!((message.id, message.conversation), (ids[n % TEXTS], first.conversation));
        assert_eq!(message.deliveries.len(), 1);
        assert_eq!((message.deliveries[0].to, message.deliveries[0].state), (number(142), DeliveryState::Accepted));
        places.push(message.seq);
    }
    assert_eq!(places[..TEXTS], places[TEXTS..], "the same answer however often it comes");
    places.truncate(TEXTS);
    places.sort_unstable();
    assert_eq!(places, (2..2 + TEXTS as u64).collect::<Vec<_>>(), "without gaps");
    let told: Vec<u64> = devon
        .events(before)
        .await
        .into_iter()
        .filter_map(|event| match event.change {
            Change::EntryAdded { entry, .. } => Some(entry.seq()),
            _ => None,
        })
        .collect();
    assert_eq!(told, places, "in the order of the places, once each");
    let mut tx = bench.app.store.read().await.unwrap();
    let texts = "SELECT COUNT(*) AS jobs, COUNT(due_at) AS due, COUNT(DISTINCT position) AS places FROM jobs";
    let jobs = tx.one(texts, args![]).await.unwrap();
    let all = TEXTS as u64 + 1;
    assert_eq!((jobs.count("jobs").unwrap(), jobs.count("places").unwrap()), (all, all), "one job each");
    assert_eq!(jobs.count("due").unwrap(), 1, "the first of the lane");
    let used = tx.one("SELECT MAX(in_day) AS texts FROM usage", args![]).await.unwrap();
    assert_eq!(used.count("texts").unwrap(), all, "counted once");
    drop(tx);
    // No carrier is there: each fails, in its turn.
    assert_eq!(bench.work().await, TEXTS + 1);
    let page: EntriesPage = maya.get(&format!("/conversations/{}/entries", first.conversation)).await.json();
    let failed =
        |entry: &Entry| entry.message().is_some_and(|message| message.deliveries[0].state == DeliveryState::Failed);
    assert!(!page.entries.is_empty() && page.entries.iter().all(failed));
}

pub(super) async fn texts_between_tenants_at_once_arrive_once_each_in_order(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    maya.text(101, &[110], "The first one").await;
    bench.work().await;
    let texts: Vec<String> = (0..TEXTS).map(|n| format!("Text {n}")).collect();
    for text in &texts {
        maya.text(101, &[110], text).await;
    }
    assert_eq!(bench.work().await, TEXTS);
    let theirs = rosa.bootstrap().await.conversations.remove(0);
    assert_eq!((theirs.last_seq, theirs.unread as usize), (TEXTS as u64 + 1, TEXTS + 1));
    let page: EntriesPage = rosa.get(&format!("/conversations/{}/entries", theirs.id)).await.json();
    let came: Vec<&str> = page.entries.iter().filter_map(Entry::message).map(|it| it.body.as_str()).collect();
    let all: Vec<&str> = std::iter::once("The first one").chain(texts.iter().map(String::as_str)).collect();
    assert!(all.ends_with(&came) && came.len() > TEXTS / 2, "{came:?}");
    let mine = maya.bootstrap().await.conversations.remove(0);
    assert_eq!(mine.last_message().unwrap().deliveries[0].state, DeliveryState::Delivered);
}

/// What a number may not send is refused with the reason, also where its conversation is there.
pub(super) async fn a_text_is_refused_where_its_conversation_is_there(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let me = maya.bootstrap().await.me;
    let text = async || maya.send(bench.message_id(), to_numbers(101, &[142]), "Hello").await;
    assert_eq!(text().await.status, 202);
    assert_eq!(text().await.status, 202);
    let set = async |sql: &'static str| {
        let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
        tx.run(sql, args![number(101)]).await.unwrap();
        tx.commit().await.unwrap();
    };
    set("UPDATE sms_numbers SET sms = FALSE WHERE number = $1").await;
    assert_eq!(text().await.code(), ErrorCode::InvalidRecipients, "it takes no texts");
    set("UPDATE sms_numbers SET sms = TRUE WHERE number = $1").await;
    set("INSERT INTO opt_outs (own_number, recipient, source, at) VALUES ($1, '+16195550142', 'reply', 1)").await;
    assert_eq!(text().await.cause(), CauseCode::RecipientOptedOut);
    set("DELETE FROM opt_outs WHERE own_number = $1").await;
    set("INSERT INTO carrier_accounts (id, kind, name, settings, secrets, webhook, created_at)
         VALUES ('01J9ZK4T6Q8Y2M0C5R7W3X1B9D', 'simulator', '', '{}', '{}', $1, 1)")
    .await;
    set("UPDATE sms_numbers SET account = '01J9ZK4T6Q8Y2M0C5R7W3X1B9D' WHERE number = $1").await;
    assert_eq!(text().await.status, 202, "to the business's own country");
    set("UPDATE tenants SET countries = '44,49' WHERE id = (SELECT tenant FROM sms_numbers WHERE number = $1)").await;
    assert_eq!(text().await.cause(), CauseCode::CountryNotAllowed);
    set("UPDATE tenants SET countries = '44,1' WHERE id = (SELECT tenant FROM sms_numbers WHERE number = $1)").await;
    assert_eq!(text().await.status, 202);
    set("UPDATE memberships SET hidden = TRUE WHERE conversation IN (SELECT id FROM conversations WHERE own_number = $1)")
        .await;
    assert_eq!(text().await.status, 202);
    assert_eq!(maya.bootstrap().await.conversations.len(), 1, "the conversation is back");
    let mut tx = bench.app.store.read().await.unwrap();
    let jobs = tx.all("SELECT tenant FROM jobs ORDER BY position", args![]).await.unwrap();
    let queues: Vec<Option<Queue>> = jobs.iter().map(|job| Queue::read(&job.text("tenant").unwrap())).collect();
    let tenant = me.tenant.id;
    let line = Queue::Line { tenant, account: "01J9ZK4T6Q8Y2M0C5R7W3X1B9D".parse().unwrap(), number: number(101) };
    let expected = [Queue::Tenant(tenant), Queue::Tenant(tenant), line, line, line].map(Some);
    assert_eq!(queues, expected, "each in the queue of who carries it");
}
