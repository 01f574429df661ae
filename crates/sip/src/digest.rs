//! Digest access (RFC 3261, 22; RFC 8760; RFC 7616): challenges are answered, and answers checked.
//!
//! Always holds: a password is in no `Debug` and in nothing that is written. Of several challenges the strongest is answered.

mod credentials;
mod hash;
mod params;

use core::fmt;
use core::str::FromStr;

pub use credentials::{Credentials, Login};
pub use hash::Algorithm;

use crate::wire::{Bad, Headers, Method, Request, Response, Status, elements, name, quote};

use params::AuthParams;

/// What a response covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Qop {
    /// Method and URI.
    Auth,
    /// The body, too.
    AuthInt,
}

impl Qop {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::AuthInt => "auth-int",
        }
    }
}

/// A challenge by WWW-Authenticate or Proxy-Authenticate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Whose password is asked for.
    pub realm: String,
    /// What the response is made with.
    pub nonce: String,
    /// What is sent back as it is.
    pub opaque: Option<String>,
    /// The algorithm; MD5 where none was said.
    pub algorithm: Algorithm,
    /// What is to be covered; `None` as RFC 2069 has it. Where both are offered it is [`Qop::Auth`], which stays right when something
    /// on the way changes the body.
    pub qop: Option<Qop>,
    /// Whether only the nonce was too old, so that the password need not be asked for again.
    pub stale: bool,
}

/// What is asked for with credentials.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The method.
    pub method: &'a Method,
    /// The Request-URI as it is written.
    pub uri: &'a str,
    /// The body.
    pub body: &'a [u8],
    /// A word by chance.
    pub cnonce: &'a str,
    /// How often the nonce was used, this time included: 1 at first.
    pub count: u32,
}

impl FromStr for Challenge {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let params = AuthParams::read_digest(text)?;
        let algorithm = Algorithm::read(params.get("algorithm"))?;
        let qop = match params.get("qop") {
            None => None,
            Some(offered) => {
                let has = |wanted: Qop| elements(offered).any(|one| one.eq_ignore_ascii_case(wanted.as_str()));
                let chosen = [Qop::Auth, Qop::AuthInt].into_iter().find(|qop| has(*qop));
                Some(chosen.ok_or(Bad("a qop that is not known"))?)
            }
        };
        Ok(Self {
            realm: params.need("realm")?,
            nonce: params.need("nonce")?,
            opaque: params.get("opaque").map(str::to_owned),
            algorithm,
            qop,
            stale: params.get("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        })
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest realm={}, nonce={}", quote(&self.realm), quote(&self.nonce))?;
        if let Some(opaque) = &self.opaque {
            write!(f, ", opaque={}", quote(opaque))?;
        }
        write!(f, ", algorithm={}", self.algorithm.as_str())?;
        if let Some(qop) = self.qop {
            write!(f, ", qop=\"{}\"", qop.as_str())?;
        }
        f.write_str(if self.stale { ", stale=true" } else { "" })
    }
}

/// The strongest challenge of a response, of those that can be answered; the first of equals (RFC 8760, 2.4). Those of 401 stand in
/// WWW-Authenticate, those of 407 in Proxy-Authenticate.
#[must_use]
pub fn strongest(headers: &Headers, name: &str) -> Option<Challenge> {
    let mut best: Option<Challenge> = None;
    for challenge in headers.all(name).filter_map(|value| value.parse::<Challenge>().ok()) {
        if best.as_ref().is_none_or(|best| challenge.algorithm.strength() > best.algorithm.strength()) {
            best = Some(challenge);
        }
    }
    best
}

/// Answers the challenge of a 401 or 407 in a request that is sent again: the credentials take the place of those that it had for the same
/// realm. CSeq and branch are the caller's to renew (RFC 3261, 22.2).
///
/// The challenge is given back for later requests; its `stale` says whether the password was not the fault. `None` when there is no
/// challenge that can be answered.
pub fn authorize(request: &mut Request, response: &Response, login: &Login, cnonce: &str) -> Option<Challenge> {
    let (asks, answers) = if response.status == Status::PROXY_AUTHENTICATION_REQUIRED {
        (name::PROXY_AUTHENTICATE, name::PROXY_AUTHORIZATION)
    } else {
        (name::WWW_AUTHENTICATE, name::AUTHORIZATION)
    };
    let challenge = strongest(&response.headers, asks)?;
    attach(request, answers, &challenge, login, cnonce, 1);
    Some(challenge)
}

/// Answers a challenge that came before in another request, so that it is not asked for again: `name` is Authorization or
/// Proxy-Authorization, `count` how often the nonce was used, this time included. It may be that the nonce is too old by now: then there is
/// another challenge, which is `stale`.
pub fn attach(request: &mut Request, name: &str, challenge: &Challenge, login: &Login, cnonce: &str, count: u32) {
    let uri = request.uri.to_string();
    let asked = Asked { method: &request.method, uri: &uri, body: &request.body, cnonce, count };
    let credentials = challenge.answer(login, &asked);
    request.headers.retain(|header| {
        let same = header.value().parse().is_ok_and(|old: Credentials| old.realm == challenge.realm);
        !(header.is(name) && same)
    });
    request.headers.push(name, &credentials);
}

/// The nonce for the next request (RFC 7616, 3.5), if Authentication-Info says one.
#[must_use]
pub fn next_nonce(headers: &Headers) -> Option<String> {
    let info = headers.get(name::AUTHENTICATION_INFO)?;
    AuthParams::read(info).ok()?.get("nextnonce").map(str::to_owned)
}

#[cfg(test)]
mod tests;
