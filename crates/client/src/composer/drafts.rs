//! The composer: drafts, their files, and which own number texts go from.
//!
//! Always holds: a draft is forgotten only when its message is in the outbox, or the user empties it.

use halyard_protocol::{Media, MediaId};

use crate::sorted::{SortedMap, SortedSet};
use crate::windows::CardKey;

/// A file in a text box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attached {
    pub(crate) media: Media,
    /// Whether it could be sent now; before that it is being read, and perhaps made smaller.
    pub(crate) ready: bool,
    /// What is in it, until the device has it.
    pub(crate) content: Option<String>,
}

/// Drafts by card. Cards without one have none here.
#[derive(Debug, Default)]
pub(crate) struct Drafts {
    texts: SortedMap<CardKey, String>,
    files: SortedMap<CardKey, Vec<Attached>>,
    /// Files that were sent or taken out in this run: what the device says of them comes late.
    done: SortedSet<MediaId>,
    /// Cards that are to be sent when their files are ready.
    pub(crate) sending: SortedSet<CardKey>,
    /// Cards whose draft waits to be kept: what the device has under the same key was not read yet.
    pub(crate) unstored: SortedSet<CardKey>,
    /// Keys of the device whose texts have joined another: they are forgotten when that is kept.
    pub(crate) joined: Vec<String>,
}

impl Drafts {
    pub(crate) fn get(&self, card: CardKey) -> &str {
        self.texts.get(&card).map_or("", String::as_str)
    }

    pub(crate) fn set(&mut self, card: CardKey, text: String) {
        if text.is_empty() {
            self.texts.remove(&card);
        } else {
            self.texts.insert(card, text);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.files.is_empty()
    }

    /// Whether anything was typed or put in here.
    pub(crate) fn has(&self, card: CardKey) -> bool {
        !self.get(card).is_empty() || !self.files(card).is_empty()
    }

    /// A card's files.
    pub(crate) fn files(&self, card: CardKey) -> &[Attached] {
        self.files.get(&card).map_or(&[], Vec::as_slice)
    }

    /// All files, with their cards.
    pub(crate) fn all_files(&self) -> impl Iterator<Item = (CardKey, &Attached)> {
        self.files.entries().iter().flat_map(|(card, files)| files.iter().map(|file| (*card, file)))
    }

    /// One of the files that are in a text box.
    pub(crate) fn file(&mut self, id: MediaId) -> Option<(CardKey, &mut Attached)> {
        let card = self.all_files().find(|(_, file)| file.media.id == id).map(|(card, _)| card)?;
        let file = self.files.get_mut(&card)?.iter_mut().find(|file| file.media.id == id)?;
        Some((card, file))
    }

    /// Puts files into a text box. Those that were in it, or have left one, come too late.
    pub(crate) fn attach(&mut self, card: CardKey, files: impl IntoIterator<Item = Attached>) {
        for file in files {
            let id = file.media.id;
            if !self.done.contains(&id) && self.file(id).is_none() {
                self.files.get_or_insert(card, Vec::new()).push(file);
            }
        }
    }

    /// Puts the files of a message that was taken back into their text box again.
    pub(crate) fn attach_again(&mut self, card: CardKey, files: Vec<Attached>) {
        for file in &files {
            self.done.remove(&file.media.id);
        }
        self.attach(card, files);
    }

    /// Takes one file out.
    pub(crate) fn detach(&mut self, card: CardKey, id: MediaId) -> Option<Attached> {
        let files = self.files.get_mut(&card)?;
        let at = files.iter().position(|file| file.media.id == id)?;
        let file = files.remove(at);
        if files.is_empty() {
            self.files.remove(&card);
        }
        self.done.insert(id);
        Some(file)
    }

    /// Takes all files out, to be sent.
    pub(crate) fn take_files(&mut self, card: CardKey) -> Vec<Attached> {
        let files = self.files.remove(&card).unwrap_or_default();
        for file in &files {
            self.done.insert(file.media.id);
        }
        files
    }

    /// Another tab says which files are in a text box.
    pub(crate) fn mirror_files(&mut self, card: CardKey, media: Vec<Media>) {
        self.files.remove(&card);
        self.attach(card, media.into_iter().map(|media| Attached { media, ready: true, content: None }));
    }

    /// All files, for when their user comes back.
    pub(crate) fn take_all_files(&mut self) -> impl Iterator<Item = (CardKey, Attached)> + use<> {
        let all = core::mem::take(&mut self.files).into_entries().into_iter();
        all.flat_map(|(card, files)| files.into_iter().map(move |file| (card, file)))
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = (CardKey, &str)> {
        self.texts.entries().iter().map(|(card, text)| (*card, text.as_str()))
    }

    /// The cards that have one.
    pub(crate) fn cards(&self) -> impl Iterator<Item = CardKey> {
        self.texts.keys().chain(self.files.keys())
    }

    /// All of them, for when their user comes back.
    pub(crate) fn into_texts(self) -> impl Iterator<Item = (CardKey, String)> {
        self.texts.into_entries().into_iter()
    }

    /// What the device had kept joins what was typed since; says whether both were there.
    pub(crate) fn join(&mut self, card: CardKey, stored: String) -> bool {
        let typed = self.texts.get_or_insert(card, String::new());
        // What was kept a moment ago, and typed on since, is there already.
        if !stored.is_empty() && typed.starts_with(&stored) {
            return false;
        }
        let both = !typed.is_empty() && !stored.starts_with(typed.as_str());
        *typed = if both { [&stored, "\n", typed].concat() } else { stored };
        both
    }

    /// The draft goes along when a card becomes another conversation's; what was typed there before stays in front.
    pub(crate) fn carry(&mut self, from: CardKey, to: CardKey) {
        if from == to {
            return;
        }
        if let Some(files) = self.files.remove(&from) {
            self.attach(to, files);
        }
        if self.sending.remove(&from) {
            self.sending.insert(to);
        }
        if let Some(text) = self.texts.remove(&from) {
            let draft = self.texts.get_or_insert(to, String::new());
            if !draft.is_empty() {
                draft.push('\n');
            }
            draft.push_str(&text);
        }
    }
}
