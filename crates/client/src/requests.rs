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

    pub(crate) fn retain(&mut self, keep: fn(&C) -> bool) {
        self.pending.retain(|_, call| keep(call));
    }

    /// Forgets all of them: their answers are no longer wanted.
    pub(crate) fn forget(&mut self) {
        self.pending.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::bare;
    use crate::effect::Method;
    use crate::testing::Alone;

    fn start(requests: &mut Requests<char>, alone: &mut Alone, call: char) -> RequestId {
        let done = alone.turn(|cx| requests.start(call, bare(Method::Get, "contacts".to_owned()), cx));
        done.requests()[0].0
    }

    #[test]
    fn each_answer_finds_its_call_once_in_whatever_order_they_come() {
        let (mut requests, mut alone) = (Requests::default(), Alone::new());
        let (a, b) = (start(&mut requests, &mut alone, 'a'), start(&mut requests, &mut alone, 'b'));
        assert_eq!((requests.take(b), requests.take(b)), (Some('b'), None), "an answer that comes twice is dropped");
        assert!(requests.any(|call| *call == 'a') && !requests.any(|call| *call == 'b'));
        assert_eq!(requests.take(a), Some('a'));
    }

    #[test]
    fn answers_that_are_no_longer_wanted_are_dropped_and_their_numbers_are_not_used_again() {
        let (mut requests, mut alone) = (Requests::default(), Alone::new());
        let (a, b) = (start(&mut requests, &mut alone, 'a'), start(&mut requests, &mut alone, 'b'));
        requests.retain(|call| *call != 'a');
        assert_eq!(requests.take(a), None);
        requests.forget();
        let c = start(&mut requests, &mut alone, 'c');
        assert!(c != a && c != b);
        assert_eq!((requests.take(b), requests.take(c)), (None, Some('c')));
    }
}
