//! Photos of contacts: in the form, and what is known of one by its content in base 64.

use halyard_protocol::ContactId;
use halyard_words as words;

use super::{Contacts, FormError};
use crate::context::Context;
use crate::update::Changed;

/// How a photo is made small: the longer side in pixels and the quality in percent, one after the other until it has few enough bytes.
pub const STEPS: [(u32, u32); 3] = [(192, 85), (192, 65), (128, 60)];
/// Bytes that a small photo has at most.
pub const MOST: u32 = 48_000;

/// The media type of a photo, by how its content in base 64 begins.
#[must_use]
pub fn mime(content: &str) -> &'static str {
    match content.as_bytes() {
        [b'i', ..] => "image/png",
        [b'U', ..] => "image/webp",
        _ => "image/jpeg",
    }
}

/// The address that shows a photo from its content in base 64.
#[must_use]
pub(crate) fn address(content: &str) -> String {
    ["data:", mime(content), ";base64,", content].concat()
}

impl Contacts {
    /// The user has chosen a photo in the form, which is being made small.
    pub(super) fn photo_chosen(&mut self, id: ContactId) {
        if let Some(form) = self.form.as_mut().filter(|form| form.id == id) {
            form.photos += 1;
        }
    }

    /// The photo that the user chose in the form is small, or is none.
    pub(crate) fn photo_ready(&mut self, id: ContactId, small: Option<String>, cx: &mut Context<'_, '_>) {
        // The form may have been left meanwhile.
        let left = self.unsaved.get_mut(&id);
        let Some(form) = self.form.as_mut().filter(|form| form.id == id).or(left) else { return };
        form.error = None;
        form.photos = form.photos.saturating_sub(1);
        let is_photo = small.is_some();
        if is_photo {
            form.draft.photo = None;
            form.draft.photo_content = small;
        } else {
            let message = words::PHOTO_UNREADABLE;
            cx.announce(message);
            form.error = Some(FormError { field: None, message: message.into() });
            form.saves_with_photo = false;
        }
        cx.changed(Changed::ContactForm);
        if form.photos == 0 && core::mem::take(&mut form.saves_with_photo) {
            self.save(cx);
        }
    }
}
