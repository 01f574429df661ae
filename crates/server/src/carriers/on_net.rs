//! From one number of this system to another, of the same tenant or another: the text arrives as a real
//! inbound one, in a transaction of the receiving tenant.

use super::{Carrier, LookUp, LookUpFuture, OutboundText, ReadyText, Repeat, SubmitError, SubmitFuture, Submitted};
use halyard_carriers::Address;
use halyard_protocol::{CarrierAccountId, CauseCode, UnixMs};

use crate::env::Env;
use crate::operations::Actor;
use crate::operations::messaging::arriving::{self, Bringer};
use crate::operations::messaging::receipts::Failure;
use crate::operations::messaging::receive::{InboundText, ON_NET, receive};
use crate::store::{self, Store, StoreError};

pub(super) struct OnNet {
    store: Store,
    env: Env,
}

impl OnNet {
    pub(super) fn new(store: Store, env: Env) -> Self {
        Self { store, env }
    }

    async fn bring(&self, text: OutboundText) -> Result<Result<Submitted, SubmitError>, StoreError> {
        let [to] = text.to[..] else { return Ok(Err(not_in_use())) };
        let mut tx = self.store.read_once().await?;
        let found = store::numbers::by_number(&mut tx, to).await?;
        drop(tx);
        let Some((tenant, _)) = found else { return Ok(Err(not_in_use())) };
        let inbound = InboundText {
            carrier: ON_NET.to_owned(),
            reference: text.reference,
            from: Address::Number(text.from),
            to,
            others: text.others,
            body: text.body,
            media: text.media,
            files: Vec::new(),
            missing: 0,
        };
        let actor = Actor::system(tenant, self.env.now());
        let delivered = Submitted { references: Vec::new(), delivered: true, receipts: Vec::new() };
        if arriving::arrive(&self.store, &actor, &self.env, &inbound, Bringer::OnNet).await? {
            return Ok(Ok(delivered));
        }
        let mut tx = self.store.write_in_background(tenant).await?;
        // It may have moved while this waited for its turn.
        let found = store::numbers::by_number(&mut tx, to).await?.filter(|(owner, _)| *owner == tenant);
        let Some((_, number)) = found else { return Ok(Err(not_in_use())) };
        let needs_mms = !inbound.others.is_empty() || !inbound.media.is_empty();
        if !number.capabilities.sms || (needs_mms && !number.capabilities.mms) {
            let (code, what) = match (inbound.media.is_empty(), inbound.others.is_empty()) {
                (false, _) => (CauseCode::NumberCannotReceiveFiles, "pictures or files"),
                (true, false) => (CauseCode::NumberCannotReceiveGroupTexts, "group texts"),
                (true, true) => (CauseCode::NumberCannotReceiveTexts, "texts"),
            };
            return Ok(Err(SubmitError::Final(Failure::new(code, format!("The number can't receive {what}.")))));
        }
        // Received before: the worker died between the two transactions. The text is there, so it is delivered.
        let actor = Actor::system(tenant, self.env.now());
        if receive(&mut tx, &actor, &self.env, inbound).await?.is_some() {
            tx.commit().await?;
        }
        Ok(Ok(delivered))
    }
}

fn not_in_use() -> SubmitError {
    SubmitError::Final(Failure::new(CauseCode::NumberNotInUse, "The number is no longer in use."))
}

impl Carrier for OnNet {
    fn account(&self) -> Option<CarrierAccountId> {
        None
    }

    fn repeat(&self) -> Repeat {
        // What came in is known by its reference.
        Repeat::IsTakenOnce
    }

    fn look_up(&self, _text: OutboundText, _since: UnixMs) -> LookUpFuture<'_> {
        Box::pin(async { LookUp::Unknown })
    }

    fn submit(&self, ready: ReadyText) -> SubmitFuture<'_> {
        Box::pin(async move {
            self.bring(ready.text).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "a text could not be brought to a number of this system");
                let reason = "The number could not be reached.";
                Err(SubmitError::Temporary(Failure::new(CauseCode::NumberNotReached, reason)))
            })
        })
    }
}
