mod csv;
mod known;
mod vcard;

use halyard_protocol::{CallingCode, ContactDetails, ContactNumber, NumberLabel};
use proptest::prelude::*;

use super::*;
use crate::testing::decode;

const HOME: CallingCode = CallingCode(1);

fn parse(bytes: &[u8], name: &str, home: CallingCode) -> Preview {
    super::parse(bytes, name, &Reading::new(home, decode))
}

fn parse_as(bytes: &[u8], name: &str, home: CallingCode, columns: &[(usize, usize)]) -> Preview {
    super::parse(bytes, name, &Reading { columns, ..Reading::new(home, decode) })
}

fn parse_in(bytes: &[u8], name: &str, encoding: &str) -> Preview {
    let encoding = ENCODINGS.iter().find(|known| **known == encoding).copied();
    assert!(encoding.is_some());
    super::parse(bytes, name, &Reading { encoding, ..Reading::new(HOME, decode) })
}

fn read(text: &str) -> Preview {
    parse(text.as_bytes(), "contacts.csv", HOME)
}

/// A row as given, family, company, addresses and numbers, with bars between them.
fn summary(row: &ImportRow) -> String {
    let ContactDraft { given, family, company, emails, numbers, .. } = &row.draft;
    let numbers: Vec<String> = numbers
        .iter()
        .map(|ContactNumber { label, number, name }| match name.as_str() {
            "" => format!("{label:?} {number}"),
            name => format!("{label:?}/{name} {number}"),
        })
        .collect();
    [given.as_str(), family, company, &emails.join(" "), &numbers.join(" ")].join("|")
}

fn summaries(preview: &Preview) -> Vec<String> {
    preview.rows.iter().map(summary).collect()
}

fn words(error: &LineError) -> String {
    error.messages.iter().map(Text::english).collect::<Vec<_>>().join(" ")
}

fn error_lines(preview: &Preview) -> Vec<usize> {
    preview.errors.iter().map(|error| error.line).collect()
}

#[test]
fn a_file_that_is_none_is_refused_in_a_sentence() {
    for (bytes, part) in [
        (&b""[..], "empty"),
        (b" \r\n\r\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01", "no text"),
        (b"hello\nworld", "must name the columns"),
        (b"\"hello\nworld", "never closed"),
    ] {
        let preview = parse(bytes, "x", HOME);
        assert_eq!((preview.format, preview.rows.len(), preview.errors.len()), (Format::Unknown, 0, 1));
        assert!(words(&preview.errors[0]).contains(part), "{}", words(&preview.errors[0]));
    }
    for (text, name) in [("Name,Phone\n,\n", "x.csv"), ("\n", "x.vcf")] {
        let preview = parse(format!("{text} ").as_bytes(), name, HOME);
        assert_eq!((preview.rows.len(), error_lines(&preview)), (0, vec![1]));
    }
    let large = vec![b'a'; limits::IMPORT_BYTES + 1];
    assert!(words(&parse(&large, "x", HOME).errors[0]).contains("too large"));
}

#[test]
fn any_encoding_is_read() {
    let text = "First Name,Last Name,Mobile Phone,E-mail Address\r\nZoë,Müller,619-555-0142,zoe@example.com\r\n";
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let windows: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let files = [
        text.as_bytes().to_vec(),
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        [b"\xff\xfe", wide.as_slice()].concat(),
        [b"\xfe\xff", big.as_slice()].concat(),
        wide,
        big,
        windows,
    ];
    for file in files {
        let preview = parse(&file, "contacts.csv", HOME);
        assert_eq!(summaries(&preview), ["Zoë|Müller||zoe@example.com|Mobile +16195550142"], "{file:?}");
        assert_eq!((preview.format, preview.rows[0].line), (Format::Outlook, 2));
    }
    let marked = parse(b"\xef\xbb\xbfName,Phone\nZo\xeb,6195550142", "x.csv", HOME);
    assert_eq!(summaries(&marked), ["Zo\u{fffd}||||Other +16195550142"], "the mark says it, and the user may choose");
    let quotes = parse(b"Name,Phone\nMaya \x93Bo\x94 Delgado \x80,6195550142", "x.csv", HOME);
    assert_eq!(summaries(&quotes), ["Maya “Bo” Delgado|€||| Other +16195550142".replace("| O", "|O")]);
}

#[test]
fn what_is_read_wrong_is_read_in_the_encoding_that_the_user_chooses() {
    let cyrillic = b"Name,Phone\n\xc8\xe2\xe0\xed,6195550142\n";
    let guessed = parse(cyrillic, "x.csv", HOME);
    assert_eq!(
        (guessed.encoding, summaries(&guessed)),
        (Some("Windows-1252"), vec!["Èâàí||||Other +16195550142".into()])
    );
    let chosen = parse_in(cyrillic, "x.csv", "Windows-1251");
    assert_eq!((chosen.encoding, summaries(&chosen)), (guessed.encoding, vec!["Иван||||Other +16195550142".into()]));
    let japanese = b"BEGIN:VCARD\r\nN:\x8e\x52\x93\x63;\x91\xbe\x98\x59\r\nORG:\x95\x5c\r\n \x83\x5c\r\nEND:VCARD";
    assert_eq!(summaries(&parse_in(japanese, "x.vcf", "Shift_JIS")), ["太郎|山田|表ソ||"]);
    // A wrong choice is one that can be taken back.
    let wrong = parse_in(cyrillic, "x.csv", "UTF-16LE");
    assert_eq!((wrong.encoding, wrong.rows.len()), (guessed.encoding, 0));
    for name in ENCODINGS {
        assert!(decode(b"", name).is_some(), "{name}");
    }
}

#[test]
fn an_endless_list_of_errors_is_cut_with_a_word() {
    let text = format!("Name,Phone\n{}", "a,1,2\n".repeat(1_500));
    let preview = read(&text);
    assert_eq!(preview.errors.len(), 1_001);
    assert!(words(&preview.errors[1_000]).contains("500 more"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), name in "x\\.(csv|vcf)") {
        let _ = parse(&bytes, &name, HOME);
    }

    #[test]
    fn any_table_is_read_without_panic_and_its_rows_can_be_saved(
        text in "(Name|First Name|Phone 1 - Value|E-mail|\"|,|;|\t|\n|\r\n| ::: |[a-z0-9@ +]{0,9}|é){0,60}",
    ) {
        for row in read(&text).rows {
            prop_assert_eq!(row.draft.check(), Ok(()));
        }
    }

    #[test]
    fn any_card_is_read_without_panic_and_its_rows_can_be_saved(
        lines in prop::collection::vec(
            "(BEGIN:VCARD|END:VCARD|(item1\\.)?(TEL|FN|N|ORG|EMAIL|KIND)(;TYPE=[a-z\",;:]{0,6}|;ENCODING=QUOTED-PRINTABLE)?:[a-zé0-9;,=\\\\@ ]{0,12}| [a-z]{0,3}|[a-z=]{0,4})",
            0..30,
        ),
    ) {
        for row in parse(lines.join("\r\n").as_bytes(), "x.vcf", HOME).rows {
            prop_assert_eq!(row.draft.check(), Ok(()));
        }
    }
}
