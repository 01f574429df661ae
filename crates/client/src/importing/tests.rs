//! The import alone.

use halyard_protocol::rest::ImportContacts;
use halyard_protocol::{Ulid, limits};

use super::*;
use crate::contacts::Contacts;
use crate::contacts::import::choices;
use crate::effect::{Effect, FileCommand, NetworkFailure, PhotoOf};
use crate::testing::{Alone, Done, answer};

fn file(text: &str) -> ImportAction {
    ImportAction::File { name: "people.csv".to_owned(), bytes: text.as_bytes().to_vec() }
}

struct Bench {
    import: Import,
    contacts: Contacts,
    alone: Alone,
}

impl Bench {
    fn open(text: &str) -> Self {
        let mut bench = Self::new();
        bench.act(file(text));
        bench
    }

    fn new() -> Self {
        Self { import: Import::default(), contacts: Contacts::default(), alone: Alone::new() }
    }

    fn act(&mut self, action: ImportAction) -> Done {
        let Self { import, contacts, alone } = self;
        alone.turn(|cx| import.act(action, &contacts.book, cx))
    }

    fn answer_with(&mut self, asked: &Done, outcome: HttpOutcome) -> Done {
        let (id, _) = asked.requests()[0];
        let call = self.import.requests.take(id).expect("a request that is under way");
        self.alone.turn(|cx| self.import.answered(call, outcome, cx))
    }

    fn error(&self) -> Option<String> {
        self.import.open()?.error.as_ref().map(Text::english)
    }
}

fn sent(done: &Done) -> Vec<ImportedContact> {
    let requests = done.requests();
    let body = requests[0].1.body.as_ref().expect("a body");
    serde_json::from_str::<ImportContacts>(body).expect("an import").contacts
}

fn saved(count: usize) -> HttpOutcome {
    Ok(answer(200, &format!(r#"{{"saved":{count}}}"#)))
}

fn many(count: usize) -> String {
    let lines = (0..count).map(|n| format!("Contact,{n}\n"));
    ["First Name,Last Name\n".to_owned()].into_iter().chain(lines).collect()
}

#[test]
fn a_large_file_is_sent_in_several_requests() {
    let mut bench = Bench::open(&many(limits::IMPORT_AT_ONCE + 7));
    let first = bench.act(ImportAction::Confirm);
    assert_eq!(sent(&first).len(), limits::IMPORT_AT_ONCE);
    let second = bench.answer_with(&first, saved(limits::IMPORT_AT_ONCE));
    assert_eq!(sent(&second).len(), 7);
    assert!(bench.import.open().is_some_and(|importing| importing.saving));
    let done = bench.answer_with(&second, saved(7));
    assert!(bench.import.open().is_none());
    let announced = |fact: &Fact| matches!(fact, Fact::Notice(notice) if notice.text == "2507 contacts imported.");
    assert!(done.facts.iter().any(announced));
}

#[test]
fn what_was_not_saved_is_told_and_sent_again_under_the_same_ids() {
    let mut bench = Bench::open(&many(limits::IMPORT_AT_ONCE + 1));
    let first = bench.act(ImportAction::Confirm);
    let second = bench.answer_with(&first, saved(limits::IMPORT_AT_ONCE));
    bench.answer_with(&second, Err(NetworkFailure));
    let error = bench.error().expect("an error");
    assert!(error.starts_with("2500 of 2501 contacts were imported."), "{error}");
    let again = bench.act(ImportAction::Confirm);
    assert_eq!(sent(&again), sent(&first));
    let rest = bench.answer_with(&again, saved(limits::IMPORT_AT_ONCE));
    assert_eq!(sent(&rest), sent(&second));
}

#[test]
fn all_rows_or_none_are_taken_at_once() {
    let mut bench = Bench::open("First Name,Mobile\nAna,619 555 0142\nBen,619 555 0143\n");
    bench.act(ImportAction::All(false));
    bench.act(ImportAction::Confirm);
    assert_eq!(bench.error().as_deref(), Some("Choose at least one contact."));
    bench.act(ImportAction::All(true));
    assert_eq!(sent(&bench.act(ImportAction::Confirm)).len(), 2);
}

#[test]
fn a_column_that_is_taken_for_something_is_imported_under_the_same_ids() {
    let mut bench = Bench::open("First Name,Berth\nAna,619 555 0142\n,619 555 0144\nBen,619 555 0143\n");
    let first = bench.act(ImportAction::Confirm);
    bench.answer_with(&first, Err(NetworkFailure));
    let mobile = choices().position(|word| word == words::COLUMN_MOBILE);
    bench.act(ImportAction::Map(0, 1, mobile));
    let second = bench.act(ImportAction::Confirm);
    let numbers = |done: &Done| sent(done).iter().map(|entry| entry.contact.numbers.len()).collect::<Vec<_>>();
    assert_eq!((numbers(&first), numbers(&second)), (vec![0, 0], vec![1, 1, 1]));
    let ids = |done: &Done| sent(done).iter().map(|entry| entry.id).collect::<Vec<_>>();
    assert_eq!([ids(&second)[0], ids(&second)[2]], ids(&first)[..]);
    bench.answer_with(&second, Err(NetworkFailure));
    bench.act(ImportAction::Map(0, 1, None));
    let third = bench.act(ImportAction::Confirm);
    assert_eq!(sent(&third), sent(&first));
}

#[test]
fn another_encoding_gives_other_names_under_the_same_ids() {
    let mut bench = Bench::new();
    let bytes = b"First Name,Mobile\n\xc8\xe2\xe0\xed,619 555 0142\n".to_vec();
    bench.act(ImportAction::File { name: "friends.csv".to_owned(), bytes });
    let first = bench.act(ImportAction::Confirm);
    bench.answer_with(&first, Err(NetworkFailure));
    bench.act(ImportAction::Encoding(0, ENCODINGS.iter().position(|name| *name == "UTF-16LE")));
    assert_eq!(bench.import.open().map(|importing| importing.rows.len()), Some(0));
    bench.act(ImportAction::Encoding(0, ENCODINGS.iter().position(|name| *name == "Windows-1251")));
    let second = bench.act(ImportAction::Confirm);
    bench.answer_with(&second, Err(NetworkFailure));
    bench.act(ImportAction::Encoding(0, None));
    let third = bench.act(ImportAction::Confirm);
    let of = |done: &Done| sent(done).into_iter().map(|entry| (entry.id, entry.contact.given)).collect::<Vec<_>>();
    let id = of(&first)[0].0;
    assert_eq!([of(&first), of(&second), of(&third)], ["Èâàí", "Иван", "Èâàí"].map(|name| vec![(id, name.to_owned())]));
}

#[test]
fn several_files_are_one_import_and_each_line_keeps_its_file() {
    let table = |name: &str, text: &str| ImportAction::File { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
    let mut bench = Bench::open("First Name,Berth\nAna,619 555 0142\n");
    bench.act(ImportAction::Toggle(0));
    bench.act(table("team.csv", "First Name,Mobile\nBen,619 555 0143\nx,y,z\n"));
    bench.act(cards(&["/9j/a"]));
    bench.act(table("more.csv", "First Name,Mobile\nBen,619 555 0143\n"));
    let importing = bench.import.open().expect("the preview");
    let names: Vec<_> =
        importing.rows.iter().map(|row| (row.draft.given.as_str(), importing.place(row.line))).collect();
    assert_eq!(names[..2], [("Ana", (Some("people.csv"), 2)), ("Ben", (Some("team.csv"), 2))]);
    assert_eq!(names[2..], [("Person", (Some("people.vcf"), 1)), ("Ben", (Some("more.csv"), 2))]);
    assert_eq!(importing.taken, [false, true, true, false], "what was chosen stays");
    let RowMatch::RepeatsLine(line) = importing.matches[3] else { panic!("{:?}", importing.matches) };
    assert_eq!(importing.place(line), (Some("team.csv"), 2));
    assert_eq!(importing.files[1].preview.errors[0].line, 3);
    // A column of the first file changes nothing of the others.
    let photo_asked = importing.has_photo_under_way();
    let mobile = choices().position(|word| word == words::COLUMN_MOBILE);
    bench.act(ImportAction::Map(0, 1, mobile));
    let importing = bench.import.open().expect("the preview");
    let numbers: Vec<_> =
        importing.rows.iter().map(|row| (row.draft.given.as_str(), row.draft.numbers.len())).collect();
    assert_eq!(numbers, [("Ana", 1), ("Ben", 1), ("Person", 0), ("Ben", 1)]);
    assert!(photo_asked && importing.has_photo_under_way());
}

#[test]
fn a_file_that_comes_while_another_is_saved_is_named() {
    let mut bench = Bench::open("First Name\nAna\n");
    let asked = bench.act(ImportAction::Confirm);
    let done = bench.act(file("First Name\nBen\n"));
    let named =
        |fact: &Fact| matches!(fact, Fact::Notice(notice) if notice.text.english().starts_with("people.csv was not"));
    assert!(done.facts.iter().any(named));
    assert_eq!(bench.import.open().map(|importing| importing.files.len()), Some(1));
    bench.answer_with(&asked, saved(1));
    assert!(bench.import.open().is_none());
}

#[test]
fn files_that_are_too_large_together_are_named() {
    let mut bench = Bench::open("First Name\nAna\n");
    let bytes = vec![b'a'; crate::contacts::import::CARDS_BYTES];
    bench.act(ImportAction::File { name: "large.vcf".to_owned(), bytes });
    let importing = bench.import.open().expect("the preview");
    let errors: Vec<String> = importing.files[1].preview.errors[0].messages.iter().map(Text::english).collect();
    assert_eq!(errors, ["With this file there are more than 32 MB. Import it by itself."]);
    assert_eq!(importing.rows.len(), 1);
}

#[test]
fn photos_are_made_small_again_where_cards_are_read_again() {
    let mut bench = Bench::new();
    let opened = bench.act(cards(&["/9j/a", "/9j/b"]));
    let (first, _) = photo(&opened).expect("a photo");
    let (second, _) = photo(&bench.small(first, Some("/9j/a"))).expect("the next photo");
    bench.act(ImportAction::Encoding(0, Some(0)));
    let mut asked = bench.small(second, Some("/9j/b"));
    while let Some((id, _)) = photo(&asked) {
        asked = bench.small(id, Some(if id == first { "/9j/a" } else { "/9j/b" }));
    }
    let contacts = sent(&bench.act(ImportAction::Confirm));
    let contents: Vec<Option<&str>> = contacts.iter().map(|entry| entry.contact.photo_content.as_deref()).collect();
    assert_eq!(contents, [Some("/9j/a"), Some("/9j/b")]);
}

#[test]
fn lines_of_one_person_become_one_contact() {
    let text = "First Name,Last Name,Mobile,Home\nAna,Cruz,619 555 0142,\nBen,Cruz,,619 555 0142\nAna,Cruz,619 555 0142,619 555 0143\n";
    let mut bench = Bench::open(text);
    let asked = bench.act(ImportAction::Confirm);
    let contacts = sent(&asked);
    let of = |entry: &ImportedContact| (entry.contact.given.clone(), entry.contact.numbers.len());
    assert_eq!(contacts.iter().map(of).collect::<Vec<_>>(), [("Ana".to_owned(), 2), ("Ben".to_owned(), 1)]);
    // The first line is left out: the other one stands for itself.
    bench.answer_with(&asked, Err(NetworkFailure));
    bench.act(ImportAction::Toggle(0));
    let contacts = sent(&bench.act(ImportAction::Confirm));
    assert_eq!(contacts.iter().map(of).collect::<Vec<_>>(), [("Ben".to_owned(), 1), ("Ana".to_owned(), 2)]);
}

#[test]
fn two_lines_that_add_to_one_contact_are_sent_as_one() {
    let mut bench = Bench::new();
    let draft = ContactDraft { given: "Ana".into(), ..ContactDraft::default() };
    let number = |n| halyard_protocol::PhoneNumber::from_e164(n).expect("a number");
    let numbers = ["+16195550142", "+16195550143"]
        .map(|n| halyard_protocol::ContactNumber::new(halyard_protocol::NumberLabel::Mobile, number(n)));
    let ana = ContactDraft { numbers: numbers.to_vec(), ..draft }.into_contact(ContactId(Ulid::from_bits(7)), 1);
    bench.alone.turn(|cx| bench.contacts.changed(ana.clone(), cx));
    bench.act(file("First Name,Mobile,Home\nAna,619 555 0142,619 555 0150\nAna,619 555 0143,619 555 0151\n"));
    let contacts = sent(&bench.act(ImportAction::Confirm));
    assert_eq!(contacts.iter().map(|entry| (entry.id, entry.contact.numbers.len())).collect::<Vec<_>>(), [(ana.id, 4)]);
}

#[test]
fn an_import_that_is_closed_while_it_saves_says_how_many_were_saved() {
    let mut bench = Bench::open(&many(limits::IMPORT_AT_ONCE + 7));
    let first = bench.act(ImportAction::Confirm);
    bench.act(ImportAction::Cancel);
    let done = bench.answer_with(&first, saved(limits::IMPORT_AT_ONCE));
    assert!(done.requests().is_empty());
    let announced = |fact: &Fact| matches!(fact, Fact::Notice(notice) if notice.text == "2500 contacts imported.");
    assert!(done.facts.iter().any(announced));
}

fn cards(photos: &[&str]) -> ImportAction {
    let card = |(n, photo): (usize, &&str)| {
        let photo = if photo.is_empty() { String::new() } else { format!("PHOTO;ENCODING=b:{photo}\n") };
        format!("BEGIN:VCARD\nVERSION:3.0\nFN:Person {n}\nUID:{n}\n{photo}END:VCARD\n")
    };
    let bytes = photos.iter().enumerate().map(card).collect::<String>().into_bytes();
    ImportAction::File { name: "people.vcf".to_owned(), bytes }
}

/// The photo that is to be made small.
fn photo(done: &Done) -> Option<(ContactId, &str)> {
    done.effects.iter().find_map(|effect| match effect {
        Effect::Files(FileCommand::Photo { of: PhotoOf::Import(id), content }) => Some((*id, content.as_str())),
        _ => None,
    })
}

impl Bench {
    fn small(&mut self, id: ContactId, small: Option<&str>) -> Done {
        let Self { import, alone, .. } = self;
        alone.turn(|cx| import.photo_ready(id, small.map(str::to_owned), cx))
    }
}

#[test]
fn photos_are_made_small_one_by_one_and_sent_with_their_contacts() {
    let mut bench = Bench::new();
    let opened = bench.act(cards(&["/9j/large", "", "iVBORlarge", "none"]));
    let (first, content) = photo(&opened).expect("a photo");
    assert_eq!(content, "/9j/large");
    let asked = bench.act(ImportAction::Confirm);
    assert!(asked.requests().is_empty() && bench.import.open().is_some_and(|importing| importing.saving));
    let next = bench.small(first, Some("/9j/small"));
    let (second, _) = photo(&next).expect("the next photo");
    assert!(photo(&bench.small(first, Some("/9j/again"))).is_none(), "an answer counts once");
    let next = bench.small(second, Some("iVBORsmall"));
    let (third, _) = photo(&next).expect("the last photo");
    let done = bench.small(third, None);
    let contacts = sent(&done);
    let contents: Vec<Option<&str>> = contacts.iter().map(|entry| entry.contact.photo_content.as_deref()).collect();
    assert_eq!(contents, [Some("/9j/small"), None, Some("iVBORsmall"), None]);
    assert!(contacts.iter().all(|entry| entry.contact.photo.is_none()));
    let rows = &bench.import.open().expect("the preview").rows;
    let warned: Vec<usize> = rows.iter().map(|row| row.warnings.len()).collect();
    assert_eq!(warned, [0, 0, 0, 1], "what is no picture is named");
}

#[test]
fn photos_are_counted_while_the_import_waits_for_them() {
    let mut bench = Bench::new();
    let mut done = bench.act(cards(&["/9j/a", "", "/9j/b", "none"]));
    bench.act(ImportAction::Confirm);
    let mut counts = Vec::new();
    while let Some((id, _)) = photo(&done) {
        let importing = bench.import.open().expect("the preview");
        counts.push(importing.photos_done());
        done = bench.small(id, Some("/9j/"));
        assert!(done.changed.contains(&Changed::Import));
    }
    assert_eq!(counts, [(0, 3), (1, 3), (2, 3)]);
}

#[test]
fn a_photo_of_an_import_that_was_cancelled_is_nobodys() {
    let mut bench = Bench::new();
    let opened = bench.act(cards(&["/9j/a"]));
    let (stale, _) = photo(&opened).expect("a photo");
    bench.act(ImportAction::Cancel);
    bench.small(stale, Some("/9j/a"));
    let opened = bench.act(cards(&["/9j/b"]));
    let (fresh, _) = photo(&opened).expect("a photo");
    assert!(bench.small(stale, Some("/9j/a")).effects.is_empty());
    bench.small(fresh, Some("/9j/b"));
    let contacts = sent(&bench.act(ImportAction::Confirm));
    assert_eq!(contacts[0].contact.photo_content.as_deref(), Some("/9j/b"));
}

#[test]
fn photos_make_requests_of_a_size_that_a_slow_line_bears() {
    let mut bench = Bench::new();
    let mut done = bench.act(cards(&["/9j/"; 60]));
    let small = "A".repeat(60_000);
    while let Some((id, _)) = photo(&done) {
        done = bench.small(id, Some(&small));
    }
    let first = bench.act(ImportAction::Confirm);
    assert_eq!(sent(&first).len(), 17);
    let body = first.requests()[0].1.body.as_ref().map(String::len).unwrap_or_default();
    assert!(body < 1_100_000, "{body}");
}

#[test]
fn a_photo_is_news_of_a_contact_without_one_alone() {
    let mut bench = Bench::new();
    let known = |n: u128, photo| {
        let uid = format!("{}", n - 1);
        let details = Some(Box::new(halyard_protocol::ContactDetails { uid, ..Default::default() }));
        let given = "Person".to_owned();
        let draft = ContactDraft { given, family: format!("{}", n - 1), details, photo, ..ContactDraft::default() };
        draft.into_contact(ContactId(Ulid::from_bits(n)), 1)
    };
    let has = halyard_protocol::PhotoId(Ulid::from_bits(u128::MAX));
    bench.contacts.book.put(known(1, None), false);
    bench.contacts.book.put(known(2, Some(has)), false);
    let opened = bench.act(cards(&["/9j/a", "/9j/b"]));
    let matches = &bench.import.open().expect("the preview").matches;
    assert!(matches!(matches[..], [RowMatch::UpdatesExisting(_), RowMatch::SameAs(_)]), "{matches:?}");
    let (first, _) = photo(&opened).expect("a photo");
    let next = bench.small(first, Some("/9j/a"));
    bench.small(photo(&next).expect("a photo").0, Some("/9j/b"));
    bench.act(ImportAction::All(true));
    let contacts = sent(&bench.act(ImportAction::Confirm));
    let contents: Vec<Option<&str>> = contacts.iter().map(|entry| entry.contact.photo_content.as_deref()).collect();
    assert_eq!(contents, [Some("/9j/a"), None], "a photo that is there stays");
}
