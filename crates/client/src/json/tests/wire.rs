//! A round trip of every type on the wire: arbitrary values, as `serde_json` writes them, are read by both alike. The list of types is
//! held against the protocol's source, so none can be forgotten.

use std::fmt::Debug;
use std::fs;
use std::path::Path;

use halyard_protocol::entry::Call;
use halyard_protocol::event::Favourite;
use halyard_protocol::rest::*;
use halyard_protocol::*;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::read;

/// One value of each shape, from which arbitrary ones are made: a name, the type, an example with every member. `$1` stands for an id,
/// `$user` and the like for other examples.
macro_rules! wire {
    ($($type:ident: [$($example:literal),* $(,)?],)*) => {
        const EXAMPLES: &[(&str, &[&str])] = &[$((stringify!($type), &[$($example),*])),*];

        /// Changes each example by the steps, writes it and reads it by both.
        fn round_trips(steps: &[Step]) -> Result<(), TestCaseError> {
            $(for example in EXAMPLES.iter().find(|(name, _)| *name == stringify!($type)).unwrap().1 {
                round_trip::<$type>(stringify!($type), example, steps)?;
            })*
            Ok(())
        }
    };
}

wire! {
    AddPeople: [r#"{"users":["$1"]}"#],
    Author: [r#"{"user":"$1"}"#, r#"{"number":"+16195550142"}"#, r#""unknown""#],
    Availability: [r#""busy""#],
    BeginGroup: [r#"{"nonce":"$1","title":"a"}"#],
    Bootstrap: [r#"{"me":$Me,"cursor":1,"state_version":1,"now":1,"users":[$User],"former":[$FormerUser],"favourites":[$Favourite],"conversations":[$Conversation],
        "older":$ConversationsBefore,"unread_older":["$1"]}"#],
    Call: [r#"{"id":"$1","conversation":"$1","seq":1,"at":1,"from":$Author,"outcome":"answered","answered_by":"$1","seconds":1,"reason":"a"}"#],
    CallOutcome: [r#""declined""#],
    CallingCode: ["1"],
    Capabilities: [r#"{"sms":true,"mms":true,"group_recipients":10}"#],
    Cause: [r#"{"code":"message_too_long","limit":1,"length":1}"#],
    CauseCode: [r#""no_carrier""#],
    Change: [
        r#"{"type":"entry_added","entry":$Entry,"unread":1,"read_seq":1}"#,
        r#"{"type":"delivery_changed","conversation":"$1","message":"$1","delivery":$Delivery}"#,
        r#"{"type":"conversation_changed","conversation":$Conversation}"#,
        r#"{"type":"conversation_removed","conversation":"$1","cleared_seq":1}"#,
        r#"{"type":"contact_changed","contact":$Contact}"#,
        r#"{"type":"contact_removed","contact":"$1"}"#,
        r#"{"type":"contacts_replaced"}"#,
        r#"{"type":"favourite_changed","favourite":$Favourite,"on":true}"#,
        r#"{"type":"user_changed","user":$User}"#,
        r#"{"type":"user_removed","user":"$1"}"#,
        r#"{"type":"numbers_changed","numbers":[$SmsNumber]}"#,
        r#"{"type":"unknown"}"#,
    ],
    ChangePassword: [r#"{"current":"a","new":"a"}"#],
    Contact: [r#"{"id":"$1","version":1,"scope":"shared","given":"a","family":"b","company":"c","emails":["d"],"numbers":[$ContactNumber],"details":$ContactDetails}"#],
    ContactDetails: [r#"{"prefix":"a","suffix":"b","nickname":"c","address":"d","consent":"g","notes":"e","uid":"f"}"#],
    ContactDraft: [r#"{"version":1,"scope":"shared","given":"a","family":"b","company":"c","emails":["d"],"numbers":[$ContactNumber],"details":$ContactDetails}"#],
    ContactNumber: [r#"{"label":"fax","number":"+16195550142","name":"a"}"#],
    ContactScope: [r#""shared""#],
    ContactsPage: [r#"{"contacts":[$Contact],"next":"$1"}"#],
    Conversation: [r#"{"id":"$1","kind":"chat","own_number":"+16195550142","peers":[$Peer],"title":"a","last_seq":1,"last_entry":$Entry,
        "last_activity":1,"read_seq":1,"unread":1,"cleared_seq":1,"muted":true,"last_sent_at":1,"reads":[$PeerRead],"opted_out":["+16195550142"]}"#],
    ConversationKind: [r#""group_mms""#],
    ConversationsBefore: [r#"{"at":1,"id":"$1"}"#],
    ConversationsPage: [r#"{"conversations":[$Conversation],"older":$ConversationsBefore}"#],
    Delivery: [r#"{"to":"+16195550142","state":"sent","cause":$Cause,"reason":"a","at":1}"#],
    DeliveryState: [r#""delivered""#],
    Destination: [r#"{"from":"+16195550142","peers":[$Peer],"group":$ToGroup}"#],
    Device: [r#"{"id":"$1","name":"a","signed_in_at":1,"seen_at":1,"current":true}"#],
    Devices: [r#"{"devices":[$Device]}"#],
    EntriesPage: [r#"{"entries":[$Entry],"more":true}"#],
    Entry: [
        r#"{"type":"message","id":"$1","conversation":"$1","seq":1,"author":$Author,"body":"a","media":[$Media],"at":1,
            "deliveries":[$Delivery]}"#,
        r#"{"type":"call","id":"$1","conversation":"$1","seq":1,"at":1,"from":$Author,"outcome":"missed"}"#,
        r#"{"type":"voicemail","id":"$1","conversation":"$1","seq":1,"at":1,"from":$Author,"seconds":1,"recording":$Media}"#,
        r#"{"type":"note","id":"$1","conversation":"$1","seq":1,"at":1,"author":"$1","text":"a"}"#,
        r#"{"type":"system","id":"$1","conversation":"$1","seq":1,"at":1,"by":"$1","event":$SystemEvent}"#,
        r#"{"type":"unknown","id":"$1","conversation":"$1","seq":1,"at":1}"#,
    ],
    ErrorBody: [r#"{"code":"invalid","cause":$Cause,"detail":"a","message":"a","contact":$Contact,"field":"b"}"#],
    ErrorCode: [r#""conflict""#],
    Favourite: [r#"{"user":"$1"}"#, r#"{"contact":"$1"}"#, r#""unknown""#],
    FormerUser: [r#"{"id":"$1","name":"a"}"#],
    ImportContacts: [r#"{"contacts":[$ImportedContact]}"#],
    Imported: [r#"{"saved":1}"#],
    ImportedContact: [r#"{"id":"$1","contact":$ContactDraft}"#],
    LoggedEvent: [r#"{"cursor":1,"at":1,"change":$Change}"#],
    MarkRead: [r#"{"seq":1}"#],
    Me: [r#"{"user":$User,"tenant":$Tenant,"numbers":[$SmsNumber],"device":"$1"}"#],
    Media: [r#"{"id":"$1","kind":"png","name":"a","size":1,"width":1,"height":1}"#],
    MediaKind: [r#""vcard""#],
    Message: [r#"{"id":"$1","conversation":"$1","seq":1,"author":$Author,"body":"a","media":[$Media],"at":1,"deliveries":[$Delivery]}"#],
    Note: [r#"{"id":"$1","conversation":"$1","seq":1,"at":1,"author":"$1","text":"a"}"#],
    NumberLabel: [r#""home""#],
    PasswordChosen: [r#"{"login":"a"}"#],
    Peer: [r#"{"user":"$1"}"#, r#"{"number":"+16195550142"}"#, r#""unknown""#],
    PeerRead: [r#"{"user":"$1","seq":1,"joined":1}"#],
    Presence: [r#""away""#],
    ReadPosition: [r#"{"conversation":"$1","user":"$1","seq":1,"unread":1}"#],
    Role: [r#""office_manager""#],
    SendMessage: [r#"{"to":$Destination,"body":"a","media":["$1"]}"#],
    ServerFrame: [
        r#"{"type":"welcome","cursor":1,"now":1,"presence":["$1"]}"#,
        r#"{"type":"events","events":[$LoggedEvent]}"#,
        r#"{"type":"users","version":1,"users":[$UserState]}"#,
        r#"{"type":"reads","version":1,"reads":[$ReadPosition]}"#,
        r#"{"type":"typing","conversation":"$1","user":"$1"}"#,
        r#"{"type":"reset"}"#,
        r#"{"type":"ping"}"#,
        r#"{"type":"unknown"}"#,
    ],
    SetFavourite: [r#"{"favourite":$Favourite,"on":true}"#],
    SignIn: [r#"{"login":"a","password":"b","device":"c"}"#],
    SmsNumber: [r#"{"number":"+16195550142","label":"a","capabilities":$Capabilities}"#],
    StatesSeen: [r#"{"users":1,"reads":1}"#],
    SystemEvent: [
        r#"{"type":"joined","users":["$1"]}"#,
        r#"{"type":"left","users":["$1"]}"#,
        r#"{"type":"renamed","title":"a"}"#,
        r#"{"type":"opted_out","number":"+16195550142"}"#,
        r#"{"type":"opted_in","number":"+16195550142"}"#,
        r#"{"type":"help_answered","number":"+16195550142"}"#,
        r#"{"type":"files_missing","files":2}"#,
        r#"{"type":"unknown"}"#,
    ],
    SystemLine: [r#"{"id":"$1","conversation":"$1","seq":1,"at":1,"by":"$1","event":$SystemEvent}"#],
    Tenant: [r#"{"id":"$1","name":"a","domain":"b","calling_code":1}"#],
    ToGroup: [r#"{"id":"$1","begin":$BeginGroup}"#],
    UnixMs: ["1"],
    UnknownEntry: [r#"{"id":"$1","conversation":"$1","seq":1,"at":1}"#],
    UpdateConversation: [r#"{"muted":true,"title":"a"}"#],
    UpdateMe: [r#"{"availability":"busy","status_text":"a"}"#],
    UsePasswordLink: [r#"{"token":"a","password":"a"}"#],
    User: [r#"{"id":"$1","extension":"a","name":"b","department":"c","email":"d","role":"basic","availability":"away","status_text":"e","connected":true}"#],
    UserState: [r#"{"user":"$1","availability":"busy","status_text":"a","connected":true}"#],
    Voicemail: [r#"{"id":"$1","conversation":"$1","seq":1,"at":1,"from":$Author,"seconds":1,"recording":$Media,"transcript":"a"}"#],
}

/// What the server alone reads: its variants are found by keeping all members, which the app's reader does not.
const SERVERS_OWN: [&str; 1] = ["ClientFrame"];

/// A change of one place in a value.
#[derive(Clone, Debug)]
struct Step {
    place: prop::sample::Index,
    text: String,
    number: i64,
    id: u128,
}

fn step() -> impl Strategy<Value = Step> {
    let number = prop_oneof![any::<i64>(), 0..300_i64, any::<u32>().prop_map(i64::from)];
    (any::<prop::sample::Index>(), any::<String>(), number, any::<u128>()).prop_map(|(place, text, number, id)| Step {
        place,
        text,
        number,
        id,
    })
}

/// An example with the examples that it names, the variants of one after the other.
fn filled(example: &str, turn: usize) -> String {
    let mut text = example.replace("$1", "01J9ZK4T6Q8Y2M0C5R7W3X1B9D");
    while let Some(at) = text.find('$') {
        let end = text[at + 1..].find(|c: char| !c.is_ascii_alphanumeric()).map_or(text.len(), |end| at + 1 + end);
        let (_, examples) = EXAMPLES.iter().find(|(name, _)| *name == &text[at + 1..end]).unwrap();
        let inside = examples[turn % examples.len()].replace("$1", "01J9ZK4T6Q8Y2M0C5R7W3X1B9D");
        text.replace_range(at..end, &inside);
    }
    text
}

/// The places of a value, itself first.
fn places(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| places(value, [&path, "/", name].concat(), found))
        }
        Value::Array(entries) => {
            entries.iter().enumerate().for_each(|(n, value)| places(value, format!("{path}/{n}"), found));
        }
        _ => {}
    }
    found.push(path);
}

/// The value with another one at a place: an arbitrary one of the same kind, or the entries once more.
fn changed(value: &Value, step: &Step) -> Value {
    let mut all = Vec::new();
    places(value, String::new(), &mut all);
    let mut changed = value.clone();
    if let Some(place) = changed.pointer_mut(&all[step.place.index(all.len())]) {
        *place = match place.take() {
            Value::String(text) if text.len() == 26 => Ulid::from_bits(step.id).to_string().into(),
            Value::String(text) if text.starts_with('+') => {
                format!("+1{}", 2_000_000_000 + step.id % 7_999_999_999).into()
            }
            Value::String(_) => step.text.clone().into(),
            Value::Number(_) => step.number.into(),
            Value::Bool(yes) => (!yes).into(),
            Value::Array(entries) if step.number % 2 == 0 => [entries.clone(), entries].concat().into(),
            Value::Array(_) => Value::Array(Vec::new()),
            other => other,
        };
    }
    changed
}

fn round_trip<T: DeserializeOwned + Serialize + PartialEq + Debug>(
    name: &str,
    example: &str,
    steps: &[Step],
) -> Result<(), TestCaseError> {
    let turn = steps.first().map_or(0, |step| step.place.index(1_000));
    let mut value: Value = serde_json::from_str(&filled(example, turn)).unwrap();
    prop_assert!(serde_json::from_str::<T>(&written(&value)).is_ok(), "{} is no example of {}", value, name);
    for step in steps {
        // What is no value of the type is not taken.
        let next = changed(&value, step);
        if serde_json::from_str::<T>(&written(&next)).is_ok() {
            value = next;
        }
    }
    // A tagged one begins with its type, as it is written.
    let known: T = serde_json::from_str(&written(&value)).unwrap();
    for text in [serde_json::to_string(&known).unwrap(), serde_json::to_string_pretty(&known).unwrap()] {
        let (theirs, ours) = (serde_json::from_str::<T>(&text), read::<T>(&text));
        prop_assert!(theirs.is_ok_and(|theirs| theirs == known), "{} by serde_json: {}", name, text);
        prop_assert!(ours.is_ok_and(|ours| ours == known), "{}: {}", name, text);
    }
    Ok(())
}

/// A value as a text, with `type` first in each object: a `Value` sorts its members.
fn written(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut parts: Vec<String> = Vec::new();
            for (name, value) in members {
                let part = format!("{}:{}", Value::from(name.as_str()), written(value));
                if name == "type" { parts.insert(0, part) } else { parts.push(part) }
            }
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(entries) => format!("[{}]", entries.iter().map(written).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

proptest! {
    // Each case goes through all types.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_type_is_read_as_it_was_written(steps in prop::collection::vec(step(), 1..24)) {
        round_trips(&steps)?;
    }
}

#[test]
fn no_type_is_forgotten() {
    let mut found = Vec::new();
    types(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../protocol/src")), &mut found);
    found.retain(|name| !SERVERS_OWN.contains(&name.as_str()));
    found.sort();
    assert_eq!(found, EXAMPLES.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>());
}

/// The names of all public types of a folder that are read from the wire: by a derived `Deserialize`, or declared by a macro.
fn types(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // What an administrator's programs say: the app does not.
        if path.file_stem().is_some_and(|name| name == "admin") {
            continue;
        }
        if path.is_dir() {
            types(&path, found);
            continue;
        }
        let mut is_read = false;
        for line in fs::read_to_string(&path).unwrap().lines() {
            let name = line.strip_prefix("pub enum ").or_else(|| line.strip_prefix("pub struct "));
            if ["tagged! {", "keyed! {", "sequenced! {", "codes! {"].contains(&line)
                || (line.starts_with("#[derive(") && line.contains("Deserialize"))
            {
                is_read = true;
            } else if let Some(name) = name.filter(|_| is_read) {
                found.push(name.chars().take_while(char::is_ascii_alphanumeric).collect());
                is_read = false;
            } else if !line.starts_with("#[") && !line.starts_with("///") {
                is_read = false;
            }
        }
    }
}
