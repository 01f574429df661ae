//! Headers about a session or subscription: Session-Expires, Replaces, Reason, Subscription-State.

use core::fmt;
use core::str::FromStr;

use super::error::Bad;
use super::fields::CallId;
use super::lex::{Scan, is_token_byte, number};
use super::param::Params;
use super::valued::Valued;

/// Who refreshes a session (RFC 4028, 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresher {
    /// Who sends the request.
    Uac,
    /// Who answers it.
    Uas,
}

/// Session-Expires (RFC 4028, 4), and Min-SE (5), which has no refresher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionExpires {
    /// Seconds.
    pub seconds: u32,
    /// Who refreshes, if it was said.
    pub refresher: Option<Refresher>,
}

impl FromStr for SessionExpires {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let mut scan = Scan::new(text);
        let seconds =
            number(scan.take(|byte| byte.is_ascii_digit()), u32::MAX).ok_or(Bad("not a number below 2^32"))?;
        let params = Params::read(scan)?;
        let refresher = match params.get("refresher") {
            Some(who) if who.eq_ignore_ascii_case("uac") => Some(Refresher::Uac),
            Some(who) if who.eq_ignore_ascii_case("uas") => Some(Refresher::Uas),
            Some(_) => return Err(Bad("no such refresher")),
            None => None,
        };
        Ok(Self { seconds, refresher })
    }
}

impl fmt::Display for SessionExpires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.seconds)?;
        match self.refresher {
            Some(Refresher::Uac) => f.write_str(";refresher=uac"),
            Some(Refresher::Uas) => f.write_str(";refresher=uas"),
            None => Ok(()),
        }
    }
}

/// Replaces (RFC 3891, 6.1): the dialog that a new one takes the place of, as its receiver sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaces {
    /// Its Call-ID.
    pub call_id: CallId,
    /// The local tag of who receives it.
    pub to_tag: String,
    /// The remote tag of who receives it.
    pub from_tag: String,
    /// Whether only a dialog that was not answered yet is replaced.
    pub early_only: bool,
}

impl FromStr for Replaces {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let read: Valued = text.parse()?;
        let tag = |name| read.params.get(name).map(str::to_owned).ok_or(Bad("a tag is missing"));
        Ok(Self {
            call_id: read.value.parse()?,
            to_tag: tag("to-tag")?,
            from_tag: tag("from-tag")?,
            early_only: read.params.has("early-only"),
        })
    }
}

impl fmt::Display for Replaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};to-tag={};from-tag={}", self.call_id, self.to_tag, self.from_tag)?;
        f.write_str(if self.early_only { ";early-only" } else { "" })
    }
}

/// An element of Reason (RFC 3326): why a request was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// `SIP`, `Q.850` or another.
    pub protocol: String,
    /// The cause: a status of SIP, or a cause of Q.850.
    pub cause: Option<u32>,
    /// The text for people.
    pub text: Option<String>,
}

impl Reason {
    /// A reason of SIP with the status's phrase.
    #[must_use]
    pub fn sip(status: super::status::Status, text: &str) -> Self {
        Self { protocol: "SIP".to_owned(), cause: Some(u32::from(status.code())), text: Some(text.to_owned()) }
    }

    /// Whether it says that the call was taken on another device (RFC 3326, 3.1).
    #[must_use]
    pub fn is_answered_elsewhere(&self) -> bool {
        self.protocol.eq_ignore_ascii_case("SIP") && self.cause == Some(200)
    }
}

impl FromStr for Reason {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let read: Valued = text.parse()?;
        if !read.value.bytes().all(is_token_byte) {
            return Err(Bad("the protocol is not a token"));
        }
        let cause = match read.params.get("cause") {
            Some(text) => Some(number(text, u32::MAX).ok_or(Bad("the cause is not a number"))?),
            None => None,
        };
        Ok(Self { protocol: read.value, cause, text: read.params.text("text") })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.protocol)?;
        if let Some(cause) = self.cause {
            write!(f, ";cause={cause}")?;
        }
        if let Some(text) = &self.text {
            write!(f, ";text={}", super::lex::quote(text))?;
        }
        Ok(())
    }
}

/// Subscription-State (RFC 6665, 4.1.3 and 8.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionState {
    /// `active`, `pending`, `terminated` or another.
    pub state: String,
    /// `reason` of one that ended.
    pub reason: Option<String>,
    /// Seconds that are left.
    pub expires: Option<u32>,
    /// Seconds until another subscription has a chance.
    pub retry_after: Option<u32>,
}

impl SubscriptionState {
    /// Whether the subscription has ended.
    #[must_use]
    pub fn is_terminated(&self) -> bool {
        self.state.eq_ignore_ascii_case("terminated")
    }
}

impl FromStr for SubscriptionState {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let read: Valued = text.parse()?;
        if !read.is_token() {
            return Err(Bad("the state is not a token"));
        }
        let seconds = |name| match read.params.get(name) {
            Some(text) => number(text, u32::MAX).map(Some).ok_or(Bad("not a number below 2^32")),
            None => Ok(None),
        };
        Ok(Self {
            reason: read.params.text("reason"),
            expires: seconds("expires")?,
            retry_after: seconds("retry-after")?,
            state: read.value,
        })
    }
}

impl fmt::Display for SubscriptionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut params = Params::default();
        if let Some(reason) = &self.reason {
            params.set("reason", reason);
        }
        for (name, seconds) in [("expires", self.expires), ("retry-after", self.retry_after)] {
            if let Some(seconds) = seconds {
                params.set(name, &seconds.to_string());
            }
        }
        write!(f, "{}{params}", self.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_read_and_written() {
        fn there_and_back<T: FromStr<Err = Bad> + fmt::Display>(text: &str) {
            let read: T = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(read.to_string(), text);
        }
        there_and_back::<SessionExpires>("4000;refresher=uac");
        there_and_back::<Replaces>("425928@bobster.example.org;to-tag=7743;from-tag=6472;early-only");
        there_and_back::<Reason>("SIP;cause=200;text=\"Call completed elsewhere\"");
        there_and_back::<Reason>("Q.850;cause=16;text=\"Terminated\"");
        there_and_back::<SubscriptionState>("terminated;reason=noresource");
        there_and_back::<SubscriptionState>("active;expires=60");
    }

    #[test]
    fn broken_ones_are_refused() {
        assert!("90;refresher=both".parse::<SessionExpires>().is_err());
        assert!("a@b;to-tag=1".parse::<Replaces>().is_err());
        assert!("SIP;cause=x".parse::<Reason>().is_err());
        assert!("".parse::<SubscriptionState>().is_err());
        assert!("active;expires=-1".parse::<SubscriptionState>().is_err());
    }
}
