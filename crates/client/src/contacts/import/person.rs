//! A contact while it is put together from a file's fields.

use crate::reasons;
use halyard_protocol::{CallingCode, ContactDraft, ContactNumber, NumberLabel, PhoneNumber, PhoneNumberError, limits};
use halyard_words::{self as words, Text, Word};

use halyard_protocol::contact::{ContactDetails, ContactError};

use super::{ImportRow, LineError, photo_of_line};

/// What a file says of one person. Texts may come with white space around them.
#[derive(Debug, Default)]
pub(super) struct Person {
    pub(super) full: String,
    pub(super) given: String,
    pub(super) middle: String,
    pub(super) family: String,
    pub(super) company: String,
    /// The UID as a row is known by it.
    pub(super) uid: String,
    pub(super) details: ContactDetails,
    /// The content of their photo in base 64.
    pub(super) photo: String,
    emails: Vec<String>,
    numbers: Vec<ContactNumber>,
    warnings: Vec<Text>,
}

impl Person {
    /// Adds a number; one that can't be is left out with a warning.
    pub(super) fn number(&mut self, text: &str, label: NumberLabel, name: &str, home: CallingCode) {
        // Spreadsheets put an apostrophe before what shall stay text.
        let text = text.trim().trim_start_matches('\'');
        if text.is_empty() {
            return;
        }
        // An extension is kept as the number's own label.
        let (number, extension) = with_extension(text, home);
        let name = &[name, &extension].join(" ");
        let name = name.trim();
        match number {
            Ok(number) => {
                let name = self.fitting(name, limits::NUMBER_NAME_LENGTH, ContactError::LabelTooLong);
                let entry = ContactNumber { label, number, name };
                if self.numbers.iter().any(|known| known.number == number) {
                    return;
                }
                if self.numbers.len() == limits::CONTACT_NUMBERS {
                    return self.left_out(text, reasons::rule(ContactError::TooManyNumbers));
                }
                self.numbers.push(entry);
            }
            Err(error) => self.left_out(text, reasons::number(error)),
        }
    }

    /// Adds an e-mail address; one that can't be is left out with a warning.
    pub(super) fn email(&mut self, text: &str) {
        let text = text.trim();
        let text = text.strip_prefix("mailto:").unwrap_or(text);
        if text.is_empty() || self.emails.iter().any(|known| known.eq_ignore_ascii_case(text)) {
            return;
        }
        let alone = ContactDraft { emails: vec![text.to_owned()], ..ContactDraft::default() };
        if let Err(error) = alone.check() {
            self.left_out(text, reasons::rule(error));
        } else if self.emails.len() == limits::CONTACT_EMAILS {
            self.left_out(text, reasons::rule(ContactError::TooManyEmails));
        } else {
            self.emails.push(text.to_owned());
        }
    }

    pub(super) fn has_email(&self, text: &str) -> bool {
        self.emails.iter().any(|known| known == text)
    }

    /// Adds lines to the notes or the address.
    pub(super) fn lines(text: &mut String, more: &str) {
        let more = more.trim().replace("\r\n", "\n");
        if !more.is_empty() && !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&more);
    }

    /// As much of a text as a contact may have; the rest is left out with a warning.
    fn fitting(&mut self, text: &str, most: usize, error: ContactError) -> String {
        let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
        let (fitting, rest) = text.split_at(end);
        self.left_out(rest, reasons::rule(error));
        fitting.trim_end().to_owned()
    }

    fn left_out(&mut self, what: &str, why: Text) {
        self.warnings.push(words::import_left_out(excerpt(what), why));
    }

    /// Something else that the user should know.
    pub(super) fn warn(&mut self, sentence: Word) {
        self.warnings.push(sentence.into());
    }

    /// The row for the preview.
    ///
    /// # Errors
    /// The rule that the contact breaks, with what was left out of it.
    pub(super) fn row(mut self, line: usize) -> Result<ImportRow, LineError> {
        for text in [&mut self.full, &mut self.given, &mut self.middle, &mut self.family, &mut self.company] {
            *text = one_line(text);
        }
        if self.given.is_empty() && self.family.is_empty() && self.full != self.company {
            (self.given, self.family) = split_name(&self.full);
        }
        if !self.middle.is_empty() {
            self.given = [self.given.as_str(), " ", &self.middle].concat().trim().to_owned();
        }
        let mut details = core::mem::take(&mut self.details);
        for text in [&mut details.prefix, &mut details.suffix, &mut details.nickname, &mut details.consent] {
            *text = self.fitting(&one_line(text), limits::NAME_LENGTH, ContactError::NameTooLong);
        }
        details.notes = self.fitting(&details.notes, limits::CONTACT_NOTES_LENGTH, ContactError::NotesTooLong);
        details.address = self.fitting(&details.address, limits::CONTACT_ADDRESS_LENGTH, ContactError::AddressTooLong);
        if details.uid.chars().count() > limits::NAME_LENGTH {
            details.uid.clear();
        }
        let draft = ContactDraft {
            details: (details != ContactDetails::default()).then(|| Box::new(details)),
            given: self.given,
            family: self.family,
            company: self.company,
            emails: self.emails,
            numbers: self.numbers,
            photo: (!self.photo.is_empty()).then(|| photo_of_line(line)),
            ..ContactDraft::default()
        };
        match draft.check() {
            Ok(()) => Ok(ImportRow {
                line,
                draft,
                photo: self.photo,
                small_photo: String::new(),
                uid: self.uid,
                warnings: self.warnings,
                chosen: None,
            }),
            Err(error) => {
                self.warnings.push(reasons::rule(error));
                Err(LineError { line, messages: self.warnings })
            }
        }
    }
}

/// As much of a text of the file as is shown of it.
pub(super) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => [&text[..end], "…"].concat(),
        None => text.to_owned(),
    }
}

/// The text without line breaks, and with one space where there are several.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Given and family name of a full one: `Maya Delgado` or `Delgado, Maya`.
fn split_name(full: &str) -> (String, String) {
    let (given, family) = match (full.split_once(", "), full.rsplit_once(' ')) {
        (Some((family, given)), _) => (given, family),
        (None, Some((given, family))) => (given, family),
        (None, None) => (full, ""),
    };
    (given.to_owned(), family.to_owned())
}

/// Labels that say no more than what a number is for.
const PLAIN: &str = "|mobile|cell|cell phone|iphone|mobile phone|work|business|office|home|fax|work fax|home fax|workfax|homefax|other|main|\
    phone|voice|pref|pager|otherfax|other fax|";

/// A label as somebody wrote it: what the number is for, and their own word, if it is none of the usual ones.
pub(super) fn own_label(words: &str) -> (NumberLabel, &str) {
    // Google puts an asterisk before the label of a main number; a Mac puts signs around its own labels.
    let words = words.trim();
    let words = words.strip_prefix("* ").unwrap_or(words);
    if let Some(own) = words.strip_prefix("_$!<") {
        return (label(own), "");
    }
    // As we export an own label that says too little.
    let behind = words.strip_suffix(')').and_then(|words| words.rsplit_once('('));
    if let Some((own, kind)) = behind
        && let Some(own) = own.strip_suffix(' ')
        && let Some((known, _)) = LABELS.iter().find(|(_, word)| word.eq_ignore_ascii_case(kind))
    {
        return (*known, own);
    }
    let plain = PLAIN.contains(&["|", &words.to_ascii_lowercase(), "|"].concat());
    (label(words), if plain { "" } else { words })
}

/// The labels as files have them.
pub(in crate::contacts) const LABELS: [(NumberLabel, &str); 5] = [
    (NumberLabel::Mobile, "Mobile"),
    (NumberLabel::Work, "Work"),
    (NumberLabel::Home, "Home"),
    (NumberLabel::Fax, "Fax"),
    (NumberLabel::Other, "Other"),
];

/// A number, and its extension as a label: "ext." is the abbreviation in English and in Spanish.
pub(in crate::contacts) fn with_extension(
    text: &str,
    home: CallingCode,
) -> (Result<PhoneNumber, PhoneNumberError>, String) {
    match PhoneNumber::from_typed_recipient(text, home) {
        Err(PhoneNumberError::Extension) => {
            let (number, extension) = PhoneNumber::split_extension(text);
            (PhoneNumber::from_typed(number, home), ["ext. ", extension.unwrap_or_default()].concat())
        }
        other => (other, String::new()),
    }
}

/// What a number is for, by the words that address books use.
pub(super) fn label(words: &str) -> NumberLabel {
    let words = words.to_ascii_lowercase();
    let has = |known: &[&str]| known.iter().any(|known| words.contains(known));
    if has(&["fax"]) {
        NumberLabel::Fax
    } else if has(&["mobile", "cell", "iphone"]) {
        NumberLabel::Mobile
    } else if has(&["work", "main", "business", "office"]) {
        NumberLabel::Work
    } else if has(&["home"]) {
        NumberLabel::Home
    } else {
        NumberLabel::Other
    }
}
