//! What happens to a text before it is handed over, what counts as a try of it, and what is known of it as soon as it is known to be there.

use std::sync::{Arc, Mutex};

use halyard_carriers::{Receipt, Refusal, Reported, Why};
use halyard_protocol::{CarrierAccountId, CauseCode, DeliveryState, UnixMs};

use super::carriers::Scripted;
use super::{states, workers, workers_with};
use crate::carriers::{
    Carrier, LookUp, LookUpFuture, NotReady, OutboundText, PrepareFuture, ReadyText, Repeat, SubmitError, SubmitFuture,
    Submitted,
};
use crate::jobs::LEASE;
use crate::operations::messaging::receipts::Failure;
use crate::testing::bench::Bench;

/// What a carrier does as it makes a text ready.
#[derive(Clone, Copy)]
enum Makes {
    /// Its server dies in the middle.
    Dies,
    /// It can't now.
    Later,
    /// It never will.
    Refuses,
}

/// A carrier that would send a text twice and can't be asked. It has something to do before that, and takes what is ready.
struct Careful {
    makes: Mutex<Vec<Makes>>,
    asked: Mutex<usize>,
}

impl Careful {
    fn new(makes: &[Makes]) -> Arc<Self> {
        Arc::new(Self { makes: Mutex::new(makes.to_vec()), asked: Mutex::default() })
    }
}

impl Carrier for Careful {
    fn account(&self) -> Option<CarrierAccountId> {
        None
    }

    fn repeat(&self) -> Repeat {
        Repeat::IsTakenAgain
    }

    fn look_up(&self, _text: OutboundText, _since: UnixMs) -> LookUpFuture<'_> {
        Box::pin(async { LookUp::Unknown })
    }

    fn prepare(&self, text: OutboundText) -> PrepareFuture<'_> {
        let makes = self.makes.lock().unwrap().pop();
        let failure = Failure::new(CauseCode::FilesNotTakenByCarrier, "A film");
        Box::pin(async move {
            match makes {
                Some(Makes::Dies) => panic!("the worker dies here"),
                Some(Makes::Later) => Err(NotReady::Temporary(failure)),
                Some(Makes::Refuses) => Err(NotReady::Final(failure)),
                None => Ok(text.into()),
            }
        })
    }

    fn submit(&self, _ready: ReadyText) -> SubmitFuture<'_> {
        *self.asked.lock().unwrap() += 1;
        Box::pin(async { Ok(Submitted { references: Vec::new(), delivered: false, receipts: Vec::new() }) })
    }
}

#[tokio::test]
async fn a_text_whose_server_dies_while_it_is_made_ready_leaves_afterwards() {
    use DeliveryState::{Failed, Sent};
    for (makes, handed_over, state) in [
        (&[Makes::Dies][..], 1, Sent),
        (&[Makes::Later, Makes::Dies, Makes::Later], 1, Sent),
        (&[Makes::Refuses], 0, Failed),
        (&[Makes::Later; 20], 0, Failed),
    ] {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let carrier = Careful::new(makes);
        let workers = workers_with(&bench, Arc::clone(&carrier) as Arc<dyn Carrier>);
        let conversation = maya.text(101, &[110], "Hello").await.conversation;
        for _ in 0..14 {
            workers.run_due().await.unwrap();
            bench.test.pass(3_600_000);
        }
        let maya = bench.sign_in("1001@harbor").await;
        assert_eq!(states(&maya, conversation).await, [state]);
        assert_eq!(*carrier.asked.lock().unwrap(), handed_over);
    }
}

/// Its workers have died so often, or have only looked it up: none of that was a try.
#[tokio::test]
async fn attempts_that_were_cut_off_use_up_no_tries() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let carrier = Arc::new(Scripted::default());
    let workers = workers(&bench, &carrier);
    let conversation = maya.text(101, &[110], "Hello").await.conversation;
    for _ in 0..15 {
        assert_eq!(workers.claim_for_tests(1).await, 1);
        bench.test.pass(LEASE + 1);
    }
    let later = Err(SubmitError::Temporary(Failure { cause: None, reason: "The line is down.".to_owned() }));
    let sent = Ok(Submitted { references: Vec::new(), delivered: false, receipts: Vec::new() });
    *carrier.answers.lock().unwrap() = vec![sent, later];
    workers.run_due().await.unwrap();
    assert_eq!(states(&maya, conversation).await, [DeliveryState::Accepted]);
    // The first pause, not the sixteenth.
    bench.test.pass(1_000);
    workers.run_due().await.unwrap();
    assert_eq!(states(&maya, conversation).await, [DeliveryState::Sent]);
}

/// An account whose carrier loses its answer, and says how far the text is when it is looked up.
struct Tells(CarrierAccountId, DeliveryState);

impl Carrier for Tells {
    fn account(&self) -> Option<CarrierAccountId> {
        Some(self.0)
    }

    fn repeat(&self) -> Repeat {
        Repeat::IsTakenAgain
    }

    fn look_up(&self, text: OutboundText, _since: UnixMs) -> LookUpFuture<'_> {
        let reported = match self.1 {
            DeliveryState::Delivered => Reported::Delivered,
            DeliveryState::Failed => Reported::Failed(Refusal::new(Why::Blocked, "7", "Held by a filter")),
            _ => Reported::Sent,
        };
        let receipt = Receipt { reference: "r1".to_owned(), ours: None, to: Some(text.to[0]), reported };
        let submitted = Submitted { references: vec!["r1".to_owned()], delivered: false, receipts: vec![receipt] };
        Box::pin(async { LookUp::Taken(submitted) })
    }

    fn submit(&self, _ready: ReadyText) -> SubmitFuture<'_> {
        Box::pin(async { Err(SubmitError::Unconfirmed) })
    }
}

/// No report of it may come any more.
#[tokio::test]
async fn a_text_that_is_looked_up_is_as_far_as_its_carrier_says() {
    for state in [DeliveryState::Sent, DeliveryState::Delivered, DeliveryState::Failed] {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let carrier = Tells(CarrierAccountId(bench.app.env.ulid()), state);
        let workers = workers_with(&bench, Arc::new(carrier));
        let conversation = maya.text(101, &[110], "Hello").await.conversation;
        workers.run_due().await.unwrap();
        assert_eq!(states(&maya, conversation).await, [state]);
        let last = maya.bootstrap().await.conversations.remove(0).last_message().cloned().unwrap();
        let cause = last.deliveries[0].cause.map(|cause| cause.code);
        assert_eq!(cause, (state == DeliveryState::Failed).then_some(CauseCode::BlockedByCarrier));
    }
}
