//! `tel:` URIs (RFC 3966), as far as dialing needs them.

use core::fmt;
use core::str::FromStr;

use super::error::Bad;
use super::lex::Scan;
use super::param::Params;

/// A telephone number with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TelUri {
    /// The number, as it was spelled.
    pub number: String,
    /// The parameters, among them `phone-context` of a number that is not global.
    pub params: Params,
}

impl TelUri {
    /// The number without what only separates its digits for the eye (RFC 3966, 5.1.1).
    #[must_use]
    pub fn digits(&self) -> String {
        self.number.chars().filter(|letter| !matches!(letter, '-' | '.' | '(' | ')')).collect()
    }

    /// Whether both are the same number (RFC 3966, 4): the same digits, and the same parameters in any order.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        let within = |one: &Self, two: &Self| {
            one.params.iter().all(|param| match (two.params.get(&param.name), &param.value) {
                (Some(its), Some(value)) => its.eq_ignore_ascii_case(value),
                (None, None) => two.params.has(&param.name),
                _ => false,
            })
        };
        self.digits().eq_ignore_ascii_case(&other.digits()) && within(self, other) && within(other, self)
    }
}

impl FromStr for TelUri {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let mut scan = Scan::new(text);
        let global = text.starts_with('+');
        // A local number may have the digits of a telephone's signals (RFC 3966, 3).
        let number = scan.take(|byte| {
            byte.is_ascii_digit()
                || b"-.()".contains(&byte)
                || (global && byte == b'+')
                || (!global && (byte.is_ascii_hexdigit() || b"*#".contains(&byte)))
        });
        let plus = number.bytes().filter(|byte| *byte == b'+').count();
        let digits = number.bytes().any(|byte| !b"-.()+".contains(&byte));
        if plus != usize::from(global) || !digits {
            return Err(Bad("not a telephone number"));
        }
        let mut params = Params::default();
        while scan.peek() == Some(b';') {
            let _ = scan.until(b';');
            let name = scan.take(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let mut value = None;
            if scan.peek() == Some(b'=') {
                let _ = scan.until(b'=');
                value = Some(scan.take(|byte| byte.is_ascii_alphanumeric() || b"[]/:&+$-_.!~*'()%".contains(&byte)));
            }
            if name.is_empty() || value == Some("") {
                return Err(Bad("a parameter of a telephone number has no name or value"));
            }
            params.add(name, value)?;
        }
        if scan.is_done() { Ok(Self { number: number.to_owned(), params }) } else { Err(Bad("not a telephone number")) }
    }
}

impl fmt::Display for TelUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tel:{}{}", self.number, self.params)
    }
}
