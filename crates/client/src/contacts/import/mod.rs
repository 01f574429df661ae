//! Contacts from a file: vCard 2.1, 3.0 and 4.0, and CSV as Google, Outlook and spreadsheets write it.
//!
//! A file becomes a preview: a row for each contact in it, and an error for each line that is none. Always holds:
//! nothing in the file is passed over in silence, a broken line doesn't keep the rest out, and every row can be saved
//! ([`ContactDraft::check`]). Whether a row is somebody already known is told by UID, or by number and name: [`duplicates`].

mod csv;
mod decode;
mod headings;
mod known;
mod person;
mod vcard;

#[cfg(test)]
mod tests;

use halyard_protocol::{CallingCode, ContactDraft, PhotoId, Ulid, limits};
use halyard_words::{self as words, Text, Word};

use crate::env::Decode;
use decode::Decoder;

pub(super) use csv::FORMULA;
pub(super) use person::{LABELS, with_extension};
pub(super) use vcard::OWN_UID;

pub use decode::ENCODINGS;
pub use known::{RowMatch, duplicates, merge, merge_drafts};

/// Bytes of a file of cards: more than of a table, for photos may be in it.
pub const CARDS_BYTES: usize = 32 * 1024 * 1024;

/// Errors that a preview holds at most; one more says how many there are besides.
const MOST_ERRORS: usize = 1_000;

/// What wrote a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// An address book of a phone, a Mac or a server.
    VCard,
    /// Google Contacts, in its older or newer columns.
    Google,
    /// Outlook.
    Outlook,
    /// A table with a line of headings that we understand.
    Csv,
    /// None of them.
    #[default]
    Unknown,
}

impl Format {
    /// What users call it.
    #[must_use]
    pub fn words(self) -> Text {
        match self {
            Self::VCard => Text::as_is("vCard"),
            Self::Google => Text::as_is("Google CSV"),
            Self::Outlook => Text::as_is("Outlook CSV"),
            Self::Csv => Text::as_is("CSV"),
            Self::Unknown => words::UNKNOWN_FILE.into(),
        }
    }
}

/// A contact of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// The line that it begins on, from 1. Of several files the lines count on.
    pub line: usize,
    /// What would be saved. Its scope is the default one; its photo, if the card has one, is what `photo_of_line` gives.
    pub draft: ContactDraft,
    /// The content of the card's photo, in base 64 and as large as it is there. Empty if it has none.
    pub photo: String,
    /// The same made small, once it is.
    pub small_photo: String,
    /// What tells a vCard's person from all others; empty if nothing does.
    pub uid: String,
    /// What of the contact is left out, and why: a sentence each.
    pub warnings: Vec<Text>,
    /// Whether the user takes it in or leaves it out, if they have said so.
    pub chosen: Option<bool>,
}

/// Stands for the photo of the card at a line until the server has given it an id.
pub(crate) fn photo_of_line(line: usize) -> PhotoId {
    PhotoId(Ulid::from_bits(line as u128))
}

/// A line that made no contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it: sentences.
    pub messages: Vec<Text>,
}

/// A column of a table that is not read, unless the user takes it for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadColumn {
    /// Its place in the table.
    pub place: usize,
    /// Its heading.
    pub name: String,
    /// The first that stands there, cut where it is long.
    pub sample: String,
}

/// What a column may be taken for.
pub fn choices() -> impl Iterator<Item = Word> {
    csv::CHOICES.iter().map(|(_, word)| *word)
}

/// What a file has in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// What it was read as.
    pub format: Format,
    /// Its contacts, in the file's order.
    pub rows: Vec<ImportRow>,
    /// What could not be read, in the file's order.
    pub errors: Vec<LineError>,
    /// Columns of a table that are not read.
    pub unread_columns: Vec<UnreadColumn>,
    /// Names of the properties of cards that are not kept.
    pub unread_properties: Vec<String>,
    /// How its characters seem to be written; none where they are ASCII alone.
    pub encoding: Option<&'static str>,
}

impl Preview {
    fn new(format: Format) -> Self {
        Self { format, ..Self::default() }
    }

    fn add(&mut self, row: Result<ImportRow, LineError>) {
        match row {
            Ok(row) => self.rows.push(row),
            Err(error) => self.add_error(error),
        }
    }

    fn error(&mut self, line: usize, message: impl Into<Text>) {
        self.add_error(LineError { line, messages: vec![message.into()] });
    }

    fn add_error(&mut self, error: LineError) {
        // Nearly always the last one; that a card was not closed shows later.
        let at = self.errors.iter().rposition(|known| known.line <= error.line).map_or(0, |before| before + 1);
        self.errors.insert(at, error);
    }

    pub(crate) fn failed(message: impl Into<Text>) -> Self {
        let mut preview = Self::new(Format::Unknown);
        preview.error(1, message);
        preview
    }
}

/// How a file is read.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// Numbers without a country are numbers of this one.
    pub home: CallingCode,
    /// What knows the encodings.
    pub decode: Decode,
    /// What the user says that the file is written in: one of [`ENCODINGS`].
    pub encoding: Option<&'static str>,
    /// What the user takes columns of a table for: the column's place, and one in [`choices`].
    pub columns: &'a [(usize, usize)],
}

impl Reading<'_> {
    /// As a file seems to be written, and its columns by their headings.
    #[must_use]
    pub fn new(home: CallingCode, decode: Decode) -> Self {
        Self { home, decode, encoding: None, columns: &[] }
    }
}

/// Reads a file. The name only helps to tell what it is.
#[must_use]
pub fn parse(bytes: &[u8], file_name: &str, reading: &Reading<'_>) -> Preview {
    if bytes.len() > CARDS_BYTES {
        return Preview::failed(words::import_file_too_large(CARDS_BYTES >> 20));
    }
    let encoding = decode::encoding(bytes);
    let decoder =
        Decoder { decode: reading.decode, chosen: reading.encoding, whole: reading.encoding.unwrap_or(encoding) };
    let mut preview = contents(bytes, file_name, &decoder, reading);
    // Of ASCII alone there is nothing to choose.
    preview.encoding = (encoding != ENCODINGS[0] || !bytes.is_ascii()).then_some(encoding);
    if preview.rows.is_empty() && preview.errors.is_empty() {
        preview.error(1, words::IMPORT_NO_CONTACT);
    }
    if preview.errors.len() > MOST_ERRORS {
        let more = preview.errors.len() - MOST_ERRORS;
        let line = preview.errors[MOST_ERRORS].line;
        preview.errors.truncate(MOST_ERRORS);
        preview.error(line, words::import_more_lines(more));
    }
    preview
}

fn contents(bytes: &[u8], file_name: &str, decoder: &Decoder, reading: &Reading<'_>) -> Preview {
    let text = (decoder.decode)(bytes, decoder.whole).unwrap_or_default();
    if text.trim().is_empty() {
        return Preview::failed(words::IMPORT_FILE_EMPTY);
    }
    if text.contains('\0') {
        return Preview::failed(words::IMPORT_FILE_NO_TEXT);
    }
    let is_card = |line: &str| line.trim().eq_ignore_ascii_case("BEGIN:VCARD");
    let named_card = file_name.rsplit('.').next().is_some_and(|end| end.eq_ignore_ascii_case("vcf"));
    if named_card || text.lines().find(|line| !line.trim().is_empty()).is_some_and(is_card) {
        if decoder.is_wide() {
            return vcard::parse(text.as_bytes(), reading.home, &Decoder { chosen: None, ..*decoder });
        }
        // Parts may be written in other encodings, and a character may be cut in two.
        vcard::parse(bytes, reading.home, decoder)
    } else if bytes.len() > limits::IMPORT_BYTES {
        Preview::failed(words::import_file_too_large(limits::IMPORT_BYTES >> 20))
    } else {
        csv::parse(&text, reading.home, reading.columns)
    }
}
