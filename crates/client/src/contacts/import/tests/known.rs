use halyard_protocol::{Contact, ContactId, PhoneNumber, Ulid};

use super::*;

fn contact(id: u128, draft: ContactDraft) -> Contact {
    draft.into_contact(ContactId(Ulid::from_bits(id)), 1)
}

fn draft(given: &str, family: &str, numbers: &[(NumberLabel, u64)]) -> ContactDraft {
    let number = |line: u64| PhoneNumber::from_e164(&format!("+1619555{line:04}")).unwrap();
    ContactDraft {
        given: given.into(),
        family: family.into(),
        numbers: numbers.iter().map(|&(label, line)| ContactNumber { label, number: number(line) }).collect(),
        ..ContactDraft::default()
    }
}

fn preview(drafts: Vec<ContactDraft>) -> Preview {
    let rows = (2..).zip(drafts).map(|(line, draft)| Row { line, draft, warnings: Vec::new() }).collect();
    Preview { format: Format::Csv, rows, errors: Vec::new() }
}

use NumberLabel::{Home, Mobile, Other, Work};

#[test]
fn rows_are_known_by_number() {
    let maya = contact(1, draft("Maya", "Delgado", &[(Mobile, 142)]));
    let nils = contact(2, draft("Nils", "Okafor", &[(Work, 112)]));
    let file = preview(vec![
        draft("Maya", "Delgado", &[(Mobile, 142)]),
        draft("Maya", "", &[(Home, 143), (Mobile, 142)]),
        draft("Priya", "Iyer", &[(Mobile, 150)]),
        draft("", "", &[(Other, 150)]),
        draft("N.", "Okafor", &[(Work, 112), (Mobile, 113)]),
        draft("Maya", "Delgado", &[]),
    ]);
    assert_eq!(
        duplicates(&file, &[&maya, &nils]),
        [
            Outcome::SameAs(maya.id),
            Outcome::RepeatsLine(2),
            Outcome::New,
            Outcome::RepeatsLine(4),
            Outcome::UpdatesExisting(nils.id),
            Outcome::New,
        ]
    );
}

#[test]
fn an_office_number_makes_no_one_somebody_else() {
    let maya = contact(1, draft("Maya", "Delgado", &[(Work, 100), (Mobile, 142)]));
    let file = preview(vec![
        draft("Theo", "Brandt", &[(Work, 100)]),
        draft("Rosa", "Tanaka", &[(Work, 100)]),
        draft("Mum", "", &[(Mobile, 142)]),
        draft("Maya", "", &[(Work, 100)]),
    ]);
    let outcomes = duplicates(&file, &[&maya]);
    assert_eq!(outcomes[..2], [Outcome::New, Outcome::New]);
    assert_eq!(outcomes[2], Outcome::SameAs(maya.id));
    assert_eq!(outcomes[3], Outcome::SameAs(maya.id));
}

#[test]
fn of_several_with_the_number_the_one_with_the_name_is_meant() {
    let shared = contact(1, draft("Front", "Desk", &[(Mobile, 100)]));
    let maya = contact(2, draft("Maya", "Delgado", &[(Mobile, 100)]));
    let file = preview(vec![draft("Maya", "Delgado", &[(Mobile, 100)])]);
    assert_eq!(duplicates(&file, &[&shared, &maya]), [Outcome::SameAs(maya.id)]);
}

#[test]
fn merging_adds_and_takes_nothing_away() {
    let mut old = draft("Maya", "", &[(Other, 142)]);
    old.emails = vec!["maya@example.com".into()];
    old.scope = halyard_protocol::ContactScope::Shared;
    let mut new = draft("M.", "Delgado", &[(Mobile, 142), (Home, 143)]);
    new.company = "Kittiwake".into();
    new.emails = vec!["MAYA@example.com".into(), "m@example.com".into()];
    let merged = merge(&contact(1, old.clone()), &new);
    assert_eq!((merged.given.as_str(), merged.family.as_str(), merged.company.as_str()), ("Maya", "", "Kittiwake"));
    assert_eq!(merged.emails, ["maya@example.com", "m@example.com"]);
    assert_eq!(merged.numbers, draft("", "", &[(Mobile, 142), (Home, 143)]).numbers);
    assert_eq!(merged.scope, old.scope);
}

fn any_draft() -> impl Strategy<Value = ContactDraft> {
    let label = prop::sample::select(vec![Work, Mobile, Home, Other]);
    let name = prop::sample::select(vec!["", "Maya", "Nils", "Theo"]);
    (name, prop::collection::vec((label, 0_u64..15), 1..8)).prop_map(|(given, mut numbers)| {
        numbers.sort_by_key(|(_, line)| *line);
        numbers.dedup_by_key(|(_, line)| *line);
        draft(given, "", &numbers)
    })
}

proptest! {
    #[test]
    fn what_was_imported_is_known_when_it_comes_again(drafts in prop::collection::vec(any_draft(), 0..12)) {
        let file = preview(drafts);
        let outcomes = duplicates(&file, &[]);
        let saved: Vec<Contact> = file.rows.iter().zip(&outcomes).zip(0..)
            .filter(|((_, outcome), _)| **outcome == Outcome::New)
            .map(|((row, _), id)| contact(id, row.draft.clone()))
            .collect();
        let known: Vec<&Contact> = saved.iter().collect();
        for (before, after) in outcomes.iter().zip(duplicates(&file, &known)) {
            match before {
                Outcome::RepeatsLine(_) => prop_assert_eq!(*before, after),
                _ => prop_assert!(!matches!(after, Outcome::New | Outcome::RepeatsLine(_))),
            }
        }
    }

    #[test]
    fn a_merged_contact_can_be_saved_and_rests(old in any_draft(), new in any_draft()) {
        let merged = merge(&contact(1, old.clone()), &new);
        prop_assert_eq!(merged.check(), Ok(()));
        prop_assert!(old.numbers.iter().all(|entry| merged.numbers.iter().any(|known| known.number == entry.number)));
        prop_assert_eq!(merge(&contact(1, merged.clone()), &new), merged);
    }
}
