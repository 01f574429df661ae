//! The composer: drafts, their files, and what stands in the way of sending them.
//!
//! Always holds: a draft is forgotten only when its message is in the outbox, or the user empties it; a file that the
//! user put in is in its text box, in an outgoing message, or was taken out by the user.

mod drafts;
mod files;
#[cfg(test)]
mod tests;
mod words;

use std::borrow::Cow;

use halyard_protocol::segments;
use halyard_protocol::{ConversationKind, MediaId, PhoneNumber, UnixMs, UserId};
use halyard_words::Text;

use crate::context::Context;
use crate::effect::FocusTarget;
use crate::fact::Fact;
use crate::sorted::SortedMap;
use crate::storage::{Range, Row, Store, Write};
use crate::update::Changed;
use crate::windows::CardKey;

pub(crate) use drafts::{Attached, Drafts};
pub use files::{Attachment, ChosenFile, Files, HEAD, STEPS};
pub(crate) use files::{Place, forget_attachment, forget_file, keep_attachment, keep_content};
pub(crate) use words::{file_words, size_words, words};

/// What the user does in a card's text box.
#[derive(strum::IntoStaticStr, Clone, Debug)]
pub enum ComposerAction {
    /// Typed.
    Draft(String),
    /// Files.
    Attach(Vec<ChosenFile>),
    /// The cross of one.
    Detach(MediaId),
    /// Enter or "Send".
    Submit,
    /// "Send SMS using".
    SendUsing(PhoneNumber),
}

/// All text boxes.
#[derive(Debug, Default)]
pub(crate) struct Composer {
    pub(crate) drafts: Drafts,
    /// What stands in the way of sending, by card; forgotten with the next key press.
    problems: SortedMap<CardKey, Text>,
    /// The files that were refused last, by the reason.
    refused: Vec<(Text, Vec<String>)>,
}

impl Composer {
    /// What stands in the way of sending, if that was tried.
    pub(crate) fn problem(&self, card: CardKey) -> Option<&Text> {
        self.problems.get(&card)
    }

    pub(crate) fn clear_problem(&mut self, card: CardKey) {
        self.problems.remove(&card);
    }

    /// The message can't be sent; what was typed stays.
    pub(crate) fn refuse(&mut self, card: CardKey, problem: Text, cx: &mut Context<'_, '_>) {
        cx.announce(problem.clone());
        self.problems.insert(card, problem);
        cx.focus(FocusTarget::Composer(card));
        cx.changed(Changed::Composer(card));
    }

    /// What is typed now.
    pub(crate) fn set_draft(&mut self, card: CardKey, text: String, cx: &mut Context<'_, '_>) {
        self.drafts.set(card, text);
        self.problems.remove(&card);
        self.keep_draft(card, cx);
        cx.fact(Fact::DraftChanged(card));
        cx.changed(Changed::Composer(card));
    }

    /// Keeps a card's draft on the device. While the device is still being read, what it has of an earlier time under the
    /// same key comes first: this one waits until it has joined that.
    pub(crate) fn keep_draft(&mut self, card: CardKey, cx: &mut Context<'_, '_>) {
        self.drafts.unstored.insert(card);
        self.keep_waiting_drafts(cx);
    }

    /// The device has said all that it has: what waited for that is kept.
    pub(crate) fn keep_waiting_drafts(&mut self, cx: &mut Context<'_, '_>) {
        let Some(me) = cx.user().filter(|_| !cx.device.loading) else { return };
        let cards = core::mem::take(&mut self.drafts.unstored);
        let mut writes: Vec<Write> = Vec::new();
        for card in cards.iter() {
            let (key, text) = (draft_key(me, card), self.drafts.get(card).to_owned());
            writes.push(if text.is_empty() {
                Write::Delete(Range::key(Store::Drafts, key))
            } else {
                Write::Put(Row { store: Store::Drafts, key, text })
            });
        }
        let joined = core::mem::take(&mut self.drafts.joined).into_iter();
        writes.extend(joined.map(|key| Write::Delete(Range::key(Store::Drafts, key))));
        cx.write(writes, None);
    }

    /// Another tab says what is typed in a card.
    pub(crate) fn mirror_draft(&mut self, card: CardKey, text: String, cx: &mut Context<'_, '_>) {
        self.drafts.set(card, text);
        cx.changed(Changed::Composer(card));
    }
}

/// What is typed, as it is sent. A text has its letters composed, each with its marks as one character, and blanks for tabs: as
/// they are typed they would cost more texts and look the same.
pub(crate) fn as_sent(kind: ConversationKind, typed: &str) -> Cow<'_, str> {
    if !kind.is_text() {
        return Cow::Borrowed(typed);
    }
    match segments::composed(typed) {
        text if text.contains('\t') => Cow::Owned(text.replace('\t', " ")),
        text => text,
    }
}

/// Under what a file of a text box is kept.
pub(crate) fn file_key(user: UserId, id: MediaId) -> String {
    [&user.to_string(), "/", &id.to_string()].concat()
}

/// Under what a draft is kept.
pub(crate) fn draft_key(user: UserId, card: CardKey) -> String {
    [&user.to_string(), "/", &card.attribute()].concat()
}

/// Under what a draft is kept that has not joined the one that may be under that key already.
pub(crate) fn later_draft_key(key: &str, at: UnixMs) -> String {
    [key, LATER, &at.0.to_string()].concat()
}

/// The card that a draft's key names, if it is this user's, and whether the draft has still to join another one.
pub(crate) fn card_of_draft(user: UserId, key: &str) -> Option<(CardKey, bool)> {
    let card = key.strip_prefix(&user.to_string())?.strip_prefix('/')?;
    let (card, later) = card.split_once(LATER).map_or((card, false), |(card, _)| (card, true));
    Some((CardKey::parse(card)?, later))
}

/// Between a draft's key and when it was typed.
const LATER: &str = "~";
