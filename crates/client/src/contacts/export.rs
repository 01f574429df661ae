//! Contacts as a file for other address books: vCard 4 and 3, and a table.
//!
//! Always holds: the import of such a file gives back what was exported (a table has no UIDs); no cell of a table is a formula for a
//! spreadsheet.

use halyard_protocol::{Contact, ContactDetails, ContactId, NumberLabel, PhotoId};
use halyard_words::{Text, Word};

use super::import::{FORMULA, LABELS, OWN_UID};
use super::list::ContactsFilter;
use super::photo::mime;

/// A contact's photo: its content in base 64.
pub type Photo = (PhotoId, String);

/// Which contacts a file is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportedContacts {
    /// One alone.
    One(ContactId),
    /// Those that are selected in the list.
    Picked,
    /// Those that are exported while the list has this filter ([`ContactsFilter::exported`]).
    Filter(ContactsFilter),
}

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// vCard 4.0 (RFC 6350).
    VCard4,
    /// vCard 3.0 (RFC 2426), which older phones and programs read.
    VCard3,
    /// A table with the headings of Google Contacts.
    Csv,
}

impl ExportFormat {
    /// All of them, as they are offered.
    pub const ALL: [Self; 3] = [Self::VCard4, Self::VCard3, Self::Csv];

    /// What users call it.
    #[must_use]
    pub const fn word(self) -> Word {
        match self {
            Self::VCard4 => halyard_words::EXPORT_VCARD_4,
            Self::VCard3 => halyard_words::EXPORT_VCARD_3,
            Self::Csv => halyard_words::EXPORT_CSV,
        }
    }

    /// The media type, and how the file's name ends.
    #[must_use]
    pub(crate) const fn kind(self) -> (&'static str, &'static str) {
        match self {
            Self::VCard4 | Self::VCard3 => ("text/vcard;charset=utf-8", ".vcf"),
            Self::Csv => ("text/csv;charset=utf-8", ".csv"),
        }
    }
}

/// A file to save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedFile {
    /// What it is called, with its ending.
    pub name: Text,
    /// Its media type.
    pub media_type: &'static str,
    /// What is in it.
    pub content: String,
    /// How many of its contacts have a photo that is not in it.
    pub lacking: usize,
}

impl ExportedFile {
    /// The file with these contacts; its name has no ending yet.
    pub(crate) fn new(name: Text, contacts: &[&Contact], format: ExportFormat, photos: &[Photo]) -> Self {
        let (media_type, ending) = format.kind();
        let name = Text::joined(vec![name, Text::as_is(ending)], "");
        let (content, lacking) = export(contacts, format, photos);
        Self { name, media_type, content, lacking }
    }
}

/// Octets of a line of a vCard.
const LINE: usize = 75;

/// The file with these contacts, and how many of them have a photo that is not in it. `photos` are in the order of their ids; a table has none.
#[must_use]
pub fn export(contacts: &[&Contact], format: ExportFormat, photos: &[Photo]) -> (String, usize) {
    let mut file = String::new();
    let mut lacking = contacts.iter().filter(|contact| contact.photo.is_some()).count();
    match format {
        ExportFormat::Csv => table(contacts, &mut file),
        ExportFormat::VCard4 | ExportFormat::VCard3 => {
            for contact in contacts {
                let photo = contact.photo.and_then(|id| photos.binary_search_by_key(&id, |(id, _)| *id).ok());
                lacking -= usize::from(photo.is_some());
                card(contact, format, photo.map_or("", |at| &photos[at].1), &mut file);
            }
        }
    }
    (file, lacking)
}

fn card(contact: &Contact, format: ExportFormat, photo: &str, file: &mut String) {
    let none = ContactDetails::default();
    let [prefix, suffix, nickname, address, consent, notes, uid] = contact.details.as_deref().unwrap_or(&none).texts();
    let new = format == ExportFormat::VCard4;
    line(file, "BEGIN:VCARD", &[]);
    line(file, if new { "VERSION:4.0" } else { "VERSION:3.0" }, &[]);
    // Every card has an FN, even where it says no more than an address.
    let name = match contact.display_name() {
        name if name.is_empty() => contact.numbers.first().map(|entry| entry.number.to_carrier()).unwrap_or_default(),
        name => name,
    };
    line(file, "FN:", &[&name]);
    line(file, "N:", &[&contact.family, &contact.given, "", prefix, suffix]);
    let own = [OWN_UID, &contact.id.to_string()].concat();
    line(file, "UID:", &[if uid.is_empty() { &own } else { uid }]);
    for (property, value) in
        [("NICKNAME:", nickname), ("ORG:", &contact.company), ("NOTE:", notes), ("X-TEXT-CONSENT:", consent)]
    {
        if !value.is_empty() {
            line(file, property, &[value]);
        }
    }
    if !address.is_empty() {
        line(file, "ADR:", &["", "", address, "", "", "", ""]);
    }
    for email in &contact.emails {
        line(file, if new { "EMAIL:" } else { "EMAIL;TYPE=INTERNET:" }, &[email]);
    }
    for (at, entry) in contact.numbers.iter().enumerate() {
        let kind = match entry.label {
            NumberLabel::Mobile => "CELL",
            NumberLabel::Work => "WORK",
            NumberLabel::Home => "HOME",
            NumberLabel::Fax => "FAX",
            NumberLabel::Other => "OTHER",
        };
        let group = if entry.name.is_empty() { String::new() } else { ["item", &(at + 1).to_string(), "."].concat() };
        line(file, &[&group, "TEL;TYPE=", kind, ":"].concat(), &[&entry.number.to_carrier()]);
        if !entry.name.is_empty() {
            line(file, &[&group, "X-ABLabel:"].concat(), &[&entry.name]);
        }
    }
    if !photo.is_empty() {
        let mime = mime(photo);
        let kind = match mime {
            "image/png" => "PNG",
            "image/webp" => "WEBP",
            _ => "JPEG",
        };
        let property = if new {
            ["PHOTO:data:", mime, ";base64,", photo].concat()
        } else {
            ["PHOTO;ENCODING=b;TYPE=", kind, ":", photo].concat()
        };
        line(file, &property, &[]);
    }
    line(file, "END:VCARD", &[]);
}

/// A property with its escaped parts, folded.
fn line(file: &mut String, property: &str, parts: &[&str]) {
    let mut text = property.to_owned();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            text.push(';');
        }
        for c in part.chars() {
            match c {
                '\n' => text.push_str("\\n"),
                '\\' | ';' | ',' => text.extend(['\\', c]),
                c => text.push(c),
            }
        }
    }
    let mut length = 0;
    for c in text.chars() {
        if length + c.len_utf8() > LINE {
            file.push_str("\r\n ");
            length = 1;
        }
        file.push(c);
        length += c.len_utf8();
    }
    file.push_str("\r\n");
}

fn table(contacts: &[&Contact], file: &mut String) {
    let most = |count: fn(&Contact) -> usize| contacts.iter().map(|contact| count(contact)).max().unwrap_or_default();
    let (emails, numbers) = (most(|contact| contact.emails.len()), most(|contact| contact.numbers.len()));
    // The mark tells spreadsheets that it is UTF-8.
    file.push('\u{feff}');
    file.push_str(
        "First Name,Last Name,Name Prefix,Name Suffix,Nickname,Organization Name,Address 1 - Formatted,Text Consent,Notes",
    );
    for at in 1..=emails {
        file.extend([",E-mail ", &at.to_string(), " - Value"]);
    }
    for at in 1..=numbers {
        let at = at.to_string();
        file.extend([",Phone ", &at, " - Label,Phone ", &at, " - Value"]);
    }
    file.push_str("\r\n");
    let none = ContactDetails::default();
    for contact in contacts {
        let [prefix, suffix, nickname, address, consent, notes, _] =
            contact.details.as_deref().unwrap_or(&none).texts();
        let texts =
            [&contact.given, &contact.family, prefix, suffix, nickname, &contact.company, address, consent, notes];
        for (at, text) in texts.into_iter().enumerate() {
            cell(file, at, text);
        }
        for at in 0..emails {
            cell(file, 1, contact.emails.get(at).map_or("", String::as_str));
        }
        for at in 0..numbers {
            let entry = contact.numbers.get(at);
            let label = entry.map_or_else(String::new, |entry| {
                let kind = LABELS.iter().find(|(label, _)| *label == entry.label).map_or("", |(_, word)| word);
                if entry.name.is_empty() { kind.to_owned() } else { [&entry.name, " (", kind, ")"].concat() }
            });
            cell(file, 1, &label);
            // A plus sign with nothing but digits behind it is no formula, and other programs read it as it stands.
            file.push(',');
            file.push_str(&entry.map_or_else(String::new, |entry| entry.number.to_carrier()));
        }
        file.push_str("\r\n");
    }
}

/// A cell of a table: behind an apostrophe where it would be a formula.
fn cell(file: &mut String, at: usize, text: &str) {
    if at > 0 {
        file.push(',');
    }
    let text = text.trim_start();
    let apostrophe = if text.trim_start_matches('\'').starts_with(FORMULA) { "'" } else { "" };
    if text.contains(['"', ',', ';', '\n', '\r', '\t', ' ']) {
        file.extend(["\"", apostrophe, &text.replace('"', "\"\""), "\""]);
    } else {
        file.extend([apostrophe, text]);
    }
}

#[cfg(test)]
mod tests {
    use halyard_protocol::{CallingCode, ContactDraft, ContactNumber, PhoneNumber, Ulid};
    use proptest::prelude::*;

    use super::*;
    use crate::contacts::import::{Reading, RowMatch, duplicates, parse};
    use crate::testing::decode;

    fn contact(given: &str, company: &str) -> Contact {
        let draft = ContactDraft { given: given.into(), company: company.into(), ..ContactDraft::default() };
        draft.into_contact(ContactId(Ulid::from_bits(7)), 1)
    }

    #[test]
    fn no_cell_is_a_formula() {
        for bad in ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "'=1"] {
            let (table, _) = export(&[&contact(bad, "a;b")], ExportFormat::Csv, &[]);
            let row = table.lines().nth(1).expect("a row").trim_start_matches('"');
            assert!(row.starts_with('\''), "{row}");
        }
    }

    #[test]
    fn a_card_has_what_others_read() {
        let mut ana = contact("Ana", "Kittiwake, Sons");
        ana.numbers = vec![ContactNumber {
            name: "Boat".into(),
            ..ContactNumber::new(NumberLabel::Mobile, PhoneNumber::from_e164("+16195550142").unwrap())
        }];
        ana.details = Some(Box::new(ContactDetails { notes: "x".repeat(100), ..ContactDetails::default() }));
        let (card, _) = export(&[&ana], ExportFormat::VCard3, &[]);
        assert!(card.starts_with("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana\r\nN:;Ana;;;\r\nUID:urn:halyard:"), "{card}");
        assert!(card.contains("\r\nORG:Kittiwake\\, Sons\r\n"), "{card}");
        assert!(card.contains("\r\nitem1.TEL;TYPE=CELL:+16195550142\r\nitem1.X-ABLabel:Boat\r\n"), "{card}");
        assert!(card.lines().all(|line| line.len() <= LINE), "{card}");
    }

    #[test]
    fn a_card_has_the_photo_and_the_import_reads_it() {
        let photo = |n| PhotoId(Ulid::from_bits(n));
        let with = |name: &str, id| Contact { photo: Some(photo(id)), ..contact(name, "") };
        let (ana, theo, maya) = (with("Ana", 2), with("Theo", 9), contact("Maya", ""));
        for content in ["/9j/".repeat(100), "iVBORw0KGgo=".to_owned(), "UklGRg==".to_owned()] {
            let photos = [(photo(1), "A".to_owned()), (photo(2), content.clone())];
            for format in [ExportFormat::VCard4, ExportFormat::VCard3] {
                let (file, lacking) = export(&[&ana, &theo, &maya], format, &photos);
                assert_eq!(lacking, 1, "Theo's was not to be had");
                assert!(file.lines().all(|line| line.len() <= LINE), "{file}");
                let preview = parse(file.as_bytes(), "a.vcf", &Reading::new(CallingCode(1), decode));
                let read: Vec<&str> = preview.rows.iter().map(|row| row.photo.as_str()).collect();
                assert_eq!((read, preview.unread_properties.len()), (vec![content.as_str(), "", ""], 0), "{file}");
            }
            assert_eq!(export(&[&ana, &theo, &maya], ExportFormat::Csv, &photos).1, 2, "a table has no photos");
        }
        let photos = [(photo(2), "iVBORw0KGgo=".to_owned())];
        let (card, _) = export(&[&ana], ExportFormat::VCard4, &photos);
        assert!(card.contains("\r\nPHOTO:data:image/png;base64,iVBORw0KGgo=\r\n"), "{card}");
        let (card, _) = export(&[&ana], ExportFormat::VCard3, &photos);
        assert!(card.contains("\r\nPHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgo=\r\n"), "{card}");
    }

    fn words() -> impl Strategy<Value = String> {
        "([a-zA-Zé=+@;,:\\\\\"'(-]{1,8}( [a-zé;,\\\\\"]{1,8}){0,2})?"
    }

    fn lines() -> impl Strategy<Value = String> {
        prop::collection::vec("[a-zé;,=\\\\\"'-]{1,40}", 0..4).prop_map(|lines| lines.join("\n"))
    }

    fn any_contact() -> impl Strategy<Value = ContactDraft> {
        let label = prop::sample::select(LABELS.map(|(label, _)| label).to_vec());
        let number = (label, 0..10_000_u32, "(Boat|Workshop|Home dock|Crane; 2|=A1)?");
        let numbers = prop::collection::vec(number, 0..5).prop_map(|mut numbers| {
            numbers.sort_by_key(|(_, line, _)| *line);
            numbers.dedup_by_key(|(_, line, _)| *line);
            let number = |line| PhoneNumber::from_e164(&format!("+1619555{line:04}")).expect("a number");
            numbers.into_iter().map(|(label, line, name)| ContactNumber { label, number: number(line), name }).collect()
        });
        let emails = prop::collection::vec("[a-z]{1,5}@example\\.com", 0..3).prop_map(|mut emails: Vec<String>| {
            emails.sort();
            emails.dedup();
            emails
        });
        let details = (words(), words(), words(), lines(), (words(), lines()));
        ((words(), words(), words()), emails, numbers, details).prop_map(
            |((given, family, company), emails, numbers, (prefix, suffix, nickname, address, (consent, notes)))| {
                let details = ContactDetails { prefix, suffix, nickname, address, consent, notes, uid: String::new() };
                let details = (details != ContactDetails::default()).then(|| Box::new(details));
                ContactDraft { given, family, company, emails, numbers, details, ..ContactDraft::default() }
            },
        )
    }

    proptest! {
        #[test]
        fn the_import_gives_back_what_was_exported(drafts in prop::collection::vec(any_contact(), 1..5)) {
            let drafts: Vec<ContactDraft> = drafts.into_iter().filter(|draft| draft.check().is_ok()).collect();
            prop_assume!(!drafts.is_empty());
            let contacts: Vec<Contact> =
                (1..).zip(&drafts).map(|(id, draft)| draft.clone().into_contact(ContactId(Ulid::from_bits(id)), 1)).collect();
            let all: Vec<&Contact> = contacts.iter().collect();
            for format in ExportFormat::ALL {
                let (file, _) = export(&all, format, &[]);
                let reading = Reading::new(CallingCode(1), decode);
                let preview = parse(file.as_bytes(), ["a", format.kind().1].concat().as_str(), &reading);
                let read: Vec<ContactDraft> = preview.rows.iter().map(|row| row.draft.clone()).collect();
                prop_assert_eq!(&read, &drafts, "{:?} {}", format, file);
                prop_assert!(preview.errors.is_empty());
                prop_assert!(preview.unread_columns.is_empty() && preview.unread_properties.is_empty());
                if format != ExportFormat::Csv {
                    for (outcome, contact) in duplicates(&preview.rows, &all, contacts[0].scope).iter().zip(&contacts) {
                        prop_assert_eq!(*outcome, RowMatch::SameAs(contact.id));
                    }
                }
            }
        }
    }
}
