//! Carriers: who brings a text to a number. The seam for on-net delivery, SMPP and HTTP providers.
//!
//! Always holds: a carrier is asked with a reference that is the same at every try. Some take a reference once, however often it comes;
//! of others, a text that may have left is looked up before it is handed over again, and where they can't be asked it is not
//! ([`Carrier::repeat`]). Why a carrier does not take a text is a cause, for which the app has words; its own words stand beside it.

mod on_net;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use halyard_protocol::{CauseCode, Media, PhoneNumber};

use crate::env::Env;
use crate::operations::messaging::receipts::Failure;
use crate::store::{self, Store, StoreError};

/// A text on its way out, to one recipient.
#[derive(Clone, Debug)]
pub struct OutboundText {
    /// The same at every try; different for every message and recipient.
    pub reference: String,
    /// The own number.
    pub from: PhoneNumber,
    /// The recipient.
    pub to: PhoneNumber,
    /// For a group MMS: the other recipients.
    pub others: Vec<PhoneNumber>,
    /// The text; may be empty when there are files.
    pub body: String,
    /// The files; their content is in the store.
    pub media: Vec<Media>,
}

/// A carrier has taken a text.
#[derive(Clone, Debug)]
pub struct Submitted {
    /// The carrier's reference, by which receipts name the text.
    pub reference: String,
    /// Whether it is already with the recipient; else a receipt will say.
    pub delivered: bool,
}

/// A carrier has not taken a text, or nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmitError {
    /// It was not taken: try again later. This is what the user hears when all tries are used up.
    Temporary(Failure),
    /// It will never go through, and why.
    Final(Failure),
    /// It may have been taken: the connection broke before the answer.
    Unconfirmed,
}

/// What becomes of a text that is handed over again under the same reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// The carrier takes a reference once.
    IsTakenOnce,
    /// The carrier would send it twice: it has to be looked up first.
    IsTakenAgain,
}

/// What a carrier says of an earlier submission.
#[derive(Clone, Debug)]
pub enum LookUp {
    /// It has the text.
    Taken(Submitted),
    /// It never had it.
    NotTaken,
    /// It can't be asked, or does not know.
    Unknown,
}

/// A carrier's answer to a question, later.
pub type LookingUp<'a> = Pin<Box<dyn Future<Output = LookUp> + Send + 'a>>;

/// A carrier's answer to a submission, later.
pub type Submitting<'a> = Pin<Box<dyn Future<Output = Result<Submitted, SubmitError>> + Send + 'a>>;

/// Somebody who brings texts to numbers.
pub trait Carrier: Send + Sync {
    /// Its name in the database: short, stable.
    fn name(&self) -> &'static str;

    /// What becomes of a text that is handed over again.
    fn repeat(&self) -> Repeat;

    /// Takes a text over.
    fn submit(&self, text: OutboundText) -> Submitting<'_>;

    /// Looks up an earlier submission by its reference. Asked where a repeat would be taken again.
    fn look_up(&self, reference: String) -> LookingUp<'_>;
}

/// The carriers of this server, and which one takes a text.
#[derive(Clone)]
pub struct Carriers {
    store: Store,
    on_net: Arc<dyn Carrier>,
}

impl Carriers {
    /// The carriers that are set up: between the numbers of this system.
    #[must_use]
    pub fn new(store: Store, env: Env) -> Self {
        let on_net = Arc::new(on_net::OnNet::new(store.clone(), env));
        Self { store, on_net }
    }

    /// The same, with another way between the numbers of this system.
    #[must_use]
    pub fn with_on_net(store: Store, on_net: Arc<dyn Carrier>) -> Self {
        Self { store, on_net }
    }

    /// The carrier that takes a text for this number; `None` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(&self, to: PhoneNumber) -> Result<Option<&dyn Carrier>, StoreError> {
        let mut tx = self.store.read_once().await?;
        let is_ours = store::numbers::by_number(&mut tx, to).await?.is_some();
        Ok(is_ours.then_some(&*self.on_net))
    }
}

/// Why a text is not delivered for which there is no carrier.
#[must_use]
pub fn no_carrier(to: PhoneNumber) -> Failure {
    Failure::new(CauseCode::NoCarrier, format!("No carrier is set up for {to}."))
}
