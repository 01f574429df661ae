//! The photos of an import: made small one after the other while the user looks at the preview, and sent with their contacts.
//!
//! Always holds: one photo at a time is with the adapter, so a file of thousands takes no more memory than one of a few; nothing is sent
//! before the last one is small or is known to be none.

use halyard_protocol::{ContactId, PhotoId};
use halyard_words as words;

use super::{Import, Importing};
use crate::contacts::import::ImportRow;
use crate::context::Context;
use crate::effect::{Effect, FileCommand, PhotoOf};
use crate::update::Changed;

impl Importing {
    /// Whether a photo is being made small.
    pub(crate) fn has_photo_under_way(&self) -> bool {
        self.photo_under_way.is_some()
    }

    /// How many of the rows have a photo that is done, and how many have one.
    pub(crate) fn photos_done(&self) -> (usize, usize) {
        let count = |has: fn(&&ImportRow) -> bool| self.rows.iter().filter(has).count();
        let all = count(|row| row.draft.photo.is_some());
        let left = count(|row| !row.photo.is_empty()) + usize::from(self.has_photo_under_way());
        (all.saturating_sub(left), all)
    }

    /// The small photo of a draft, if it is one of the files.
    pub(super) fn small_photo(&self, photo: Option<PhotoId>) -> Option<&str> {
        let line = usize::try_from(photo?.0.bits()).ok()?;
        let row = self.rows.binary_search_by_key(&line, |row| row.line).ok()?;
        Some(self.rows[row].small_photo.as_str()).filter(|photo| !photo.is_empty())
    }
}

impl Import {
    /// A photo of the file is small, or is none.
    pub(crate) fn photo_ready(&mut self, id: ContactId, small: Option<String>, cx: &mut Context<'_, '_>) {
        let Some(importing) = &mut self.open else { return };
        // Of an import that is no longer open.
        let Some(line) = importing.photo_under_way.filter(|line| importing.id(*line) == id) else { return };
        importing.photo_under_way = None;
        if let Some(row) = importing.rows.iter_mut().find(|row| row.line == line) {
            match small {
                Some(small) => row.small_photo = small,
                None => row.warnings.push(words::PHOTO_UNREADABLE.into()),
            }
        }
        importing.next_photo(cx);
        let (done, all) = importing.photos_done();
        if !importing.has_photo_under_way() {
            cx.changed(Changed::Import);
            if importing.saving {
                self.send_next(cx);
            }
        } else if importing.saving && done * 100 / all != done.saturating_sub(1) * 100 / all {
            // The preview of thousands is drawn anew a hundred times at most.
            cx.changed(Changed::Import);
        }
    }
}

impl Importing {
    /// Goes on with the next photo, unless one is under way.
    pub(super) fn next_photo(&mut self, cx: &mut Context<'_, '_>) {
        let next = self.rows.iter_mut().find(|row| !row.photo.is_empty());
        if let Some(row) = next.filter(|_| self.photo_under_way.is_none()) {
            let content = core::mem::take(&mut row.photo);
            let line = row.line;
            self.photo_under_way = Some(line);
            cx.effect(Effect::Files(FileCommand::Photo { of: PhotoOf::Import(self.id(line)), content }));
        }
    }
}
