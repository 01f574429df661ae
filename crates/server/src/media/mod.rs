//! Files of messages: by what their content is known, and what is taken out of it before anybody gets it.

pub(crate) mod metadata;

use sha2::{Digest, Sha256};

/// By what a content is known: its SHA-256.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
