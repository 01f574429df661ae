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
}

impl ContactForm {
    pub(crate) fn new(id: ContactId, number: Option<PhoneNumber>, home: CallingCode) -> Self {
        let text = number.map(|number| number.display(home)).unwrap_or_default();
        let label = NumberLabel::Mobile;
        Self::open(id, true, ContactDraft::default(), vec![NumberField { label, text, name: String::new() }])
    }

    pub(crate) fn edit(contact: &Contact, home: CallingCode) -> Self {
        let mut draft = contact.to_draft();
        let mut numbers: Vec<NumberField> = core::mem::take(&mut draft.numbers)
            .into_iter()
            .map(|entry| NumberField { label: entry.label, text: entry.number.display(home), name: entry.name })
            .collect();
        if numbers.is_empty() {
            numbers.push(NumberField::default());
        }
        Self::open(contact.id, false, draft, numbers)
    }

    fn open(id: ContactId, is_new: bool, draft: ContactDraft, numbers: Vec<NumberField>) -> Self {
        let original = (draft.clone(), numbers.clone());
        Self { id, is_new, draft, numbers, error: None, saving: false, photos: 0, saves_with_photo: false, original }
    }

    /// Whether something was typed that is not saved.
    pub(crate) fn is_changed(&self) -> bool {
        self.draft != self.original.0 || self.numbers != self.original.1 || self.photos > 0
    }

    /// The contact as it would be saved.
    pub(crate) fn finished(&self, home: CallingCode) -> Result<ContactDraft, FormError> {
        let mut draft = self.draft.clone();
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
