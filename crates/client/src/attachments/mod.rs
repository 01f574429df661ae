//! Files in a text box: chosen, dropped, pasted or shared; made ready; kept on this device until the server has them.
//!
//! Always holds: a file that the user put in is in its text box, in an outgoing message, or was taken out by the user;
//! one that can't be sent is refused with the reason at once, and what was typed beside it stays. A file is on the device
//! before a message with it is.

mod upload;
mod words;

use halyard_protocol::media::{MediaError, check_media};
use halyard_protocol::{ConversationKind, Media, MediaId, MediaKind, UserId, limits};
use serde::{Deserialize, Serialize};

use crate::composer::Attached;
use crate::effect::{Effect, FileCommand, FileContent};
use crate::env::Env;
use crate::event::{ChosenFile, Files};
use crate::outbox::OutboxRow;
use crate::session::file_key;
use crate::softphone::Softphone;
use crate::storage::{Range, Row, Store, Token, Write, put};
use crate::tabs::TabFrame;
use crate::update::{Changed, Update};
use crate::windows::CardKey;

pub(crate) use words::{file_words, size_words, words};

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

/// What files a card takes.
struct Room {
    /// Whether it is for a text, or may become one.
    text: bool,
    /// How many more.
    count: usize,
    /// How many bytes more, for a text.
    bytes: u32,
}

impl Softphone {
    /// Files for a text box. Those that can't be sent there are refused; the others are made ready.
    pub(crate) fn attach(&mut self, card: CardKey, files: Vec<ChosenFile>, env: &Env, out: &mut Update) {
        let files = files.into_iter().map(|file| {
            let ChosenFile { number, name, size, head } = file;
            (name, size, MediaKind::of(&head), FileContent::Chosen(number))
        });
        self.attach_all(card, files.collect(), env, out);
    }

    /// A file that was shared with the app.
    pub(crate) fn attach_shared(&mut self, card: CardKey, name: String, bytes: Vec<u8>, env: &Env, out: &mut Update) {
        let (size, kind) = (bytes.len() as u64, MediaKind::of(&bytes));
        self.attach_all(card, vec![(name, size, kind, FileContent::Bytes(bytes))], env, out);
    }

    fn attach_all(
        &mut self,
        card: CardKey,
        files: Vec<(String, u64, Option<MediaKind>, FileContent)>,
        env: &Env,
        out: &mut Update,
    ) {
        self.problems.remove(&card);
        let pictures = files.iter().filter(|(_, _, kind, _)| kind.is_some_and(can_shrink)).count().max(1);
        let mut problem = None;
        for (n, (name, size, kind, content)) in files.into_iter().enumerate() {
            let room = self.room(card);
            // What was refused here takes no part; those that come after it may still fit.
            let share = TEXT_PICTURE.min(limits::TEXT_MEDIA_BYTES / u32::try_from(pictures).unwrap_or(u32::MAX));
            match self.check_file(card, &room, size, kind, share) {
                Ok((kind, most)) => {
                    let id = MediaId::new(env.now, env.random(16 + n as u64));
                    let size = u32::try_from(size).unwrap_or(u32::MAX).min(most.unwrap_or(u32::MAX));
                    let media = Media { id, kind, name: cut(name), size, width: 0, height: 0 };
                    self.drafts.attach(card, [Attached { media, ready: false, content: None }]);
                    out.effect(Effect::Files(FileCommand::Prepare { id, content, most }));
                }
                Err(error) => problem = problem.or(Some(named(&name, &error))),
            }
        }
        self.files_changed(card, out);
        if let Some(problem) = problem {
            self.refuse_file(card, problem, out);
        }
    }

    /// Whether a file can be sent from here: what it is, and to how many bytes a picture is to be made smaller.
    fn check_file(
        &self,
        card: CardKey,
        room: &Room,
        size: u64,
        kind: Option<MediaKind>,
        share: u32,
    ) -> Result<(MediaKind, Option<u32>), String> {
        if let Some(blocked) = self.cannot_attach(card) {
            return Err(blocked);
        }
        let kind = kind.ok_or_else(|| MediaError::Kind.to_string())?;
        if room.count == 0 {
            return Err(MediaError::TooMany.to_string());
        }
        if can_shrink(kind) && size <= LARGEST_PICTURE {
            let most = if room.text { share.min(room.bytes) } else { CHAT_PICTURE };
            let fits = most >= SMALLEST_PICTURE || size <= u64::from(most);
            return if fits { Ok((kind, Some(most))) } else { Err(MediaError::TooLargeForText.to_string()) };
        }
        let (limit, error) = match room.text {
            true => (room.bytes, MediaError::TooLargeForText),
            false => (limits::CHAT_MEDIA_BYTES, MediaError::TooLarge),
        };
        if size > u64::from(limit) { Err(error.to_string()) } else { Ok((kind, None)) }
    }

    fn cannot_attach(&self, card: CardKey) -> Option<String> {
        let id = card.conversation()?;
        let conversation = &self.conversations.get(id)?.conversation;
        self.cannot_write(conversation).or_else(|| {
            let own = self.session.me()?.numbers.iter().find(|own| Some(own.number) == conversation.own_number);
            let can = own.is_some_and(|own| own.capabilities.mms);
            (conversation.kind.is_text() && !can).then(|| MediaError::CannotSend.to_string())
        })
    }

    fn room(&self, card: CardKey) -> Room {
        let text = match card {
            CardKey::Conversation(id) => {
                self.conversations.get(id).is_some_and(|thread| thread.conversation.kind.is_text())
            }
            // While nobody is in, it may become a text.
            CardKey::New(_) => self.new.get(&card).is_none_or(|new| {
                new.peers.is_empty() || new.peers.iter().any(|peer| matches!(peer, halyard_protocol::Peer::Number(_)))
            }),
        };
        let files = self.drafts.files(card);
        let taken = files.iter().fold(0u32, |sum, file| sum.saturating_add(file.media.size));
        Room {
            text,
            count: limits::MEDIA_PER_MESSAGE.saturating_sub(files.len()),
            bytes: limits::TEXT_MEDIA_BYTES.saturating_sub(taken),
        }
    }

    /// "Remove" at a file.
    pub(crate) fn detach(&mut self, card: CardKey, id: MediaId, out: &mut Update) {
        if self.drafts.detach(card, id).is_none() {
            return;
        }
        self.problems.remove(&card);
        if let Some(me) = self.session.me().map(|me| me.user.id) {
            self.commit(vec![forget_attachment(me, id), forget_file(id)], None, out);
        }
        self.files_changed(card, out);
    }

    /// What became of a file that was to be made ready.
    #[inline(never)]
    pub(crate) fn on_files(&mut self, files: Files, env: &Env, out: &mut Update) {
        match files {
            Files::Ready { id, kind, width, height, content } => {
                // One character for each byte.
                let size = u32::try_from(content.chars().count()).unwrap_or(u32::MAX);
                let Some((card, file)) = self.drafts.file(id) else { return };
                let name = name_as(&file.media.name, file.media.kind, kind);
                file.media = Media { id, kind, name, size, width, height };
                file.ready = true;
                file.content = Some(content);
                self.keep_file(card, id, out);
                self.files_changed(card, out);
                self.send_when_ready(card, env, out);
            }
            Files::Unreadable(id) => {
                let Some((card, file)) = self.drafts.file(id) else { return };
                let problem = named(&file.media.name, "The file can't be read.");
                self.drafts.detach(card, id);
                self.drafts.sending.remove(&card);
                self.files_changed(card, out);
                self.refuse_file(card, problem, out);
            }
        }
    }

    /// Enter was pressed while a file was being made ready.
    fn send_when_ready(&mut self, card: CardKey, env: &Env, out: &mut Update) {
        if self.drafts.files(card).iter().all(|file| file.ready) && self.drafts.sending.remove(&card) {
            self.submit(card, env, out);
        }
    }

    /// Keeps a file, and in which text box it is, in one transaction.
    fn keep_file(&mut self, card: CardKey, id: MediaId, out: &mut Update) {
        let Some(me) = self.session.me().map(|me| me.user.id) else { return };
        let can_keep = self.database.can_keep;
        let Some((_, file)) = self.drafts.file(id).filter(|_| can_keep) else { return };
        let mut writes = vec![keep_attachment(me, card, &file.media)];
        writes.extend(
            file.content.clone().map(|text| Write::Put(Row { store: Store::Files, key: id.to_string(), text })),
        );
        self.commit(writes, Some(Token::File(id)), out);
    }

    /// A file is on the device: nothing of it need be held here.
    pub(crate) fn file_kept(&mut self, id: MediaId) {
        match self.drafts.file(id) {
            Some((_, file)) => file.content = None,
            None => self.outbox.file_kept(id),
        }
    }

    /// The device has no room for a file: it stays in this tab.
    pub(crate) fn file_not_kept(&mut self, env: &Env, out: &mut Update) {
        let word = "This device can't keep the file. Leave Halyard open until it is sent.";
        self.complain(word.to_owned(), env, out);
    }

    /// Text and files go along when a card becomes another conversation's.
    pub(crate) fn carry_draft(&mut self, from: CardKey, to: CardKey, out: &mut Update) {
        self.drafts.carry(from, to);
        let Some(me) = self.session.me().map(|me| me.user.id) else { return };
        let ready = self.drafts.files(to).iter().filter(|file| file.ready);
        let writes: Vec<Write> = ready.map(|file| keep_attachment(me, to, &file.media)).collect();
        if !writes.is_empty() {
            self.commit(writes, None, out);
            self.files_changed(to, out);
        }
    }

    /// The files of a message that is taken back are in its text box again.
    pub(crate) fn attach_again(
        &mut self,
        card: CardKey,
        row: &OutboxRow,
        contents: Vec<(MediaId, String)>,
        out: &mut Update,
    ) {
        if row.media.is_empty() {
            return;
        }
        let file = |media: &Media| {
            let content = contents.iter().find(|(id, _)| *id == media.id).map(|(_, content)| content.clone());
            Attached { media: media.clone(), ready: true, content }
        };
        self.drafts.attach_again(card, row.media.iter().map(file).collect());
        self.commit(row.media.iter().map(|media| keep_attachment(row.author, card, media)).collect(), None, out);
        self.files_changed(card, out);
    }

    /// What the device had kept of this user joins what is here.
    #[inline(never)]
    pub(crate) fn load_files(&mut self, user: UserId, out: &mut Update) {
        let (mine, others) =
            core::mem::take(&mut self.database.kept.files).into_iter().partition(|(owner, ..)| *owner == user);
        self.database.kept.files = others;
        let mine: Vec<_> = mine;
        for (_, Attachment { card, media }, content) in mine {
            // What was read of the device may be of before Enter.
            if self.outbox.has_file(media.id) {
                continue;
            }
            self.expect_card(card);
            self.drafts.attach(card, [Attached { media, ready: true, content }]);
            out.changed(Changed::Composer(card));
        }
    }

    fn files_changed(&mut self, card: CardKey, out: &mut Update) {
        let ready = self.drafts.files(card).iter().filter(|file| file.ready);
        let media = ready.map(|file| file.media.clone()).collect();
        self.tell(&TabFrame::Files(card, media), out);
        out.changed(Changed::Composer(card));
    }

    fn refuse_file(&mut self, card: CardKey, problem: String, out: &mut Update) {
        out.effect(Effect::Announce(problem.clone()));
        self.problems.insert(card, problem);
        out.changed(Changed::Composer(card));
    }

    /// The rule that the files of a text box break, if any.
    pub(crate) fn check_files(&self, kind: ConversationKind, card: CardKey) -> Result<(), MediaError> {
        let files: Vec<Media> = self.drafts.files(card).iter().map(|file| file.media.clone()).collect();
        let own = card.conversation().and_then(|id| self.conversations.get(id));
        let own = own.and_then(|thread| thread.conversation.own_number);
        let numbers = self.session.me().map(|me| me.numbers.as_slice()).unwrap_or_default();
        check_media(kind, numbers.iter().find(|number| Some(number.number) == own), &files)
    }
}

/// Which pictures can be made smaller: an animation would stop.
fn can_shrink(kind: MediaKind) -> bool {
    matches!(kind, MediaKind::Jpeg | MediaKind::Png | MediaKind::Webp)
}

/// A problem, with the name of the file that it is about.
fn named(name: &str, problem: &str) -> String {
    if name.is_empty() { problem.to_owned() } else { [name, ": ", problem].concat() }
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

fn keep_attachment(user: UserId, card: CardKey, media: &Media) -> Write {
    put(Store::Attachments, file_key(user, media.id), &Attachment { card, media: media.clone() })
}

/// The text box no longer has the file.
pub(crate) fn forget_attachment(user: UserId, id: MediaId) -> Write {
    Write::Delete(Range::key(Store::Attachments, file_key(user, id)))
}

/// Nobody here needs what is in the file any more.
pub(crate) fn forget_file(id: MediaId) -> Write {
    Write::Delete(Range::key(Store::Files, id.to_string()))
}
