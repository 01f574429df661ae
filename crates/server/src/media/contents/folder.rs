//! Contents in a folder: who may read it, and what of a file has to be on the disk.
//!
//! Always holds: what is made here only its owner reads.

use std::fs::{DirBuilder, File, Permissions};
use std::io::{self, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use futures_util::{StreamExt as _, TryStreamExt as _};
use halyard_protocol::{Ulid, UnixMs};
use object_store::local::LocalFileSystem;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::{Body, ContentsError, file_in, made_at};

/// How much of a file is read at a time.
const PIECE: usize = 64 * 1_024;
/// What a folder may be used for, and a file.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// A folder of contents.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// The folder at a path, made when it is not there. One that is there keeps its mode.
    pub(super) fn make(path: &Path) -> Result<Self, ContentsError> {
        let made = if path.is_dir() { Ok(()) } else { make_folder(path) };
        made.map_err(failed(path))?;
        Self::at(path)
    }

    /// The folder at a path.
    pub(super) fn at(path: &Path) -> Result<Self, ContentsError> {
        path.canonicalize().map(Self).map_err(failed(path))
    }

    /// Its objects. What is put there is synced: the file, and the folders in which it is new.
    pub(super) fn objects(&self) -> Result<LocalFileSystem, ContentsError> {
        let objects = LocalFileSystem::new_with_prefix(&self.0).map_err(ContentsError::Unavailable)?;
        Ok(objects.with_fsync(true))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Closes the file of an object to everybody but its owner. Until then it is closed by the folder around it.
    pub(super) async fn close(&self, object: Ulid) -> Result<(), ContentsError> {
        let file = file_in(&self.0, object);
        self.work(move || {
            if let Some(folder) = file.parent() {
                std::fs::set_permissions(folder, Permissions::from_mode(FOLDER_MODE))?;
            }
            std::fs::set_permissions(&file, Permissions::from_mode(FILE_MODE))
        })
        .await
    }

    /// Removes files that were begun before a moment and not finished: `NAME#1` beside the place of `NAME`.
    pub(super) async fn remove_unfinished(&self, before: UnixMs) -> Result<usize, ContentsError> {
        let root = self.0.clone();
        let removing = move || {
            let mut removed = 0;
            for folder in std::fs::read_dir(root)? {
                let folder = folder?.path();
                if !folder.is_dir() {
                    continue;
                }
                for file in std::fs::read_dir(folder)? {
                    let file = file?;
                    let name = file.file_name();
                    let begun = name.to_str().and_then(|name| name.split_once('#'));
                    let object = begun.and_then(|(object, _)| object.parse::<Ulid>().ok());
                    if object.is_some_and(|object| made_at(object) < before) {
                        std::fs::remove_file(file.path())?;
                        removed += 1;
                    }
                }
            }
            Ok(removed)
        };
        self.work(removing).await
    }

    /// Does what waits for the disk where nobody waits for it.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<T, ContentsError> {
        let done = tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(io::Error::other("it was cut off")));
        done.map_err(failed(&self.0))
    }
}

/// Makes a folder and those around it, on the disk.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path)?;
    let around = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(around)?.sync_all()
}

/// A range of a file, as it is taken.
pub(super) async fn read(file: File, range: Range<u64>) -> Result<Body, ContentsError> {
    let failed = |error: io::Error| {
        ContentsError::Unavailable(object_store::Error::Generic { store: "folder", source: error.into() })
    };
    let mut file = tokio::fs::File::from_std(file);
    file.seek(SeekFrom::Start(range.start)).await.map_err(failed)?;
    let part = file.take(range.end.saturating_sub(range.start));
    Ok(ReaderStream::with_capacity(part, PIECE).map_err(failed).boxed())
}

fn failed(folder: &Path) -> impl FnOnce(io::Error) -> ContentsError {
    let folder = folder.to_owned();
    move |source| ContentsError::Folder { folder, source }
}
