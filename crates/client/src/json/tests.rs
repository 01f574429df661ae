//! Reads alike with `serde_json`, whatever the text.

use halyard_protocol::rest::Bootstrap;
use halyard_protocol::{Change, Contact, ErrorBody, LoggedEvent, Peer, ServerFrame};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::{Unreadable, read};

mod wire;

const BOOTSTRAP: &str = r#"{
    "me": {
        "user": {"id": "01J9ZK4T6Q8Y2M0C5R7W3X1B9D", "extension": "1001", "name": "Maya Brandt", "role": "office_manager",
                 "availability": "available", "status_text": "at the \"quay\" \u2693\ud83d\udea2\n"},
        "tenant": {"id": "01J9ZK4T6Q8Y2M0C5R7W3X1B9E", "name": "Harbor", "domain": "harbor", "calling_code": 1},
        "numbers": [{"number": "+16195550142", "capabilities": {"sms": true, "mms": false, "group_recipients": 10}}],
        "device": "01J9ZK4T6Q8Y2M0C5R7W3X1B9F",
        "later": [1.5e3, {"a": [true, null, "]}"]}, -0.25]
    },
    "cursor": 18446744073709551615, "state_version": 7, "now": -1, "users": [], "favourites": [{"user": "01J9ZK4T6Q8Y2M0C5R7W3X1B9D"}],
    "conversations": [{
        "id": "01J9ZK4T6Q8Y2M0C5R7W3X1B9G", "kind": "a_new_kind", "own_number": null,
        "peers": [{"number": "+16195550143"}, {"user": "01J9ZK4T6Q8Y2M0C5R7W3X1B9D"}], "last_seq": 0,
        "last_activity": 1763804520000, "read_seq": 0, "unread": 0, "muted": false
    }]
}"#;

fn alike<T: DeserializeOwned + PartialEq + core::fmt::Debug>(text: &str) {
    let theirs = serde_json::from_str::<T>(text);
    let ours = read::<T>(text);
    if let Ok(theirs) = theirs {
        assert_eq!(ours, Ok(theirs), "{text}");
    }
}

#[test]
fn reads_a_snapshot() {
    let snapshot: Bootstrap = read(BOOTSTRAP).unwrap();
    assert_eq!(snapshot, serde_json::from_str(BOOTSTRAP).unwrap());
    assert_eq!(snapshot.me.user.status_text, "at the \"quay\" \u{2693}\u{1f6a2}\n");
}

#[test]
fn refuses_what_is_not_of_the_type() {
    for text in [
        "",
        "null",
        "[]",
        r#"{"message":"a"}"#,
        r#"{"code":"internal","message":"a"} x"#,
        r#"{"code":"internal","message":"a",}"#,
        r#"{"code":"internal" "message":"a"}"#,
        r#"{"code":"internal","message":"a","message":"b"}"#,
        r#"{"code":"internal","message":"\ud83d"}"#,
        r#"{"code":"internal","message":"\ud83d\u0041"}"#,
        r#"{"code":"internal","message":"\u+041"}"#,
        r#"{"code":"internal","message":"\x"}"#,
        "{\"code\":\"internal\",\"message\":\"a\nb\"}",
        r#"{"code":"internal","message":"a"#,
        r#"{"code":"internal","message":"a","later":[}"#,
        r#"{"code":"internal","message":"a","later":}"#,
    ] {
        assert_eq!(read::<ErrorBody>(text), Err(Unreadable), "{text}");
    }
    for text in ["1.0", "1e3", "01", "-1", "256", "\"1\"", "99999999999999999999", ""] {
        assert_eq!(read::<u8>(text), Err(Unreadable), "{text}");
    }
    assert_eq!(read::<i64>("-9223372036854775808"), Ok(i64::MIN));
    assert_eq!(read::<i64>("-9223372036854775809"), Err(Unreadable));
}

/// Something of everything that the socket brings, around a text.
fn frame(text: String, number: u64) -> ServerFrame {
    let mut snapshot: Bootstrap = read(BOOTSTRAP).unwrap();
    let mut user = snapshot.me.user;
    user.name.clone_from(&text);
    let conversation = snapshot.conversations.remove(0);
    let contact = Contact { version: number, ..crate::json::read(CONTACT).unwrap() };
    let changes = [
        Change::UserChanged { user },
        Change::ConversationRemoved { conversation: conversation.id, cleared_seq: number },
        Change::ConversationChanged { conversation: Box::new(conversation) },
        Change::ContactChanged { contact: Contact { given: text, ..contact } },
        Change::ContactsReplaced,
        Change::NumbersChanged { numbers: snapshot.me.numbers },
    ];
    let logged = |change| LoggedEvent { cursor: number, at: snapshot.now, change };
    ServerFrame::Events { events: changes.into_iter().map(logged).collect() }
}

const CONTACT: &str = r#"{"id":"01J9ZK4T6Q8Y2M0C5R7W3X1B9D","version":1,"scope":"shared","company":"Atlas",
    "numbers":[{"label":"pager","number":"+16195550144"}]}"#;

fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

proptest! {
    #[test]
    fn reads_back_what_was_written(text in any::<String>(), number: u64) {
        let frame = frame(text, number);
        prop_assert_eq!(read(&written(&frame)), Ok(frame.clone()));
        prop_assert_eq!(read(&serde_json::to_string_pretty(&frame).unwrap()), Ok(frame));
    }

    #[test]
    fn a_spoiled_text_reads_alike_or_not_at_all(
        text in any::<String>(),
        spoil in prop::collection::vec((any::<prop::sample::Index>(), 0usize..3, "[\\[\\]{}\":,0-9nte\\\\ ]{0,2}"), 1..4),
    ) {
        let mut spoiled: Vec<char> = written(&frame(text, 7)).chars().collect();
        for (place, length, instead) in spoil {
            let from = place.index(spoiled.len());
            let to = (from + length).min(spoiled.len());
            spoiled.splice(from..to, instead.chars());
        }
        alike::<ServerFrame>(&spoiled.into_iter().collect::<String>());
    }

    #[test]
    fn any_text_is_read_alike_or_refused(text in "[\\[\\]{}\":,0-9a-fnulrstE.+\\\\ -]{0,24}") {
        alike::<Vec<Peer>>(&text);
        alike::<Option<String>>(&text);
        alike::<Vec<i64>>(&text);
        if serde_json::from_str::<IgnoredAny>(&text).is_ok() {
            prop_assert!(read::<IgnoredAny>(&text).is_ok());
        }
    }
}
