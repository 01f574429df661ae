//! Headers of one value: Call-ID, CSeq, times in seconds, Retry-After, Warning.

use core::fmt;
use core::str::FromStr;

use super::error::Bad;
use super::lex::{Scan, cut, cut_at_space, is_word_byte, number, quote, trim, unquote};
use super::method::Method;
use super::param::Params;

/// Call-ID (RFC 3261, 20.8), compared byte by byte.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub String);

impl FromStr for CallId {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let (left, right) = cut(text, b'@').map_or((text, None), |(left, right)| (left, Some(right)));
        let word = |text: &str| !text.is_empty() && text.bytes().all(is_word_byte);
        if word(left) && right.is_none_or(word) { Ok(Self(text.to_owned())) } else { Err(Bad("not a Call-ID")) }
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// CSeq (RFC 3261, 20.16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CSeq {
    /// The number, less than 2^31 (RFC 3261, 8.1.1.5).
    pub number: u32,
    /// The method.
    pub method: Method,
}

impl FromStr for CSeq {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let (digits, method) = cut_at_space(text).ok_or(Bad("a number and a method are needed"))?;
        let number = number(digits, i32::MAX as u32).ok_or(Bad("not a number below 2^31"))?;
        Ok(Self { number, method: trim(method).parse()? })
    }
}

impl fmt::Display for CSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.method)
    }
}

/// A number that stands alone: seconds of Expires, Min-Expires, Flow-Timer; Max-Forwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(pub u32);

impl FromStr for Seconds {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        number(text, u32::MAX).map(Self).ok_or(Bad("not a number below 2^32"))
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Retry-After (RFC 3261, 20.33). A comment is passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryAfter {
    /// Seconds until another try has a chance.
    pub seconds: u32,
    /// `duration`: for how many seconds the other end is there then.
    pub duration: Option<u32>,
}

impl FromStr for RetryAfter {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let mut scan = Scan::new(text);
        let seconds =
            number(scan.take(|byte| byte.is_ascii_digit()), u32::MAX).ok_or(Bad("not a number below 2^32"))?;
        scan.space();
        if scan.peek() == Some(b'(') {
            comment(&mut scan)?;
        }
        let params = Params::read(scan)?;
        let duration = match params.get("duration") {
            Some(text) => Some(number(text, u32::MAX).ok_or(Bad("not a number below 2^32"))?),
            None => None,
        };
        Ok(Self { seconds, duration })
    }
}

/// Passes over a comment, which may have others in it.
fn comment(scan: &mut Scan<'_>) -> Result<(), Bad> {
    let (mut depth, mut escaped, mut length) = (0_u32, false, None);
    for (at, byte) in scan.rest().bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            length = Some(at + 1);
            break;
        }
    }
    let length = length.ok_or(Bad("a comment does not end"))?;
    *scan = Scan::new(&scan.rest()[length..]);
    Ok(())
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.seconds)?;
        self.duration.map_or(Ok(()), |duration| write!(f, ";duration={duration}"))
    }
}

/// An element of Warning (RFC 3261, 20.43).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Three digits.
    pub code: u16,
    /// Who warns.
    pub agent: String,
    /// The text for people.
    pub text: String,
}

impl FromStr for Warning {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let mut scan = Scan::new(text);
        let digits = scan.take(|byte| byte.is_ascii_digit());
        let code = if digits.len() == 3 { digits.parse().ok() } else { None }.ok_or(Bad("a code has three digits"))?;
        scan.space();
        let agent = scan.take(|byte| byte.is_ascii_graphic() && byte != b'"').to_owned();
        scan.space();
        let text = unquote(scan.quoted().map_err(|_| Bad("the text is not quoted"))?);
        scan.end()?;
        if agent.is_empty() { Err(Bad("no agent")) } else { Ok(Self { code, agent, text }) }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03} {} {}", self.code, self.agent, quote(&self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_have_a_number_and_a_method() {
        let read: CSeq = "0009   INVITE".parse().unwrap();
        assert_eq!(read, CSeq { number: 9, method: Method::Invite });
        for text in ["INVITE", "1", "2147483648 INVITE", "1 IN VITE", "-1 INVITE", "1  "] {
            assert!(text.parse::<CSeq>().is_err(), "{text}");
        }
    }

    #[test]
    fn retry_after_has_a_comment_and_parameters() {
        let read: RetryAfter = "18000 (I'm (really) in a \\) meeting) ;duration=3600".parse().unwrap();
        assert_eq!(read, RetryAfter { seconds: 18000, duration: Some(3600) });
        assert_eq!(read.to_string(), "18000;duration=3600");
        for text in ["", "x", "5 (open", "5 ()()", "99999999999"] {
            assert!(text.parse::<RetryAfter>().is_err(), "{text}");
        }
    }

    #[test]
    fn warnings_have_three_parts() {
        let read: Warning = "307 isi.edu \"Session parameter 'foo' not understood\"".parse().unwrap();
        assert_eq!(read.to_string(), "307 isi.edu \"Session parameter 'foo' not understood\"");
        assert!("1812 overture \"In Progress\"".parse::<Warning>().is_err());
    }

    #[test]
    fn call_ids_are_words() {
        assert!("intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{".parse::<CallId>().is_ok());
        for text in ["", "a b", "@b", "a@", "a@b@c", "a;b"] {
            assert!(text.parse::<CallId>().is_err(), "{text}");
        }
    }
}
