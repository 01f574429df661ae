//! Contact (RFC 3261, 20.10), with what registering adds (RFC 5626, RFC 5627).

use core::fmt;
use core::str::FromStr;

use super::address::Address;
use super::error::Bad;
use super::lex::{cut, number};
use super::uri::Uri;

/// A contact. It derefs to its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact(pub Address);

/// What the Contact headers of a message say together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contacts {
    /// `*`: all bindings (RFC 3261, 10.2.2).
    Any,
    /// These, or none.
    These(Vec<Contact>),
}

impl Contact {
    /// `expires` in seconds. One that can't be read counts as 3600 (RFC 3261, 20.10).
    #[must_use]
    pub fn expires(&self) -> Option<u32> {
        self.params.get("expires").map(|text| number(text, u32::MAX).unwrap_or(3600))
    }

    /// `q` in thousandths, 0 to 1000; 1000 where it was not said or can't be read.
    #[must_use]
    pub fn q(&self) -> u16 {
        let thousandths = |text: &str| {
            let (whole, part) = cut(text, b'.').unwrap_or((text, ""));
            let digits = part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
            let part: u16 = if digits { format!("{part:0<3}").parse().ok()? } else { return None };
            match whole {
                "0" => Some(part),
                "1" if part == 0 => Some(1000),
                _ => None,
            }
        };
        self.params.get("q").and_then(thousandths).unwrap_or(1000)
    }

    /// `+sip.instance`: which device it is, without the angle brackets (RFC 5626, 4.1).
    #[must_use]
    pub fn instance(&self) -> Option<String> {
        let text = self.params.text("+sip.instance")?;
        Some(text.strip_prefix('<')?.strip_suffix('>')?.to_owned())
    }

    /// `reg-id`: which flow of the device it is (RFC 5626, 4.2).
    #[must_use]
    pub fn reg_id(&self) -> Option<u32> {
        self.params.get("reg-id").and_then(|text| number(text, i32::MAX as u32))
    }

    /// `pub-gruu` (RFC 5627, 4.2).
    #[must_use]
    pub fn pub_gruu(&self) -> Option<Uri> {
        self.params.text("pub-gruu")?.parse().ok()
    }

    /// `temp-gruu` (RFC 5627, 4.2).
    #[must_use]
    pub fn temp_gruu(&self) -> Option<Uri> {
        self.params.text("temp-gruu")?.parse().ok()
    }
}

impl core::ops::Deref for Contact {
    type Target = Address;

    fn deref(&self) -> &Address {
        &self.0
    }
}

impl core::ops::DerefMut for Contact {
    fn deref_mut(&mut self) -> &mut Address {
        &mut self.0
    }
}

impl FromStr for Contact {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        text.parse().map(Self)
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_registering_adds_is_read() {
        let text = "<sip:x7@invalid;transport=ws>;reg-id=1;q=0.5;expires=300\
            ;+sip.instance=\"<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>\"\
            ;pub-gruu=\"sip:1001@acme.example;gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"\
            ;temp-gruu=\"sip:tgruu.7hs@acme.example;gr\"";
        let contact: Contact = text.parse().unwrap();
        assert_eq!((contact.reg_id(), contact.q(), contact.expires()), (Some(1), 500, Some(300)));
        assert_eq!(contact.instance().unwrap(), "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
        assert_eq!(contact.pub_gruu().unwrap().param("gr").unwrap(), "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
        assert_eq!(contact.temp_gruu().unwrap().param("gr").unwrap(), "");
        assert_eq!(contact.to_string(), text);
    }

    #[test]
    fn weights_are_thousandths() {
        for (text, q) in
            [("0.33", 330), ("1", 1000), ("1.000", 1000), ("0", 0), ("0.1234", 1000), ("2", 1000), ("0.", 0)]
        {
            let contact: Contact = format!("<sip:a@b>;q={text}").parse().unwrap();
            assert_eq!(contact.q(), q, "{text}");
        }
    }
}
