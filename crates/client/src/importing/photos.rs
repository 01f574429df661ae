//! The photos of an import: made small one after the other while the user looks at the preview, and sent with their contacts.
//!
//! Always holds: one photo at a time is with the adapter, so a file of thousands takes no more memory than one of a few; nothing is sent
//! before the last one is small or is known to be none.

use halyard_protocol::rest::ImportedContact;
use halyard_protocol::{ContactId, PhotoId};
use halyard_words as words;

use super::{Import, Importing};
use crate::contacts::import::{ImportRow, photo_of_line};
use crate::context::Context;
use crate::effect::{Effect, FileCommand, PhotoOf};
use crate::sorted::SortedMap;
use crate::update::Changed;

/// The photos of the files.
#[derive(Debug, Default)]
pub(crate) struct Photos {
    /// The line of the card whose photo is being made small.
    under_way: Option<usize>,
    /// Small ones, in base 64, by what stands for them in the drafts.
    small: SortedMap<PhotoId, String>,
}

impl Photos {
    pub(crate) fn are_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// How many of the rows have a photo that is done, and how many have one.
    pub(crate) fn done(&self, rows: &[ImportRow]) -> (usize, usize) {
        let all = rows.iter().filter(|row| row.draft.photo.is_some()).count();
        let left = rows.iter().filter(|row| !row.photo.is_empty()).count() + usize::from(self.are_under_way());
        (all.saturating_sub(left), all)
    }

    /// Bytes that the photo of a draft takes in a request: twice, as with it a slow line should bear the request, too.
    pub(super) fn size(&self, photo: Option<PhotoId>) -> usize {
        photo.and_then(|photo| self.small.get(&photo)).map_or(0, |content| content.len() * 2)
    }

    /// A contact as it is sent: with the photo's content. Left out, the photo that it has stays.
    pub(super) fn for_request(&self, mut entry: ImportedContact) -> ImportedContact {
        entry.contact.photo_content = entry.contact.photo.take().and_then(|photo| self.small.get(&photo)).cloned();
        entry
    }
}

impl Import {
    /// A photo of the file is small, or is none.
    pub(crate) fn photo_ready(&mut self, id: ContactId, small: Option<String>, cx: &mut Context<'_, '_>) {
        let Some(importing) = &mut self.open else { return };
        // Of an import that is no longer open.
        let Some(line) = importing.photos.under_way.filter(|line| importing.id(*line) == id) else { return };
        importing.photos.under_way = None;
        let row = importing.rows.iter_mut().find(|row| row.line == line);
        match (small, row) {
            (Some(small), _) => {
                importing.photos.small.insert(photo_of_line(line), small);
            }
            (None, Some(row)) => row.warnings.push(words::PHOTO_UNREADABLE.into()),
            (None, None) => {}
        }
        importing.next_photo(cx);
        let (done, all) = importing.photos.done(&importing.rows);
        if !importing.photos.are_under_way() {
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
        if let Some(row) = next.filter(|_| self.photos.under_way.is_none()) {
            let content = core::mem::take(&mut row.photo);
            let line = row.line;
            self.photos.under_way = Some(line);
            cx.effect(Effect::Files(FileCommand::Photo { of: PhotoOf::Import(self.id(line)), content }));
        }
    }
}
