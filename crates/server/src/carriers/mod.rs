//! Carriers: who brings a text to a number. The seam for delivery between numbers of this system, and for accounts at carriers.
//!
//! Always holds: a carrier is asked with a reference that is the same at every try. Some take a reference once, however often it comes;
//! of others, a text that may have left is looked up before it is handed over again, and where they can't be asked it is not
//! ([`Carrier::repeat`]). Why a carrier does not take a text is a cause, for which the app has words; its own words stand beside it.
//! What an account says counts for that account alone.

mod accounts;
pub mod fetch;
pub mod http;
mod links;
mod on_net;
pub mod pace;
pub mod smpp;

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use halyard_carriers::{Attachment, Receipt};
use halyard_protocol::{CarrierAccountId, CauseCode, Media, PhoneNumber, UnixMs};

pub use accounts::{AccountError, Opened, settings_of};
pub(crate) use links::is_file_link;
pub use links::{FileAs, Links};

use self::pace::Pacer;
use self::smpp::Trunks;
use crate::env::Env;
use crate::media::contents::Contents;
use crate::operations::messaging::receipts::Failure;
use crate::sealing::Sealing;
use crate::store::{self, Store, StoreError, carrier_accounts::AccountRecord};

/// A text on its way out: one submission.
#[derive(Clone, Debug)]
pub struct OutboundText {
    /// The same at every try; different for every message and recipient.
    pub reference: String,
    /// The own number.
    pub from: PhoneNumber,
    /// Whom the submission is to reach.
    pub to: Vec<PhoneNumber>,
    /// For a group MMS: the other recipients, whom the text reaches by other ways.
    pub others: Vec<PhoneNumber>,
    /// The text; may be empty when there are files.
    pub body: String,
    /// The files; their content is in the store.
    pub media: Vec<Media>,
}

/// A text as it can be handed over: its files are as the carrier takes them.
#[derive(Clone, Debug)]
pub struct ReadyText {
    /// The text.
    pub text: OutboundText,
    /// Where the carrier fetches its files; none of a carrier that needs no addresses.
    pub files: Vec<Attachment>,
}

impl From<OutboundText> for ReadyText {
    fn from(text: OutboundText) -> Self {
        Self { text, files: Vec::new() }
    }
}

/// Why a text can't be handed over. The carrier has not been asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotReady {
    /// It may be later.
    Temporary(Failure),
    /// The carrier will never take it, and why.
    Final(Failure),
}

impl From<NotReady> for SubmitError {
    fn from(error: NotReady) -> Self {
        match error {
            NotReady::Temporary(failure) => Self::Temporary(failure),
            NotReady::Final(failure) => Self::Final(failure),
        }
    }
}

/// A carrier has taken a text.
#[derive(Clone, Debug)]
pub struct Submitted {
    /// The carrier's references, by which receipts name the text.
    pub references: Vec<String>,
    /// Whether it is already with the recipient; else a receipt will say.
    pub delivered: bool,
    /// What the carrier said of it at once: how far it is for some of its recipients.
    pub receipts: Vec<Receipt>,
}

/// A carrier has not taken a text, or nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmitError {
    /// It was not taken: try again later. This is what the user hears when all tries are used up.
    Temporary(Failure),
    /// It was not taken, as the carrier is asked too often: not before this time.
    Throttled(Duration),
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
    /// It does not answer now, and may later.
    Later,
    /// It can't be asked, or does not know.
    Unknown,
}

/// A carrier's answer to a question, later.
pub type LookUpFuture<'a> = Pin<Box<dyn Future<Output = LookUp> + Send + 'a>>;

/// A text as it can be handed over, later.
pub type PrepareFuture<'a> = Pin<Box<dyn Future<Output = Result<ReadyText, NotReady>> + Send + 'a>>;

/// A carrier's answer to a submission, later.
pub type SubmitFuture<'a> = Pin<Box<dyn Future<Output = Result<Submitted, SubmitError>> + Send + 'a>>;

/// Somebody who brings texts to numbers.
pub trait Carrier: Send + Sync {
    /// The account; none between numbers of this system.
    fn account(&self) -> Option<CarrierAccountId>;

    /// What becomes of a text that is handed over again.
    fn repeat(&self) -> Repeat;

    /// For how many milliseconds after a submission a look-up may not find what was taken.
    fn settles(&self) -> i64 {
        0
    }

    /// Makes a text ready, or refuses it, as far as that needs no carrier: its files are converted. That may take long, so it is done before the
    /// submission is on record.
    fn prepare(&self, text: OutboundText) -> PrepareFuture<'_> {
        Box::pin(std::future::ready(Ok(text.into())))
    }

    /// Takes a text over.
    fn submit(&self, ready: ReadyText) -> SubmitFuture<'_>;

    /// Looks up a submission that may have begun at `since`. Asked where a repeat would be taken again.
    fn look_up(&self, text: OutboundText, since: UnixMs) -> LookUpFuture<'_>;
}

/// What the accounts' carriers work with.
#[derive(Clone)]
pub struct Surroundings {
    /// The database.
    pub store: Store,
    /// Clock and randomness.
    pub env: Env,
    /// Opens secrets.
    pub sealing: Sealing,
    /// Where carriers reach this server.
    pub links: Links,
    /// The contents of files; none for a command that hands nothing over.
    pub contents: Option<Contents>,
}

/// The carriers of this server, and which one takes a text.
#[derive(Clone)]
pub struct Carriers {
    around: Surroundings,
    on_net: Arc<dyn Carrier>,
    pacer: Arc<Pacer>,
    trunks: Trunks,
    opened: Arc<Mutex<HashMap<CarrierAccountId, (AccountRecord, Opened)>>>,
}

impl Carriers {
    /// The carriers that are set up: between the numbers of this system, and the accounts in the database.
    #[must_use]
    pub fn new(around: Surroundings) -> Self {
        let on_net = Arc::new(on_net::OnNet::new(around.store.clone(), around.env.clone()));
        Self::with_on_net(around, on_net)
    }

    /// The same, with another way between the numbers of this system.
    #[must_use]
    pub fn with_on_net(around: Surroundings, on_net: Arc<dyn Carrier>) -> Self {
        Self { around, on_net, pacer: Arc::default(), trunks: Trunks::default(), opened: Arc::default() }
    }

    /// How fast texts may leave.
    #[must_use]
    pub fn pacer(&self) -> &Pacer {
        &self.pacer
    }

    /// This process has added, changed or removed accounts.
    pub fn accounts_changed(&self) {
        self.trunks.accounts_changed();
    }

    /// Where carriers reach this server.
    #[must_use]
    pub fn links(&self) -> &Links {
        &self.around.links
    }

    /// The carrier that takes a text to these numbers from one that this account carries; `None` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(
        &self,
        to: &[PhoneNumber],
        account: Option<CarrierAccountId>,
    ) -> Result<Option<Arc<dyn Carrier>>, StoreError> {
        if let [to] = *to {
            let mut tx = self.around.store.read_once().await?;
            if store::numbers::by_number(&mut tx, to).await?.is_some() {
                return Ok(Some(Arc::clone(&self.on_net)));
            }
        }
        match account {
            Some(account) => self.of_account(account).await,
            None => Ok(None),
        }
    }

    /// The carrier to which a text was being handed; `None` when there is none any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_submission(
        &self,
        account: Option<CarrierAccountId>,
    ) -> Result<Option<Arc<dyn Carrier>>, StoreError> {
        match account {
            Some(account) => self.of_account(account).await,
            None => Ok(Some(Arc::clone(&self.on_net))),
        }
    }
}

/// Why a text is not delivered for which there is no carrier.
#[must_use]
pub fn no_carrier(to: &[PhoneNumber]) -> Failure {
    let to: Vec<String> = to.iter().map(ToString::to_string).collect();
    Failure::new(CauseCode::NoCarrier, format!("No carrier is set up for {}.", to.join(", ")))
}
