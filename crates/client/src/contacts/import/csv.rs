//! CSV (RFC 4180): quoted fields with delimiters, quotes and line breaks in them; comma, semicolon or tab.

use halyard_protocol::{CallingCode, NumberLabel};
use halyard_words::{self as words, Word};

use super::headings::{self, CsvColumn};
use super::person::{Person, excerpt, one_line, own_label};
use super::{Format, Preview, UnreadColumn};

/// Bytes of a quoted field at most. A longer one is a quote that was never closed.
const LONGEST_FIELD: usize = 64 * 1024;

/// What the user may say that a column holds.
pub(super) const CHOICES: [(CsvColumn, Word); 13] = [
    (CsvColumn::FullName, words::NAME),
    (CsvColumn::Given, words::FIRST_NAME),
    (CsvColumn::Family, words::LAST_NAME),
    (CsvColumn::Company, words::COMPANY),
    (CsvColumn::Phone(NumberLabel::Mobile), words::COLUMN_MOBILE),
    (CsvColumn::Phone(NumberLabel::Work), words::COLUMN_WORK),
    (CsvColumn::Phone(NumberLabel::Home), words::COLUMN_HOME),
    (CsvColumn::Phone(NumberLabel::Other), words::COLUMN_OTHER),
    (CsvColumn::Email, words::E_MAIL),
    (CsvColumn::Nickname, words::NICKNAME),
    (CsvColumn::Address(u16::MAX), words::ADDRESS),
    (CsvColumn::Consent, words::CONSENT_TO_TEXTS),
    (CsvColumn::Notes, words::NOTES),
];

/// A record: the line that it begins on, and its fields or what is wrong with it.
struct Record {
    line: usize,
    fields: Result<Vec<String>, Word>,
}

/// Reads a table whose first record names the columns; `chosen` says by place what the user takes columns for.
pub(super) fn parse(text: &str, home: CallingCode, chosen: &[(usize, usize)]) -> Preview {
    let (skipped, text, delimiter) = delimiter(text);
    let mut records = Records { rest: text, line: 1 + skipped, delimiter };
    let Some(head) = records.find(|record| !record.is_blank()) else {
        return Preview::failed(words::IMPORT_FILE_EMPTY);
    };
    let names = match head.fields {
        Ok(names) => names,
        Err(message) => {
            let mut preview = Preview::new(Format::Unknown);
            preview.error(head.line, message);
            return preview;
        }
    };
    let (format, mut columns) = headings::columns(&names);
    let unread: Vec<usize> = (0..names.len()).filter(|&at| columns[at] == CsvColumn::Else).collect();
    for (at, choice) in chosen {
        if let (Some(column), Some((choice, _))) = (columns.get_mut(*at), CHOICES.get(*choice)) {
            *column = *choice;
        }
    }
    let none = columns.iter().all(|column| matches!(column, CsvColumn::Else | CsvColumn::Known));
    let mut preview = Preview::new(if none { Format::Unknown } else { format });
    if none {
        preview.error(head.line, words::IMPORT_NO_COLUMNS);
    }
    let mut samples: Vec<String> = vec![String::new(); names.len()];
    for record in records {
        if record.is_blank() {
            continue;
        }
        match record.fields {
            Err(message) => preview.error(record.line, message),
            Ok(fields) if fields.iter().skip(columns.len()).any(|field| !field.trim().is_empty()) => {
                preview.error(record.line, words::import_too_many_fields(columns.len(), fields.len()));
            }
            Ok(mut fields) => {
                fields.iter_mut().for_each(make_plain);
                for (sample, field) in samples.iter_mut().zip(&fields) {
                    if sample.is_empty() {
                        *sample = excerpt(&one_line(field));
                    }
                }
                if !none {
                    preview.add(person(&columns, &fields, format, home).row(record.line));
                }
            }
        }
    }
    for at in unread {
        let sample = core::mem::take(&mut samples[at]);
        if !sample.is_empty() {
            preview.unread_columns.push(UnreadColumn { place: at, name: names[at].trim().to_owned(), sample });
        }
    }
    preview
}

fn person(columns: &[CsvColumn], fields: &[String], format: Format, home: CallingCode) -> Person {
    let mut person = Person::default();
    if fields.len() < columns.len() {
        person.warn(words::IMPORT_SHORT_LINE);
    }
    let label_of = |number: u16| {
        let column = columns.iter().position(|column| *column == CsvColumn::PhoneLabel(number));
        column.and_then(|at| fields.get(at)).map_or((NumberLabel::Other, ""), |words| own_label(words))
    };
    let mut addresses: Vec<(u16, String)> = Vec::new();
    let wholes: Vec<u16> = columns
        .iter()
        .zip(fields)
        .filter(|(_, field)| !field.trim().is_empty())
        .filter_map(|(column, _)| match column {
            CsvColumn::AddressWhole(group) => Some(*group),
            _ => None,
        })
        .collect();
    for (column, field) in columns.iter().zip(fields) {
        // Google puts several values of one kind into one field.
        let values = || field.split(if format == Format::Google { " ::: " } else { "\n" });
        match *column {
            CsvColumn::FullName => set(&mut person.full, field),
            CsvColumn::Given => set(&mut person.given, field),
            CsvColumn::Middle => set(&mut person.middle, field),
            CsvColumn::Family => set(&mut person.family, field),
            CsvColumn::Company => set(&mut person.company, field),
            CsvColumn::Prefix => set(&mut person.details.prefix, field),
            CsvColumn::Suffix => set(&mut person.details.suffix, field),
            CsvColumn::Nickname => set(&mut person.details.nickname, field),
            CsvColumn::Consent => set(&mut person.details.consent, field),
            CsvColumn::Notes => Person::lines(&mut person.details.notes, field),
            CsvColumn::Address(group) | CsvColumn::AddressWhole(group) => {
                let whole = matches!(column, CsvColumn::AddressWhole(_));
                let field = field.trim();
                if !field.is_empty() && whole == wholes.contains(&group) {
                    match addresses.iter_mut().find(|(known, _)| *known == group) {
                        Some((_, text)) => text.extend([", ", field]),
                        None => addresses.push((group, field.to_owned())),
                    }
                }
            }
            CsvColumn::Email => values().for_each(|text| person.email(text)),
            CsvColumn::Phone(label) => values().for_each(|text| person.number(text, label, "", home)),
            CsvColumn::LabelledPhone(number) => {
                let (label, name) = label_of(number);
                values().for_each(|text| person.number(text, label, name, home));
            }
            CsvColumn::PhoneLabel(_) | CsvColumn::Known | CsvColumn::Else => {}
        }
    }
    for (_, address) in &addresses {
        Person::lines(&mut person.details.address, address);
    }
    person
}

/// Takes away the apostrophe that keeps spreadsheets from taking a cell for a formula.
fn make_plain(field: &mut String) {
    if field.starts_with('\'') && field.trim_start_matches('\'').starts_with(FORMULA) {
        field.remove(0);
    }
}

/// How a formula begins.
pub(in crate::contacts) const FORMULA: [char; 4] = ['=', '+', '-', '@'];

/// The first of several columns with the same meaning counts.
fn set(text: &mut String, field: &str) {
    if text.trim().is_empty() {
        field.clone_into(text);
    }
}

/// What separates the fields: said by a line `sep=;`, as spreadsheets understand it, or what the first line has most
/// of. Gives how many lines that took, and the text after them.
fn delimiter(text: &str) -> (usize, &str, char) {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if let Some(separator) = first.strip_prefix("sep=").and_then(|rest| rest.chars().next())
        && text.starts_with(first)
    {
        let rest = text[first.len()..].trim_start_matches('\r');
        return (1, rest.strip_prefix('\n').unwrap_or(rest), separator);
    }
    let mut quoted = false;
    let mut counts = [(',', 0_usize), (';', 0), ('\t', 0)];
    for c in first.chars() {
        quoted ^= c == '"';
        if !quoted && let Some((_, count)) = counts.iter_mut().find(|(delimiter, _)| *delimiter == c) {
            *count += 1;
        }
    }
    let most = counts.iter().rev().max_by_key(|(_, count)| *count).map_or(',', |(delimiter, _)| *delimiter);
    (0, text, most)
}

impl Record {
    fn is_blank(&self) -> bool {
        self.fields.as_ref().is_ok_and(|fields| fields.iter().all(|field| field.trim().is_empty()))
    }
}

/// The records of a text, one after the other. After a broken one it goes on with the next line, so that a quote too
/// many costs one line and not the file.
struct Records<'a> {
    rest: &'a str,
    line: usize,
    delimiter: char,
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line;
        let (length, fields) = match record(self.rest, self.delimiter) {
            Ok((length, fields)) => (length, Ok(fields)),
            Err(message) => (line_length(self.rest), Err(message)),
        };
        let (read, rest) = self.rest.split_at(length);
        self.line += line_breaks(read);
        self.rest = rest;
        Some(Record { line, fields })
    }
}

/// Bytes of the first line with its end.
fn line_length(text: &str) -> usize {
    match text.find(['\n', '\r']) {
        Some(at) if text[at..].starts_with("\r\n") => at + 2,
        Some(at) => at + 1,
        None => text.len(),
    }
}

fn line_breaks(text: &str) -> usize {
    let lone_returns = text.matches('\r').count() - text.matches("\r\n").count();
    text.matches('\n').count() + lone_returns
}

/// Bytes of the first record with its end, and its fields.
fn record(text: &str, delimiter: char) -> Result<(usize, Vec<String>), Word> {
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let inner = rest.trim_start_matches(' ');
        let field = if let Some(quoted) = inner.strip_prefix('"') {
            let (length, field) = quoted_field(quoted)?;
            at = text.len() - quoted.len() + length;
            at += text[at..].len() - text[at..].trim_start_matches(' ').len();
            field
        } else {
            let length = rest.find([delimiter, '\n', '\r']).unwrap_or(rest.len());
            at += length;
            rest[..length].to_owned()
        };
        fields.push(field);
        let rest = &text[at..];
        match rest.chars().next() {
            None => return Ok((at, fields)),
            Some('\n' | '\r') => return Ok((at + line_length(rest), fields)),
            Some(c) if c == delimiter => at += c.len_utf8(),
            Some(_) => return Err(words::IMPORT_QUOTE_ENDS),
        }
    }
}

/// Bytes up to and with the closing quote, and what is before it.
fn quoted_field(text: &str) -> Result<(usize, String), Word> {
    let mut field = String::new();
    let mut at = 0;
    while let Some(quote) = text[at..].find('"') {
        field.push_str(&text[at..at + quote]);
        at += quote + 1;
        if field.len() > LONGEST_FIELD {
            break;
        }
        if !text[at..].starts_with('"') {
            return Ok((at, field));
        }
        field.push('"');
        at += 1;
    }
    Err(words::IMPORT_QUOTE_OPEN)
}
