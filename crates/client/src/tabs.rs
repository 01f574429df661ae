//! Several tabs of one browser: which of them leads, and what they tell each other.
//!
//! Always holds:
//! - One tab leads: it alone sends the outbox and writes the cache. Which one, the browser says (Web Locks), and says
//!   it to another when that one goes. A tab is told so before it does either.
//! - One that does not answer while another has something to send loses the lead to it: a page may hang, or sleep.
//! - Whoever comes to lead reads the outbox from the device's database first: it has all that any tab was told is kept.
//! - A message keeps its id whichever tab sends it, so the server takes it once.
//! - What another user's tab says is not heard.

use halyard_protocol::{Media, MessageId, UserId};
use serde::{Deserialize, Serialize};

use crate::cache::StoredWindows;
use crate::context::Turn;
use crate::effect::Effect;
use crate::json;
use crate::outbox::{OutboxRow, SendState};
use crate::windows::CardKey;

/// After so long, in milliseconds, the leading tab looks itself for what another one has begun to write.
pub(crate) const WRITTEN_CHECK: i64 = 3_000;

/// After so long, in milliseconds, a leading tab that has not answered loses the lead.
pub(crate) const LEADER_REPLY: i64 = 6_000;

/// What concerns the tabs of this browser.
#[derive(strum::IntoStaticStr, Clone, Debug)]
pub enum TabEvent {
    /// This tab leads, or doesn't.
    Leads(bool),
    /// Another tab has sent this.
    Message(String),
}

/// What a tab says to the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum TabFrame {
    /// A message is being written here: if no more is heard of it, the device has it all the same.
    Writing,
    /// The leading tab has heard of that.
    Leading,
    /// A message was written here, and is kept, or never will be.
    Written(Box<OutboxRow>),
    /// The leading tab has got so far with a message.
    Sending(MessageId, SendState),
    /// "Retry".
    Retry(MessageId),
    /// The server has it, or the user took it back: it is no longer to be sent.
    Gone(MessageId),
    /// This tab sends from now on: what do the others have that the device could not keep?
    Sends,
    /// The cards, as they are here now.
    Windows(StoredWindows),
    /// A card's draft.
    Draft(CardKey, String),
    /// The files of a card's draft that are ready.
    Files(CardKey, Vec<Media>),
    /// Somebody has signed in here.
    SignedIn {
        /// Who.
        user: UserId,
    },
    /// They have signed out here.
    SignedOut,
}

/// A frame, with whose tab says it.
#[derive(Serialize, Deserialize)]
struct Envelope {
    user: Option<UserId>,
    frame: TabFrame,
}

/// Sends a frame to the other tabs, on behalf of the user who is signed in.
pub(crate) fn send(user: Option<UserId>, frame: TabFrame, turn: &mut Turn<'_>) {
    if let Ok(text) = serde_json::to_string(&Envelope { user, frame }) {
        turn.effect(Effect::SendToTabs(text));
    }
}

/// What another tab says, with on whose behalf.
pub(crate) fn read(text: &str) -> Option<(Option<UserId>, TabFrame)> {
    json::read::<Envelope>(text).ok().map(|Envelope { user, frame }| (user, frame))
}

#[cfg(test)]
mod tests {
    use halyard_protocol::Ulid;

    use super::*;
    use crate::testing::Alone;

    const USER: UserId = UserId(Ulid::from_bits(1));
    const CARD: CardKey = CardKey::New(7);

    fn sent(user: Option<UserId>, frame: TabFrame) -> String {
        let done = Alone::new().turn(|cx| send(user, frame, cx));
        let [Effect::SendToTabs(text)] = &done.effects[..] else { panic!("{:?}", done.effects) };
        text.clone()
    }

    #[test]
    fn a_frame_arrives_as_it_was_sent_with_on_whose_behalf() {
        let id = MessageId(Ulid::from_bits(2));
        let frames = [
            TabFrame::Writing,
            TabFrame::Sending(id, SendState::Queued { tries: 2 }),
            TabFrame::Windows(StoredWindows::default()),
            TabFrame::Draft(CARD, "Half a \"tho\u{1f600}".to_owned()),
            TabFrame::Files(CARD, Vec::new()),
            TabFrame::SignedIn { user: USER },
        ];
        for frame in frames {
            for user in [Some(USER), None] {
                assert_eq!(read(&sent(user, frame.clone())), Some((user, frame.clone())));
            }
        }
    }

    #[test]
    fn what_a_tab_of_another_release_says_is_left_alone() {
        let newer = sent(Some(USER), TabFrame::Leading).replace("Leading", "Dancing");
        for text in [newer.as_str(), "", "{}", "null", "{\"user\":null}"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
