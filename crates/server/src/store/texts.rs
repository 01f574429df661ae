//! Texts that PostgreSQL is asked about together: sent by users, brought by carriers, arriving, handed over, and taken.
//!
//! Always holds: each of these does what the steps of `operations::messaging` do for one text, in the case that most are in; what is in another one has its
//! own transaction there. What each does is in a migration's functions (`0022_texts.sql`).

use halyard_protocol::{Seq, TenantId, UnixMs};

use super::questions::{ArrivingText, BroughtText, EndedText, HandedText, OutsideText};
use super::together::{AllAsking, Asking, Together};
use super::turns::Urgency;
use super::{Store, StoreError, dialect};

macro_rules! together {
    ($($question:ty: $statement:ident, $turn:expr, $asking:ident;)*) => { $(
        impl Together for $question {
            const STATEMENT: &'static str = dialect::$statement;
            const TURN: Option<Urgency> = $turn;

            fn asking(all: &AllAsking) -> &Asking<Self> {
                &all.$asking
            }
        }
    )* };
}
together! {
    OutsideText: POSTGRES_ACCEPT_TEXTS, Some(Urgency::Asked), outside;
    BroughtText: POSTGRES_BRING_TEXTS, Some(Urgency::Asked), brought;
    ArrivingText: POSTGRES_TAKE_IN_TEXTS, Some(Urgency::Background), arriving;
    HandedText: POSTGRES_BEGIN_TEXTS, None, handed;
    EndedText: POSTGRES_END_TEXTS, Some(Urgency::Background), ended;
}

impl Store {
    /// Accepts a text; its place and moment. `None` where [`crate::operations::messaging::accept`] has to decide.
    ///
    /// # Errors
    /// When the database fails; it may be accepted then.
    pub async fn accept_text(&self, tenant: TenantId, text: OutsideText) -> Result<Option<(Seq, UnixMs)>, StoreError> {
        self.together(tenant, text).await
    }

    /// Puts a text that a carrier brings at the end of its lane. Says whether it did.
    ///
    /// # Errors
    /// When the database fails; it may be in the queue then.
    pub async fn bring_text(&self, tenant: TenantId, text: BroughtText) -> Result<bool, StoreError> {
        Ok(self.together(tenant, text).await?.is_some())
    }

    /// Lets a text arrive that came in, if it is not here already, and ends its job. Says whether it did; else a transaction has to decide.
    ///
    /// # Errors
    /// When the database fails; it may have arrived then.
    pub async fn take_in_text(&self, tenant: TenantId, text: ArrivingText) -> Result<bool, StoreError> {
        Ok(self.together(tenant, text).await?.is_some())
    }

    /// Puts on record that a text is being handed to a carrier. Says whether it did; not where the job's claim is lost.
    ///
    /// # Errors
    /// When the database fails; it may be on record then.
    pub async fn begin_text(&self, tenant: TenantId, text: HandedText) -> Result<bool, StoreError> {
        Ok(self.together(tenant, text).await?.is_some())
    }

    /// Writes down that a text was taken, and ends its job. Says whether it did; else a transaction has to decide.
    ///
    /// # Errors
    /// When the database fails; it may be written down then.
    pub async fn end_text(&self, tenant: TenantId, text: EndedText) -> Result<bool, StoreError> {
        Ok(self.together(tenant, text).await?.is_some())
    }
}
