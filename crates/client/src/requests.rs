//! The requests of a noun that are under way.
//!
//! Always holds: each request is answered once; an answer to one that is not under way any more is dropped.

use crate::context::Turn;
use crate::effect::{Effect, HttpRequest, RequestId};
use crate::sorted::SortedMap;

/// A noun's requests that are under way, with what each asked.
#[derive(Debug)]
pub(crate) struct Requests<C> {
    pending: SortedMap<RequestId, C>,
}

impl<C> Default for Requests<C> {
    fn default() -> Self {
        Self { pending: SortedMap::default() }
    }
}

impl<C> Requests<C> {
    /// Sends a request; `call` comes back with its answer.
    pub(crate) fn start(&mut self, call: C, request: HttpRequest, turn: &mut Turn<'_>) {
        let id = self.expect(call, turn);
        turn.effect(Effect::Http(id, request));
    }

    /// A request that is sent by another effect than [`Effect::Http`].
    pub(crate) fn expect(&mut self, call: C, turn: &mut Turn<'_>) -> RequestId {
        let id = turn.next_request();
        self.pending.insert(id, call);
        id
    }

    /// What the answer is to, if it is still wanted.
    pub(crate) fn take(&mut self, id: RequestId) -> Option<C> {
        self.pending.remove(&id)
    }

    pub(crate) fn any(&self, wanted: impl FnMut(&C) -> bool) -> bool {
        self.pending.values().any(wanted)
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&C) -> bool) {
        self.pending.retain(|_, call| keep(call));
    }

    /// Forgets all of them: their answers are no longer wanted.
    pub(crate) fn forget(&mut self) {
        self.pending.clear();
    }
}
