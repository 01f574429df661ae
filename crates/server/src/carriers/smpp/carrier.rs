//! An account at an SMSC as a carrier: hands the parts of a text to the account's session, and says what came of the text as a whole.
//!
//! Always holds: parts that were taken at an earlier try are not handed over again, whichever process tries.

use halyard_carriers::smpp::{Options, submissions};
use halyard_carriers::sms::CutError;
use halyard_carriers::{Address, smpp::Submission};
use halyard_protocol::{CarrierAccountId, CauseCode, UnixMs};
use sha2::{Digest as _, Sha256};

use super::super::{
    Carrier, LookUp, LookUpFuture, NotReady, OutboundText, PrepareFuture, ReadyText, Repeat, SubmitError, SubmitFuture,
    Submitted, Surroundings,
};
use super::Trunks;
use super::fold::{Folded, fold};
use super::status::Status;
use crate::operations::messaging::{outgoing, receipts::Failure, reference};
use crate::store::carrier_accounts::AccountRecord;
use crate::store::{StoreError, sms_parts};

/// An account at an SMSC.
pub struct SmppCarrier {
    account: AccountRecord,
    options: Options,
    around: Surroundings,
    trunks: Trunks,
}

impl SmppCarrier {
    /// The account, with its settings and the connections of this process.
    #[must_use]
    pub fn new(account: AccountRecord, options: Options, around: Surroundings, trunks: Trunks) -> Self {
        Self { account, options, around, trunks }
    }

    /// What the carrier would refuse is refused, and a session that is being opened is waited for: nothing of the text leaves before.
    async fn make_ready(&self, text: OutboundText) -> Result<ReadyText, NotReady> {
        self.parts(&text)?;
        let Some(trunk) = self.trunks.of(&self.account) else { return Err(down(&Status::Starting)) };
        trunk.up().await.map_err(|status| down(&status))?;
        Ok(text.into())
    }

    async fn hand_over(&self, text: OutboundText) -> Result<Submitted, SubmitError> {
        let parts = self.parts(&text)?;
        let is_long = parts.len() > 1;
        let earlier = if is_long { self.earlier(&text.reference).await? } else { Vec::new() };
        let missing =
            parts.into_iter().filter(|part| !earlier.iter().any(|(number, _)| *number == part.part)).collect();
        let Some(trunk) = self.trunks.of(&self.account) else { return Err(down(&Status::Starting).into()) };
        let sent = trunk.send(&text.reference, missing, earlier.clone()).await;
        let Folded { result, keep } = fold(&earlier, sent.map_err(|status| down(&status))?);
        if let Err(error) = &result {
            let outcome = name(error);
            let text = reference::without_number(&text.reference);
            tracing::info!(account = %self.account.id, text, outcome, "a carrier did not take a text");
        }
        if is_long && !keep.is_empty() && self.keep(&text.reference, &keep).await.is_err() {
            // Another try would send those parts twice.
            return Err(SubmitError::Unconfirmed);
        }
        result
    }

    /// The text's parts, the same at every try.
    fn parts(&self, text: &OutboundText) -> Result<Vec<Submission>, NotReady> {
        let refuse = |code, words| NotReady::Final(Failure::new(code, words));
        if !text.media.is_empty() {
            return Err(refuse(CauseCode::FilesNotTakenByCarrier, "This carrier takes no files."));
        }
        let ([to], []) = (&text.to[..], &text.others[..]) else {
            return Err(refuse(CauseCode::NumberCannotGroup, "This carrier takes no texts to groups."));
        };
        let (from, to) = (Address::Number(text.from), Address::Number(*to));
        let number = number_of(&text.reference);
        submissions(&text.reference, &from, &to, &text.body, number, &self.options).map_err(|error| match error {
            CutError::Empty => refuse(CauseCode::MessageIsEmpty, "The text is empty."),
            CutError::TooLong => refuse(CauseCode::MessageTooLong, "The text is too long for this carrier."),
        })
    }

    async fn earlier(&self, reference: &str) -> Result<Vec<(u8, String)>, SubmitError> {
        let earlier = async {
            let mut tx = self.around.store.read_once().await?;
            sms_parts::taken(&mut tx, self.account.id, reference).await
        };
        earlier.await.map_err(|error: StoreError| {
            tracing::error!(%error, "it could not be read which parts of a text were taken");
            SubmitError::Temporary(outgoing::not_reached())
        })
    }

    async fn keep(&self, reference: &str, parts: &[(u8, String)]) -> Result<(), StoreError> {
        let kept = async {
            let mut tx = self.around.store.write_system().await?;
            for (part, id) in parts {
                let now = self.around.env.now();
                sms_parts::note_taken(&mut tx, self.account.id, reference, (*part, id), now).await?;
            }
            tx.commit().await
        };
        let kept = kept.await;
        if let Err(error) = &kept {
            tracing::error!(%error, "it could not be kept which parts of a text were taken");
        }
        kept
    }
}

/// What the parts of a text share: its place in its conversation, so no two texts of one number to one recipient have the same for long.
fn number_of(ours: &str) -> u16 {
    match reference::read(ours) {
        Some((_, seq, _)) => u16::try_from(seq % 0x1_0000).unwrap_or_default(),
        None => {
            let digest = Sha256::digest(ours);
            u16::from_be_bytes([digest[0], digest[1]])
        }
    }
}

fn down(status: &Status) -> NotReady {
    let code = match status {
        Status::Down { mend: true, .. } => CauseCode::CarrierAccountProblem,
        _ => CauseCode::NumberNotReached,
    };
    NotReady::Temporary(Failure::new(code, status.words()))
}

const fn name(error: &SubmitError) -> &'static str {
    match error {
        SubmitError::Temporary(_) => "later",
        SubmitError::Throttled(_) => "throttled",
        SubmitError::Final(_) => "refused",
        SubmitError::Unconfirmed => "unconfirmed",
    }
}

impl Carrier for SmppCarrier {
    fn account(&self) -> Option<CarrierAccountId> {
        Some(self.account.id)
    }

    fn repeat(&self) -> Repeat {
        Repeat::IsTakenAgain
    }

    fn prepare(&self, text: OutboundText) -> PrepareFuture<'_> {
        Box::pin(self.make_ready(text))
    }

    fn submit(&self, ready: ReadyText) -> SubmitFuture<'_> {
        Box::pin(self.hand_over(ready.text))
    }

    /// An SMSC can seldom be asked (`query_sm`), and only by its own reference, which nobody has heard.
    fn look_up(&self, _text: OutboundText, _since: UnixMs) -> LookUpFuture<'_> {
        Box::pin(std::future::ready(LookUp::Unknown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_one_after_the_other_have_different_numbers() {
        let conversation = "01J9ZK4T6Q8Y2M0C5R7W3X1B9D";
        assert_eq!(number_of(&format!("{conversation}.7.16195550142")), 7);
        assert_eq!(number_of(&format!("{conversation}.65543.16195550142")), 7);
        assert_ne!(number_of("reply.a"), number_of("reply.b"));
    }
}
