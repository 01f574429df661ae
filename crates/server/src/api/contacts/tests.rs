//! Photos of contacts, over REST.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use halyard_protocol::contact::photo_path;
use halyard_protocol::{Change, Contact, ErrorCode, limits};
use serde_json::{Value, json};

use crate::testing::bench::{Bench, png};

const ID: &str = "/contacts/01J9ZK4T6Q8Y2M0C5R7W3X1B9D";

fn ana(scope: &str, content: &[u8]) -> Value {
    json!({ "scope": scope, "given": "Ana", "photo_content": STANDARD.encode(content) })
}

fn address(contact: &Contact) -> String {
    photo_path(contact.photo.expect("a photo"))
}

/// A picture of so many bytes in all.
fn png_of(bytes: usize) -> Vec<u8> {
    let mut content = png(9, 9);
    let more = bytes - content.len() - 12;
    let chunk = [&u32::try_from(more).unwrap().to_be_bytes()[..], b"IDAT", &vec![7; more], &[0; 4]].concat();
    let end = content.len() - 12;
    content.splice(end..end, chunk);
    content
}

#[tokio::test]
async fn a_photo_is_shown_to_whoever_sees_the_contact() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let rosa = bench.sign_in("1001@atlas").await;
    let saved: Contact = maya.put(ID, &ana("personal", &png(9, 9))).await.json();
    let before = maya.bootstrap().await.cursor;
    assert_eq!(maya.put(ID, &ana("personal", &png(9, 9))).await.json::<Contact>(), saved, "the same again");
    assert!(maya.events(before).await.is_empty());
    let list = maya.get("/contacts").await.value();
    assert_eq!(list["contacts"][0]["photo"], saved.photo.unwrap().to_string());
    assert_eq!(list["contacts"][0].get("photo_content"), None);

    let path = address(&saved);
    let shown = maya.open(&path, None).await;
    assert_eq!((shown.status.as_u16(), shown.body), (200, png(9, 9)));
    assert_eq!(shown.headers["content-type"], "image/png");
    assert_eq!(shown.headers["cache-control"], "private, max-age=31536000, immutable");
    assert!(shown.headers.get_all("vary").iter().any(|value| value == "cookie"));
    assert_eq!(shown.headers["x-content-type-options"], "nosniff");
    assert!(shown.headers["content-security-policy"].to_str().unwrap().starts_with("sandbox; default-src 'none'"));
    for (browser, code) in
        [(&devon, ErrorCode::NotFound), (&rosa, ErrorCode::NotFound), (&bench.stranger(), ErrorCode::SignedOut)]
    {
        let answer = browser.open(&path, None).await;
        assert_eq!(answer.code(), code);
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
    for nothing in ["/media/photos/x", "/media/photos/01J9ZK4T6Q8Y2M0C5R7W3X1B9D"] {
        assert_eq!(maya.open(nothing, None).await.status, 404, "{nothing}");
    }

    let shared = json!({ "scope": "shared", "given": "Ana" });
    let ours: Contact = maya.put(ID, &shared).await.json();
    assert_eq!(ours.photo, saved.photo, "an app that does not know photos keeps it");
    assert_eq!(devon.open(&path, None).await.status, 200);
    assert_eq!(rosa.open(&path, None).await.status, 404);
}

#[tokio::test]
async fn nobody_gets_at_a_photo_by_naming_it() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let saved: Contact = maya.put(ID, &ana("personal", &png(9, 9))).await.json();
    let named = json!({ "scope": "personal", "given": "Mine", "photo": saved.photo });
    for thief in ["1002@harbor", "1001@atlas"] {
        let thief = bench.sign_in(thief).await;
        assert_eq!(thief.put(ID, &named).await.json::<Contact>().photo, None);
        assert_eq!(thief.open(&address(&saved), None).await.status, 404);
    }
    // Their own copy of the same picture stays theirs when hers goes.
    let devon = bench.sign_in("1002@harbor").await;
    let his: Contact = devon.put(ID, &ana("personal", &png(9, 9))).await.json();
    assert_eq!(his.photo, saved.photo);
    maya.delete(ID).await;
    bench.test.pass(8 * crate::app::DAY);
    crate::upkeep::tidy(&bench.app).await.unwrap();
    assert_eq!(devon.open(&address(&his), None).await.status, 200);
    assert_eq!(maya.open(&address(&his), None).await.status, 404);
}

#[tokio::test]
async fn refuses_what_is_no_small_picture() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let page = [b"\xFF\xD8\xFF<html><script>alert(1)</script></html>".as_slice(), &[0; 40]].concat();
    let gif = b"GIF89a\x01\0\x01\0\0\0\0;".to_vec();
    let damaged = b"\x89PNG\r\n\x1A\n damaged".to_vec();
    let large = png_of(limits::PHOTO_BYTES + 1);
    for content in [svg.to_vec(), page, gif, damaged, large, b"%PDF-1.7".to_vec(), png(1_025, 1), png(1, 1_025)] {
        let answer = maya.put(ID, &ana("personal", &content)).await;
        assert_eq!(answer.code(), ErrorCode::Invalid, "{:?}", content.get(..20));
        assert_eq!(answer.value()["cause"]["code"], "invalid_photo");
        let one = json!({ "id": ID.split_once("s/").unwrap().1, "contact": ana("personal", &content) });
        let answer = maya.post("/contacts/import", &json!({ "contacts": [one] })).await;
        assert_eq!(answer.value()["field"], "contacts[0]");
    }
    for text in ["x", "data:image/png;base64,AAAA", "=", "\u{1F600}"] {
        let draft = json!({ "scope": "personal", "given": "Ana", "photo_content": text });
        assert_eq!(maya.put(ID, &draft).await.code(), ErrorCode::Invalid, "{text}");
    }
    let endless = json!({ "scope": "personal", "given": "Ana", "photo_content": "A".repeat(limits::CONTACT_BYTES) });
    assert_eq!(maya.put(ID, &endless).await.code(), ErrorCode::TooLarge);
    assert!(maya.get("/contacts").await.value()["contacts"].as_array().unwrap().is_empty());
    let largest = ana("personal", &png_of(limits::PHOTO_BYTES));
    assert_eq!(maya.put(ID, &largest).await.status, 200);
    assert_eq!(maya.put(ID, &ana("personal", &png(1_024, 1_024))).await.status, 200);
}

#[tokio::test]
async fn a_photo_goes_when_it_is_removed_or_its_contact_is_and_comes_back_with_an_undo() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let saved: Contact = maya.put(ID, &ana("personal", &png(9, 9))).await.json();
    bench.test.pass(30 * crate::app::DAY);
    let maya = bench.sign_in("1001@harbor").await;
    maya.delete(ID).await;
    assert_eq!(maya.open(&address(&saved), None).await.status, 404);
    bench.test.pass(1_000);
    crate::upkeep::tidy(&bench.app).await.unwrap();
    let undone: Contact = maya.put(ID, &saved.to_draft()).await.json();
    assert_eq!(undone.photo, saved.photo);
    assert_eq!(maya.open(&address(&saved), None).await.status, 200);

    let before = maya.bootstrap().await.cursor;
    let without = json!({ "scope": "personal", "given": "Ana", "photo_content": "" });
    let removed: Contact = maya.put(ID, &without).await.json();
    assert_eq!(removed.photo, None);
    assert_eq!(maya.events(before).await[0].change, Change::ContactChanged { contact: removed });
    assert_eq!(maya.open(&address(&saved), None).await.status, 404);
    bench.test.pass(8 * crate::app::DAY);
    crate::upkeep::tidy(&bench.app).await.unwrap();
    let late: Contact = maya.put(ID, &saved.to_draft()).await.json();
    assert_eq!(late.photo, None, "it is forgotten, and the rest of the contact is saved");
}

#[tokio::test]
async fn a_role_that_does_not_change_shared_contacts_gives_them_no_photo() {
    let bench = Bench::new().await;
    let devon = bench.sign_in("1002@harbor").await;
    assert_eq!(devon.put(ID, &ana("shared", &png(9, 9))).await.code(), ErrorCode::Forbidden);
}

#[tokio::test]
async fn an_import_brings_photos() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let one = |n: u32| json!({ "id": format!("01J9ZK4T6Q8Y2M0C5R7W3X{n:04}"), "contact": ana("personal", &png(n, 1)) });
    let body = json!({ "contacts": (1..=60).map(one).collect::<Vec<_>>() });
    for _ in 0..2 {
        assert_eq!(maya.post("/contacts/import", &body).await.status, 200);
    }
    let contacts = maya.get("/contacts").await.json::<halyard_protocol::rest::ContactsPage>().contacts;
    assert_eq!(contacts.len(), 60);
    assert_eq!(maya.open(&address(&contacts[6]), None).await.body, png(7, 1));
}
