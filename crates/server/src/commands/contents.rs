//! Contents of files as commands look at them, and the folder of a copy.
//!
//! Always holds: the folder of a copy has every content that the copy names and that there was, and is gone where the copy was not finished.

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use futures_util::TryStreamExt as _;
use halyard_protocol::Ulid;

use super::CommandError;
use crate::media::contents::{Contents, file_in, make_folder};
use crate::store::{self, Store, StoreError};

/// Rows that are read at once.
const PAGE: u32 = 5_000;

/// All objects that a database names.
pub(super) async fn named(store: &Store) -> Result<BTreeSet<Ulid>, StoreError> {
    let mut tx = store.read().await?;
    let mut named = BTreeSet::new();
    // A copy of an earlier version has all contents in itself.
    if store.is_ours_alone() && !store::contents::knows_objects(&mut tx).await? {
        return Ok(named);
    }
    loop {
        let page = store::contents::objects_after(&mut tx, named.last().copied(), PAGE).await?;
        if page.is_empty() {
            return Ok(named);
        }
        named.extend(page);
    }
}

/// Those of these objects that a folder or bucket does not have; all when there is none.
pub(super) async fn lacking(
    contents: Option<&Contents>,
    mut objects: BTreeSet<Ulid>,
) -> Result<BTreeSet<Ulid>, CommandError> {
    if let Some(contents) = contents.filter(|_| !objects.is_empty()) {
        let mut listed = contents.list();
        while let Some(object) = listed.try_next().await? {
            objects.remove(&object);
        }
    }
    Ok(objects)
}

/// The objects that the database names and that are not there. A server may be at work meanwhile.
pub(super) async fn missing(store: &Store, contents: Option<&Contents>) -> Result<Vec<Ulid>, CommandError> {
    let lacking = lacking(contents, named(store).await?).await?;
    if lacking.is_empty() {
        return Ok(Vec::new());
    }
    // Once more: some may have been forgotten between the two looks.
    let still = named(store).await?;
    Ok(lacking.intersection(&still).copied().collect())
}

/// Gives objects in a folder to whom the database belongs to, and the folder as well: the server has to read them, whoever has put them there.
pub(super) fn give_to(folder: &Path, objects: &[Ulid], (user, group): (u32, u32)) -> io::Result<()> {
    let inner = objects.iter().filter_map(|object| file_in(folder, *object).parent().map(Path::to_owned));
    let folders: BTreeSet<PathBuf> = inner.chain([folder.to_owned()]).collect();
    let files = objects.iter().map(|object| file_in(folder, *object));
    files.chain(folders).try_for_each(|path| std::os::unix::fs::chown(path, Some(user), Some(group)))
}

/// The folder of a copy; gone when it is not kept.
pub(super) struct Copies {
    folder: PathBuf,
    is_kept: bool,
}

impl Copies {
    /// Makes it; there may be none.
    pub(super) fn make(folder: PathBuf) -> io::Result<Self> {
        if folder.exists() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{} is there already", folder.display())));
        }
        make_folder(&folder)?;
        Ok(Self { folder, is_kept: false })
    }

    /// Takes an object in, as a link where the disk allows that: an object never changes. Whether it was there.
    pub(super) fn take(&self, from: &Path, object: Ulid) -> io::Result<bool> {
        let (from, to) = (file_in(from, object), file_in(&self.folder, object));
        if to.exists() {
            return Ok(true);
        }
        if !from.exists() {
            return Ok(false);
        }
        if let Some(folder) = to.parent().filter(|folder| !folder.is_dir()) {
            make_folder(folder)?;
        }
        let taken = fs::hard_link(&from, &to).or_else(|_| {
            // Another disk, another owner, or a file system without links.
            fs::copy(&from, &to)?;
            fs::set_permissions(&to, Permissions::from_mode(0o600))?;
            File::open(&to)?.sync_all()
        });
        match taken {
            // Deleted in between.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            taken => taken.map(|()| true),
        }
    }

    /// What was taken in.
    pub(super) fn all(&self) -> io::Result<Vec<Ulid>> {
        let mut all = Vec::new();
        for inner in fs::read_dir(&self.folder)? {
            for file in fs::read_dir(inner?.path())? {
                all.extend(file?.file_name().to_str().and_then(|name| name.parse::<Ulid>().ok()));
            }
        }
        Ok(all)
    }

    /// Lets go of an object.
    pub(super) fn drop_one(&self, object: Ulid) -> io::Result<()> {
        fs::remove_file(file_in(&self.folder, object))
    }

    /// Makes sure that it is on the disk. Whether there is anything in it.
    pub(super) fn sync(&self) -> io::Result<bool> {
        let mut is_empty = true;
        for inner in fs::read_dir(&self.folder)? {
            let inner = inner?.path();
            if fs::read_dir(&inner)?.next().is_some() {
                File::open(&inner)?.sync_all()?;
                is_empty = false;
            }
        }
        File::open(&self.folder)?.sync_all()?;
        Ok(!is_empty)
    }

    /// Keeps it. Where it is.
    pub(super) fn keep(mut self) -> PathBuf {
        self.is_kept = true;
        self.folder.clone()
    }
}

impl Drop for Copies {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}
