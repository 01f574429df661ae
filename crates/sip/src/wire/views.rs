//! The headers by what they mean.

use super::address::Address;
use super::contact::{Contact, Contacts};
use super::date::Date;
use super::error::Fault;
use super::fields::{CSeq, CallId, RetryAfter, Seconds, Warning};
use super::headers::Headers;
use super::lex::trim;
use super::name;
use super::state::{Reason, Replaces, SessionExpires, SubscriptionState};
use super::valued::Valued;
use super::via::Via;

/// Each is read when it is asked for; an error says which header it is and what is wrong with it, and the status of the answer
/// ([`Fault::status`]).
#[allow(clippy::missing_errors_doc, reason = "said once, above")]
impl Headers {
    /// The Via of the last hop.
    pub fn via(&self) -> Result<Via, Fault> {
        self.first(name::VIA)?.ok_or(Fault::Missing(name::VIA))
    }

    /// From.
    pub fn from(&self) -> Result<Address, Fault> {
        self.need(name::FROM)
    }

    /// To.
    pub fn to(&self) -> Result<Address, Fault> {
        self.need(name::TO)
    }

    /// Call-ID.
    pub fn call_id(&self) -> Result<CallId, Fault> {
        self.need(name::CALL_ID)
    }

    /// CSeq.
    pub fn cseq(&self) -> Result<CSeq, Fault> {
        self.need(name::CSEQ)
    }

    /// Max-Forwards.
    pub fn max_forwards(&self) -> Result<Option<u32>, Fault> {
        self.seconds(name::MAX_FORWARDS)
    }

    /// All of Contact; `*` stands alone.
    pub fn contacts(&self) -> Result<Contacts, Fault> {
        let mut all = self.elements(name::CONTACT);
        if let (Some("*"), None) = (all.next(), all.next()) {
            return Ok(Contacts::Any);
        }
        self.list(name::CONTACT).map(Contacts::These)
    }

    /// The one Contact of a request or response that sets up or is in a dialog (RFC 3261, 8.1.1.8 and 12.1.1).
    pub fn contact(&self) -> Result<Option<Contact>, Fault> {
        self.one(name::CONTACT)
    }

    /// Route, Record-Route, Path, Service-Route, P-Asserted-Identity: a list of addresses.
    pub fn addresses(&self, name: &'static str) -> Result<Vec<Address>, Fault> {
        self.list(name)
    }

    /// Expires, Min-Expires, Flow-Timer: seconds.
    pub fn seconds(&self, name: &'static str) -> Result<Option<u32>, Fault> {
        Ok(self.one::<Seconds>(name)?.map(|seconds| seconds.0))
    }

    /// Session-Expires (RFC 4028).
    pub fn session_expires(&self) -> Result<Option<SessionExpires>, Fault> {
        self.one(name::SESSION_EXPIRES)
    }

    /// Min-SE in seconds (RFC 4028).
    pub fn min_se(&self) -> Result<Option<u32>, Fault> {
        Ok(self.one::<SessionExpires>(name::MIN_SE)?.map(|read| read.seconds))
    }

    /// Refer-To (RFC 3515).
    pub fn refer_to(&self) -> Result<Option<Address>, Fault> {
        self.one(name::REFER_TO)
    }

    /// Referred-By (RFC 3892).
    pub fn referred_by(&self) -> Result<Option<Address>, Fault> {
        self.one(name::REFERRED_BY)
    }

    /// Replaces (RFC 3891); several are an error, as its section 3 says.
    pub fn replaces(&self) -> Result<Option<Replaces>, Fault> {
        self.one(name::REPLACES)
    }

    /// Reason (RFC 3326): one for each protocol.
    pub fn reasons(&self) -> Result<Vec<Reason>, Fault> {
        self.list(name::REASON)
    }

    /// Retry-After.
    pub fn retry_after(&self) -> Result<Option<RetryAfter>, Fault> {
        self.one(name::RETRY_AFTER)
    }

    /// Event (RFC 6665).
    pub fn event(&self) -> Result<Option<Valued>, Fault> {
        self.one(name::EVENT)
    }

    /// Subscription-State (RFC 6665).
    pub fn subscription_state(&self) -> Result<Option<SubscriptionState>, Fault> {
        self.one(name::SUBSCRIPTION_STATE)
    }

    /// Info-Package (RFC 6086).
    pub fn info_package(&self) -> Result<Option<Valued>, Fault> {
        self.one(name::INFO_PACKAGE)
    }

    /// Content-Type.
    pub fn content_type(&self) -> Result<Option<Valued>, Fault> {
        self.one(name::CONTENT_TYPE)
    }

    /// Content-Disposition.
    pub fn content_disposition(&self) -> Result<Option<Valued>, Fault> {
        self.one(name::CONTENT_DISPOSITION)
    }

    /// Date.
    pub fn date(&self) -> Result<Option<Date>, Fault> {
        self.one(name::DATE)
    }

    /// Warning.
    pub fn warnings(&self) -> Result<Vec<Warning>, Fault> {
        self.list(name::WARNING)
    }

    /// Alert-Info (RFC 7462): URIs between angle brackets, with parameters.
    pub fn alert_info(&self) -> Result<Vec<Address>, Fault> {
        self.list(name::ALERT_INFO)
    }

    /// The values of Privacy (RFC 3323, 4.2): semicolons separate them.
    pub fn privacy(&self) -> impl Iterator<Item = &str> {
        self.all(name::PRIVACY).flat_map(|value| value.split(';')).map(trim).filter(|value| !value.is_empty())
    }
}
