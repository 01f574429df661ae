//! What the sockets of a tenant are told of its users: availability, status texts, who is connected.
//!
//! Always holds: a frame is serialized once, for all sockets. Each follows the one before it without a gap, so whoever has seen what is
//! told up to a version is told all that came after; one that has fallen behind the newest frames asks the database instead. Nothing
//! grows for a socket that does not read.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::ws::Utf8Bytes;
use halyard_protocol::{ServerFrame, StateVersion, UserState};
use tokio::sync::watch;

/// Frames that are kept for sockets that have not sent them yet.
const KEPT: usize = 16;

/// The newest frames of a tenant.
pub struct Feed {
    state: Mutex<State>,
    newest: watch::Sender<StateVersion>,
}

#[derive(Default)]
struct State {
    /// What the frames, and the catching-up of whoever came first, have told; `None` while nobody has come.
    told: Option<StateVersion>,
    /// Up to where there is nothing else to tell: later than what was told where only other states have changed since.
    looked: StateVersion,
    frames: VecDeque<Frame>,
}

/// What changed between two versions.
struct Frame {
    after: StateVersion,
    version: StateVersion,
    text: Utf8Bytes,
}

/// Where a socket stands that has been told all up to a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It is the first one: what has changed since that was read may have found nobody to tell, and has to be told.
    First,
    /// The frames bring the rest.
    InReach,
    /// What has changed since is in no frame: it has to read once more.
    Behind,
}

impl Default for Feed {
    fn default() -> Self {
        Self { state: Mutex::default(), newest: watch::Sender::new(0) }
    }
}

impl Feed {
    /// Changes when there is a new frame.
    pub fn subscribe(&self) -> watch::Receiver<StateVersion> {
        self.newest.subscribe()
    }

    /// After which version there may be something to tell; `None` while there is nobody to tell.
    pub fn version(&self) -> Option<StateVersion> {
        let state = self.lock();
        state.told.map(|told| told.max(state.looked))
    }

    /// A socket has been told all up to a version. Frames begin there, if it is the first one.
    #[must_use]
    pub fn begin(&self, version: StateVersion) -> Place {
        let mut state = self.lock();
        match state.told {
            None => {
                state.told = Some(version);
                Place::First
            }
            Some(told) if told > version && state.frames.front().is_none_or(|frame| frame.after > version) => {
                Place::Behind
            }
            Some(_) => Place::InReach,
        }
    }

    /// Adds what has changed after [`Self::version`], up to a version. Where that is nothing there is no frame, and no socket has to follow.
    pub fn push(&self, version: StateVersion, users: Vec<UserState>) {
        if users.is_empty() {
            let mut state = self.lock();
            state.looked = state.looked.max(version);
            return;
        }
        // What consists of texts and numbers always becomes JSON.
        let Ok(text) = serde_json::to_string(&ServerFrame::Users { version, users }) else { return };
        let mut state = self.lock();
        let Some(after) = state.told.filter(|after| *after < version) else { return };
        state.told = Some(version);
        if state.frames.len() == KEPT {
            state.frames.pop_front();
        }
        state.frames.push_back(Frame { after, version, text: text.into() });
        drop(state);
        self.newest.send_replace(version);
    }

    /// The frames for whoever was told all up to a version, and the version that they lead to. `None` when the first of them is not kept.
    pub fn after(&self, seen: StateVersion) -> Option<(Vec<Utf8Bytes>, StateVersion)> {
        let state = self.lock();
        let mut frames = state.frames.iter().filter(|frame| frame.version > seen).peekable();
        match frames.peek() {
            Some(first) if first.after > seen => None,
            Some(_) => Some((frames.map(|frame| frame.text.clone()).collect(), state.told.unwrap_or(seen))),
            None => Some((Vec::new(), seen)),
        }
    }

    /// As if all frames up to a version had come and gone.
    #[cfg(test)]
    pub(crate) fn skip(&self, version: StateVersion) {
        self.lock().told = Some(version);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use halyard_protocol::{Availability, Ulid, UserId};

    use super::*;

    fn push(feed: &Feed, version: StateVersion) {
        let user = UserId(Ulid::from_bits(1));
        let state = UserState { user, availability: Availability::Busy, status_text: String::new(), connected: true };
        feed.push(version, vec![state]);
    }

    fn versions(feed: &Feed, seen: StateVersion) -> Option<Vec<StateVersion>> {
        let read = |text: &Utf8Bytes| match serde_json::from_str(text).unwrap() {
            ServerFrame::Users { version, .. } => version,
            other => panic!("{other:?}"),
        };
        feed.after(seen).map(|(frames, _)| frames.iter().map(read).collect())
    }

    #[test]
    fn frames_follow_each_other_from_where_the_first_socket_stands() {
        let feed = Feed::default();
        push(&feed, 3);
        assert_eq!(feed.version(), None, "there is nobody to tell");
        assert_eq!(feed.begin(4), Place::First);
        assert_eq!(feed.begin(9), Place::InReach);
        assert_eq!(feed.begin(3), Place::Behind, "4 was never a frame");
        push(&feed, 6);
        push(&feed, 7);
        push(&feed, 7);
        assert_eq!(versions(&feed, 4), Some(vec![6, 7]));
        assert_eq!(versions(&feed, 5), Some(vec![6, 7]), "what it knows of is told again, as it is now");
        assert_eq!(versions(&feed, 6), Some(vec![7]));
        assert_eq!(versions(&feed, 8), Some(vec![]));
        assert_eq!(versions(&feed, 3), None, "what came after 3 is not in the frames");
        assert_eq!((feed.begin(3), feed.begin(4)), (Place::Behind, Place::InReach));
    }

    #[test]
    fn where_nothing_is_to_be_told_nobody_looks_again_and_frames_still_follow_each_other() {
        let feed = Feed::default();
        assert_eq!(feed.begin(4), Place::First);
        feed.push(6, Vec::new());
        assert_eq!((feed.version(), versions(&feed, 4)), (Some(6), Some(vec![])));
        assert_eq!(feed.begin(4), Place::InReach);
        push(&feed, 7);
        assert_eq!((feed.version(), versions(&feed, 4)), (Some(7), Some(vec![7])));
    }

    #[test]
    fn who_does_not_read_for_long_asks_the_database() {
        let feed = Feed::default();
        assert_eq!(feed.begin(0), Place::First);
        for version in 1..=100 {
            push(&feed, version);
        }
        assert_eq!(versions(&feed, 0), None);
        assert_eq!(versions(&feed, 84).map(|versions| versions.len()), Some(KEPT));
    }
}
