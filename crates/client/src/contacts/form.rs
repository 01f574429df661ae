//! The form in which a contact is written.
//!
//! Always holds: what was typed stays until the server has saved it, or the user cancels.

use super::import::with_extension;
use crate::reasons;
use halyard_protocol::contact::ContactDetails;
use halyard_protocol::{CallingCode, Contact, ContactDraft, ContactId, ContactNumber, NumberLabel, PhoneNumber};
use halyard_words::Text;

/// A number as it is being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberField {
    /// What it is for.
    pub label: NumberLabel,
    /// As typed.
    pub text: String,
    /// The user's own word for what it is for.
    pub name: String,
}

/// What is wrong with a form, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormError {
    /// The field; `None` when it is about the whole.
    pub field: Option<FormField>,
    /// The sentence.
    pub message: Text,
}

/// Takes over what only they have changed. Says whether something was changed by both, which stays mine.
fn merge(base: &ContactDraft, mine: &mut ContactDraft, theirs: ContactDraft) -> bool {
    let ContactDraft { scope, given, family, company, emails, numbers, details, photo, photo_content: _, version: _ } =
        theirs;
    let mut both = false;
    both |= take_over(&base.scope, &mut mine.scope, scope);
    both |= take_over(&base.given, &mut mine.given, given);
    both |= take_over(&base.family, &mut mine.family, family);
    both |= take_over(&base.company, &mut mine.company, company);
    both |= take_over(&base.emails, &mut mine.emails, emails);
    both |= take_over(&base.numbers, &mut mine.numbers, numbers);
    // A photo that was just chosen stands beside the one that there was.
    if mine.photo_content.is_none() {
        both |= take_over(&base.photo, &mut mine.photo, photo);
    } else {
        both |= base.photo != photo;
    }
    let (base, theirs) = (base.details.clone().unwrap_or_default(), details.unwrap_or_default());
    let mut own = mine.details.take().unwrap_or_default();
    for ((base, mine), theirs) in base.texts().into_iter().zip(own.texts_mut()).zip(theirs.texts()) {
        both |= take_over(base, mine, theirs.clone());
    }
    mine.details = Some(own);
    both
}

fn take_over<T: PartialEq>(base: &T, mine: &mut T, theirs: T) -> bool {
    if *mine == *base {
        *mine = theirs;
        return false;
    }
    theirs != *base && theirs != *mine
}

/// Numbers as they are typed; one that is empty where there are none.
fn fields(numbers: Vec<ContactNumber>, home: CallingCode) -> Vec<NumberField> {
    let mut fields: Vec<NumberField> = numbers
        .into_iter()
        .map(|entry| NumberField { label: entry.label, text: entry.number.display(home), name: entry.name })
        .collect();
    if fields.is_empty() {
        fields.push(NumberField::default());
    }
    fields
}

/// A place in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormField {
    /// The number with this index.
    Number(usize),
    /// The e-mail addresses.
    Email,
}

/// The form that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ContactForm {
    pub(crate) id: ContactId,
    pub(crate) is_new: bool,
    /// All but the numbers.
    pub(crate) draft: ContactDraft,
    pub(crate) numbers: Vec<NumberField>,
    pub(crate) error: Option<FormError>,
    pub(crate) saving: bool,
    /// Photos that are being made small.
    pub(super) photos: u32,
    /// The user has saved it before that was done.
    pub(crate) saves_with_photo: bool,
    /// What it said when it opened.
    original: (ContactDraft, Vec<NumberField>),
    /// The contact that is changed here, as the user has seen it; none for a new one.
    base: Option<Contact>,
}

impl ContactForm {
    pub(crate) fn new(id: ContactId, number: Option<PhoneNumber>, home: CallingCode) -> Self {
        let text = number.map(|number| number.display(home)).unwrap_or_default();
        let label = NumberLabel::Mobile;
        Self::open(id, None, ContactDraft::default(), vec![NumberField { label, text, name: String::new() }])
    }

    pub(crate) fn edit(contact: &Contact, home: CallingCode) -> Self {
        let mut draft = contact.to_draft();
        let numbers = fields(core::mem::take(&mut draft.numbers), home);
        Self::open(contact.id, Some(contact.clone()), draft, numbers)
    }

    fn open(id: ContactId, base: Option<Contact>, draft: ContactDraft, numbers: Vec<NumberField>) -> Self {
        let (is_new, original) = (base.is_none(), (draft.clone(), numbers.clone()));
        let (saving, photos, saves_with_photo) = (false, 0, false);
        Self { id, is_new, draft, numbers, error: None, saving, photos, saves_with_photo, original, base }
    }

    /// Somebody else has changed the contact meanwhile: what only they have changed is taken over. Says whether nothing was changed by
    /// both; else the form has the user's own, which the next "Save" keeps. `theirs` is none when they have deleted it.
    pub(crate) fn meet(&mut self, mut mine: ContactDraft, theirs: Option<Contact>, home: CallingCode) -> bool {
        let both = match (&self.base, &theirs) {
            (Some(base), Some(theirs)) => merge(&base.to_draft(), &mut mine, theirs.to_draft()),
            (Some(_) | None, None) | (None, Some(_)) => true,
        };
        self.base = theirs;
        mine.version = None;
        self.numbers = fields(core::mem::take(&mut mine.numbers), home);
        self.draft = mine;
        !both
    }

    /// Whether something was typed that is not saved.
    pub(crate) fn is_changed(&self) -> bool {
        self.draft != self.original.0 || self.numbers != self.original.1 || self.photos > 0
    }

    /// The contact as it would be saved.
    pub(crate) fn finished(&self, home: CallingCode) -> Result<ContactDraft, FormError> {
        let mut draft = self.draft.clone();
        draft.version = self.base.as_ref().map(|base| base.version);
        draft.trim();
        draft.emails.retain(|email| !email.is_empty());
        // Emptied details are sent: left out, they would stay.
        if self.original.0.details.is_none() {
            draft.details = draft.details.filter(|details| **details != ContactDetails::default());
        }
        draft.numbers = Vec::new();
        for (index, field) in self.numbers.iter().enumerate() {
            if field.text.trim().is_empty() {
                continue;
            }
            // An extension stays beside the number, as its label: texts go to the number.
            let (number, extension) = with_extension(&field.text, home);
            let number = number.map_err(|error| FormError {
                field: Some(FormField::Number(index)),
                message: reasons::number(error),
            })?;
            if !draft.numbers.iter().any(|known: &ContactNumber| known.number == number) {
                let name = [field.name.trim(), &extension].join(" ").trim().to_owned();
                draft.numbers.push(ContactNumber { label: field.label, number, name });
            }
        }
        draft.check().map_err(|error| {
            let field = (error == halyard_protocol::contact::ContactError::InvalidEmail).then_some(FormField::Email);
            FormError { field, message: reasons::rule(error) }
        })?;
        Ok(draft)
    }
}
