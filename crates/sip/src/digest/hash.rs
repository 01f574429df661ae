//! The algorithms (RFC 7616, 3.2; RFC 8760, 2.1), and the digests that the response is made of.

use core::fmt::Write as _;

use md5::Md5;
use sha2::{Digest, Sha256};

use crate::wire::Bad;

/// How digests are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// MD5, which every registrar knows.
    Md5,
    /// MD5 with a key for each nonce.
    Md5Sess,
    /// SHA-256 (RFC 8760).
    Sha256,
    /// SHA-256 with a key for each nonce.
    Sha256Sess,
}

impl Algorithm {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Md5Sess => "MD5-sess",
            Self::Sha256 => "SHA-256",
            Self::Sha256Sess => "SHA-256-sess",
        }
    }

    /// What the parameter `algorithm` says; MD5 where it is left out (RFC 7616, 3.3).
    pub(crate) fn read(name: Option<&str>) -> Result<Self, Bad> {
        let Some(name) = name else { return Ok(Self::Md5) };
        let mut all = [Self::Md5, Self::Md5Sess, Self::Sha256, Self::Sha256Sess].into_iter();
        all.find(|one| one.as_str().eq_ignore_ascii_case(name)).ok_or(Bad("an algorithm that is not known"))
    }

    pub(crate) const fn strength(self) -> u8 {
        match self {
            Self::Md5 | Self::Md5Sess => 0,
            Self::Sha256 | Self::Sha256Sess => 1,
        }
    }

    pub(crate) const fn is_session(self) -> bool {
        match self {
            Self::Md5 | Self::Sha256 => false,
            Self::Md5Sess | Self::Sha256Sess => true,
        }
    }

    /// The digest of some bytes in hexadecimal.
    pub(crate) fn hex(self, bytes: &[u8]) -> String {
        match self {
            Self::Md5 | Self::Md5Sess => hex(&Md5::digest(bytes)),
            Self::Sha256 | Self::Sha256Sess => hex(&Sha256::digest(bytes)),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // A String takes whatever is written.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether two texts are the same, in a time that tells nothing of where they differ.
pub(crate) fn same(one: &str, two: &str) -> bool {
    let differ = one.bytes().zip(two.bytes()).fold(0, |sum, (one, two)| sum | (one ^ two));
    one.len() == two.len() && differ == 0
}
