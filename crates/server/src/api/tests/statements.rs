//! How many statements an answer takes: as many with much data as with little, and no more than are listed.

use std::fmt::Write as _;

use axum::http::Method;
use halyard_protocol::rest::{ImportContacts, ImportedContact};
use halyard_protocol::{Capabilities, ContactDraft, ContactId, ContactScope, Destination, Peer, Ulid};
use serde_json::json;

use super::operations;
use crate::testing::bench::{Answer, Bench, Browser, PASSWORD, to_numbers};

/// An answer, and the statements that it took.
async fn counted(browser: &Browser<'_>, method: Method, path: &str) -> (Answer, u64) {
    let before = browser.bench.app.store.statements();
    let answer = browser.request(method, path, None).await;
    (answer, browser.bench.app.store.statements() - before)
}

/// Each GET of the OpenAPI page with how many statements it takes, for somebody who may ask for all of it.
async fn reads(bench: &Bench, maya: &Browser<'_>) -> Vec<(String, u64)> {
    // One of texts: of those is also asked who opted out.
    let column = maya.bootstrap().await.conversations;
    let conversation = column.iter().find(|one| one.own_number.is_some()).unwrap().id.to_string();
    let colleague = bench.user("1002@harbor").await.to_string();
    let mut counts = Vec::new();
    for operation in operations(bench).await.into_iter().filter(|operation| operation.method == Method::GET) {
        let id = if operation.path.starts_with("/users") { &colleague } else { &conversation };
        let (answer, statements) = counted(maya, Method::GET, &operation.path.replace("{id}", id)).await;
        // A socket is no answer: what it asks for is another test's.
        if operation.id != "get_socket" {
            assert_eq!(answer.status, 200, "{}: {answer:?}", operation.id);
            counts.push((operation.id, statements));
        }
    }
    counts
}

/// People, numbers, contacts, conversations, messages, devices and jobs.
async fn add_much(bench: &Bench, maya: &Browser<'_>, from: u32, count: u32) {
    let capabilities = Capabilities { sms: true, mms: true, group_recipients: 8, short_codes: false };
    for n in from..from + count {
        let extension = (2_000 + n).to_string();
        let new = json!({ "extension": extension, "name": "New", "role": "basic", "password": PASSWORD });
        assert_eq!(maya.post("/users", &new).await.status, 201);
        let line = format!("+1619556{n:04}");
        assert_eq!(maya.post("/numbers", &json!({ "number": line, "capabilities": capabilities })).await.status, 201);
        let new = bench.user(&format!("{extension}@harbor")).await;
        assert_eq!(maya.put(&format!("/numbers/{line}/users/{new}"), &()).await.status, 204);
        maya.chat(&["1002", &extension], "A group").await;
        maya.chat(&[&extension], "Hello").await;
        maya.text(101, &[110, 1_000 + u16::try_from(n).unwrap()], "A group text").await;
        for _ in 0..3 {
            maya.chat(&["1002"], "More").await;
        }
        bench.sign_in("1002@harbor").await;
    }
    let contact = |n: u32| ImportedContact {
        id: ContactId(Ulid::from_bits(u128::from(from + n) + 1_000)),
        contact: ContactDraft { scope: ContactScope::Shared, given: format!("Contact {n}"), ..ContactDraft::default() },
    };
    let contacts = ImportContacts { contacts: (0..count * 3).map(contact).collect() };
    assert_eq!(maya.post("/contacts/import", &contacts).await.status, 200);
}

#[tokio::test]
async fn reading_takes_as_many_statements_with_much_data_as_with_little() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    bench.make_operator("harbor").await;
    add_much(&bench, &maya, 0, 2).await;
    let few = reads(&bench, &maya).await;
    add_much(&bench, &maya, 2, 20).await;
    let much = reads(&bench, &maya).await;
    assert_eq!(few, much);
    let table = much.iter().fold(String::new(), |mut table, (id, count)| {
        let _ = writeln!(table, "{count:>3} {id}");
        table
    });
    insta::assert_snapshot!("reads", table);
}

/// Sends a message; how many statements that took.
async fn sending(maya: &Browser<'_>, to: Destination) -> u64 {
    let before = maya.bench.app.store.statements();
    let answer = maya.send(maya.bench.message_id(), to, "Hello").await;
    assert_eq!(answer.status, 202, "{answer:?}");
    maya.bench.app.store.statements() - before
}

/// On both databases: PostgreSQL is asked for an entry at once.
pub(crate) async fn a_message_to_fifty_takes_as_many_statements_as_one_to_two(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    for n in 0..49 {
        let new = json!({ "extension": (3_000 + n).to_string(), "name": "New", "role": "basic", "password": PASSWORD });
        assert_eq!(maya.post("/users", &new).await.status, 201);
    }
    let me = bench.user("1001@harbor").await;
    let others = maya.bootstrap().await.users.into_iter().map(|user| user.id).filter(|id| *id != me);
    let group = maya.begin_group(others.take(49).map(Peer::User).collect(), "").await;
    let pair = maya.colleagues(&["1002"]).await;
    let first = sending(&maya, pair.clone()).await;
    assert_eq!(sending(&maya, group.clone()).await, first, "the first one opens the conversation");
    let another = sending(&maya, pair).await;
    assert_eq!(sending(&maya, group).await, another);
    let (most, most_to_open, most_for_text) = if bench.app.store.kind() == "SQLite" { (8, 14, 15) } else { (2, 11, 2) };
    assert!(another <= most && first <= most_to_open, "{another}, the first one {first}");
    sending(&maya, to_numbers(101, &[110])).await;
    let text = sending(&maya, to_numbers(101, &[110])).await;
    assert!(text <= most_for_text, "a text took {text}");
}
