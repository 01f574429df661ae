//! The contents of messages' files: in a folder of this machine or in a bucket that speaks S3.
//!
//! Owns the objects and how they are called: a name is a fresh ULID, and in front of it, as a folder, its last two characters (its first
//! are the time, and so the same for many). Which file has which object is in the database ([`crate::store::contents`]).
//!
//! Always holds:
//! - An object is written once, under a name of its own, and never changed: who has its name may read it at any time.
//! - When [`Contents::put`] has answered, the object is safe on the disk, or the bucket has said so.
//! - What is not called as an object is, is somebody else's: it is neither listed nor deleted.
//!
//! Photos of contacts are not here: [`crate::store::photos`] says why.

mod folder;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use halyard_protocol::{Ulid, UnixMs};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::prefix::PrefixStore;
use object_store::{
    ClientConfigKey, GetOptions, GetResultPayload, ObjectStore, ObjectStoreExt as _, RetryConfig, path,
};
use std::time::Duration;

use folder::Folder;
pub(crate) use folder::make_folder;

/// How long a request to the bucket may take as a whole: ten megabytes for somebody on a slow line.
const REQUEST_TIME: &str = "600 seconds";
/// How long the bucket may be silent.
const SILENCE: &str = "20 seconds";
/// How often a request to the bucket is made again, and until when. Whoever asked hears then that it can't be done now.
const RETRIES: usize = 3;
const RETRY_TIME: Duration = Duration::from_secs(15);

/// Where contents are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine, or one that several share.
    Folder(PathBuf),
    /// A bucket, and what the names of all objects begin with.
    Bucket {
        /// Its name.
        bucket: String,
        /// Empty, or a path without a slash at its ends.
        prefix: String,
    },
}

impl Place {
    /// The place beside a SQLite file: `halyard.media` for `halyard.db`.
    #[must_use]
    pub fn beside(database: &Path) -> Self {
        Self::Folder(Self::folder_beside(database))
    }

    /// The folder of contents beside a SQLite file.
    #[must_use]
    pub fn folder_beside(database: &Path) -> PathBuf {
        let name = database.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = name.strip_suffix(".db").unwrap_or(&name);
        database.with_file_name(format!("{name}.media"))
    }
}

impl std::str::FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some(address) = text.strip_prefix("s3://") else {
            let is_folder = !text.is_empty() && !text.contains("://");
            let refused = || "contents of files are in a folder, or in a bucket as s3://bucket/prefix".to_owned();
            return is_folder.then(|| Self::Folder(text.into())).ok_or_else(refused);
        };
        let (bucket, prefix) = address.split_once('/').unwrap_or((address, ""));
        let prefix = prefix.trim_matches('/').to_owned();
        if bucket.is_empty() || path::Path::parse(&prefix).is_err() {
            return Err("a bucket looks like s3://bucket, or s3://bucket/prefix".to_owned());
        }
        Ok(Self::Bucket { bucket: bucket.to_owned(), prefix })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::Bucket { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Self::Bucket { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

/// Why a content can't be had or kept.
#[derive(Debug, thiserror::Error)]
pub enum ContentsError {
    /// The folder or bucket does not have it.
    #[error("the object {0} is missing")]
    Missing(Ulid),
    /// It has another size than the one that was kept.
    #[error("the object {object} has {found} bytes, not {expected}")]
    Damaged {
        /// Which.
        object: Ulid,
        /// The size that the file has.
        expected: u64,
        /// The size that the object has.
        found: u64,
    },
    /// The folder or bucket does not do as asked: try again later.
    #[error("the folder or bucket of contents: {}", with_causes(.0))]
    Unavailable(#[source] object_store::Error),
    /// The folder does not.
    #[error("the folder of contents {}: {source}", folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl ContentsError {
    fn of(object: Ulid) -> impl FnOnce(object_store::Error) -> Self {
        move |error| match error {
            object_store::Error::NotFound { .. } => Self::Missing(object),
            error => Self::Unavailable(error),
        }
    }
}

/// An error with what has caused it: that a certificate is not known, say, is told by the innermost alone.
fn with_causes(error: &object_store::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = inner.source();
    }
    text
}

/// A content, or a part of it, as it comes.
pub type Body = BoxStream<'static, Result<Bytes, ContentsError>>;

/// The folder or bucket.
#[derive(Clone)]
pub struct Contents {
    objects: Arc<dyn ObjectStore>,
    folder: Option<Folder>,
}

impl Contents {
    /// Opens a place; a folder that is not there is made. A bucket is not asked yet.
    ///
    /// # Errors
    /// When the folder can't be made, or something is missing to speak to the bucket.
    pub fn open(place: &Place) -> Result<Self, ContentsError> {
        match place {
            Place::Folder(folder) => Self::in_folder(Folder::make(folder)?),
            Place::Bucket { bucket, prefix } => Self::in_bucket(bucket, prefix),
        }
    }

    /// Opens a place to look at it. Nothing when there is no such folder.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn look(place: &Place) -> Result<Option<Self>, ContentsError> {
        match place {
            Place::Folder(folder) if !folder.is_dir() => Ok(None),
            Place::Folder(folder) => Self::in_folder(Folder::at(folder)?).map(Some),
            Place::Bucket { bucket, prefix } => Self::in_bucket(bucket, prefix).map(Some),
        }
    }

    fn in_folder(folder: Folder) -> Result<Self, ContentsError> {
        Ok(Self { objects: Arc::new(folder.objects()?), folder: Some(folder) })
    }

    fn in_bucket(bucket: &str, prefix: &str) -> Result<Self, ContentsError> {
        // Fails where it was said before: then that holds.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let retry = RetryConfig { max_retries: RETRIES, retry_timeout: RETRY_TIME, ..RetryConfig::default() };
        let objects = AmazonS3Builder::from_env()
            .with_bucket_name(bucket)
            .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), REQUEST_TIME)
            .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::ReadTimeout), SILENCE)
            .with_retry(retry)
            .build()
            .map_err(ContentsError::Unavailable)?;
        let objects: Arc<dyn ObjectStore> =
            if prefix.is_empty() { Arc::new(objects) } else { Arc::new(PrefixStore::new(objects, prefix)) };
        Ok(Self { objects, folder: None })
    }

    /// In memory, for tests that are not about where contents are.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Self {
        Self { objects: Arc::new(object_store::memory::InMemory::new()), folder: None }
    }

    /// Keeps a content under a name that no object has had.
    ///
    /// # Errors
    /// [`ContentsError::Unavailable`] and [`ContentsError::Folder`]: it may be there or not.
    pub async fn put(&self, object: Ulid, content: Bytes) -> Result<(), ContentsError> {
        self.objects.put(&path_of(object), content.into()).await.map_err(ContentsError::Unavailable)?;
        match &self.folder {
            Some(folder) => folder.close(object).await,
            None => Ok(()),
        }
    }

    /// A content of this size, or a range of it. Only that is read, and as it is taken.
    ///
    /// # Errors
    /// [`ContentsError`]; also in the middle of what comes.
    pub async fn get(&self, object: Ulid, size: u64, range: Option<Range<u64>>) -> Result<Body, ContentsError> {
        let options = GetOptions::new().with_range(range);
        let found = self.objects.get_opts(&path_of(object), options).await.map_err(ContentsError::of(object))?;
        if found.meta.size != size {
            return Err(ContentsError::Damaged { object, expected: size, found: found.meta.size });
        }
        match found.payload {
            GetResultPayload::File(file, _) => folder::read(file, found.range).await,
            GetResultPayload::Stream(stream) => Ok(stream.map_err(ContentsError::Unavailable).boxed()),
        }
    }

    /// A whole content, whatever its size.
    ///
    /// # Errors
    /// [`ContentsError`].
    pub async fn get_all(&self, object: Ulid) -> Result<Bytes, ContentsError> {
        let found = self.objects.get(&path_of(object)).await.map_err(ContentsError::of(object))?;
        found.bytes().await.map_err(ContentsError::of(object))
    }

    /// Deletes objects; those that are gone already are no error.
    ///
    /// # Errors
    /// [`ContentsError::Unavailable`] with the first that could not be deleted; the others are.
    pub async fn delete(&self, objects: Vec<Ulid>) -> Result<(), ContentsError> {
        let paths = stream::iter(objects.into_iter().map(|object| Ok(path_of(object)))).boxed();
        let mut outcome = Ok(());
        let mut deleted = self.objects.delete_stream(paths);
        while let Some(one) = deleted.next().await {
            match one {
                Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) if outcome.is_ok() => outcome = Err(ContentsError::Unavailable(error)),
                Err(_) => {}
            }
        }
        outcome
    }

    /// The names of all objects, in no order.
    pub fn list(&self) -> BoxStream<'static, Result<Ulid, ContentsError>> {
        let found = self.objects.list(None).map_err(ContentsError::Unavailable);
        found.try_filter_map(|found| async move { Ok(object_at(&found.location)) }).boxed()
    }

    /// Whether the folder or bucket answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn answers(&self) -> Result<(), ContentsError> {
        self.list().next().await.transpose().map(drop)
    }

    /// Removes what a server has left behind that ended while it wrote a file of the folder before a moment. How many.
    ///
    /// # Errors
    /// [`ContentsError::Folder`].
    pub async fn remove_unfinished(&self, before: UnixMs) -> Result<usize, ContentsError> {
        match &self.folder {
            Some(folder) => folder.remove_unfinished(before).await,
            None => Ok(0),
        }
    }

    /// The folder, where contents are in one.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_ref().map(Folder::path)
    }
}

/// When an object was made, by the clock of who made it.
#[must_use]
pub fn made_at(object: Ulid) -> UnixMs {
    UnixMs(i64::try_from(object.bits() >> 80).unwrap_or(i64::MAX))
}

/// The folder of an object, and its name in there.
fn parts(object: Ulid) -> (String, String) {
    let name = object.to_string();
    (name.get(name.len().saturating_sub(2)..).unwrap_or_default().to_owned(), name)
}

/// The file of an object in a folder of contents.
#[must_use]
pub fn file_in(folder: &Path, object: Ulid) -> PathBuf {
    let (inner, name) = parts(object);
    folder.join(inner).join(name)
}

fn path_of(object: Ulid) -> path::Path {
    let (folder, name) = parts(object);
    path::Path::from_iter([folder, name])
}

/// The object that a path is of.
fn object_at(path: &path::Path) -> Option<Ulid> {
    let object = path.filename()?.parse().ok()?;
    (path_of(object) == *path).then_some(object)
}
