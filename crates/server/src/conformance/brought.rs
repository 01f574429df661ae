//! Texts that carriers bring: groups that this system reaches itself, files that are slow to come, and how those are told who opted out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use halyard_carriers::Kind;
use halyard_protocol::{Author, CarrierAccountId, CauseCode, Entry, ErrorBody};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::carriers::{Line, timeline};
use super::*;
use crate::operations::messaging::consent::{self, Source};
use crate::store::carrier_accounts::AccountRecord;
use crate::testing::bench::to_numbers;

fn group_text(id: &str, from: u16, body: &str) -> Value {
    json!({ "type": "inbound", "id": id, "from": number(from), "to": number(101), "others": [number(142)], "body": body })
}

/// A carrier shows a group to all who are in it, also to those whom this system has reached itself. But a number of this system may be used
/// elsewhere as well, and what is sent there only the carrier brings.
pub(super) async fn a_group_text_between_own_numbers_arrives_once_whichever_way_it_comes(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    let line = Line::add(bench, &maya).await;
    let bring = async |id: &str, body: &str| {
        assert_eq!(line.bring(&[group_text(id, 110, body)]).await, 204);
        for _ in 0..3 {
            while bench.work().await > 0 {}
            bench.test.pass(3_000);
        }
    };
    bring("1", "From another system").await;
    assert_eq!(timeline(&maya).await, ["From another system"], "the sender's number is used elsewhere, too");
    let send = async |body: &str| {
        assert_eq!(rosa.send(bench.message_id(), to_numbers(110, &[101, 142]), body).await.status, 202);
    };
    send("It\u{2019}s high tide").await;
    // The carrier writes signs in its own way, and may bring a text before this system has brought it, and again.
    bring("2", "It's high tide").await;
    bring("2", "It's high tide").await;
    assert_eq!(timeline(&maya).await[1..], ["It\u{2019}s high tide"]);
    send("ok").await;
    while bench.work().await > 0 {}
    send("ok").await;
    for id in ["3", "4", "4", "3"] {
        bring(id, "ok").await;
    }
    assert_eq!(timeline(&maya).await[2..], ["ok", "ok"], "each once");
    bring("5", "ok").await;
    assert_eq!(timeline(&maya).await[4..], ["ok"], "two were sent from here, and this is the third");
    // What was sent before the number was taken in here is not on its way here.
    bench.test.pass(2 * crate::app::DAY + 1);
    bring("6", "It's high tide").await;
    assert_eq!(timeline(&maya).await[5..], ["It's high tide"]);
}

/// What this system could not bring, the carrier brings.
pub(super) async fn a_group_text_that_did_not_get_there_by_its_own_way_arrives_by_the_carrier(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    let line = Line::add(bench, &maya).await;
    let mut tx = bench.app.store.write_system().await.unwrap();
    tx.run("UPDATE sms_numbers SET mms = FALSE WHERE number = $1", args![number(101)]).await.unwrap();
    tx.commit().await.unwrap();
    rosa.send(bench.message_id(), to_numbers(110, &[101, 142]), "Ahoy").await;
    while bench.work().await > 0 {}
    assert!(maya.bootstrap().await.conversations.is_empty(), "the number takes no group texts");
    assert_eq!(line.bring(&[group_text("1", 110, "Ahoy")]).await, 204);
    while bench.work().await > 0 {}
    assert_eq!(timeline(&maya).await, ["Ahoy"]);
}

/// A server that has the files of texts, and does not answer.
struct SlowFiles {
    asked: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl SlowFiles {
    async fn start() -> (String, Self) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.push(stream);
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        (address, Self { asked, task })
    }
}

pub(super) async fn files_that_are_slow_to_come_hold_up_nothing_else(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    let (address, files) = SlowFiles::start().await;
    let line = Line::at(bench, &maya, &address).await;
    let with_file = |n: u16| {
        let media = [format!("{address}/{n}.jpg")];
        let (from, to) = (number(200 + n), number(101));
        json!({ "type": "inbound", "id": format!("m{n}"), "from": from, "to": to, "body": "See", "media": media })
    };
    // More than a business has places.
    let all: Vec<Value> = (0..80).map(with_file).collect();
    assert_eq!(line.bring(&all).await, 204);
    let stop = CancellationToken::new();
    let running = tokio::spawn(bench.app.workers.clone().run(stop.clone()));
    let in_time = tokio::time::timeout(Duration::from_secs(20), async {
        while files.asked.load(Ordering::Relaxed) < 16 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // By no account: in the business's own turns.
        let sent = maya.text(102, &[110], "Meanwhile").await;
        let is_there = async || {
            let column = rosa.bootstrap().await.conversations;
            column.iter().any(|one| one.last_message().is_some_and(|last| last.body == sent.body))
        };
        while !is_there().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // What comes without files arrives, too.
        assert_eq!(
            line.bring(&[
                json!({ "type": "inbound", "id": "x", "from": number(142), "to": number(101), "body": "Quick" })
            ])
            .await,
            204
        );
        while !maya
            .bootstrap()
            .await
            .conversations
            .iter()
            .any(|one| one.last_message().is_some_and(|last| last.body == "Quick"))
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    assert!(in_time.await.is_ok(), "the files are waited for, and everything else waits with them");
    assert_eq!(files.asked.load(Ordering::Relaxed), 16, "a share of the places, and no more");
    stop.cancel();
    files.task.abort();
    running.await.unwrap();
}

/// Its carrier would refuse it: the author hears so at once, and nothing is kept.
pub(super) async fn a_text_that_is_too_long_for_its_carrier_is_refused_at_once(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let id = CarrierAccountId(bench.app.env.ulid());
    let record = AccountRecord {
        id,
        tenant: None,
        kind: Kind::Telnyx,
        name: "Outside".to_owned(),
        settings: BTreeMap::new(),
        secrets: BTreeMap::new(),
        webhook: "word".to_owned(),
    };
    let mut tx = bench.app.store.write_system().await.unwrap();
    store::carrier_accounts::add(&mut tx, &record, bench.app.env.now()).await.unwrap();
    store::carrier_accounts::assign(&mut tx, number(101), Some(id)).await.unwrap();
    tx.commit().await.unwrap();
    let takes = Kind::Telnyx.text_length();
    let long = "\u{e9}".repeat(takes + 1);
    for people in [&[142][..], &[142, 143], &[142, 110]] {
        let refused = maya.send(bench.message_id(), to_numbers(101, people), &long).await;
        assert_eq!(refused.cause(), CauseCode::MessageTooLong, "{people:?}");
        let cause = refused.json::<ErrorBody>().cause.unwrap();
        assert_eq!(cause, CauseCode::MessageTooLong.limit(takes).length(takes + 1));
    }
    assert!(maya.bootstrap().await.conversations.is_empty());
    for (people, body) in [(&[142][..], &long[2..]), (&[110], &long)] {
        assert_eq!(maya.send(bench.message_id(), to_numbers(101, people), body).await.status, 202, "{people:?}");
    }
}

/// Whoever notes an opt-out looks at none of the number's other conversations: a list of thousands is one.
pub(super) async fn whom_an_opt_out_concerns_is_found_by_an_index(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let tenant = maya.bootstrap().await.me.tenant.id;
    let alone = maya.text(101, &[142], "Alone").await.conversation;
    let group = maya.text(101, &[142, 143], "Among others").await.conversation;
    for (from, to) in [(102, &[142][..]), (101, &[143]), (101, &[143, 144])] {
        maya.text(from, to, "Of nobody else").await;
    }
    let before = maya.bootstrap().await.cursor;
    let mut tx = bench.app.store.write(tenant).await.unwrap();
    let now = bench.app.env.now();
    assert!(consent::note(&mut tx, tenant, number(101), number(142), Source::Import, now).await.unwrap());
    tx.commit().await.unwrap();
    let mut told: Vec<_> = maya
        .events(before)
        .await
        .into_iter()
        .filter_map(|event| match event.change {
            Change::ConversationChanged { conversation } => Some(conversation.id),
            _ => None,
        })
        .collect();
    told.sort_unstable();
    let mut concerned = [alone, group];
    concerned.sort_unstable();
    assert_eq!(told, concerned);
    if bench.app.store.is_ours_alone() {
        let mut tx = bench.app.store.read().await.unwrap();
        let explain = format!("EXPLAIN QUERY PLAN {}", store::conversations::OF_PAIR).leak();
        let rows = tx.all(explain, args![number(101), tenant, "%", alone]).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.text("detail").unwrap()).collect();
        let looks = |what: &str| plan.iter().any(|step| step.contains(what));
        assert!(looks("(id=?)") && looks("conversations_groups_by_number"), "{plan:?}");
        assert!(!looks("SCAN conversations") && !looks("conversations_by_number"), "{plan:?}");
    }
}

/// A group of ten thousand, as a carrier may bring by mistake, is one conversation like others.
pub(super) async fn a_text_of_many_people_arrives(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let line = Line::add(bench, &maya).await;
    let others: Vec<String> = (0..10_000).map(|other| format!("+1646{other:07}")).collect();
    let text = json!({ "type": "inbound", "id": "1", "from": number(142), "to": number(101), "others": others, "body": "All" });
    assert_eq!(line.bring(&[text]).await, 204);
    while bench.work().await > 0 {}
    let newest = maya.bootstrap().await.conversations.remove(0);
    let page: EntriesPage = maya.get(&format!("/conversations/{}/entries", newest.id)).await.json();
    let [Entry::Message(message)] = &page.entries[..] else { panic!("one text") };
    assert_eq!((message.body.as_str(), message.author), ("All", Author::Number(number(142))));
}
