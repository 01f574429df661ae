//! Every enum on the wire reads a variant of a newer version as one of its own that says so. The list of enums is held against the
//! crate's source, so none can be forgotten.

#![expect(clippy::unwrap_used, reason = "a test fails where its source can't be read")]

use std::fmt::Debug;
use std::fs;
use std::path::Path;

use halyard_protocol::admin::{ActorKind, AuditAction};
use halyard_protocol::event::Favourite;
use halyard_protocol::{
    Author, Availability, CallOutcome, CauseCode, Change, ClientFrame, ContactScope, ConversationKind, DeliveryState,
    Entry, ErrorCode, MediaKind, NumberLabel, Peer, Presence, Role, ServerFrame, SystemEvent,
};
use serde::de::DeserializeOwned;

/// What a newer version may say in the place of an enum of words.
const WORDS: [&str; 1] = [r#""a_newer_word""#];
/// … of one whose variants are objects with one member, or words.
const KEYED: [&str; 4] = [
    r#""a_newer_word""#,
    r#"{"a_newer_key":"01J9ZK4T6Q8Y2M0C5R7W3X1B9D"}"#,
    r#"{"a_newer_key":{"deep":[1,{}]}}"#,
    r#"{"a_newer_key":null}"#,
];
/// … of one that says its type.
const TAGGED: [&str; 1] = [r#"{"type":"a_newer_type"}"#];

/// … of one that says its type and its place. Both ends count its place.
const PLACED: [&str; 2] = [
    r#"{"type":"a_newer_type","id":"01J9ZK4T6Q8Y2M0C5R7W3X1B9D","conversation":"01J9ZK4T6Q8Y2M0C5R7W3X1B9E","seq":7,"at":9}"#,
    r#"{"type":"a_newer_type","body":{"deep":[1,{}]},"at":9,"seq":7,"conversation":"01J9ZK4T6Q8Y2M0C5R7W3X1B9E",
        "id":"01J9ZK4T6Q8Y2M0C5R7W3X1B9D","author":null}"#,
];
const KEPT: &str = "Unknown(UnknownEntry { id: 01J9ZK4T6Q8Y2M0C5R7W3X1B9D, conversation: 01J9ZK4T6Q8Y2M0C5R7W3X1B9E, seq: 7, \
                    at: UnixMs(9) })";

type Read = fn(&str) -> Result<String, String>;

fn reads<T: DeserializeOwned + Debug>(text: &str) -> Result<String, String> {
    serde_json::from_str::<T>(text).map(|value| format!("{value:?}")).map_err(|error| error.to_string())
}

/// Each enum: its name, how it is read, what a newer version may say, and as what that is read.
const ENUMS: &[(&str, Read, &[&str], &str)] = &[
    ("ActorKind", reads::<ActorKind>, &WORDS, "Unknown"),
    ("AuditAction", reads::<AuditAction>, &WORDS, "Unknown"),
    ("Author", reads::<Author>, &KEYED, "Unknown"),
    ("Availability", reads::<Availability>, &WORDS, "Unknown"),
    ("CallOutcome", reads::<CallOutcome>, &WORDS, "Unknown"),
    ("CauseCode", reads::<CauseCode>, &WORDS, "Unknown"),
    ("Change", reads::<Change>, &TAGGED, "Unknown"),
    ("ClientFrame", reads::<ClientFrame>, &TAGGED, "Unknown"),
    ("ContactScope", reads::<ContactScope>, &WORDS, "Unknown"),
    ("ConversationKind", reads::<ConversationKind>, &WORDS, "Unknown"),
    ("DeliveryState", reads::<DeliveryState>, &WORDS, "Unknown"),
    ("Entry", reads::<Entry>, &PLACED, KEPT),
    ("ErrorCode", reads::<ErrorCode>, &WORDS, "Unknown"),
    ("Favourite", reads::<Favourite>, &KEYED, "Unknown"),
    ("MediaKind", reads::<MediaKind>, &WORDS, "Unknown"),
    ("NumberLabel", reads::<NumberLabel>, &WORDS, "Other"),
    ("Peer", reads::<Peer>, &KEYED, "Unknown"),
    ("Presence", reads::<Presence>, &WORDS, "Unknown"),
    ("Role", reads::<Role>, &WORDS, "Unknown"),
    ("ServerFrame", reads::<ServerFrame>, &TAGGED, "Unknown"),
    ("SystemEvent", reads::<SystemEvent>, &TAGGED, "Unknown"),
];

#[test]
fn what_a_newer_version_says_is_read() {
    for (name, read, texts, expected) in ENUMS {
        for text in *texts {
            assert_eq!(read(text).as_deref(), Ok(*expected), "{name}: {text}");
        }
    }
}

#[test]
fn what_is_no_variant_of_any_version_is_refused() {
    for text in ["{}", "[]", "1", "null", r#"{"user":"x"}"#, r#"{"a":1,"b":2}"#] {
        assert!(reads::<Peer>(text).is_err(), "{text}");
    }
    assert_eq!(serde_json::to_string(&Peer::Unknown).unwrap(), r#""unknown""#);
}

#[test]
fn no_enum_is_forgotten() {
    let mut found = Vec::new();
    enums(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut found);
    found.sort();
    assert_eq!(found, ENUMS.iter().map(|(name, ..)| (*name).to_owned()).collect::<Vec<_>>());
}

/// The names of all public enums of a folder that are read from the wire: by a derived `Deserialize`, or declared by a macro that
/// writes one.
fn enums(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            enums(&path, found);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let mut is_read = false;
        for line in text.lines() {
            // What stands before an item: comments, attributes, the macro's opening.
            if ["tagged! {", "keyed! {", "sequenced! {", "codes! {"].contains(&line)
                || (line.starts_with("#[derive(") && line.contains("Deserialize"))
            {
                is_read = true;
            } else if let Some(name) = line.strip_prefix("pub enum ").filter(|_| is_read) {
                found.push(name.trim_end_matches(" {").to_owned());
                is_read = false;
            } else if !line.starts_with("#[") && !line.starts_with("///") {
                is_read = false;
            }
        }
    }
}
