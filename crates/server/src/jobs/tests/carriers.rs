//! Carriers that fail, forget or take long, as a test says.

use std::sync::{Arc, Mutex};

use halyard_protocol::{CarrierAccountId, UnixMs};

use crate::carriers::{
    Carrier, LookUp, LookUpFuture, OutboundText, ReadyText, Repeat, SubmitError, SubmitFuture, Submitted,
};
use crate::operations::messaging::receipts::Failure;
use crate::testing::bench::number;

/// What only the carrier knows.
fn down() -> Failure {
    Failure { cause: None, reason: "The line is down.".to_owned() }
}

/// A carrier that does what the test says, and keeps what it was asked for.
#[derive(Default)]
pub(super) struct Scripted {
    pub(super) answers: Mutex<Vec<Result<Submitted, SubmitError>>>,
    pub(super) asked: Mutex<Vec<OutboundText>>,
}

impl Carrier for Scripted {
    fn account(&self) -> Option<CarrierAccountId> {
        None
    }

    fn repeat(&self) -> Repeat {
        Repeat::IsTakenOnce
    }

    fn look_up(&self, _text: OutboundText, _since: UnixMs) -> LookUpFuture<'_> {
        Box::pin(async { LookUp::Unknown })
    }

    fn submit(&self, ready: ReadyText) -> SubmitFuture<'_> {
        let text = ready.text;
        let answer = self.answers.lock().unwrap().pop();
        self.asked.lock().unwrap().push(text);
        Box::pin(async move { answer.unwrap_or(Err(SubmitError::Temporary(down()))) })
    }
}

/// How a carrier fails.
pub(super) type Fails = fn() -> SubmitFuture<'static>;

/// A carrier that fails for one text, and takes all others.
pub(super) struct Poisoned(pub(super) Fails);

impl Carrier for Poisoned {
    fn account(&self) -> Option<CarrierAccountId> {
        None
    }

    fn repeat(&self) -> Repeat {
        Repeat::IsTakenOnce
    }

    fn look_up(&self, _text: OutboundText, _since: UnixMs) -> LookUpFuture<'_> {
        Box::pin(async { LookUp::Unknown })
    }

    fn submit(&self, ready: ReadyText) -> SubmitFuture<'_> {
        let text = ready.text;
        if text.body == "Poison" {
            return (self.0)();
        }
        Box::pin(async { Ok(Submitted { references: Vec::new(), delivered: true, receipts: Vec::new() }) })
    }
}

/// A carrier that would send a text twice: it panics in the middle of the first submission, and answers for the rest. It may be asked what
/// it has.
pub(super) struct Forgetful {
    knows: Option<LookUp>,
    pub(super) asked: Mutex<Vec<String>>,
}

impl Forgetful {
    pub(super) fn new(knows: Option<LookUp>) -> Arc<Self> {
        Arc::new(Self { knows, asked: Mutex::default() })
    }

    pub(super) fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Carrier for Forgetful {
    fn account(&self) -> Option<CarrierAccountId> {
        None
    }

    fn repeat(&self) -> Repeat {
        Repeat::IsTakenAgain
    }

    fn look_up(&self, _text: OutboundText, _since: UnixMs) -> LookUpFuture<'_> {
        Box::pin(async { self.knows.clone().unwrap_or(LookUp::Unknown) })
    }

    fn submit(&self, ready: ReadyText) -> SubmitFuture<'_> {
        let text = ready.text;
        let first = self.asked() == 0;
        self.asked.lock().unwrap().push(text.reference);
        Box::pin(async move {
            assert!(!first, "the worker dies here");
            Ok(Submitted { references: Vec::new(), delivered: false, receipts: Vec::new() })
        })
    }
}

/// A carrier that takes a text when the test lets it, and counts how many it has in hand.
pub(super) struct Slow {
    repeat: Repeat,
    pub(super) in_hand: Mutex<(usize, usize)>,
    pub(super) gate: tokio::sync::Semaphore,
}

impl Slow {
    pub(super) fn closed() -> Arc<Self> {
        Self::closed_with(Repeat::IsTakenOnce)
    }

    pub(super) fn closed_with(repeat: Repeat) -> Arc<Self> {
        Arc::new(Self { repeat, in_hand: Mutex::default(), gate: tokio::sync::Semaphore::new(0) })
    }
}

impl Carrier for Slow {
    fn account(&self) -> Option<CarrierAccountId> {
        None
    }

    fn repeat(&self) -> Repeat {
        self.repeat
    }

    fn look_up(&self, _text: OutboundText, _since: UnixMs) -> LookUpFuture<'_> {
        Box::pin(async { LookUp::Unknown })
    }

    fn submit(&self, ready: ReadyText) -> SubmitFuture<'_> {
        let text = ready.text;
        Box::pin(async move {
            // Texts of atlas are taken at once.
            if text.from != number(110) {
                let most = {
                    let mut in_hand = self.in_hand.lock().unwrap();
                    in_hand.0 += 1;
                    in_hand.0
                };
                {
                    let mut in_hand = self.in_hand.lock().unwrap();
                    in_hand.1 = in_hand.1.max(most);
                }
                self.gate.acquire().await.unwrap().forget();
                self.in_hand.lock().unwrap().0 -= 1;
            }
            Ok(Submitted { references: Vec::new(), delivered: true, receipts: Vec::new() })
        })
    }
}
