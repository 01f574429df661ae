//! Requests and jobs that are given up at each of their awaits: whoever asked goes away, or a worker ends.
//!
//! Always holds: what was given up is there as a whole or not at all, and the same again makes it whole, once.

use std::future::{Future, poll_fn};
use std::task::Poll;

use halyard_protocol::{ConversationId, Destination, MessageId};

use super::*;
use crate::testing::bench::{Browser, to_numbers};

/// Awaits that a send has at most, on either database, and some more.
const AWAITS: usize = 400;

/// Lets a future wait so often, then drops it. Its value, if it was ready before. Somebody else writes when it begins, so that it waits
/// for its turn, too.
async fn given_up_after<F: Future>(bench: &Bench, waits: usize, future: F) -> Option<F::Output> {
    let mut other = Some(bench.app.store.write_system().await.unwrap());
    let mut future = Box::pin(future);
    let mut left = waits;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            other = None;
            Poll::Pending
        }
    })
    .await
}

/// Waits until everything has ended that was written before, also what nobody waits for any more.
async fn settled(bench: &Bench) {
    for domain in ["harbor", "atlas"] {
        let mut tx = bench.app.store.read().await.unwrap();
        let tenant = store::tenants::by_domain(&mut tx, domain).await.unwrap().unwrap().id;
        drop(tx);
        bench.app.store.asked_together().await;
        bench.app.store.write(tenant).await.unwrap().commit().await.unwrap();
    }
}

async fn number_of(bench: &Bench, sql: &'static str) -> u64 {
    let mut tx = bench.app.store.read().await.unwrap();
    tx.one(sql, args![]).await.unwrap().count("found").unwrap()
}

/// How many messages to so many numbers are there, where all that goes with a message says the same.
async fn whole(bench: &Bench, numbers: u64, members: &[&Browser<'_>], before: &[u64]) -> u64 {
    let messages = number_of(bench, "SELECT COUNT(*) AS found FROM messages").await;
    for (times, what, sql) in [
        (1, "places", "SELECT COALESCE(MAX(last_seq), 0) AS found FROM conversations"),
        (numbers, "deliveries", "SELECT COUNT(*) AS found FROM deliveries"),
        (numbers.min(1), "jobs", "SELECT COUNT(*) AS found FROM jobs"),
        (numbers.min(1), "jobs' places", "SELECT COUNT(DISTINCT lane) * COUNT(DISTINCT position) AS found FROM jobs"),
        (numbers, "texts of the user", "SELECT COALESCE(MIN(in_day), 0) AS found FROM usage WHERE in_day > 0"),
        (numbers, "texts of the tenant", "SELECT COALESCE(MAX(in_day), 0) AS found FROM usage"),
    ] {
        assert_eq!(number_of(bench, sql).await, times * messages, "{what}");
    }
    for (member, before) in members.iter().zip(before) {
        // The first message makes the conversation, which is an event, too.
        let expected = before + messages + u64::from(messages > 0);
        assert_eq!(member.bootstrap().await.cursor, expected, "events");
        assert_eq!(member.events(*before).await.len() as u64, expected - before, "the log without gaps");
    }
    messages
}

/// A send, given up at each of its awaits.
pub(super) async fn a_send_that_is_given_up_is_there_as_a_whole_or_not_at_all(bench: &Bench) {
    give_up_sends(bench, 2, to_numbers(101, &[142, 143])).await;
}

/// The same of a text to one number, which may be accepted together with others.
pub(super) async fn a_text_to_one_that_is_given_up_is_there_as_a_whole_or_not_at_all(bench: &Bench) {
    give_up_sends(bench, 1, to_numbers(101, &[142])).await;
}

/// The same where messages may be appended together.
pub(super) async fn a_chat_message_that_is_given_up_is_there_as_a_whole_or_not_at_all(bench: &Bench) {
    let to = bench.sign_in("1001@harbor").await.colleagues(&["1002"]).await;
    give_up_sends(bench, 0, to).await;
}

/// Sends that come to so many numbers, each given up at one await more, until one is through.
async fn give_up_sends(bench: &Bench, numbers: u64, to: Destination) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let members = [&maya, &devon];
    let before = [maya.bootstrap().await.cursor, devon.bootstrap().await.cursor];
    let send = |id: MessageId, body: String| {
        let (maya, to) = (&maya, to.clone());
        async move { maya.send(id, to, &body).await }
    };
    let mut there = 0;
    for waits in 0..AWAITS {
        let (id, body) = (bench.message_id(), format!("Given up after {waits}"));
        let answer = given_up_after(bench, waits, send(id, body.clone())).await;
        settled(bench).await;
        let now = whole(bench, numbers, &members, &before).await;
        assert!(now == there || now == there + 1, "after {waits} waits there are {now} instead of {there}");
        let again = send(id, body).await;
        assert_eq!(again.status, 202, "{again:?}");
        there += 1;
        assert_eq!(whole(bench, numbers, &members, &before).await, there, "once, after {waits} waits");
        if let Some(answer) = answer {
            assert_eq!((answer.status, &answer.body), (again.status, &again.body));
            assert!(waits > 0, "it waits at least for its turn");
            return;
        }
        // Within what a user may text in a minute.
        bench.test.pass(2_000);
    }
    panic!("a send has more awaits than {AWAITS}");
}

/// An attempt at a job whose worker ends at each of its awaits: another takes it up when the claim has ended.
pub(super) async fn a_job_that_is_given_up_is_done_once(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    for waits in 0..AWAITS {
        let sent = maya.text(101, &[110], &format!("Given up after {waits}")).await;
        let cursor = maya.bootstrap().await.cursor;
        let ran = given_up_after(bench, waits, bench.app.workers.run_due()).await;
        settled(bench).await;
        for _ in 0..20 {
            if number_of(bench, "SELECT COUNT(*) AS found FROM jobs").await == 0 {
                break;
            }
            bench.test.pass(31_000);
            bench.work().await;
        }
        let theirs = rosa.bootstrap().await.conversations.remove(0);
        assert_eq!((theirs.last_seq, u64::from(theirs.unread)), (sent.seq, sent.seq), "it came once");
        assert_eq!(theirs.last_message().unwrap().body, sent.body);
        let told = maya.events(cursor).await;
        let delivered = |event: &LoggedEvent| match &event.change {
            Change::DeliveryChanged { message, delivery, .. } => {
                *message == sent.id && delivery.state == DeliveryState::Delivered
            }
            _ => false,
        };
        assert!(told.len() == 1 && delivered(&told[0]), "after {waits} waits: {told:?}");
        if ran.is_some() {
            assert!(waits > 0, "it waits at least for its turn");
            return;
        }
    }
    panic!("an attempt has more awaits than {AWAITS}");
}

/// A read mark, given up at each of its awaits.
pub(super) async fn a_read_mark_that_is_given_up_counts_as_a_whole_or_not_at_all(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let mut seq = 0;
    let state = async |id: ConversationId| {
        let row = maya.bootstrap().await.conversations.into_iter().find(|row| row.id == id).unwrap();
        (row.read_seq, u64::from(row.unread))
    };
    for waits in 0..AWAITS {
        let id = devon.chat(&["1001"], "Hello").await.conversation;
        seq += 1;
        let version = devon.bootstrap().await.state_version;
        let mark = async || {
            let path = format!("/conversations/{id}/read");
            maya.post(&path, &serde_json::json!({ "seq": seq })).await
        };
        let answer = given_up_after(bench, waits, mark()).await;
        settled(bench).await;
        let found = state(id).await;
        assert!(found == (seq - 1, 1) || found == (seq, 0), "after {waits} waits: {found:?}");
        assert_eq!(devon.reads(version).await.len(), usize::from(found.1 == 0), "who sees it is told, or nobody is");
        assert_eq!(mark().await.status, 204);
        assert_eq!(state(id).await, (seq, 0));
        assert_eq!(devon.reads(version).await.len(), 1);
        if answer.is_some() {
            assert!(waits > 0, "it waits at least for its turn");
            return;
        }
    }
    panic!("a read mark has more awaits than {AWAITS}");
}
