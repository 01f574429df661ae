//! An account at a carrier that is spoken to by HTTP: sends what `halyard-carriers` says, and gives the answers back to it.
//!
//! Always holds: a request that may have reached the carrier and has no answer is unconfirmed; one that can't have reached it is made again
//! later. Redirects are not followed: they could lead secrets elsewhere. Of an answer no more is read than [`ANSWER`].

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use halyard_carriers::http::{Method, Request, Response};
use halyard_carriers::outcome::{Found, LookedUp, Outcome, Tested};
use halyard_carriers::{Attachment, Capabilities, Kind, Outbound, Provider};
use halyard_protocol::{CarrierAccountId, CauseCode, Media, PhoneNumber, UnixMs};

use super::{
    Carrier, FileAs, LookUp, LookUpFuture, NotReady, OutboundText, PrepareFuture, ReadyText, Repeat, SubmitError,
    SubmitFuture, Submitted, Surroundings,
};
use crate::media::convert::{convert, for_carrier};
use crate::operations::messaging::{receipts::Failure, reference};
use crate::store::carrier_accounts::AccountRecord;
use crate::store::{self, StoreError};

/// Bytes of an answer that are read: a list of a thousand texts is about a megabyte.
pub const ANSWER: usize = 2 * 1024 * 1024;
/// How long a carrier may take to be reached.
const CONNECT: Duration = Duration::from_secs(10);
/// How long it may take to answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long a carrier is left alone that is asked too often and does not say for how long.
const THROTTLED: Duration = Duration::from_secs(1);

/// One client for all accounts: it keeps connections open.
static CLIENT: LazyLock<Result<reqwest::Client, reqwest::Error>> = LazyLock::new(|| {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("halyard/", env!("CARGO_PKG_VERSION")))
        .build()
});

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// The request can't have reached anybody.
    NotReached,
    /// It may have.
    Lost,
}

/// Sends a request, and reads the answer.
///
/// # Errors
/// [`NoAnswer`].
pub async fn send(request: Request) -> Result<Response, NoAnswer> {
    let client = CLIENT.as_ref().map_err(|error| {
        tracing::error!(%error, "carriers can't be spoken to by HTTP");
        NoAnswer::NotReached
    })?;
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
    };
    let mut building = client.request(method, &request.url).body(request.body);
    for (name, value) in &request.headers {
        building = building.header(*name, value);
    }
    let mut answer = building.send().await.map_err(|error| {
        // Its text may have the address in it, with a secret.
        let error = error.without_url();
        tracing::warn!(%error, "a carrier gave no answer");
        if error.is_connect() || error.is_builder() { NoAnswer::NotReached } else { NoAnswer::Lost }
    })?;
    let status = answer.status().as_u16();
    let headers = answer
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| NoAnswer::Lost)? {
        let room = ANSWER - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() >= ANSWER {
            break;
        }
    }
    Ok(Response { status, headers, body })
}

pub(super) struct HttpCarrier {
    account: AccountRecord,
    provider: Arc<dyn Provider>,
    around: Surroundings,
}

impl HttpCarrier {
    pub(super) fn new(account: AccountRecord, provider: Arc<dyn Provider>, around: Surroundings) -> Self {
        Self { account, provider, around }
    }

    /// The text as the carrier gets it.
    fn outbound(&self, text: &OutboundText, media: Vec<Attachment>) -> Outbound {
        let links = &self.around.links;
        // Everybody in a group sees everybody, also those whom the text reaches by another way.
        let mut to: Vec<PhoneNumber> = text.to.iter().chain(&text.others).copied().collect();
        to.sort_unstable();
        to.dedup();
        Outbound {
            reference: text.reference.clone(),
            from: text.from,
            to,
            body: text.body.clone(),
            media,
            report_to: links.report_to(&self.account, &text.reference),
        }
    }

    /// Files as the carrier takes them, at addresses where it fetches them.
    async fn attachments(&self, files: &[Media]) -> Result<Vec<Attachment>, NotReady> {
        let Capabilities { media: takes, media_bytes, .. } = self.provider.capabilities();
        let whole: u64 = files.iter().map(|file| u64::from(file.size)).sum();
        let is_small = whole <= u64::from(media_bytes);
        let each = media_bytes / u32::try_from(files.len()).unwrap_or(1).max(1);
        let mut media = Vec::new();
        for file in files {
            let mut file_as =
                FileAs { media: file.id, kind: file.kind, bytes: if is_small { media_bytes } else { each } };
            let mut size = file.size;
            if !takes.contains(&file.kind) || size > file_as.bytes {
                let content = self.content(file).await?;
                let (kind, bytes) = (file.kind, file_as.bytes);
                let converted = convert(move || for_carrier(kind, &content, takes, bytes)).await;
                let converted = converted.ok_or_else(|| later("A file could not be converted."))?.map_err(|error| {
                    NotReady::Final(Failure::new(CauseCode::FilesNotTakenByCarrier, error.to_string()))
                })?;
                file_as.kind = converted.kind;
                size = u32::try_from(converted.content.len()).unwrap_or(u32::MAX);
            }
            let url = self.around.links.file(&self.account, file_as, self.around.env.now()).ok_or_else(|| {
                let words = "The server does not know the address at which a carrier fetches files: `--public-url`.";
                NotReady::Temporary(Failure::new(CauseCode::CarrierAccountProblem, words))
            })?;
            media.push(Attachment { url, kind: file_as.kind, size });
        }
        Ok(media)
    }

    async fn content(&self, file: &Media) -> Result<Vec<u8>, NotReady> {
        let Surroundings { store, contents, .. } = &self.around;
        let read = async {
            let mut tx = store.read().await.ok()?;
            let found = store::media::for_carrier(&mut tx, file.id).await.ok()??;
            match found.object {
                Some(object) => {
                    drop(tx);
                    Some(contents.as_ref()?.get_all(object).await.ok()?.to_vec())
                }
                None => store::contents::bytes(&mut tx, &found.hash).await.ok()?,
            }
        };
        read.await.ok_or_else(|| later("A file could not be read."))
    }

    async fn make_ready(&self, text: OutboundText) -> Result<ReadyText, NotReady> {
        let most = usize::from(self.provider.capabilities().group_recipients);
        if text.to.len() + text.others.len() > 1 && text.to.len() > most {
            let words = "The account that carries the number now takes no groups of this size.";
            return Err(NotReady::Final(Failure::new(CauseCode::NumberCannotGroup, words)));
        }
        let files = self.attachments(&text.media).await?;
        Ok(ReadyText { text, files })
    }

    async fn hand_over(&self, ready: ReadyText) -> Result<Submitted, SubmitError> {
        let ReadyText { text, files } = ready;
        let outbound = self.outbound(&text, files);
        let answer = match send(self.provider.submit(&outbound)).await {
            Ok(answer) => answer,
            Err(NoAnswer::Lost) => return Err(SubmitError::Unconfirmed),
            Err(NoAnswer::NotReached) => {
                return Err(later("The carrier could not be reached.").into());
            }
        };
        let status = answer.status;
        let outcome = self.provider.outcome(&outbound, &answer);
        if !matches!(outcome, Outcome::Taken { .. }) {
            let text = reference::without_number(&text.reference);
            tracing::info!(account = %self.account.id, text, status, "a carrier did not take a text");
        }
        match outcome {
            Outcome::Taken { references } => Ok(Submitted { references, delivered: false, receipts: Vec::new() }),
            Outcome::Refused(refusal) => Err(SubmitError::Final(refusal.into())),
            Outcome::Later(refusal) => Err(SubmitError::Temporary(refusal.into())),
            Outcome::Throttled { wait } => Err(SubmitError::Throttled(wait.unwrap_or(THROTTLED))),
            Outcome::Unknown => Err(SubmitError::Unconfirmed),
        }
    }

    /// Looks for a text at the carrier. What is known as another text of ours does not count.
    async fn find(&self, text: &OutboundText, since: UnixMs) -> Result<LookUp, StoreError> {
        // Texts are found by their numbers and words.
        let outbound = self.outbound(text, Vec::new());
        let Some(request) = self.provider.look_up(&outbound, since) else { return Ok(LookUp::Unknown) };
        let Ok(answer) = send(request).await else { return Ok(LookUp::Later) };
        let LookedUp::Has(found) = self.provider.looked_up(&outbound, since, &answer) else {
            return Ok(LookUp::Later);
        };
        let mut tx = self.around.store.read().await?;
        for Found { reference, receipts } in found {
            let known = store::carrier_references::find(&mut tx, self.account.id, &reference).await?;
            let is_another = known.iter().any(|known| {
                !reference::read(&text.reference)
                    .is_some_and(|(conversation, seq, _)| known.conversation == conversation && known.seq == seq)
            });
            if !is_another {
                return Ok(LookUp::Taken(Submitted { references: vec![reference], delivered: false, receipts }));
            }
        }
        match self.account.kind {
            // It lists neither words nor our reference, and says nothing of how fresh its list is.
            Kind::Bandwidth => Ok(LookUp::Later),
            Kind::Simulator | Kind::Twilio | Kind::Telnyx | Kind::Smpp => Ok(LookUp::NotTaken),
        }
    }
}

/// It was not handed over, and may be later.
fn later(words: &str) -> NotReady {
    NotReady::Temporary(Failure::new(CauseCode::NumberNotReached, words))
}

impl Carrier for HttpCarrier {
    fn account(&self) -> Option<CarrierAccountId> {
        Some(self.account.id)
    }

    fn repeat(&self) -> Repeat {
        Repeat::IsTakenAgain
    }

    fn settles(&self) -> i64 {
        match self.account.kind {
            // It lists what it has taken at once.
            Kind::Simulator => 1_000,
            Kind::Twilio | Kind::Telnyx | Kind::Bandwidth | Kind::Smpp => 120_000,
        }
    }

    fn prepare(&self, text: OutboundText) -> PrepareFuture<'_> {
        Box::pin(self.make_ready(text))
    }

    fn submit(&self, ready: ReadyText) -> SubmitFuture<'_> {
        Box::pin(self.hand_over(ready))
    }

    fn look_up(&self, text: OutboundText, since: UnixMs) -> LookUpFuture<'_> {
        Box::pin(async move {
            self.find(&text, since).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "a text could not be looked up");
                LookUp::Later
            })
        })
    }
}

/// Asks an account's carrier whether it works.
pub async fn test(provider: &dyn Provider) -> Tested {
    match send(provider.test()).await {
        Ok(answer) => provider.tested(&answer),
        Err(NoAnswer::NotReached) => Tested::Fails(
            "The carrier can't be reached: check the server's network, and the address if one is set.".to_owned(),
        ),
        Err(NoAnswer::Lost) => Tested::Fails("The carrier did not answer in time.".to_owned()),
    }
}
