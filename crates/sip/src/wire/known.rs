//! All headers that are known here, looked at at once.

use super::address::Address;
use super::contact::Contact;
use super::contact::Contacts;
use super::error::{Bad, Fault};
use super::headers::Headers;
use super::message::Message;
use super::name;
use super::valued::Valued;

/// Headers that are lists of addresses.
const ADDRESSES: [&str; 6] =
    [name::ROUTE, name::RECORD_ROUTE, name::PATH, name::SERVICE_ROUTE, name::P_ASSERTED_IDENTITY, name::ALERT_INFO];
/// Headers that are seconds.
const SECONDS: [&str; 3] = [name::EXPIRES, name::MIN_EXPIRES, name::FLOW_TIMER];

impl Message {
    /// Whether every header that is known here can be read. A user agent asks this of what it is to work with; a proxy passes on what
    /// it does not use (RFC 3261, 16.3).
    ///
    /// # Errors
    /// The first that can't be read.
    pub fn check_known(&self) -> Result<(), Fault> {
        let headers = self.headers();
        for name in ADDRESSES {
            headers.list::<Address>(name)?;
        }
        for name in SECONDS {
            headers.seconds(name)?;
        }
        if let Contacts::These(all) = headers.contacts()? {
            all.iter().try_for_each(check_contact)?;
        }
        headers.session_expires()?;
        headers.min_se()?;
        headers.refer_to()?;
        headers.referred_by()?;
        headers.replaces()?;
        headers.reasons()?;
        headers.retry_after()?;
        headers.subscription_state()?;
        headers.date()?;
        headers.warnings()?;
        check_kinds(headers)
    }
}

/// RFC 3261, 20.10, lets a wrong `expires` count as 3600, but a number that no seconds are is a fault of the request.
fn check_contact(contact: &Contact) -> Result<(), Fault> {
    let wrong = contact.params.get("expires").is_some_and(|text| super::lex::number(text, u32::MAX).is_none());
    if wrong { Err(Fault::Value(name::CONTACT, Bad("expires is not a number below 2^32"))) } else { Ok(()) }
}

fn check_kinds(headers: &Headers) -> Result<(), Fault> {
    if headers.content_type()?.is_some_and(|kind| kind.media_type().is_none()) {
        return Err(Fault::Value(name::CONTENT_TYPE, Bad("not a type and a subtype")));
    }
    for name in [name::EVENT, name::CONTENT_DISPOSITION, name::INFO_PACKAGE] {
        if headers.one::<Valued>(name)?.is_some_and(|read| !read.is_token()) {
            return Err(Fault::Value(name, Bad("not a token")));
        }
    }
    Ok(())
}
