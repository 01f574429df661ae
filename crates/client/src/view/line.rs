//! Entries that are no messages, in words: their rows in a timeline, and their line in the column.

use halyard_protocol::entry::Call;
use halyard_protocol::{
    Author, CallOutcome, Conversation, Entry, EntryId, Message, Peer, PhoneNumber, SystemEvent, SystemLine, UserId,
};
use halyard_words::{self as words, Text};

use crate::env::LocalTime;
use crate::softphone::Softphone;

/// A row of a timeline that is no message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineView {
    /// Its id: the row's key.
    pub id: EntryId,
    /// Its icon.
    pub icon: LineIcon,
    /// What it is: "Missed call", "Devon Kerr joined".
    pub words: Text,
    /// What was noted, or said in a voicemail; empty for none.
    pub text: String,
    /// When.
    pub at: LocalTime,
}

/// The icon of such a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineIcon {
    /// A call.
    Call,
    /// A call from somebody whom nobody answered.
    MissedCall,
    /// A voicemail.
    Voicemail,
    /// A note.
    Note,
    /// People of the conversation.
    People,
    /// Somebody wants no texts any more.
    OptedOut,
    /// Texts: somebody wants them again, or was answered.
    Texts,
    /// Files that could not be had.
    Files,
    /// Something that this version does not know.
    Update,
}

/// An entry in words: icon, what it is, its text.
pub(super) type Words = (LineIcon, Text, String);

impl Softphone {
    /// An entry in words, or the message that it is.
    pub(super) fn entry_words<'e>(&self, entry: &'e Entry, conversation: &Conversation) -> Result<Words, &'e Message> {
        let (icon, words, text) = match entry {
            Entry::Message(message) => return Err(message),
            Entry::Call(call) => {
                let (icon, words) = self.call_words(call, conversation);
                (icon, words, "")
            }
            Entry::Voicemail(voicemail) => {
                let words = vec![words::VOICEMAIL.into(), clock(voicemail.seconds)];
                (LineIcon::Voicemail, Text::joined(words, ", "), voicemail.transcript.as_str())
            }
            Entry::Note(note) => {
                (LineIcon::Note, words::note_by(self.author_name(Author::User(note.author))), note.text.as_str())
            }
            Entry::System(line) => {
                let (icon, words) = self.system_words(line);
                (icon, words, "")
            }
            Entry::Unknown(_) => (LineIcon::Update, words::UPDATE_TO_SEE.into(), ""),
        };
        Ok((icon, words, text.to_owned()))
    }

    /// What it was, then how it went, one after the other.
    fn call_words(&self, call: &Call, conversation: &Conversation) -> (LineIcon, Text) {
        let me = self.me().map(|me| me.user.id);
        // From a shared number a colleague calls for all who share it.
        let (ours, mine) = match call.from {
            Author::User(user) => (Some(user) == me || conversation.kind.is_text(), Some(user) == me),
            Author::Number(_) | Author::Sender(_) | Author::Unknown => (false, false),
        };
        // In a group it matters who.
        let from = (!mine && (ours || conversation.kind.is_group())).then(|| self.author_name(call.from));
        let (icon, what) = match (ours, call.outcome, from) {
            (true, _, None) => (LineIcon::Call, words::OUTGOING_CALL.into()),
            (true, _, Some(by)) => (LineIcon::Call, words::outgoing_call_by(by)),
            (false, CallOutcome::Missed | CallOutcome::Busy, None) => (LineIcon::MissedCall, words::MISSED_CALL.into()),
            (false, CallOutcome::Missed | CallOutcome::Busy, Some(from)) => {
                (LineIcon::MissedCall, words::missed_call_from(from))
            }
            (
                false,
                CallOutcome::Answered | CallOutcome::Declined | CallOutcome::Failed | CallOutcome::Unknown,
                None,
            ) => (LineIcon::Call, words::INCOMING_CALL.into()),
            (false, _, Some(from)) => (LineIcon::Call, words::incoming_call_from(from)),
        };
        let mut parts: Vec<Text> = vec![what];
        match call.outcome {
            CallOutcome::Missed if ours => parts.push(words::CALL_NO_ANSWER.into()),
            CallOutcome::Declined => parts.push(words::CALL_DECLINED.into()),
            CallOutcome::Busy => parts.push(words::CALL_BUSY.into()),
            CallOutcome::Failed => {
                parts.push(call.reason.as_ref().map_or(words::CALL_FAILED.into(), Text::as_is));
            }
            CallOutcome::Answered | CallOutcome::Missed | CallOutcome::Unknown => {}
        }
        if let Some(user) = call.answered_by.filter(|user| Some(*user) != me && !ours) {
            parts.push(words::call_answered_by(self.author_name(Author::User(user))));
        }
        if call.seconds > 0 {
            parts.push(clock(call.seconds));
        }
        (icon, Text::joined(parts, ", "))
    }

    fn system_words(&self, line: &SystemLine) -> (LineIcon, Text) {
        let name = |user: UserId| self.author_name(Author::User(user));
        let me = self.me().map(|me| me.user.id);
        let doer = |user: UserId| if Some(user) == me { words::YOU.into() } else { name(user) };
        let outside = |number: PhoneNumber| self.peer_name(Peer::Number(number));
        let people = |users: &[UserId]| Text::joined(users.iter().map(|user| name(*user)).collect(), ", ");
        // Who did it to others.
        let other = |users: &[UserId]| line.by.filter(|by| !users.contains(by)).map(doer);
        let words = match &line.event {
            SystemEvent::Joined { users } => match other(users) {
                Some(by) => words::people_added(by, people(users)),
                None => words::people_joined(people(users)),
            },
            SystemEvent::Left { users } => match other(users) {
                Some(by) => words::people_removed(by, people(users)),
                None => words::people_left(people(users)),
            },
            SystemEvent::Renamed { title } if title.is_empty() => words::GROUP_HAS_NO_NAME.into(),
            SystemEvent::Renamed { title } => match line.by {
                Some(by) => words::group_named_by(doer(by), Text::as_is(title)),
                None => words::group_named(Text::as_is(title)),
            },
            SystemEvent::OptedOut { number } => return (LineIcon::OptedOut, words::texts_ended_by(outside(*number))),
            SystemEvent::OptedIn { number } => {
                return (LineIcon::Texts, words::texts_wanted_again_by(outside(*number)));
            }
            SystemEvent::HelpAnswered { number } => return (LineIcon::Texts, words::help_answered(outside(*number))),
            SystemEvent::FilesMissing { files } => return (LineIcon::Files, words::files_missing(*files)),
            SystemEvent::Unknown => return (LineIcon::Update, words::UPDATE_TO_SEE.into()),
        };
        (LineIcon::People, words)
    }
}

/// A length as clocks show it: "0:42", "1:02:03".
fn clock(seconds: u32) -> Text {
    let two = |n: u32| if n < 10 { ["0", &n.to_string()].concat() } else { n.to_string() };
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, two(seconds % 60));
    Text::AsIs(if hours > 0 {
        [&hours.to_string(), ":", &two(minutes), ":", &seconds].concat()
    } else {
        [&minutes.to_string(), ":", &seconds].concat()
    })
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn a_length_is_written_as_on_a_clock() {
        for (seconds, words) in [(0, "0:00"), (9, "0:09"), (42, "0:42"), (600, "10:00"), (3_723, "1:02:03")] {
            assert_eq!(clock(seconds).as_written(), words);
        }
    }
}
