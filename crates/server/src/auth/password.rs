//! Passwords: argon2id hashes, made and checked beside the runtime, a few at a time.
//!
//! Always holds: as many hashes are under way as there are processors, whether or not those who asked for them are still there; their
//! memory is used again by the next ones. Only so many wait for that, and others are refused.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::env::Env;

/// Characters that a new password has at least.
pub const SHORTEST: usize = 8;
/// Bytes of a password at most: a longer one is refused before it is hashed.
pub const LONGEST: usize = 1_024;

/// Passwords that wait to be hashed or checked, those under way among them.
const QUEUE: usize = 64;
/// So many of them at most are tried from networks from which nobody has signed in to the account: others find a place, whoever guesses.
const QUEUE_OF_UNKNOWN: usize = 48;
/// Hashes that are under way at most: each has its memory.
const MOST_PROCESSORS: usize = 8;

/// A password could not be hashed or checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too many wait already: try again in a moment.
    #[error("too many passwords wait to be checked")]
    Busy,
    /// The cost is out of range, or the hash can't be read.
    #[error("a password could not be hashed")]
    Failed,
}

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
    queue: Arc<Semaphore>,
    queue_of_unknown: Arc<Semaphore>,
    processors: Arc<Semaphore>,
    /// Memory that no hash uses at this moment: each takes megabytes.
    free_memory: Arc<Mutex<Vec<Vec<Block>>>>,
}

impl Passwords {
    /// With this much work a hash.
    ///
    /// # Errors
    /// When the cost is out of argon2's range.
    pub fn new(env: Env, cost: Cost) -> Result<Self, PasswordError> {
        let processors = std::thread::available_parallelism().map_or(2, usize::from).min(MOST_PROCESSORS);
        let nobody = hash(cost, &env.bytes(), b"nobody has this password", &mut Vec::new())?.into();
        Ok(Self {
            cost,
            env,
            nobody,
            queue: Arc::new(Semaphore::new(QUEUE)),
            queue_of_unknown: Arc::new(Semaphore::new(QUEUE_OF_UNKNOWN)),
            processors: Arc::new(Semaphore::new(processors)),
            free_memory: Arc::default(),
        })
    }

    /// The hash of a password, as a PHC string.
    ///
    /// # Errors
    /// When argon2 fails, or too many wait.
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        let (cost, salt) = (self.cost, self.env.bytes::<16>());
        self.run_blocking(None, move |memory| hash(cost, &salt, password.as_bytes(), memory)).await
    }

    /// Whether the password is the one of this hash; without a hash the answer is no, after the same work. `is_known` says whether it is
    /// tried from a network from which somebody has signed in to the account before.
    ///
    /// # Errors
    /// When the hash can't be read, or too many wait.
    pub async fn verify(&self, password: String, hash: Option<String>, is_known: bool) -> Result<bool, PasswordError> {
        let unknown = match is_known {
            true => None,
            false => Some(permit(&self.queue_of_unknown)?),
        };
        let known = hash.is_some();
        let hash: Arc<str> = hash.map_or_else(|| Arc::clone(&self.nobody), Into::into);
        let matches = self.run_blocking(unknown, move |memory| matches(&hash, password.as_bytes(), memory)).await?;
        Ok(known && matches)
    }

    /// Takes all places, so that everybody waits.
    #[cfg(test)]
    pub(crate) async fn hold(&self) -> OwnedSemaphorePermit {
        let all = u32::try_from(self.processors.available_permits()).unwrap();
        Arc::clone(&self.processors).acquire_many_owned(all).await.unwrap()
    }

    /// How many wait or are under way.
    #[cfg(test)]
    pub(crate) fn queued(&self) -> usize {
        QUEUE - self.queue.available_permits()
    }

    /// Runs this beside the runtime when it is its turn. Everything is held until it is done: who asked may go away, the work goes on.
    async fn run_blocking<T: Send + 'static>(
        &self,
        permit_of_unknown: Option<OwnedSemaphorePermit>,
        work: impl FnOnce(&mut Vec<Block>) -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let queue_permit = permit(&self.queue)?;
        let processors = Arc::clone(&self.processors);
        let processor_permit = processors.acquire_owned().await.map_err(|_| PasswordError::Failed)?;
        let free_memory = Arc::clone(&self.free_memory);
        let working = move || {
            let _held = (permit_of_unknown, queue_permit, processor_permit);
            let free = || free_memory.lock().unwrap_or_else(PoisonError::into_inner);
            let mut memory = free().pop().unwrap_or_default();
            let outcome = work(&mut memory);
            free().push(memory);
            outcome
        };
        tokio::task::spawn_blocking(working).await.map_err(|_| PasswordError::Failed)?
    }
}

fn permit(of: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, PasswordError> {
    Arc::clone(of).try_acquire_owned().map_err(|_| PasswordError::Busy)
}

fn hash(cost: Cost, salt: &[u8; 16], password: &[u8], memory: &mut Vec<Block>) -> Result<String, PasswordError> {
    let params = Params::new(cost.memory, cost.passes, 1, None).map_err(|_| PasswordError::Failed)?;
    let output = output(Version::V0x13, &params, salt, password, memory)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: (&params).try_into().map_err(|_| PasswordError::Failed)?,
        salt: Some(Salt::new(salt).map_err(|_| PasswordError::Failed)?),
        hash: Some(output),
    };
    Ok(hash.to_string())
}

fn matches(hash: &str, password: &[u8], memory: &mut Vec<Block>) -> Result<bool, PasswordError> {
    let hash = PasswordHash::new(hash).map_err(|_| PasswordError::Failed)?;
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else { return Err(PasswordError::Failed) };
    if hash.algorithm != Algorithm::Argon2id.ident() {
        return Err(PasswordError::Failed);
    }
    let version = hash.version.map_or(Ok(Version::V0x13), Version::try_from).map_err(|_| PasswordError::Failed)?;
    let params = Params::try_from(&hash).map_err(|_| PasswordError::Failed)?;
    // Outputs are compared in constant time.
    Ok(output(version, &params, salt.as_ref(), password, memory)? == *expected)
}

fn output(
    version: Version,
    params: &Params,
    salt: &[u8],
    password: &[u8],
    memory: &mut Vec<Block>,
) -> Result<Output, PasswordError> {
    if memory.len() < params.block_count() {
        memory.resize(params.block_count(), Block::new());
    }
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let mut bytes = vec![0; length];
    let argon2 = Argon2::new(Algorithm::Argon2id, version, params.clone());
    let hashed = argon2.hash_password_into_with_memory(password, salt, &mut bytes, memory.as_mut_slice());
    hashed.map_err(|_| PasswordError::Failed)?;
    Output::new(&bytes).map_err(|_| PasswordError::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_matches() {
        let passwords = cheap();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        assert_ne!(hash, passwords.hash("correct horse".into()).await.unwrap(), "each hash has its own salt");
        assert!(passwords.verify("correct horse".into(), Some(hash.clone()), true).await.unwrap());
        assert!(!passwords.verify("correct horsE".into(), Some(hash), true).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_or_of_before_is_read() {
        let passwords = cheap();
        // Of argon2's own command: `echo -n password | argon2 somesalt -id -t 2 -k 64 -l 24 -e`.
        let known = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assert!(passwords.verify("password".into(), Some(known.into()), true).await.unwrap());
        assert!(!passwords.verify("passwort".into(), Some(known.into()), true).await.unwrap());
        for unreadable in ["", "plain", "$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEg"] {
            assert_eq!(passwords.verify("x".into(), Some(unreadable.into()), true).await, Err(PasswordError::Failed));
        }
    }

    fn cheap() -> Passwords {
        Passwords::new(Env::system(), Cost { memory: 8, passes: 1 }).unwrap()
    }

    async fn until(is: impl Fn() -> bool) {
        while !is() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn only_so_many_wait_and_their_memory_is_used_again() {
        let passwords = cheap();
        let processors = passwords.processors.available_permits();
        let held = passwords.hold().await;
        let ask = |is_known| {
            let passwords = passwords.clone();
            tokio::spawn(async move { passwords.verify("x".into(), None, is_known).await })
        };
        let asked: Vec<_> = (0..QUEUE_OF_UNKNOWN).map(|_| ask(false)).collect();
        until(|| passwords.queue_of_unknown.available_permits() == 0).await;
        assert_eq!(passwords.verify("x".into(), None, false).await, Err(PasswordError::Busy));
        let known: Vec<_> = (QUEUE_OF_UNKNOWN..QUEUE).map(|_| ask(true)).collect();
        until(|| passwords.queue.available_permits() == 0).await;
        assert_eq!(passwords.verify("x".into(), None, true).await, Err(PasswordError::Busy));
        // Half of those who asked go away while they wait.
        for gone in asked.iter().step_by(2) {
            gone.abort();
        }
        drop(held);
        for asked in asked.into_iter().skip(1).step_by(2).chain(known) {
            assert_eq!(asked.await.unwrap(), Ok(false));
        }
        assert_eq!(passwords.verify("x".into(), None, false).await, Ok(false));
        let memory = passwords.free_memory.lock().unwrap();
        assert!((1..=processors).contains(&memory.len()), "{}", memory.len());
        assert!(memory.iter().all(|memory| memory.len() == 8));
    }

    #[tokio::test]
    async fn a_hash_whose_asker_went_away_still_takes_its_place() {
        let passwords = cheap();
        let all = passwords.processors.available_permits();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let asked = {
            let passwords = passwords.clone();
            tokio::spawn(async move {
                passwords.run_blocking(None, move |_| ended.recv().map_err(|_| PasswordError::Failed)).await
            })
        };
        until(|| passwords.processors.available_permits() < all).await;
        asked.abort();
        assert!(asked.await.unwrap_err().is_cancelled());
        assert_eq!(passwords.processors.available_permits(), all - 1);
        end.send(()).unwrap();
        until(|| passwords.processors.available_permits() == all).await;
        assert_eq!(passwords.queue.available_permits(), QUEUE);
    }

    #[tokio::test]
    async fn nobody_has_a_password() {
        let passwords = cheap();
        assert!(!passwords.verify("nobody has this password".into(), None, true).await.unwrap());
    }
}
