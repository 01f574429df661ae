//! Secrets in the database: sealed by a key that is not in it.
//!
//! Always holds: what is sealed opens only with the same key and for the same use ([`Sealing::seal`]'s `context`); neither key nor secret is in any
//! `Debug`. AES-256-GCM (NIST SP 800-38D) with a fresh nonce each time.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::env::Env;

/// Bytes of a key.
const KEY: usize = 32;

/// Why something can't be sealed or opened, in words for whoever operates the server.
#[derive(Debug, thiserror::Error)]
pub enum SealingError {
    /// It was not said where the key is.
    #[error(
        "secrets are sealed by a key: say where it is by `--secret-key FILE` (or HALYARD_SECRET_KEY), the same for all servers"
    )]
    NoKey,
    /// The key's file can't be read or made.
    #[error("the key of secrets in {0} can't be used: {1}")]
    File(PathBuf, std::io::Error),
    /// The file has no key in it.
    #[error("{0} is no key of secrets: it has 32 bytes in base 64")]
    Invalid(PathBuf),
    /// It was sealed by another key, or changed.
    #[error("a secret does not open with the key in {0}: was it sealed by another one?")]
    OtherKey(PathBuf),
}

/// Seals and opens secrets by the key in a file, which is read when it is first needed.
#[derive(Clone, Default)]
pub struct Sealing {
    file: Option<PathBuf>,
    key: Arc<Mutex<Option<[u8; KEY]>>>,
}

impl Sealing {
    /// By the key in this file.
    #[must_use]
    pub fn new(file: Option<PathBuf>) -> Self {
        Self { file, key: Arc::default() }
    }

    /// Seals a secret for one use, which the context names. Makes the key where there is none yet.
    ///
    /// # Errors
    /// [`SealingError`].
    pub fn seal(&self, env: &Env, context: &str, secret: &str) -> Result<String, SealingError> {
        let (file, key) = self.key(Some(env))?;
        let nonce: [u8; NONCE_LEN] = env.bytes();
        let mut sealed = secret.as_bytes().to_vec();
        let aad = Aad::from(context.as_bytes());
        cipher(&key)
            .and_then(|cipher| {
                cipher.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed).ok()
            })
            .ok_or(SealingError::Invalid(file))?;
        Ok(BASE64.encode([&nonce[..], &sealed].concat()))
    }

    /// Opens what was sealed for this use.
    ///
    /// # Errors
    /// [`SealingError`].
    pub fn open(&self, context: &str, sealed: &str) -> Result<String, SealingError> {
        let (file, key) = self.key(None)?;
        let opened = BASE64.decode(sealed).ok().filter(|bytes| bytes.len() > NONCE_LEN).and_then(|bytes| {
            let (nonce, sealed) = bytes.split_at(NONCE_LEN);
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let mut sealed = sealed.to_vec();
            let secret = cipher(&key)?.open_in_place(nonce, Aad::from(context.as_bytes()), &mut sealed).ok()?;
            String::from_utf8(secret.to_vec()).ok()
        });
        opened.ok_or(SealingError::OtherKey(file))
    }

    /// The file and the key in it. With `env` it is made where there is none.
    fn key(&self, env: Option<&Env>) -> Result<(PathBuf, [u8; KEY]), SealingError> {
        let file = self.file.clone().ok_or(SealingError::NoKey)?;
        let mut known = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = *known {
            return Ok((file, key));
        }
        let text = match (fs::read_to_string(&file), env) {
            (Err(error), Some(env)) if error.kind() == std::io::ErrorKind::NotFound => make(&file, env),
            (text, _) => text,
        };
        let text = text.map_err(|error| SealingError::File(file.clone(), error))?;
        let key = BASE64.decode(text.trim()).ok().and_then(|bytes| <[u8; KEY]>::try_from(bytes).ok());
        let key = key.ok_or_else(|| SealingError::Invalid(file.clone()))?;
        *known = Some(key);
        Ok((file, key))
    }
}

fn cipher(key: &[u8; KEY]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key).ok().map(LessSafeKey::new)
}

/// Makes a key, for nobody but the user who runs the server. If another process makes it at the same time, its key counts.
fn make(file: &Path, env: &Env) -> std::io::Result<String> {
    let key: [u8; KEY] = env.bytes();
    let text = BASE64.encode(key);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(mut opened) => {
            writeln!(opened, "{text}")?;
            opened.sync_all()?;
            Ok(text)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => fs::read_to_string(file),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TestEnv, folder};

    #[test]
    fn what_is_sealed_opens_with_the_same_key_for_the_same_use() {
        let (env, folder) = (TestEnv::new().env(), folder("halyard-key-"));
        let file = folder.path().join("halyard.key");
        let sealed = Sealing::new(Some(file.clone())).seal(&env, "account token", "hunter2").unwrap();
        let again = Sealing::new(Some(file.clone()));
        assert_eq!(again.open("account token", &sealed).unwrap(), "hunter2");
        assert!(!sealed.contains("hunter2"));
        assert_ne!(again.seal(&env, "account token", "hunter2").unwrap(), sealed, "a fresh nonce each time");
        for (context, text) in [("another token", sealed.as_str()), ("account token", "AAAA"), ("account token", "")] {
            assert!(matches!(again.open(context, text), Err(SealingError::OtherKey(_))), "{context} {text}");
        }
        let another = Sealing::new(Some(folder.path().join("another.key")));
        another.seal(&env, "x", "y").unwrap();
        assert!(matches!(another.open("account token", &sealed), Err(SealingError::OtherKey(_))));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn says_what_is_wrong_with_the_key() {
        let (env, folder) = (TestEnv::new().env(), folder("halyard-key-"));
        assert!(matches!(Sealing::default().seal(&env, "x", "y"), Err(SealingError::NoKey)));
        let file = folder.path().join("halyard.key");
        assert!(matches!(Sealing::new(Some(file.clone())).open("x", "y"), Err(SealingError::File(..))));
        fs::write(&file, "not a key").unwrap();
        assert!(matches!(Sealing::new(Some(file)).seal(&env, "x", "y"), Err(SealingError::Invalid(_))));
    }
}
