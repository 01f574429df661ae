//! Contacts and their photos.

use std::collections::BTreeMap;

use halyard_protocol::contact::ContactDetails;
use halyard_protocol::rest::{ContactsPage, ImportContacts, ImportedContact};

use super::*;

pub(super) async fn contacts_come_in_pages_by_id_over_both_owners(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let me = maya.bootstrap().await.me;
    let book = AddressBook { user: Some(me.user.id), tenant: me.tenant.id };
    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    let mut ids = BTreeSet::new();
    for n in 0..40_u32 {
        let scope = if n % 3 == 0 { ContactScope::Personal } else { ContactScope::Shared };
        let draft = ContactDraft { scope, given: format!("Müller {n} 🙂"), ..ContactDraft::default() };
        let id = ContactId(bench.app.env.ulid());
        ids.insert(id);
        store::contacts::save(&mut tx, book, id, draft, None, bench.app.env.now()).await.unwrap();
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store::contacts::page(&mut tx, book, after, 7).await.unwrap();
        after = page.last().map(|contact| contact.id);
        seen.extend(page.iter().map(|contact| contact.id));
        if page.len() < 7 {
            break;
        }
    }
    assert_eq!(seen, ids.into_iter().collect::<Vec<_>>());
    let found = store::contacts::by_id(&mut tx, book, seen[0]).await.unwrap().unwrap();
    assert!(found.given.ends_with('🙂'));
    let other = AddressBook { tenant: TenantId(Ulid::from_bits(5)), ..book };
    let personal = store::contacts::page(&mut tx, other, None, 100).await.unwrap();
    assert!(personal.iter().all(|contact| contact.scope == ContactScope::Personal));
}

pub(super) async fn a_photo_stays_while_a_contact_has_it_and_a_while_longer(bench: &Bench) {
    let me = bench.sign_in("1001@harbor").await.bootstrap().await.me;
    let book = AddressBook { user: Some(me.user.id), tenant: me.tenant.id };
    let (id, photo) = (ContactId(bench.app.env.ulid()), PhotoId(bench.app.env.ulid()));
    let draft = |scope| ContactDraft { scope, given: "Ana".into(), photo: Some(photo), ..ContactDraft::default() };
    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    let start = bench.app.env.now();
    store::photos::keep(&mut tx, book, ContactScope::Personal, photo, b"photo".to_vec(), start).await.unwrap();
    let unseen = store::photos::content(&mut tx, book, photo).await.unwrap();
    assert_eq!(unseen, None, "no contact has it");
    let mine = store::contacts::save(&mut tx, book, id, draft(ContactScope::Personal), None, start).await.unwrap();
    assert_eq!(mine.photo, Some(photo));
    assert_eq!(store::contacts::by_id(&mut tx, book, id).await.unwrap().unwrap(), mine);
    assert_eq!(store::photos::content(&mut tx, book, photo).await.unwrap().unwrap(), b"photo");
    let other = AddressBook { user: Some(UserId(bench.app.env.ulid())), ..book };
    let kept = async |tx: &mut Tx, scope| store::photos::keep_known(tx, other, scope, photo, start).await;
    assert_eq!(store::photos::content(&mut tx, other, photo).await.unwrap(), None);
    assert!(!kept(&mut tx, ContactScope::Personal).await.unwrap(), "another user's is none of theirs");

    // Shared, everybody at the business sees it, and nobody elsewhere.
    assert!(store::photos::keep_known(&mut tx, book, ContactScope::Shared, photo, start).await.unwrap());
    let shared = draft(ContactScope::Shared);
    let ours = store::contacts::save(&mut tx, book, id, shared, Some(&mine), start.plus(1)).await.unwrap();
    assert!(store::photos::content(&mut tx, other, photo).await.unwrap().is_some());
    let stranger = AddressBook { tenant: TenantId(Ulid::from_bits(5)), ..other };
    assert_eq!(store::photos::content(&mut tx, stranger, photo).await.unwrap(), None);

    // The personal copy was let go of at the start; the shared one is while its contact is there.
    assert_eq!(store::photos::forget_unused(&mut tx, start.plus(1)).await.unwrap(), 0);
    assert_eq!(store::photos::forget_unused(&mut tx, start.plus(2)).await.unwrap(), 1);
    store::contacts::remove(&mut tx, book, &ours, start.plus(10)).await.unwrap();
    assert_eq!(store::photos::forget_unused(&mut tx, start.plus(10)).await.unwrap(), 0, "a deletion can be undone");
    assert!(kept(&mut tx, ContactScope::Shared).await.unwrap());
    assert_eq!(store::photos::forget_unused(&mut tx, start.plus(11)).await.unwrap(), 1);
    assert!(!kept(&mut tx, ContactScope::Shared).await.unwrap());
    tx.commit().await.unwrap();
}

/// Of many contacts each is as it was given, the new ones and those that were there.
pub(super) async fn an_import_saves_what_it_was_given(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let one = |n: usize, given: &str, scope| {
        let details =
            ContactDetails { notes: format!("Berth {n}\n\"north\" \\ \u{1f6a4}"), ..ContactDetails::default() };
        let contact = ContactDraft {
            scope,
            given: given.to_owned(),
            family: "O'Neill".to_owned(),
            emails: vec![format!("berth{n}@example.com")],
            details: n.is_multiple_of(2).then(|| Box::new(details)),
            ..ContactDraft::default()
        };
        ImportedContact { id: ContactId(Ulid::from_bits(7_000 + n as u128)), contact }
    };
    let scope = |n: usize| if n.is_multiple_of(3) { ContactScope::Shared } else { ContactScope::Personal };
    let first: Vec<_> = (0..60).map(|n| one(n, "Ann", scope(n))).collect();
    // Some as they were, some changed, some another's, some new.
    let second: Vec<_> = (30..90)
        .map(|n| match n % 4 {
            0 => one(n, "Ann", scope(n)),
            1 => one(n, "Zo\u{eb}", scope(n)),
            _ => one(n, "Ann", ContactScope::Personal),
        })
        .collect();
    let mut expected: BTreeMap<ContactId, ContactDraft> = BTreeMap::new();
    for contacts in [first, second] {
        expected.extend(contacts.iter().map(|entry| (entry.id, entry.contact.clone())));
        let answer = maya.post("/contacts/import", &ImportContacts { contacts }).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let page: ContactsPage = maya.get("/contacts?limit=200").await.json();
        let found: BTreeMap<ContactId, ContactDraft> =
            page.contacts.iter().map(|contact| (contact.id, contact.to_draft())).collect();
        assert_eq!(found, expected);
    }
}
