//! The composer: text, counter, "Send SMS using", and what stands in the way.

use halyard_protocol::recipients::text_limit;
use halyard_protocol::segments::{self, Encoding};
use halyard_protocol::{ConversationKind, MediaId, Peer, PhoneNumber, RecipientsError};

use crate::composer::Attached;
use crate::composer::{file_words, size_words};
use crate::softphone::Softphone;
use crate::windows::CardKey;

/// A card's composer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComposerView {
    /// What is typed.
    pub draft: String,
    /// Its files.
    pub files: Vec<FileView>,
    /// Texts: how long it is.
    pub counter: Option<CounterView>,
    /// Texts: the own number.
    pub using: Option<UsingView>,
    /// Why the last try to send failed; the text is still there.
    pub problem: Option<String>,
    /// Why nothing can be sent here at all.
    pub blocked: Option<String>,
}

/// A file in the text box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileView {
    /// Its id.
    pub id: MediaId,
    /// Its name, or what it is.
    pub name: String,
    /// Its size; or that it is being made ready.
    pub note: String,
    /// Whether it can be shown as a picture.
    pub picture: bool,
}

/// How long a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterView {
    /// "27 / 160"; "2 · 170 / 306" from two segments on.
    pub text: String,
    /// The same in words, for screen readers and as a tooltip.
    pub words: String,
    /// Whether it is longer than can be sent.
    pub over: bool,
}

/// "Send SMS using".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsingView {
    /// The number chosen, as it is written.
    pub chosen: String,
    /// All that can be chosen.
    pub options: Vec<NumberOption>,
}

/// An own number to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberOption {
    /// The number.
    pub number: PhoneNumber,
    /// As it is written.
    pub text: String,
    /// What the business calls it, and what it can't do.
    pub label: String,
    /// Whether it is the one chosen.
    pub chosen: bool,
}

impl Softphone {
    /// A card's composer.
    #[must_use]
    pub fn composer_view(&self, card: CardKey) -> ComposerView {
        let draft = self.composer.drafts.get(card).to_owned();
        let problem = self.composer.problem(card).cloned();
        let files: Vec<FileView> = self.composer.drafts.files(card).iter().map(file_view).collect();
        let (kind, own, peers, blocked) = match card {
            CardKey::Conversation(id) => {
                let Some(thread) = self.conversations.get(id) else {
                    return ComposerView { draft, files, counter: None, using: None, problem, blocked: None };
                };
                let conversation = &thread.conversation;
                let blocked = self.cannot_write(conversation);
                (conversation.kind, conversation.own_number, conversation.peers.as_slice(), blocked)
            }
            CardKey::New(_) => match self.recipients.get(card) {
                Some(new) => self.new_composer(new),
                None => (ConversationKind::Chat, None, &[][..], None),
            },
        };
        ComposerView {
            counter: kind.is_text().then(|| counter(kind, &draft, !files.is_empty())),
            files,
            using: kind.is_text().then(|| self.using(own, peers)).flatten(),
            draft,
            problem,
            blocked,
        }
    }

    fn new_composer<'new>(
        &self,
        new: &'new crate::recipients::NewConversation,
    ) -> (ConversationKind, Option<PhoneNumber>, &'new [Peer], Option<String>) {
        let is_text = new.peers.iter().any(|peer| matches!(peer, Peer::Number(_)));
        let kind = match (is_text, new.peers.len()) {
            (true, 0 | 1) => ConversationKind::Sms,
            (true, _) => ConversationKind::GroupMms,
            (false, 0 | 1) => ConversationKind::Chat,
            (false, _) => ConversationKind::GroupChat,
        };
        let own = if is_text { self.people().own_number(&new.peers, new.from).map(|own| own.number) } else { None };
        let blocked = match self.people().check(&new.peers, new.from) {
            // Nobody added yet is no error: the field above says what to do.
            Ok(_) | Err(RecipientsError::Nobody) => None,
            Err(error) => Some(error.to_string()),
        };
        (kind, own, &new.peers, blocked)
    }

    fn using(&self, own: Option<PhoneNumber>, peers: &[Peer]) -> Option<UsingView> {
        let home = self.home();
        let numbers = &self.me()?.numbers;
        if numbers.is_empty() {
            return None;
        }
        let options = numbers
            .iter()
            .map(|entry| {
                let most = usize::from(entry.capabilities.group_recipients);
                let limit = match (entry.capabilities.sms, peers.len()) {
                    (false, _) => "can't send texts".to_owned(),
                    (true, 0 | 1) => String::new(),
                    (true, _) if most < 2 => "can't send to groups".to_owned(),
                    (true, people) if people > most => ["groups of ", &most.to_string(), " at most"].concat(),
                    _ => String::new(),
                };
                let label = match (entry.label.is_empty(), limit.is_empty()) {
                    (_, true) => entry.label.clone(),
                    (true, false) => limit,
                    (false, false) => [&entry.label, " \u{b7} ", &limit].concat(),
                };
                NumberOption {
                    number: entry.number,
                    text: entry.number.display(home),
                    label,
                    chosen: Some(entry.number) == own,
                }
            })
            .collect();
        let chosen = own.map_or_else(|| "Choose a number".to_owned(), |number| number.display(home));
        Some(UsingView { chosen, options })
    }
}

fn file_view(Attached { media, ready, .. }: &Attached) -> FileView {
    FileView {
        id: media.id,
        name: file_words(media),
        note: if *ready { size_words(media) } else { "Preparing\u{2026}".to_owned() },
        picture: *ready && media.kind.is_picture(),
    }
}

fn counter(kind: ConversationKind, draft: &str, with_files: bool) -> CounterView {
    let limit = text_limit(kind);
    let length = draft.chars().count();
    let over = length > limit;
    if over || with_files || kind == ConversationKind::GroupMms {
        // An MMS is one message whatever its length.
        let text = [&length.to_string(), " / ", &limit.to_string()].concat();
        let words = [&length.to_string(), " of ", &limit.to_string(), " characters"].concat();
        return CounterView { text, words, over };
    }
    let count = segments::count(draft);
    let numbers = [&count.used.to_string(), " / ", &count.limit.to_string()].concat();
    let text = if count.segments > 1 { [&count.segments.to_string(), " \u{b7} ", &numbers].concat() } else { numbers };
    let parts = match count.segments {
        0 | 1 => "one segment".to_owned(),
        many => [&many.to_string(), " segments"].concat(),
    };
    let mut words = [&count.units.to_string(), " of ", &count.limit.to_string(), " characters in ", &parts].concat();
    if count.encoding == Encoding::Ucs2
        && let Some(by) = count.forced_by
    {
        words.push_str(". \u{201c}");
        words.push(by);
        words.push_str("\u{201d} makes segments shorter: 70 characters instead of 160");
    }
    CounterView { text, words, over }
}
