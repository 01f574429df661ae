//! What a kind of job is: what it is called, how long an attempt may take, how often it is tried, what it does and how it ends.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::carriers::Carriers;
use crate::env::Env;
use crate::media::contents::Contents;
use crate::store::{Store, StoreError, jobs::Job};

/// What jobs work with.
#[derive(Clone)]
pub(super) struct Tools {
    pub(super) store: Store,
    pub(super) carriers: Carriers,
    pub(super) contents: Contents,
    pub(super) env: Env,
}

/// Why an attempt failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum JobError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The carrier.
    #[error("the carrier has not taken it")]
    NotTaken,
    /// A file could not be kept.
    #[error("a file could not be kept")]
    FileNotKept,
}

/// An attempt, or an end, under way.
pub(super) type Doing<'a, T, E = StoreError> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

/// A kind of job.
pub(super) struct Kind {
    /// Its name in the queue: it never changes.
    pub(super) name: &'static str,
    /// How long an attempt may take. Its claim is renewed meanwhile.
    pub(super) attempt_time: Duration,
    /// How often it may fail, by an error, a panic or the time that it takes, before it is given up. (A carrier that says "later" is no
    /// failure of the job.)
    pub(super) failures: u64,
    /// Does it: removes the job, or gives it back for later, in the transaction of what it has done.
    pub(super) run: for<'a> fn(&'a Tools, &'a Job) -> Doing<'a, (), JobError>,
    /// Ends it after the last attempt, with the reason: writes down what became of it and moves it to the dead jobs. Says whether it could.
    pub(super) give_up: for<'a> fn(&'a Tools, &'a Job, &'a str) -> Doing<'a, bool>,
}

/// What a job is about.
pub(super) fn payload<T: DeserializeOwned>(job: &Job) -> Result<T, StoreError> {
    serde_json::from_str(&job.payload).map_err(|_| StoreError::Corrupt("payload"))
}
