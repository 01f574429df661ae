//! Files in a text box: chosen, dropped, pasted or shared; made ready; kept on this device until the server has them.
//!
//! Always holds: one that can't be sent is refused with the reason at once, and what was typed beside it stays. A file is
//! on the device before a message with it is.

use crate::reasons;
use halyard_protocol::media::{MediaError, check_media};
use halyard_protocol::{ConversationKind, Media, MediaId, MediaKind, SmsNumber, UserId, limits};
use halyard_words::{self as words, Text};
use serde::{Deserialize, Serialize};

use super::{Attached, Composer, file_key};
use crate::context::Context;
use crate::effect::{Effect, FileCommand, FileContent, FocusTarget};
use crate::fact::Fact;
use crate::storage::{Range, Row, Store, Token, Write, put};
use crate::update::Changed;
use crate::windows::CardKey;

/// How a picture is made smaller: the longer side in pixels and the quality in percent, one after the other until it has
/// few enough bytes.
pub const STEPS: [(u32, u32); 8] =
    [(2560, 85), (2048, 80), (1600, 80), (1600, 65), (1280, 70), (1024, 65), (800, 60), (480, 50)];
/// Bytes that a picture in a chat has at most; a larger one is made smaller.
const CHAT_PICTURE: u32 = 2_000_000;
/// Bytes that one picture of a text gets, so that another finds room beside it.
const TEXT_PICTURE: u32 = limits::TEXT_MEDIA_BYTES / 2;
/// Bytes below which a picture is no picture any more.
const SMALLEST_PICTURE: u32 = 20_000;
/// Bytes of a picture that a browser can be asked to make smaller.
const LARGEST_PICTURE: u64 = 60_000_000;
/// How many files are named that can't be sent.
const MOST_NAMED: usize = 20;
/// Bytes of a file's head that are asked for.
pub const HEAD: u32 = 1_024;

/// A file in a text box as the device's database keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its card.
    pub card: CardKey,
    /// The file.
    pub media: Media,
}

/// A file that the user chose, dropped or pasted.
#[derive(Clone, PartialEq, Eq)]
pub struct ChosenFile {
    /// The adapter's number for it.
    pub number: u32,
    /// Its name; may be empty.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// How it begins: what [`MediaKind::of`] wants to see.
    pub head: Vec<u8>,
}

impl core::fmt::Debug for ChosenFile {
    /// Never shows the content.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "file {} of {} bytes", self.number, self.size)
    }
}

/// What became of a file that was to be made ready.
#[derive(Clone, PartialEq, Eq)]
pub enum Files {
    /// It is ready.
    Ready {
        /// Which.
        id: MediaId,
        /// What it is now.
        kind: MediaKind,
        /// For a picture: pixels across; 0 when not known.
        width: u32,
        /// For a picture: pixels down; 0 when not known.
        height: u32,
        /// Its content, as [`crate::storage::Store::Files`] has it: one character for each byte.
        content: String,
    },
    /// It can't be read, or is no picture although it begins like one.
    Unreadable(MediaId),
}

impl core::fmt::Debug for Files {
    /// Never shows the content.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Ready { id, .. } => write!(f, "ready {id}"),
            Self::Unreadable(id) => write!(f, "unreadable {id}"),
        }
    }
}

/// What a card's text box takes.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Whether it is for a text, or may become one.
    pub(crate) text: bool,
    /// Why nothing can be attached, if so.
    pub(crate) blocked: Option<Text>,
}

/// What files a card takes besides those that it has.
struct Room {
    /// Whether it is for a text, or may become one.
    text: bool,
    /// How many more.
    count: usize,
    /// How many bytes more, for a text.
    bytes: u32,
}

impl Composer {
    /// Files for a text box. Those that can't be sent there are refused; the others are made ready.
    pub(crate) fn attach(&mut self, card: CardKey, place: &Place, files: Vec<ChosenFile>, cx: &mut Context<'_, '_>) {
        let files = files.into_iter().map(|file| {
            let ChosenFile { number, name, size, head } = file;
            (name, size, MediaKind::of(&head), FileContent::Chosen(number))
        });
        self.refused.clear();
        self.attach_all(card, place, files.collect(), cx);
    }

    /// Files that were shared with the app. Several come one by one, cards together.
    pub(crate) fn attach_shared(
        &mut self,
        card: CardKey,
        place: &Place,
        files: Vec<(String, Vec<u8>)>,
        cx: &mut Context<'_, '_>,
    ) {
        if self.problem(card).is_none() {
            self.refused.clear();
        }
        let file = |(name, bytes): (String, Vec<u8>)| {
            (name, bytes.len() as u64, MediaKind::of(&bytes), FileContent::Bytes(bytes))
        };
        self.attach_all(card, place, files.into_iter().map(file).collect(), cx);
    }

    fn attach_all(
        &mut self,
        card: CardKey,
        place: &Place,
        files: Vec<(String, u64, Option<MediaKind>, FileContent)>,
        cx: &mut Context<'_, '_>,
    ) {
        self.problems.remove(&card);
        let pictures = files.iter().filter(|(_, _, kind, _)| kind.is_some_and(can_shrink)).count().max(1);
        for (n, (name, size, kind, content)) in files.into_iter().enumerate() {
            // What was refused here takes no part; those that come after it may still fit.
            let share = TEXT_PICTURE.min(limits::TEXT_MEDIA_BYTES / u32::try_from(pictures).unwrap_or(u32::MAX));
            match check_file(place, &self.room(card, place), size, kind, share) {
                Ok((kind, most)) => {
                    let id = MediaId::new(cx.env.now, cx.env.random(16 + n as u64));
                    let size = u32::try_from(size).unwrap_or(u32::MAX).min(most.unwrap_or(u32::MAX));
                    let media = Media { id, kind, name: cut(name), size, width: 0, height: 0 };
                    self.drafts.attach(card, [Attached { media, ready: false, content: None }]);
                    cx.effect(Effect::Files(FileCommand::Prepare { id, content, most }));
                }
                Err(reason) => self.refused(name, reason),
            }
        }
        self.files_changed(card, cx);
        if !self.refused.is_empty() {
            let words = |(reason, names): &(Text, Vec<String>)| named(&names.join(", "), reason.clone());
            self.refuse_file(card, Text::joined(self.refused.iter().map(words).collect(), " "), cx);
        }
    }

    /// A file can't be sent: each is named, under its reason.
    fn refused(&mut self, name: String, reason: Text) {
        let known = self.refused.iter_mut().find(|(known, _)| *known == reason);
        match known {
            Some((_, names)) if names.len() == MOST_NAMED => names.push("\u{2026}".to_owned()),
            Some((_, names)) if names.len() > MOST_NAMED => {}
            Some((_, names)) => names.push(name),
            None => self.refused.push((reason, vec![name])),
        }
    }

    fn room(&self, card: CardKey, place: &Place) -> Room {
        let files = self.drafts.files(card);
        let taken = files.iter().fold(0u32, |sum, file| sum.saturating_add(file.media.size));
        Room {
            text: place.text,
            count: limits::MEDIA_PER_MESSAGE.saturating_sub(files.len()),
            bytes: limits::TEXT_MEDIA_BYTES.saturating_sub(taken),
        }
    }

    /// "Remove" at a file.
    pub(crate) fn detach(&mut self, card: CardKey, id: MediaId, cx: &mut Context<'_, '_>) {
        if self.drafts.detach(card, id).is_none() {
            return;
        }
        self.problems.remove(&card);
        if let Some(me) = cx.user() {
            cx.write(vec![forget_attachment(me, id), forget_file(id)], None);
        }
        // The cross that was pressed is gone.
        cx.focus(FocusTarget::Composer(card));
        self.files_changed(card, cx);
    }

    /// What became of a file that was to be made ready.
    pub(crate) fn prepared(&mut self, files: Files, cx: &mut Context<'_, '_>) {
        match files {
            Files::Ready { id, kind, width, height, content } => {
                // One character for each byte.
                let size = u32::try_from(content.chars().count()).unwrap_or(u32::MAX);
                let Some((card, file)) = self.drafts.file(id) else { return };
                let name = name_as(&file.media.name, file.media.kind, kind);
                file.media = Media { id, kind, name, size, width, height };
                file.ready = true;
                file.content = Some(content);
                self.keep_file(card, id, cx);
                self.files_changed(card, cx);
                // Enter was pressed while it was being made ready.
                if self.drafts.files(card).iter().all(|file| file.ready) && self.drafts.sending.remove(&card) {
                    cx.fact(Fact::SubmitWanted(card));
                }
            }
            Files::Unreadable(id) => {
                let Some((card, file)) = self.drafts.file(id) else { return };
                let problem = named(&file.media.name, words::FILE_UNREADABLE.into());
                self.drafts.detach(card, id);
                self.drafts.sending.remove(&card);
                self.files_changed(card, cx);
                self.refuse_file(card, problem, cx);
            }
        }
    }

    /// Keeps a file, and in which text box it is, in one transaction.
    fn keep_file(&mut self, card: CardKey, id: MediaId, cx: &mut Context<'_, '_>) {
        let Some(me) = cx.user().filter(|_| cx.device.keeps) else { return };
        let Some((_, file)) = self.drafts.file(id) else { return };
        let mut writes = vec![keep_attachment(me, card, &file.media)];
        writes.extend(file.content.clone().map(|content| keep_content(id, content)));
        cx.write(writes, Some(Token::File(id)));
    }

    /// A file is on the device: nothing of it need be held here. Says whether it is in a text box.
    pub(crate) fn mark_file_stored(&mut self, id: MediaId) -> bool {
        let file = self.drafts.file(id);
        let here = file.is_some();
        if let Some((_, file)) = file {
            file.content = None;
        }
        here
    }

    /// Text and files go along when a card becomes another conversation's.
    pub(crate) fn carry(&mut self, from: CardKey, to: CardKey, cx: &mut Context<'_, '_>) {
        self.problems.remove(&from);
        self.drafts.carry(from, to);
        let Some(me) = cx.user() else { return };
        let ready = self.drafts.files(to).iter().filter(|file| file.ready);
        let writes: Vec<Write> = ready.map(|file| keep_attachment(me, to, &file.media)).collect();
        if !writes.is_empty() {
            cx.write(writes, None);
            self.files_changed(to, cx);
        }
    }

    /// The files of a message that is taken back are in its text box again.
    pub(crate) fn attach_again(
        &mut self,
        card: CardKey,
        media: &[Media],
        contents: &[(MediaId, String)],
        cx: &mut Context<'_, '_>,
    ) {
        let Some(me) = cx.user().filter(|_| !media.is_empty()) else { return };
        let file = |media: &Media| {
            let content = contents.iter().find(|(id, _)| *id == media.id).map(|(_, content)| content.clone());
            Attached { media: media.clone(), ready: true, content }
        };
        self.drafts.attach_again(card, media.iter().map(file).collect());
        cx.write(media.iter().map(|media| keep_attachment(me, card, media)).collect(), None);
        self.files_changed(card, cx);
    }

    /// Another tab says which files are in a text box.
    pub(crate) fn mirror_files(&mut self, card: CardKey, media: Vec<Media>, cx: &mut Context<'_, '_>) {
        self.drafts.mirror_files(card, media);
        cx.changed(Changed::Composer(card));
    }

    fn files_changed(&self, card: CardKey, cx: &mut Context<'_, '_>) {
        cx.fact(Fact::FilesChanged(card));
        cx.changed(Changed::Composer(card));
    }

    fn refuse_file(&mut self, card: CardKey, problem: Text, cx: &mut Context<'_, '_>) {
        cx.announce(problem.clone());
        self.problems.insert(card, problem);
        cx.changed(Changed::Composer(card));
    }

    /// The rule that the files of a text box break, if any.
    pub(crate) fn check_files(
        &self,
        kind: ConversationKind,
        card: CardKey,
        own: Option<&SmsNumber>,
    ) -> Result<(), MediaError> {
        let files: Vec<Media> = self.drafts.files(card).iter().map(|file| file.media.clone()).collect();
        check_media(kind, own, &files)
    }
}

/// Whether a file can be sent from here: what it is, and to how many bytes a picture is to be made smaller.
fn check_file(
    place: &Place,
    room: &Room,
    size: u64,
    kind: Option<MediaKind>,
    share: u32,
) -> Result<(MediaKind, Option<u32>), Text> {
    if let Some(blocked) = &place.blocked {
        return Err(blocked.clone());
    }
    let kind = kind.filter(|kind| !room.text || kind.is_for_texts()).ok_or_else(|| reasons::rule(MediaError::Kind))?;
    if room.count == 0 {
        return Err(reasons::rule(MediaError::TooMany));
    }
    if can_shrink(kind) && size <= LARGEST_PICTURE {
        let most = if room.text { share.min(room.bytes) } else { CHAT_PICTURE };
        let fits = most >= SMALLEST_PICTURE || size <= u64::from(most);
        return if fits { Ok((kind, Some(most))) } else { Err(reasons::rule(MediaError::TooLargeForText)) };
    }
    let (limit, error) = match room.text {
        true => (room.bytes, MediaError::TooLargeForText),
        false => (limits::CHAT_MEDIA_BYTES, MediaError::TooLarge),
    };
    if size > u64::from(limit) { Err(reasons::rule(error)) } else { Ok((kind, None)) }
}

/// Which pictures can be made smaller: an animation would stop.
fn can_shrink(kind: MediaKind) -> bool {
    matches!(kind, MediaKind::Jpeg | MediaKind::Png | MediaKind::Webp)
}

/// A problem, with the name of the file that it is about.
fn named(name: &str, problem: Text) -> Text {
    if name.is_empty() { problem } else { words::file_problem(name, problem) }
}

fn cut(name: String) -> String {
    match name.char_indices().nth(limits::MEDIA_NAME_LENGTH) {
        Some((end, _)) => name.get(..end).unwrap_or_default().to_owned(),
        None => name,
    }
}

/// A picture that has become a JPEG is called so.
fn name_as(name: &str, was: MediaKind, is: MediaKind) -> String {
    match name.rsplit_once('.') {
        Some((stem, _)) if was != is => [stem, ".", is.extension()].concat(),
        _ => name.to_owned(),
    }
}

/// A text box has the file.
pub(crate) fn keep_attachment(user: UserId, card: CardKey, media: &Media) -> Write {
    put(Store::Attachments, file_key(user, media.id), &Attachment { card, media: media.clone() })
}

/// What is in the file, as [`Store::Files`] has it.
pub(crate) fn keep_content(id: MediaId, text: String) -> Write {
    Write::Put(Row { store: Store::Files, key: id.to_string(), text })
}

/// The text box no longer has the file.
pub(crate) fn forget_attachment(user: UserId, id: MediaId) -> Write {
    Write::Delete(Range::key(Store::Attachments, file_key(user, id)))
}

/// Nobody here needs what is in the file any more.
pub(crate) fn forget_file(id: MediaId) -> Write {
    Write::Delete(Range::key(Store::Files, id.to_string()))
}
