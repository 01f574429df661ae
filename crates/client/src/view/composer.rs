//! The composer: text, counter, "Send SMS using", and what stands in the way.

use crate::reasons;
use halyard_protocol::recipients::text_limit;
use halyard_protocol::segments::{self, Costly, Encoding};
use halyard_protocol::signs::UnseenSign;
use halyard_protocol::{ConversationKind, MediaId, Peer, PhoneNumber, RecipientsError};
use halyard_words::{self as words, Text, Word};

use crate::composer::{Attached, as_sent};
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
    pub problem: Option<Text>,
    /// Why nothing can be sent here at all.
    pub blocked: Option<Text>,
    /// What one should know before Enter.
    pub note: Option<Text>,
    /// The time zones of the numbers that a text goes to, as far as they are known: at night one is told so before Enter.
    pub zones: Vec<&'static str>,
    /// Whether that is so until somebody else ends it: what is typed can be read, and nothing be done with it.
    pub closed: bool,
}

/// A file in the text box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileView {
    /// Its id.
    pub id: MediaId,
    /// Its name, or what it is.
    pub name: Text,
    /// Its size; or that it is being made ready.
    pub note: Text,
    /// Whether it can be shown as a picture.
    pub picture: bool,
}

/// How long a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterView {
    /// "27 / 160"; "2 texts" from two on.
    pub text: Text,
    /// The same in words, for screen readers and as a tooltip.
    pub words: Text,
    /// Whether it is longer than can be sent.
    pub over: bool,
    /// Which characters make it several texts, or more of them.
    pub costly: Option<Text>,
    /// The draft with plain characters in the place of those that do, where there are some that look alike.
    pub plain: Option<String>,
}

/// "Send SMS using".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsingView {
    /// The number chosen, as it is written.
    pub chosen: Text,
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
    pub label: Text,
    /// Whether it is the one chosen.
    pub chosen: bool,
}

/// Whether people are not to be texted at this hour of their day, 0 to 23 (47 CFR 64.1200(c)(1): before 8 a.m. and after 9 p.m.).
#[must_use]
pub const fn is_night(hour: i64) -> bool {
    hour < 8 || hour >= 21
}

/// Each zone of these people once.
fn zones(peers: &[Peer]) -> Vec<&'static str> {
    let mut zones = Vec::new();
    for peer in peers {
        if let Peer::Number(number) = peer
            && let Some(zone) = number.time_zone()
            && !zones.contains(&zone)
        {
            zones.push(zone);
        }
    }
    zones
}

impl Softphone {
    /// A card's composer.
    #[must_use]
    pub fn composer_view(&self, card: CardKey) -> ComposerView {
        let draft = self.composer.drafts.get(card).to_owned();
        let problem = self.composer.problem(card).cloned();
        let files: Vec<FileView> = self.composer.drafts.files(card).iter().map(file_view).collect();
        let mut note = None;
        let (kind, own, peers, blocked, closed) = match card {
            CardKey::Conversation(id) => {
                let Some(thread) = self.conversations.get(id) else {
                    return ComposerView {
                        draft,
                        files,
                        counter: None,
                        using: None,
                        problem,
                        blocked: None,
                        note: None,
                        zones: Vec::new(),
                        closed: false,
                    };
                };
                let conversation = &thread.conversation;
                let blocked = self.cannot_write(conversation);
                let closed = self.closed(conversation).is_some();
                (conversation.kind, conversation.own_number, conversation.peers.as_slice(), blocked, closed)
            }
            CardKey::New(_) => match self.recipients.get(card) {
                Some(new) if new.is_each_alone() => {
                    let own = self.cannot_write_each(card);
                    note = own.as_ref().ok().and_then(|own| self.skipped(*own, &new.peers).0);
                    let first = new.peers.get(..1).unwrap_or_default();
                    let chosen = self.people().own_number(first, new.from).map(|own| own.number);
                    (ConversationKind::Sms, chosen, first, own.err(), false)
                }
                Some(new) => self.new_composer(new),
                None => (ConversationKind::Chat, None, &[][..], None, false),
            },
        };
        let can_text = kind.is_text() && !closed;
        ComposerView {
            counter: can_text.then(|| counter(kind, &draft, !files.is_empty())),
            files,
            using: can_text.then(|| self.using(own, peers)).flatten(),
            draft,
            // It would say the same.
            problem: problem.filter(|_| !closed),
            blocked,
            note,
            zones: if can_text { zones(self.texted(card)) } else { Vec::new() },
            closed,
        }
    }

    /// Whom a card's text goes to.
    fn texted(&self, card: CardKey) -> &[Peer] {
        match card {
            CardKey::Conversation(id) => {
                self.conversations.get(id).map_or(&[], |thread| thread.conversation.peers.as_slice())
            }
            CardKey::New(_) => self.recipients.get(card).map_or(&[], |new| new.peers.as_slice()),
        }
    }

    fn new_composer<'new>(
        &self,
        new: &'new crate::recipients::NewConversation,
    ) -> (ConversationKind, Option<PhoneNumber>, &'new [Peer], Option<Text>, bool) {
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
            Ok(_) | Err(RecipientsError::Nobody) => own.and_then(|own| self.opted_out(own, &new.peers)),
            Err(error) => Some(reasons::rule(error)),
        };
        (kind, own, &new.peers, blocked, false)
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
                    (false, _) => words::CANNOT_SEND_TEXTS.into(),
                    (true, 0 | 1) => Text::default(),
                    (true, _) if most < 2 => words::CANNOT_SEND_TO_GROUPS.into(),
                    (true, people) if people > most => words::groups_of_at_most(most),
                    _ => Text::default(),
                };
                let label = match (entry.label.is_empty(), limit.is_empty()) {
                    (_, true) => Text::as_is(&entry.label),
                    (true, false) => limit,
                    (false, false) => words::label_and_limit(&entry.label, limit),
                };
                NumberOption {
                    number: entry.number,
                    text: entry.number.display(home),
                    label,
                    chosen: Some(entry.number) == own,
                }
            })
            .collect();
        let chosen = own.map_or_else(|| words::CHOOSE_A_NUMBER.into(), |number| Text::as_is(number.display(home)));
        Some(UsingView { chosen, options })
    }
}

fn file_view(Attached { media, ready, .. }: &Attached) -> FileView {
    FileView {
        id: media.id,
        name: file_words(media),
        note: if *ready { size_words(media) } else { words::PREPARING.into() },
        picture: *ready && media.kind.is_picture(),
    }
}

fn counter(kind: ConversationKind, draft: &str, with_files: bool) -> CounterView {
    let limit = text_limit(kind);
    let draft = &*as_sent(kind, draft);
    let length = draft.chars().count();
    let over = length > limit;
    if over || with_files || kind == ConversationKind::GroupMms {
        // An MMS is one message whatever its length.
        let text = Text::AsIs([&length.to_string(), " / ", &limit.to_string()].concat());
        let words = words::characters_of(length, limit);
        return CounterView { text, words, over, costly: None, plain: None };
    }
    let count = segments::count(draft);
    let texts = words::texts(count.segments.max(1));
    let text = match count.segments {
        0 | 1 => Text::AsIs([&count.used.to_string(), " / ", &count.limit.to_string()].concat()),
        _ => texts.clone(),
    };
    let words = words::texts_detail(texts, count.units, count.limit - count.used);
    let costs_more = count.segments > 1 && count.encoding == Encoding::Ucs2;
    let costly = costs_more.then(|| costly_words(&segments::costly(draft)));
    let plain = if costs_more { segments::plain_look_alike(draft) } else { None };
    CounterView { text, words, over, costly, plain }
}

/// So many costly signs are shown; of the others how many there are.
const SHOWN_SIGNS: usize = 5;

/// Which signs make a text cost more.
fn costly_words(signs: &[Costly]) -> Text {
    let shown = signs.iter().take(SHOWN_SIGNS).map(|costly| match costly.unseen {
        Some(unseen) => sign_word(unseen).into(),
        None => words::costly_sign(&*costly.sign),
    });
    let mut shown = Text::joined(shown.collect(), ", ");
    if signs.len() > SHOWN_SIGNS {
        shown = words::signs_and_more(shown, signs.len() - SHOWN_SIGNS);
    }
    words::costly_signs(signs.len(), shown)
}

/// What a sign is called that can't be seen.
const fn sign_word(sign: UnseenSign) -> Word {
    match sign {
        UnseenSign::Tab => words::SIGN_TAB,
        UnseenSign::LineBreak => words::SIGN_LINE_BREAK,
        UnseenSign::NoBreakSpace => words::SIGN_NO_BREAK_SPACE,
        UnseenSign::EnSpace => words::SIGN_EN_SPACE,
        UnseenSign::EmSpace => words::SIGN_EM_SPACE,
        UnseenSign::FigureSpace => words::SIGN_FIGURE_SPACE,
        UnseenSign::ThinSpace => words::SIGN_THIN_SPACE,
        UnseenSign::NarrowNoBreakSpace => words::SIGN_NARROW_NO_BREAK_SPACE,
        UnseenSign::IdeographicSpace => words::SIGN_IDEOGRAPHIC_SPACE,
        UnseenSign::SpecialSpace => words::SIGN_SPECIAL_SPACE,
        UnseenSign::SoftHyphen => words::SIGN_SOFT_HYPHEN,
        UnseenSign::ZeroWidthSpace => words::SIGN_ZERO_WIDTH_SPACE,
        UnseenSign::ZeroWidthNonJoiner => words::SIGN_ZERO_WIDTH_NON_JOINER,
        UnseenSign::ZeroWidthJoiner => words::SIGN_ZERO_WIDTH_JOINER,
        UnseenSign::ZeroWidthNoBreakSpace => words::SIGN_ZERO_WIDTH_NO_BREAK_SPACE,
        UnseenSign::DirectionMark => words::SIGN_DIRECTION_MARK,
        UnseenSign::DirectionControl => words::SIGN_DIRECTION_CONTROL,
        UnseenSign::VariationSelector => words::SIGN_VARIATION_SELECTOR,
        UnseenSign::Tag => words::SIGN_TAG,
        UnseenSign::HangulFiller => words::SIGN_HANGUL_FILLER,
        UnseenSign::BlankBraillePattern => words::SIGN_BLANK_BRAILLE_PATTERN,
        UnseenSign::ControlCharacter => words::SIGN_CONTROL_CHARACTER,
        UnseenSign::InvisibleCharacter => words::SIGN_INVISIBLE_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costly_text(text: &str) -> Option<String> {
        counter(ConversationKind::Sms, text, false).costly.map(|text| text.english())
    }

    #[test]
    fn each_sign_that_costs_is_said_once_and_those_that_cannot_be_seen_by_their_names() {
        let rest = " makes every text shorter: 70 characters instead of 160.";
        let long = "a word of an order ".repeat(5);
        assert_eq!(costly_text(&long), None, "an alphabet that fits costs nothing more");
        assert_eq!(costly_text("\u{201c}yes\u{201d}"), None, "nor does one text");
        assert_eq!(costly_text(&[&long, "\u{200b}"].concat()), Some(["Zero-width space", rest].concat()));
        assert_eq!(
            costly_text(&[&long, "\u{2019}\u{2019}"].concat()),
            Some(["\u{201c}\u{2019}\u{201d}", rest].concat())
        );
        let several = costly_text(&[&long, "e\u{a0}x\u{e7}y\u{a0}\u{1f600}"].concat()).expect("signs");
        let signs = "No-break space, \u{201c}\u{e7}\u{201d}, \u{201c}\u{1f600}\u{201d} make every text shorter";
        assert!(several.starts_with(signs), "{several}");
    }

    #[test]
    fn of_many_signs_the_first_five_are_said_and_how_many_more_there_are() {
        let many = ["a word of an order ".repeat(5).as_str(), "\u{430}\u{431}\u{432}\u{433}\u{434}"].concat();
        assert!(!costly_text(&many).expect("signs").contains("more"), "five are all");
        let many = [&many, "\u{435}\u{436}\u{437}\u{430}"].concat();
        assert!(costly_text(&many).expect("signs").contains("\u{201c}\u{434}\u{201d} and 3 more make every"), "{many}");
    }
}
