//! Carriers: who brings a text to a number. The seam for on-net delivery, SMPP and HTTP providers.
//!
//! Always holds: a carrier is asked with a reference that is the same at every try, so it (or we, for those that
//! can't) can tell a repeat. Why it does not take a text is a cause, for which the app has words; a carrier's own words stand beside it.

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

/// A carrier has not taken a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmitError {
    /// Try again later. This is what the user hears when all tries are used up.
    Temporary(Failure),
    /// It will never go through, and why.
    Final(Failure),
}

/// A carrier's answer, later.
pub type Submitting<'a> = Pin<Box<dyn Future<Output = Result<Submitted, SubmitError>> + Send + 'a>>;

/// Somebody who brings texts to numbers.
pub trait Carrier: Send + Sync {
    /// Its name in the database: short, stable.
    fn name(&self) -> &'static str;

    /// Takes a text over.
    fn submit(&self, text: OutboundText) -> Submitting<'_>;
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

    /// Hands a text to the carrier that takes it: its name and what it said.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn submit(
        &self,
        text: OutboundText,
    ) -> Result<(&'static str, Result<Submitted, SubmitError>), StoreError> {
        let mut tx = self.store.read().await?;
        let on_net = store::numbers::by_number(&mut tx, text.to).await?.is_some();
        drop(tx);
        if on_net {
            return Ok((self.on_net.name(), self.on_net.submit(text).await));
        }
        let failure = Failure::new(CauseCode::NoCarrier, format!("No carrier is set up for {}.", text.to));
        Ok(("none", Err(SubmitError::Final(failure))))
    }
}
