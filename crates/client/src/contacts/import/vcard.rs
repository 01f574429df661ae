//! vCard 3.0 (RFC 2426), 4.0 (RFC 6350), and 2.1 with its quoted-printable texts, which many phones still write.

use halyard_protocol::{CallingCode, NumberLabel};
use halyard_words as words;

use super::decode::Decoder;
use super::person::{Person, label, own_label};
use super::{Format, ImportRow, LineError, Preview};

/// Properties that say nothing of the person.
const KNOWN: &str = "|VERSION|PRODID|REV|CLASS|SOURCE|MAILER|SORT-STRING|X-ABUID|X-ABADR|X-IMAGEHASH|X-IMAGETYPE|CLIENTPIDMAP|LABEL|X-SHARED-PHOTO-DISPLAY-PREF|";

/// In front of the ids that our export gives to contacts.
pub(in crate::contacts) const OWN_UID: &str = "urn:halyard:";

/// A property: `item1.TEL;TYPE=work:+1 619 555 0142`. Names are in upper case.
struct Property {
    group: String,
    name: String,
    /// Names and values; where only a value is written, as in 2.1, its name is `TYPE`.
    parameters: Vec<(String, String)>,
    value: String,
}

/// A card while it is read.
#[derive(Default)]
struct VCard {
    line: usize,
    person: Person,
    is_company: bool,
    is_group: bool,
    /// Numbers by group, types and text; their label may come from another line of their group.
    numbers: Vec<(String, String, String)>,
    labels: Vec<(String, String)>,
}

/// Reads a file of cards. Its lines are told by ASCII; a mark in front is skipped.
pub(super) fn parse(bytes: &[u8], home: CallingCode, decoder: &Decoder) -> Preview {
    let mut preview = Preview::new(Format::VCard);
    let mut card: Option<VCard> = None;
    for (line, text) in unfold(bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes)) {
        if text.trim_ascii().is_empty() {
            continue;
        }
        let Some(property) = Property::read(&text, decoder) else {
            preview.error(line, words::IMPORT_NO_VCARD_LINE);
            continue;
        };
        let is_card = property.value.trim().eq_ignore_ascii_case("VCARD");
        match (property.name.as_str(), &mut card) {
            ("BEGIN", _) if is_card => {
                let unfinished = card.replace(VCard { line, ..VCard::default() });
                unclosed(unfinished, &mut preview);
            }
            ("END", Some(_)) if is_card => {
                if let Some(card) = card.take() {
                    preview.add(card.row(home));
                }
            }
            (_, Some(card)) => card.take(property, &mut preview.unread_properties),
            (_, None) => preview.error(line, words::IMPORT_OUTSIDE_CARD),
        }
    }
    unclosed(card, &mut preview);
    preview
}

fn unclosed(card: Option<VCard>, preview: &mut Preview) {
    if let Some(card) = card {
        preview.error(card.line, words::IMPORT_CARD_NOT_CLOSED);
    }
}

impl VCard {
    fn take(&mut self, property: Property, unread: &mut Vec<String>) {
        let person = &mut self.person;
        match property.name.as_str() {
            "FN" => person.full = unescape(&property.value),
            "N" => {
                let mut parts = split(&property.value, ';').into_iter();
                let mut next = || unescape(&split(parts.next().unwrap_or_default(), ',').join(" "));
                (person.family, person.given, person.middle) = (next(), next(), next());
                (person.details.prefix, person.details.suffix) = (next(), next());
            }
            "ORG" => {
                person.company = split(&property.value, ';').first().map(|part| unescape(part)).unwrap_or_default()
            }
            "NICKNAME" => person.details.nickname = unescape(&split(&property.value, ',').join(", ")),
            "X-TEXT-CONSENT" => person.details.consent = unescape(&property.value),
            "NOTE" => Person::lines(&mut person.details.notes, &unescape(&property.value)),
            "ADR" => {
                let parts = split(&property.value, ';').into_iter().map(unescape);
                let parts: Vec<String> = parts.filter(|part| !part.trim().is_empty()).collect();
                Person::lines(&mut person.details.address, &parts.join(", "));
            }
            "EMAIL" => person.email(&unescape(&property.value)),
            "TEL" => {
                self.numbers.push((property.group.clone(), property.types(), unescape(&property.value)));
            }
            "UID" => {
                let (own, uid) = uid(&property.value);
                if !own {
                    person.details.uid = uid.to_owned();
                }
                person.uid = uid.to_owned();
            }
            "X-ABLABEL" => self.labels.push((property.group.clone(), unescape(&property.value))),
            "X-ABSHOWAS" => self.is_company |= property.value.trim().eq_ignore_ascii_case("COMPANY"),
            "KIND" | "X-ADDRESSBOOKSERVER-KIND" => {
                self.is_company |= property.value.trim().eq_ignore_ascii_case("org");
                self.is_group |= property.value.trim().eq_ignore_ascii_case("group");
            }
            "PHOTO" if person.photo.is_empty() && property.content().is_some() => {
                person.photo = property.content().unwrap_or_default();
            }
            name => {
                // Each kind is named once.
                let is_new = !KNOWN.contains(&["|", name, "|"].concat()) && unread.iter().all(|other| other != name);
                if is_new && !unescape(&property.value).trim().is_empty() {
                    unread.push(name.to_owned());
                }
            }
        }
    }

    fn row(mut self, home: CallingCode) -> Result<ImportRow, LineError> {
        if self.is_group {
            let messages = vec![words::IMPORT_GROUP.into()];
            return Err(LineError { line: self.line, messages });
        }
        let numbers: Vec<String> = self.numbers.iter().map(|(.., text)| text.trim().to_owned()).collect();
        for (group, types, text) in self.numbers {
            let mut kind = label(&types);
            let words = self.labels.iter().find(|(known, _)| !group.is_empty() && *known == group);
            let (guess, mut name) = words.map_or((kind, ""), |(_, words)| own_label(words));
            if kind == NumberLabel::Other {
                if types.to_ascii_lowercase().split(',').any(|kind| kind == "other") {
                    name = words.map_or("", |(_, words)| words);
                } else {
                    kind = guess;
                }
            }
            self.person.number(&text, kind, name, home);
        }
        // Every card has an FN; it may say no more than a number or an address.
        let full = self.person.full.trim();
        if numbers.iter().any(|known| known == full) || self.person.has_email(full) {
            self.person.full.clear();
        }
        if self.is_company {
            if self.person.company.trim().is_empty() {
                self.person.company = core::mem::take(&mut self.person.full);
            }
            self.person.full.clear();
        }
        self.person.row(self.line)
    }
}

/// Whether we have written a UID ourselves, and the UID without the scheme that only vCard 4 writes.
fn uid(value: &str) -> (bool, &str) {
    let value = value.trim();
    match value.strip_prefix(OWN_UID) {
        Some(own) => (true, own),
        None => (false, value.strip_prefix("urn:uuid:").unwrap_or(value)),
    }
}

impl Property {
    fn read(line: &[u8], decoder: &Decoder) -> Option<Self> {
        let mut quoted = false;
        let colon = line.iter().position(|byte| {
            quoted ^= *byte == b'"';
            *byte == b':' && !quoted
        })?;
        let (head, value) = (&decoder.part(&line[..colon], ""), &line[colon + 1..]);
        let mut parts = split_unquoted(head, ';').into_iter();
        let name = parts.next()?.trim();
        let (group, name) = name.rsplit_once('.').unwrap_or(("", name));
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            return None;
        }
        let parameters: Vec<(String, String)> = parts
            .map(|part| match part.split_once('=') {
                Some((name, value)) => (name.trim().to_ascii_uppercase(), value.replace('"', "")),
                None => ("TYPE".to_owned(), part.to_owned()),
            })
            .collect();
        let charset = parameters.iter().find(|(name, _)| name == "CHARSET").map_or("", |(_, value)| value);
        let value = if has_parameter(head, QUOTED_PRINTABLE) {
            decoder.part(&quoted_printable(value), charset)
        } else {
            decoder.part(value, charset)
        };
        Some(Self { group: group.to_ascii_lowercase(), name: name.to_ascii_uppercase(), parameters, value })
    }

    /// What is in it, in base 64: of vCard 2.1 and 3.0 the value, of 4.0 a part of it. Nothing of an address, which is not ours to ask.
    fn content(&self) -> Option<String> {
        let encoded = self.parameters.iter().any(|(name, value)| {
            matches!(name.as_str(), "ENCODING" | "TYPE")
                && ["b", "base64"].iter().any(|word| value.eq_ignore_ascii_case(word))
        });
        let is_data = self.value.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"));
        let content = if is_data {
            self.value
                .split_once(";base64")
                .map(|(_, content)| content.trim_start_matches('\\').trim_start_matches(','))
        } else {
            Some(self.value.as_str()).filter(|_| encoded)
        };
        let content = content?.split_whitespace().collect::<String>();
        (!content.is_empty()).then_some(content)
    }

    /// All that is said of its kind.
    fn types(&self) -> String {
        let types = self.parameters.iter().filter(|(name, _)| name == "TYPE").map(|(_, value)| value.as_str());
        types.collect::<Vec<_>>().join(",")
    }
}

/// Logical lines with the number of their first physical line. A line that begins with white space goes on with the
/// one before; in quoted-printable texts one that ends with `=` goes on with the next, and base 64 goes on up to an empty
/// line or the next property. Joined before they are decoded, as a character may be cut in two.
fn unfold(bytes: &[u8]) -> Vec<(usize, Vec<u8>)> {
    let mut lines: Vec<(usize, Vec<u8>)> = Vec::new();
    let (mut soft_break, mut base64) = (false, false);
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match (lines.last_mut(), line) {
            (Some((_, last)), _) if soft_break => {
                last.pop();
                last.extend_from_slice(line);
            }
            (Some((_, last)), [b' ' | b'\t', rest @ ..]) => last.extend_from_slice(rest),
            (Some((_, last)), [_, ..]) if base64 && line.iter().all(is_base64) => last.extend_from_slice(line),
            _ => lines.push((number, line.to_vec())),
        }
        let head = lines.last().and_then(|(_, last)| last.split(|byte| *byte == b':').next());
        let head = head.and_then(|head| core::str::from_utf8(head).ok()).unwrap_or_default();
        soft_break = line.ends_with(b"=") && has_parameter(head, QUOTED_PRINTABLE);
        base64 = has_parameter(head, BASE64);
    }
    lines
}

fn is_base64(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=".contains(byte)
}

const QUOTED_PRINTABLE: &str = "|ENCODING=QUOTED-PRINTABLE|QUOTED-PRINTABLE|";
const BASE64: &str = "|ENCODING=BASE64|BASE64|ENCODING=B|";

/// Whether what is in front of a value has one of these parameters.
fn has_parameter(head: &str, parameters: &str) -> bool {
    head.to_ascii_uppercase().split(';').skip(1).any(|part| parameters.contains(&["|", part, "|"].concat()))
}

fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        rest = match (byte, digit(0), digit(1)) {
            (b'=', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                &after[2..]
            }
            _ => {
                bytes.push(byte);
                after
            }
        };
    }
    bytes
}

/// Parts between separators that have no backslash before them; still escaped.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut escaped = false;
    text.split(|c: char| {
        let ends = c == separator && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })
    .collect()
}

fn split_unquoted(text: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c: char| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
    .collect()
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut escaped = false;
    for c in text.chars() {
        match (escaped, c) {
            (false, '\\') => {
                escaped = true;
                continue;
            }
            (true, 'n' | 'N') => plain.push('\n'),
            _ => plain.push(c),
        }
        escaped = false;
    }
    plain
}
