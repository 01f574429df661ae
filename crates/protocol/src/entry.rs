//! Entries: what a conversation's timeline consists of.
//!
//! Always holds: entries of all kinds share one sequence in their conversation. What this version does not know still has its id and its
//! place: pages, read positions and gaps count it.

use serde::{Deserialize, Serialize};

use crate::tagged::{sequenced, tagged};
use crate::{Author, ConversationId, EntryId, Media, Message, PhoneNumber, Seq, UnixMs, UserId};

sequenced! {
/// One entry of a conversation's timeline.
pub enum Entry {
    /// A message.
    Message(Message),
    /// A call, once it is over.
    Call(Call),
    /// A voicemail.
    Voicemail(Voicemail),
    /// A note that colleagues leave each other. It is never sent to anybody outside.
    Note(Note),
    /// What happened to the conversation itself.
    System(SystemLine),
}
}

/// A call, once it is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Call {
    /// Its id.
    pub id: EntryId,
    /// Where it stands.
    pub conversation: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// When it ended.
    pub at: UnixMs,
    /// Who called.
    pub from: Author,
    /// How it ended.
    pub outcome: CallOutcome,
    /// Who of the tenant answered it, where somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<UserId>,
    /// How long they talked, in seconds; 0 when nobody answered.
    #[serde(default)]
    pub seconds: u32,
    /// When it failed: why, in plain words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// They talked.
    Answered,
    /// Nobody answered, or the caller hung up before.
    Missed,
    /// It was refused.
    Declined,
    /// The line was busy.
    Busy,
    /// It could not be connected; the reason says why.
    Failed,
    /// An outcome that this version does not know.
    #[serde(other)]
    Unknown,
}

/// A voicemail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Voicemail {
    /// Its id.
    pub id: EntryId,
    /// Where it stands.
    pub conversation: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// When it was left.
    pub at: UnixMs,
    /// Who left it.
    pub from: Author,
    /// How long it is, in seconds.
    pub seconds: u32,
    /// The recording.
    pub recording: Media,
    /// What was said, where it was written down; empty otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub transcript: String,
}

/// A note that colleagues leave each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Note {
    /// Its id.
    pub id: EntryId,
    /// Where it stands.
    pub conversation: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// When it was written.
    pub at: UnixMs,
    /// Who wrote it.
    pub author: UserId,
    /// Its text.
    pub text: String,
}

/// What happened to the conversation itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SystemLine {
    /// Its id.
    pub id: EntryId,
    /// Where it stands.
    pub conversation: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// When it happened.
    pub at: UnixMs,
    /// Who did it; nobody where the system, or somebody outside, did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// What happened.
    pub event: SystemEvent,
}

tagged! {
/// What happened to a conversation.
pub enum SystemEvent {
    /// Users take part from here on.
    Joined {
        /// Who.
        users: Vec<UserId>,
    },
    /// Users no longer take part.
    Left {
        /// Who.
        users: Vec<UserId>,
    },
    /// The group has another name.
    Renamed {
        /// Its name; empty for none.
        title: String,
    },
    /// Somebody outside wants no texts from the own number any more.
    OptedOut {
        /// Who.
        number: PhoneNumber,
    },
    /// Somebody outside wants texts from the own number again.
    OptedIn {
        /// Who.
        number: PhoneNumber,
    },
    /// Somebody outside asked for help, and was answered with the business's words for that.
    HelpAnswered {
        /// Who.
        number: PhoneNumber,
    },
    /// Files of the message before could not be had from the carrier, or are of no kind that opens safely.
    FilesMissing {
        /// How many.
        files: u32,
    },
}
}

/// An entry that this version does not know: of it only its place is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnknownEntry {
    /// Its id.
    pub id: EntryId,
    /// Where it stands.
    pub conversation: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// When it was added.
    pub at: UnixMs,
}

impl Entry {
    /// How many kinds of entries and of system lines this version knows: a later one that knows more asks again for what this one kept
    /// as unknown.
    pub const KNOWN_KINDS: u32 = Self::VARIANTS + SystemEvent::VARIANTS;

    /// The message, if it is one.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        match self {
            Self::Message(message) => Some(message),
            Self::Call(_) | Self::Voicemail(_) | Self::Note(_) | Self::System(_) | Self::Unknown(_) => None,
        }
    }

    /// The message, if it is one.
    pub fn message_mut(&mut self) -> Option<&mut Message> {
        match self {
            Self::Message(message) => Some(message),
            Self::Call(_) | Self::Voicemail(_) | Self::Note(_) | Self::System(_) | Self::Unknown(_) => None,
        }
    }

    /// Whether this version can't show it.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown(_) => true,
            Self::System(line) => matches!(line.event, SystemEvent::Unknown),
            Self::Message(_) | Self::Call(_) | Self::Voicemail(_) | Self::Note(_) => false,
        }
    }

    /// Whether it counts as unread for `me`, in a conversation of texts or of chats: what somebody else wants them to see. Of texts, what a
    /// colleague sent from the shared number is none of that.
    #[must_use]
    pub fn is_inbound(&self, me: UserId, is_text: bool) -> bool {
        let author = match self {
            Self::Message(message) => message.author,
            Self::Call(call) if call.outcome == CallOutcome::Missed => call.from,
            Self::Voicemail(voicemail) => voicemail.from,
            Self::Note(note) => return note.author != me,
            Self::Call(_) | Self::System(_) => return false,
            // The server's count is exact; until it is here, rather look once too often.
            Self::Unknown(_) => return true,
        };
        match author {
            Author::User(user) => !is_text && user != me,
            Author::Number(_) | Author::Sender(_) | Author::Unknown => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PhoneNumber, Ulid};

    const HEAD: &str =
        r#""id":"01J9ZK4T6Q8Y2M0C5R7W3X1B9D","conversation":"01J9ZK4T6Q8Y2M0C5R7W3X1B9E","seq":7,"at":9"#;

    fn entry(kind: &str, rest: &str) -> Entry {
        serde_json::from_str(&format!(r#"{{"type":"{kind}",{HEAD}{rest}}}"#)).unwrap()
    }

    #[test]
    fn each_kind_has_its_place() {
        let all = [
            entry("message", r#","author":{"number":"+16195550142"},"body":"Hello""#),
            entry("call", r#","from":{"number":"+16195550142"},"outcome":"missed""#),
            entry(
                "voicemail",
                r#","from":{"number":"+16195550142"},"seconds":42,
                   "recording":{"id":"01J9ZK4T6Q8Y2M0C5R7W3X1B9F","kind":"mp3","name":"voicemail.mp3","size":9}"#,
            ),
            entry("note", r#","author":"01J9ZK4T6Q8Y2M0C5R7W3X1B9G","text":"Call back""#),
            entry("system", r#","event":{"type":"joined","users":["01J9ZK4T6Q8Y2M0C5R7W3X1B9G"]}"#),
            entry("of_the_future", r#","seconds":{"deep":[1]},"event":7"#),
        ];
        for entry in &all {
            assert_eq!((entry.id().to_string().as_str(), entry.seq(), entry.at()), (&HEAD[6..32], 7, UnixMs(9)));
            let text = serde_json::to_string(entry).unwrap();
            assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), *entry, "{text}");
        }
        assert_eq!(all.iter().map(Entry::is_unknown).collect::<Vec<_>>(), [false, false, false, false, false, true]);
        assert!(entry("system", r#","event":{"type":"of_the_future","users":7}"#).is_unknown());
    }

    #[test]
    fn an_entry_without_its_place_is_refused() {
        for text in [r#"{"type":"of_the_future"}"#, r#"{"type":"message"}"#, &format!("{{{HEAD},\"type\":\"note\"}}")] {
            assert!(serde_json::from_str::<Entry>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_somebody_else_wants_me_to_see_is_unread() {
        let (me, other) = (UserId(Ulid::from_bits(1)), UserId(Ulid::from_bits(2)));
        let outside = Author::Number(PhoneNumber::from_e164("+16195550142").unwrap());
        let unread = |entry: &Entry| (entry.is_inbound(me, true), entry.is_inbound(me, false));
        let message = |author: Author| match entry("message", r#","author":"unknown","body":"""#) {
            Entry::Message(message) => Entry::Message(Message { author, ..message }),
            other => panic!("{other:?}"),
        };
        let call = |from: Author, outcome: CallOutcome| match entry("call", r#","from":"unknown","outcome":"busy""#) {
            Entry::Call(call) => Entry::Call(Call { from, outcome, ..call }),
            other => panic!("{other:?}"),
        };
        assert_eq!(unread(&message(outside)), (true, true));
        assert_eq!(unread(&message(Author::Unknown)), (true, true));
        assert_eq!(unread(&message(Author::User(me))), (false, false));
        assert_eq!(unread(&message(Author::User(other))), (false, true), "a shared number: a colleague answered");
        assert_eq!(unread(&call(outside, CallOutcome::Missed)), (true, true));
        assert_eq!(unread(&call(Author::User(other), CallOutcome::Missed)), (false, true));
        assert_eq!(unread(&call(Author::User(me), CallOutcome::Missed)), (false, false), "I called");
        for outcome in [CallOutcome::Answered, CallOutcome::Declined, CallOutcome::Busy, CallOutcome::Failed] {
            assert_eq!(unread(&call(outside, outcome)), (false, false), "{outcome:?}");
        }
        let note = |author: UserId| entry("note", &format!(r#","author":"{author}","text":"Call back""#));
        assert_eq!((unread(&note(other)), unread(&note(me))), ((true, true), (false, false)));
        assert_eq!(unread(&entry("system", r#","event":{"type":"left","users":[]}"#)), (false, false));
        assert_eq!(unread(&entry("of_the_future", "")), (true, true));
    }
}
