use halyard_protocol::{Contact, ContactId, ContactScope, PhoneNumber, Ulid};

use super::*;

fn contact(id: u128, draft: ContactDraft) -> Contact {
    draft.into_contact(ContactId(Ulid::from_bits(id)), 1)
}

fn draft(given: &str, family: &str, numbers: &[(NumberLabel, u64)]) -> ContactDraft {
    let number = |line: u64| PhoneNumber::from_e164(&format!("+1619555{line:04}")).unwrap();
    ContactDraft {
        given: given.into(),
        family: family.into(),
        numbers: numbers.iter().map(|&(label, line)| ContactNumber::new(label, number(line))).collect(),
        ..ContactDraft::default()
    }
}

fn preview(drafts: Vec<ContactDraft>) -> Preview {
    let rows = (2..)
        .zip(drafts)
        .map(|(line, draft)| ImportRow {
            line,
            draft,
            photo: String::new(),
            small_photo: String::new(),
            uid: String::new(),
            warnings: Vec::new(),
            chosen: None,
        })
        .collect();
    Preview { rows, ..Preview::new(Format::Csv) }
}

use NumberLabel::{Home, Mobile, Other, Work};

fn known(file: &Preview, existing: &[&Contact]) -> Vec<RowMatch> {
    duplicates(&file.rows, existing, ContactScope::Personal)
}

#[test]
fn rows_are_known_by_number_and_name() {
    let maya = contact(1, draft("Maya", "Delgado", &[(Mobile, 142)]));
    let nils = contact(2, draft("Nils", "Okafor", &[(Work, 112)]));
    let file = preview(vec![
        draft("Maya", "Delgado", &[(Mobile, 142)]),
        draft("Maya", "", &[(Home, 143), (Mobile, 142)]),
        draft("Priya", "Iyer", &[(Mobile, 150)]),
        draft("", "", &[(Other, 150)]),
        draft("N.", "Okafor", &[(Work, 112), (Mobile, 113)]),
        draft("Maya", "Delgado", &[]),
        draft("Delgado", "Maya", &[(Mobile, 142)]),
    ]);
    assert_eq!(
        known(&file, &[&maya, &nils]),
        [
            RowMatch::SameAs(maya.id),
            RowMatch::AddsToLine(2),
            RowMatch::New,
            RowMatch::RepeatsLine(4),
            RowMatch::UpdatesExisting(nils.id),
            RowMatch::New,
            RowMatch::RepeatsLine(2),
        ]
    );
}

#[test]
fn whoever_is_known_by_their_uid_is_nobody_of_an_earlier_line() {
    let father = contact(1, draft("", "Tam", &[(Home, 100)]));
    let child = contact(2, draft("Tam", "", &[(Home, 100)]));
    let mut file = preview(vec![father.to_draft(), child.to_draft(), child.to_draft()]);
    for (row, contact) in file.rows.iter_mut().zip([&father, &child, &child]) {
        row.uid = contact.id.to_string();
    }
    assert_eq!(
        known(&file, &[&father, &child]),
        [RowMatch::SameAs(father.id), RowMatch::SameAs(child.id), RowMatch::RepeatsLine(file.rows[1].line)]
    );
}

#[test]
fn people_who_share_a_number_stay_separate_people() {
    let sam = contact(1, draft("Sam", "Poe", &[(Home, 100)]));
    for label in [Home, Mobile, Work, Other] {
        let file = preview(vec![
            draft("Ann", "Lee", &[(label, 120), (Mobile, 121)]),
            draft("Ben", "Lee", &[(label, 120), (Mobile, 122)]),
            draft("Theo", "Brandt", &[(label, 100)]),
            draft("Mum", "", &[(label, 100)]),
            ContactDraft { company: "Poe Boats".into(), ..draft("", "", &[(label, 100)]) },
        ]);
        assert_eq!(known(&file, &[&sam]), [RowMatch::New; 5], "{label:?}");
    }
}

#[test]
fn who_has_no_name_is_whoever_has_all_of_their_numbers() {
    let sam = contact(1, draft("Sam", "Poe", &[(Home, 100)]));
    let file = preview(vec![draft("", "", &[(Other, 100)]), draft("", "", &[(Other, 100), (Other, 101)])]);
    assert_eq!(known(&file, &[&sam])[..], [RowMatch::SameAs(sam.id), RowMatch::AddsToLine(2)]);
    let nobody = contact(2, draft("", "", &[(Home, 102)]));
    let file = preview(vec![draft("Rosa", "Tanaka", &[(Home, 102)])]);
    assert_eq!(known(&file, &[&nobody]), [RowMatch::UpdatesExisting(nobody.id)]);
}

#[test]
fn of_several_with_the_number_the_one_with_the_name_is_meant() {
    let shared = contact(1, draft("Maya", "", &[(Mobile, 100)]));
    let maya = contact(2, draft("Maya", "Delgado", &[(Mobile, 100)]));
    let file = preview(vec![draft("Maya", "Delgado", &[(Mobile, 100)])]);
    assert_eq!(known(&file, &[&shared, &maya]), [RowMatch::SameAs(maya.id)]);
}

#[test]
fn the_same_card_is_the_same_person_whatever_they_are_called_now() {
    let maya = contact(1, draft("Maya", "Delgado", &[(Mobile, 142)]));
    let mut file = preview(vec![draft("Maya", "Okafor", &[(Home, 143)]), draft("M.", "", &[(Home, 144)])]);
    file.rows[0].uid = maya.id.to_string();
    file.rows[1].uid = maya.id.to_string();
    assert_eq!(known(&file, &[&maya]), [RowMatch::UpdatesExisting(maya.id), RowMatch::AddsToLine(2)]);
}

#[test]
fn a_contact_of_the_other_kind_is_not_called_new() {
    let shared = ContactDraft { scope: ContactScope::Shared, ..draft("Maya", "Delgado", &[(Mobile, 142)]) };
    let shared = contact(1, shared);
    let file = preview(vec![draft("Maya", "Delgado", &[(Mobile, 142)]), draft("Nils", "Okafor", &[(Work, 112)])]);
    let there = |adds| RowMatch::Elsewhere { contact: shared.id, adds };
    assert_eq!(known(&file, &[&shared]), [there(false), RowMatch::New]);
    let file = preview(vec![draft("Maya", "", &[(Mobile, 142), (Home, 143)])]);
    assert_eq!(known(&file, &[&shared]), [there(true)]);
    let mine = contact(2, draft("Maya", "Delgado", &[(Mobile, 142), (Home, 143)]));
    assert_eq!(known(&file, &[&shared, &mine]), [RowMatch::SameAs(mine.id)]);
}

#[test]
fn nothing_of_a_row_is_lost_in_a_contact_that_is_full() {
    let lines: Vec<(NumberLabel, u64)> = (100..110).map(|line| (Mobile, line)).collect();
    let full = contact(1, draft("Maya", "Delgado", &lines));
    let file = preview(vec![draft("Maya", "Delgado", &[(Mobile, 100), (Home, 111)])]);
    assert_eq!(known(&file, &[&full]), [RowMatch::New]);
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

#[test]
fn details_are_added_where_there_is_room_and_lines_are_kept_beside_each_other() {
    let with = |nickname: &str, address: &str, notes: &str, uid: &str| {
        let details = ContactDetails {
            nickname: nickname.to_owned(),
            address: address.to_owned(),
            notes: notes.to_owned(),
            uid: uid.to_owned(),
            ..ContactDetails::default()
        };
        ContactDraft { details: Some(Box::new(details)), ..draft("Maya", "", &[]) }
    };
    let merged = |old: ContactDraft, new: ContactDraft| merge(&contact(1, old), &new);
    let old = with("Captain", "1 Dock Road", "Slip 12\nwinter", "");
    assert_eq!(
        merged(old.clone(), with("May", "2 Quay", "winter", "card")),
        with("Captain", "1 Dock Road\n2 Quay", "Slip 12\nwinter", "card")
    );
    assert_eq!(merged(old.clone(), with("May", "", "Slip 12", "card")), old, "a UID alone is no news");
    let long = "n".repeat(limits::CONTACT_NOTES_LENGTH - 5);
    assert_eq!(merged(with("", "", &long, ""), with("", "", "other", "")), with("", "", &long, ""), "no room for both");
    assert_eq!(merged(draft("Maya", "", &[]), with("May", "", "", "card")), with("May", "", "", "card"));
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
        let matches = known(&file, &[]);
        let mut saved: Vec<(usize, ContactDraft)> = Vec::new();
        for (row, outcome) in file.rows.iter().zip(&matches) {
            match outcome {
                RowMatch::New => saved.push((row.line, row.draft.clone())),
                RowMatch::AddsToLine(line) | RowMatch::RepeatsLine(line) => {
                    let (_, draft) = saved.iter_mut().find(|(known, _)| known == line).expect("the line before");
                    *draft = merge_drafts(draft, &row.draft);
                }
                other => panic!("{other:?} among no contacts"),
            }
        }
        // Each number of the file is in a contact of that name.
        for row in &file.rows {
            for entry in &row.draft.numbers {
                let saved = saved.iter().any(|(_, draft)| {
                    (draft.given == row.draft.given || row.draft.given.is_empty() || draft.given.is_empty())
                        && draft.numbers.iter().any(|known| known.number == entry.number)
                });
                prop_assert!(saved);
            }
        }
        let saved: Vec<Contact> = (1..).zip(saved).map(|(id, (_, draft))| contact(id, draft)).collect();
        for (before, after) in matches.iter().zip(known(&file, &saved.iter().collect::<Vec<_>>())) {
            match before {
                RowMatch::RepeatsLine(_) | RowMatch::AddsToLine(_) => prop_assert_eq!(*before, after),
                _ => prop_assert!(matches!(after, RowMatch::SameAs(_) | RowMatch::UpdatesExisting(_))),
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
