//! Passwords: argon2id hashes, made and checked beside the runtime, a few at a time.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::env::Env;

/// Characters that a new password has at least.
pub const SHORTEST: usize = 8;
/// Bytes of a password at most: a longer one is refused before it is hashed.
pub const LONGEST: usize = 1_024;

/// A password could not be hashed or checked.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed")]
pub struct PasswordError;

/// How much work a hash is.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for Cost {
    /// OWASP's advice for argon2id: 19 MiB, two passes.
    fn default() -> Self {
        Self { memory: 19 * 1_024, passes: 2 }
    }
}

/// Hashes and checks passwords. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    cost: Cost,
    env: Env,
    /// What is checked against when there is no such user, so that it takes as long.
    nobody: Arc<str>,
    /// Each hash takes megabytes: a flood of sign-ins waits here instead of filling the memory.
    places: Arc<Semaphore>,
}

impl Passwords {
    /// With this much work a hash.
    ///
    /// # Errors
    /// When the cost is out of argon2's range.
    pub fn new(env: Env, cost: Cost) -> Result<Self, PasswordError> {
        let places = std::thread::available_parallelism().map_or(2, usize::from);
        let nobody = hash(cost, &env.bytes(), b"nobody has this password")?.into();
        Ok(Self { cost, env, nobody, places: Arc::new(Semaphore::new(places)) })
    }

    /// The hash of a password, as a PHC string.
    ///
    /// # Errors
    /// When argon2 fails.
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        let (cost, salt) = (self.cost, self.env.bytes::<16>());
        self.beside(move || hash(cost, &salt, password.as_bytes())).await?
    }

    /// Whether the password is the one of this hash; without a hash the answer is no, after the same work.
    ///
    /// # Errors
    /// When the hash can't be read.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, PasswordError> {
        let known = hash.is_some();
        let hash: Arc<str> = hash.map_or_else(|| Arc::clone(&self.nobody), Into::into);
        let matches = self
            .beside(move || {
                let hash = PasswordHash::new(&hash).map_err(|_| PasswordError)?;
                Ok::<_, PasswordError>(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await??;
        Ok(known && matches)
    }

    async fn beside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let _place = self.places.acquire().await.map_err(|_| PasswordError)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| PasswordError)
    }
}

fn hash(cost: Cost, salt: &[u8; 16], password: &[u8]) -> Result<String, PasswordError> {
    let params = Params::new(cost.memory, cost.passes, 1, None).map_err(|_| PasswordError)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash: PasswordHash = argon2.hash_password_with_salt(password, salt).map_err(|_| PasswordError)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_matches() {
        let passwords = Passwords::new(Env::system(), Cost { memory: 8, passes: 1 }).unwrap();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        assert_ne!(hash, passwords.hash("correct horse".into()).await.unwrap(), "each hash has its own salt");
        assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("correct horsE".into(), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_a_password() {
        let passwords = Passwords::new(Env::system(), Cost { memory: 8, passes: 1 }).unwrap();
        assert!(!passwords.verify("nobody has this password".into(), None).await.unwrap());
    }
}
