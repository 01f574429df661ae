//! The server is killed in the middle of 500 sends and started again: what was acknowledged is there once, in order,
//! and arrives once, in order.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::site::{Server, Site};
use halyard_protocol::{MessageId, UnixMs};
use serde_json::Value;

const MESSAGES: usize = 500;
/// After so many acknowledged sends the server is killed.
const KILLED_AFTER: usize = 220;

fn send(server: &Server, n: usize) -> Option<u16> {
    let id = MessageId::new(UnixMs(1_794_819_600_000), n as u128);
    let header = format!("idempotency-key: {id}\r\n");
    let to = r#"{"from":"+16195550101","peers":[{"number":"+16195550110"}]}"#;
    let body = format!(r#"{{"to":{to},"body":"Number {n}"}}"#);
    server.ask("POST", "/messages", &header, &body).map(|(status, _)| status)
}

/// The texts of the newest conversation, from the first on.
fn bodies(server: &Server) -> Vec<String> {
    let (_, column) = server.ask("GET", "/conversations", "", "").unwrap();
    let Some(id) = column["conversations"][0]["id"].as_str() else { return Vec::new() };
    let (mut bodies, mut before) = (Vec::new(), 1 << 40);
    loop {
        let path = format!("/conversations/{id}/entries?before={before}");
        let (_, page) = server.ask("GET", &path, "", "").unwrap();
        let texts = page["entries"].as_array().unwrap();
        bodies.splice(0..0, texts.iter().map(|message| message["body"].as_str().unwrap().to_owned()));
        if page["more"] != Value::Bool(true) {
            return bodies;
        }
        before = texts[0]["seq"].as_u64().unwrap();
    }
}

#[test]
fn acknowledged_messages_survive_a_kill_once_and_in_order() {
    let site = Site::new();
    for (domain, line) in [("harbor", "+16195550101"), ("atlas", "+16195550110")] {
        site.says(&format!("tenant add {domain} --name {domain}"));
        site.says(&format!("user add 1001@{domain} --name Someone --password halyard-test"));
        site.says(&format!("number add {line} --tenant {domain}"));
        site.says(&format!("number assign {line} 1001@{domain}"));
    }
    let mut server = site.serve();
    assert_eq!(server.sign_in("1001@harbor", "halyard-test"), 200);
    let cookie = server.cookie.clone();

    let (acknowledged, heard) = mpsc::channel();
    let first_unsure = std::thread::scope(|scope| {
        let server = &server;
        // Like a device's queue: the next one goes out when the one before is acknowledged.
        let sending = scope.spawn(move || {
            let unsure = (0..MESSAGES).find(|n| send(server, *n) != Some(202) || acknowledged.send(*n).is_err());
            unsure.unwrap_or(MESSAGES)
        });
        assert_eq!(heard.iter().take(KILLED_AFTER).count(), KILLED_AFTER);
        server.kill_now();
        sending.join().unwrap()
    });
    assert!((KILLED_AFTER..MESSAGES).contains(&first_unsure), "killed in the middle: {first_unsure}");
    drop(server);

    let mut server = site.serve();
    server.cookie = cookie;
    let found = bodies(&server);
    let expected: Vec<String> = (0..MESSAGES).map(|n| format!("Number {n}")).collect();
    assert!(found.len() >= first_unsure, "nothing acknowledged is lost");
    assert_eq!(found, expected[..found.len()], "each once, in order");

    // The device sends the one that it is unsure of again, then the rest.
    for n in first_unsure..MESSAGES {
        assert_eq!(send(&server, n), Some(202));
    }
    assert_eq!(bodies(&server), expected);

    assert_eq!(server.sign_in("1001@atlas", "halyard-test"), 200);
    let deadline = Instant::now() + Duration::from_secs(90);
    while bodies(&server).len() < MESSAGES && Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert_eq!(bodies(&server), expected, "every text has arrived, once and in order");
    assert!(server.stop(), "a server that is asked to stop ends well");
}
