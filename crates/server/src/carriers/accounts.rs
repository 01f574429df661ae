//! The accounts of the database, opened: with their secrets, ready to be spoken to.
//!
//! Always holds: an account is opened anew when its record has changed, whichever process wrote it.

use std::sync::{Arc, PoisonError};

use halyard_carriers::smpp::{Options, capabilities};
use halyard_carriers::{Capabilities, Kind, Provider, Secret, Settings, SettingsError, Tested, provider};
use halyard_protocol::admin::CarrierTest;
use halyard_protocol::{CarrierAccountId, CauseCode, UnixMs};
use tokio_util::sync::CancellationToken;

use super::http::{self, HttpCarrier};
use super::pace::Pace;
use super::smpp::{self, SmppCarrier};
use super::{
    Carrier, Carriers, LookUp, LookUpFuture, NotReady, OutboundText, PrepareFuture, ReadyText, Repeat, SubmitError,
    SubmitFuture,
};
use crate::metrics::Metrics;
use crate::operations::carriers::sealed_for;
use crate::operations::messaging::receipts::Failure;
use crate::problem::Problem;
use crate::sealing::{Sealing, SealingError};
use crate::store::carrier_accounts::{self, AccountRecord, SecretPlace};
use crate::store::{StoreError, Tx};

/// Why an account can't be used, in words for whoever set it up.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// A sealed secret.
    #[error(transparent)]
    Sealing(#[from] SealingError),
    /// An environment variable that is not there.
    #[error("the environment variable {0} is not set for the server")]
    Environment(String),
    /// A file that can't be read.
    #[error("the file {0} can't be read: {1}")]
    File(String, std::io::Error),
    /// The settings.
    #[error("{0}")]
    Settings(#[from] SettingsError),
}

/// An account that can be used.
#[derive(Clone)]
pub struct Opened {
    /// What hands texts over.
    pub carrier: Arc<dyn Carrier>,
    /// What is spoken by HTTP; none of other kinds.
    pub provider: Option<Arc<dyn Provider>>,
    /// What it takes.
    pub capabilities: Capabilities,
    /// Whether its carrier answers STOP, START and HELP by itself.
    pub carrier_replies: bool,
}

/// An account that can't be used until somebody mends it: its texts wait.
struct Unusable(CarrierAccountId);

fn cannot_be_used() -> Failure {
    let words = "The account at the carrier can't be used: a secret or a setting is missing or wrong.";
    Failure::new(CauseCode::CarrierAccountProblem, words)
}

impl Carrier for Unusable {
    fn account(&self) -> Option<CarrierAccountId> {
        Some(self.0)
    }

    fn repeat(&self) -> Repeat {
        Repeat::IsTakenAgain
    }

    fn prepare(&self, _text: OutboundText) -> PrepareFuture<'_> {
        Box::pin(std::future::ready(Err(NotReady::Temporary(cannot_be_used()))))
    }

    fn submit(&self, _ready: ReadyText) -> SubmitFuture<'_> {
        Box::pin(std::future::ready(Err(SubmitError::Temporary(cannot_be_used()))))
    }

    fn look_up(&self, _text: OutboundText, _since: UnixMs) -> LookUpFuture<'_> {
        Box::pin(async { LookUp::Later })
    }
}

/// An account's settings with its secrets.
///
/// # Errors
/// Which secret can't be had, and why.
pub fn settings_of(account: &AccountRecord, sealing: &Sealing) -> Result<Settings, AccountError> {
    let mut settings = Settings { plain: account.settings.clone(), ..Settings::default() };
    for (name, place) in &account.secrets {
        let value = match place {
            SecretPlace::Sealed(sealed) => sealing.open(&sealed_for(account.id, name), sealed)?,
            SecretPlace::Environment(variable) => {
                std::env::var(variable).map_err(|_| AccountError::Environment(variable.clone()))?
            }
            SecretPlace::File(path) => {
                std::fs::read_to_string(path).map_err(|error| AccountError::File(path.clone(), error))?
            }
        };
        settings.secrets.insert(name.clone(), Secret(value));
    }
    Ok(settings)
}

impl Carriers {
    /// What hands a text over to an account; `None` where that was removed. One that can't be used takes nothing, and says why.
    pub(super) async fn of_account(&self, account: CarrierAccountId) -> Result<Option<Arc<dyn Carrier>>, StoreError> {
        if let Some((_, opened)) = self.open(account).await? {
            return Ok(Some(opened.carrier));
        }
        let mut tx = self.around.store.read_once().await?;
        let is_there = carrier_accounts::by_id(&mut tx, account).await?.is_some();
        Ok(is_there.then(|| Arc::new(Unusable(account)) as Arc<dyn Carrier>))
    }

    /// An account, opened; `None` where it was removed, or can't be used: then the log says why.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open(&self, account: CarrierAccountId) -> Result<Option<(AccountRecord, Opened)>, StoreError> {
        let mut tx = self.around.store.read_once().await?;
        self.open_in(&mut tx, account).await
    }

    /// The same in a transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_in(
        &self,
        tx: &mut Tx,
        account: CarrierAccountId,
    ) -> Result<Option<(AccountRecord, Opened)>, StoreError> {
        let Some(record) = carrier_accounts::by_id(tx, account).await? else { return Ok(None) };
        Ok(self.open_known(&record).map(|opened| (record, opened)))
    }

    /// The same where its record was just read.
    #[must_use]
    pub fn open_known(&self, record: &AccountRecord) -> Option<Opened> {
        let known = self.opened.lock().unwrap_or_else(PoisonError::into_inner).get(&record.id).cloned();
        if let Some((_, opened)) = known.filter(|(before, _)| before == record) {
            return Some(opened);
        }
        match self.open_record(record) {
            Ok(opened) => {
                let mut all = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
                all.insert(record.id, (record.clone(), opened.clone()));
                Some(opened)
            }
            Err(error) => {
                let (account, kind) = (record.id, record.kind.name());
                tracing::error!(%account, kind, %error, "an account at a carrier can't be used");
                None
            }
        }
    }

    /// What an account takes.
    ///
    /// # Errors
    /// It can't be used, and why.
    pub fn capabilities(&self, record: &AccountRecord) -> Result<Capabilities, Problem> {
        let opened = self.open_record(record);
        opened.map(|opened| opened.capabilities).map_err(|error| {
            Problem::invalid(CauseCode::InvalidCarrierSetting, format!("This account can't be used: {error}."))
                .at("account")
        })
    }

    /// Asks an account's carrier whether the account works, in words for whoever set it up.
    pub async fn test(&self, record: &AccountRecord) -> CarrierTest {
        let tested = match self.open_record(record) {
            Err(error) => Tested::Fails(format!("This account can't be used: {error}.")),
            Ok(Opened { provider: Some(provider), .. }) => http::test(&*provider).await,
            Ok(Opened { provider: None, .. }) => match self.smpp_options(record) {
                Ok(options) => smpp::test(record, &options, &self.trunks).await,
                Err(error) => Tested::Fails(format!("This account can't be used: {error}.")),
            },
        };
        match tested {
            Tested::Works(words) => CarrierTest { works: true, words },
            Tested::Fails(words) => CarrierTest { works: false, words },
        }
    }

    /// Opens an account.
    ///
    /// # Errors
    /// [`AccountError`].
    pub fn open_record(&self, record: &AccountRecord) -> Result<Opened, AccountError> {
        let settings = settings_of(record, &self.around.sealing)?;
        let provider: Option<Arc<dyn Provider>> = provider(record.kind, &settings)?.map(Arc::from);
        let (around, account) = (self.around.clone(), record.clone());
        let (carrier, capabilities): (Arc<dyn Carrier>, Capabilities) = match (&provider, record.kind) {
            (Some(provider), _) => {
                (Arc::new(HttpCarrier::new(account, Arc::clone(provider), around)), provider.capabilities())
            }
            (None, Kind::Smpp) => {
                let options = Options::read(&settings)?;
                let takes = capabilities(&options);
                (Arc::new(SmppCarrier::new(account, options, around, self.trunks.clone())), takes)
            }
            (None, Kind::Simulator | Kind::Twilio | Kind::Telnyx | Kind::Bandwidth) => {
                return Err(SettingsError::UnknownField(record.kind.name().to_owned()).into());
            }
        };
        let of = |name: &str| settings.plain(name).and_then(|value| value.parse::<u32>().ok()).filter(|pace| *pace > 0);
        let pace = Pace {
            account: of("segments_a_second").unwrap_or(capabilities.segments_a_second),
            number: of("segments_a_second_of_a_number"),
        };
        self.pacer.set(record.id, pace);
        let carrier_replies = settings.carrier_replies(record.kind);
        Ok(Opened { carrier, provider, capabilities, carrier_replies })
    }

    /// Keeps the accounts connected whose carriers want that, until `stop`; then ends the connections in order.
    pub async fn keep_connected(self, metrics: Arc<Metrics>, stop: CancellationToken) {
        let around = self.around.clone();
        let trunks = self.trunks.clone();
        trunks.run(around, |record| self.smpp_options(record), metrics, stop).await;
    }

    fn smpp_options(&self, record: &AccountRecord) -> Result<Options, AccountError> {
        Ok(Options::read(&settings_of(record, &self.around.sealing)?)?)
    }
}
