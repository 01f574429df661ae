//! What answers a challenge: Authorization and Proxy-Authorization.

use core::fmt;
use core::str::FromStr;

use super::hash::{Algorithm, same};
use super::params::AuthParams;
use super::{Asked, Challenge, Qop};
use crate::wire::{Bad, Method, quote};

/// A user and the password. Its `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login")
    }
}

/// Credentials of the scheme Digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The user.
    pub username: String,
    /// The challenge's realm.
    pub realm: String,
    /// The challenge's nonce.
    pub nonce: String,
    /// The URI that was asked for.
    pub uri: String,
    /// The digest, in hexadecimal.
    pub response: String,
    /// The algorithm.
    pub algorithm: Algorithm,
    /// The challenge's opaque.
    pub opaque: Option<String>,
    /// What the digest covers, with the word by chance and the count.
    pub covers: Option<(Qop, String, u32)>,
}

impl Challenge {
    /// The credentials for what is asked for.
    #[must_use]
    pub fn answer(&self, login: &Login, asked: &Asked<'_>) -> Credentials {
        let covers = self.qop.map(|qop| (qop, asked.cnonce.to_owned(), asked.count));
        let mut credentials = Credentials {
            username: login.user.clone(),
            realm: self.realm.clone(),
            nonce: self.nonce.clone(),
            uri: asked.uri.to_owned(),
            response: String::new(),
            algorithm: self.algorithm,
            opaque: self.opaque.clone(),
            covers,
        };
        credentials.response = credentials.digest(&login.password, asked.method, asked.body, asked.cnonce);
        credentials
    }
}

impl Credentials {
    /// Whether they were made with this password for a request with this method and body. That realm, nonce, URI and count are those of
    /// the request is the caller's to see.
    #[must_use]
    pub fn is_made_with(&self, password: &str, method: &Method, body: &[u8]) -> bool {
        let cnonce = self.covers.as_ref().map_or("", |(_, cnonce, _)| cnonce.as_str());
        same(&self.digest(password, method, body, cnonce), &self.response.to_ascii_lowercase())
    }

    /// RFC 7616, 3.4.1 to 3.4.3; RFC 2069 without qop.
    fn digest(&self, password: &str, method: &Method, body: &[u8], cnonce: &str) -> String {
        let hex = |text: String| self.algorithm.hex(text.as_bytes());
        let mut secret = hex(format!("{}:{}:{password}", self.username, self.realm));
        if self.algorithm.is_session() {
            secret = hex(format!("{secret}:{}:{cnonce}", self.nonce));
        }
        let asked = match self.covers {
            Some((Qop::AuthInt, ..)) => hex(format!("{method}:{}:{}", self.uri, self.algorithm.hex(body))),
            Some((Qop::Auth, ..)) | None => hex(format!("{method}:{}", self.uri)),
        };
        hex(match &self.covers {
            Some((qop, cnonce, count)) => {
                format!("{secret}:{}:{count:08x}:{cnonce}:{}:{asked}", self.nonce, qop.as_str())
            }
            None => format!("{secret}:{}:{asked}", self.nonce),
        })
    }
}

impl FromStr for Credentials {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let params = AuthParams::read_digest(text)?;
        let algorithm = Algorithm::read(params.get("algorithm"))?;
        let covers = match params.get("qop") {
            None => None,
            Some(name) => {
                let qop = [Qop::Auth, Qop::AuthInt].into_iter().find(|qop| name.eq_ignore_ascii_case(qop.as_str()));
                let count = params.need("nc")?;
                let count = u32::from_str_radix(&count, 16).ok().filter(|_| count.len() == 8);
                let qop = qop.ok_or(Bad("a qop that is not known"))?;
                Some((qop, params.need("cnonce")?, count.ok_or(Bad("nc is not eight hexadecimal digits"))?))
            }
        };
        Ok(Self {
            username: params.need("username")?,
            realm: params.need("realm")?,
            nonce: params.need("nonce")?,
            uri: params.need("uri")?,
            response: params.need("response")?,
            algorithm,
            opaque: params.get("opaque").map(str::to_owned),
            covers,
        })
    }
}

impl fmt::Display for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest username={}, realm={}", quote(&self.username), quote(&self.realm))?;
        write!(f, ", nonce={}, uri={}", quote(&self.nonce), quote(&self.uri))?;
        write!(f, ", response={}, algorithm={}", quote(&self.response), self.algorithm.as_str())?;
        if let Some((qop, cnonce, count)) = &self.covers {
            // RFC 3261, 22.4: qop has no quotes here.
            write!(f, ", qop={}, cnonce={}, nc={count:08x}", qop.as_str(), quote(cnonce))?;
        }
        if let Some(opaque) = &self.opaque {
            write!(f, ", opaque={}", quote(opaque))?;
        }
        Ok(())
    }
}
