//! `backup` and `restore`: a SQLite database as one file, and contents of files in a folder beside it.
//!
//! Always holds: a copy is whole, of one moment, and under its name only when it is written, after the contents that it names; what a restore
//! replaces is replaced at once, after the contents that it names are there.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use futures_util::TryStreamExt as _;
use halyard_protocol::Ulid;

use super::contents::{Copies, lacking, named};
use super::{CommandError, contents};
use crate::config::{Database, Media};
use crate::media::contents::{Contents, Place, file_in};
use crate::store::{self, Schema, Store, StoreError};

/// Copy a SQLite database into a new file.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to make. There may be none of this name, and no folder for contents of files beside it: `copy.media` for `copy.db`.
    file: PathBuf,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    media: Media,
}

/// Put a copy in the place of a SQLite database.
#[derive(Debug, Args)]
pub struct Restore {
    /// The file that `backup` made.
    file: PathBuf,
    /// Replace the database that is there.
    #[arg(long)]
    replace: bool,
    /// Put it back although contents of files are nowhere: those files can't be opened.
    #[arg(long)]
    accept_missing: bool,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    media: Media,
}

/// Makes a copy.
///
/// # Errors
/// [`CommandError`].
pub async fn make(backup: &Backup) -> Result<(), CommandError> {
    let target = &backup.file;
    if target.exists() {
        return Err(CommandError::Refused(format!("{} is there already", target.display())));
    }
    let store = Store::open_existing(&backup.database.database).await?;
    if !store.is_ours_alone() {
        return Err(postgres());
    }
    let place = backup.media.place(&backup.database).map_err(CommandError::Refused)?;
    let there = Contents::look(&place)?;
    let folder = there.as_ref().and_then(Contents::folder);
    let copies = folder.map(|_| Copies::make(Place::folder_beside(target))).transpose()?;
    // What there is before the copy: the server may forget some of it meanwhile that the copy still names.
    if let (Some(there), Some(folder), Some(copies)) = (&there, folder, &copies) {
        let mut listed = there.list();
        while let Some(object) = listed.try_next().await? {
            copies.take(folder, object)?;
        }
    }
    // Under another name until it is written: nobody takes half a copy for a whole one.
    let unfinished = Unfinished::beside(target)?;
    let copied = store.copy_into(&unfinished.0.to_string_lossy()).await;
    store.close().await;
    copied?;
    let names = names_in(&unfinished.0).await?;
    let missing = match (folder, &copies) {
        (Some(folder), Some(copies)) => complete(copies, folder, &names)?,
        (None, _) | (_, None) => match place {
            Place::Bucket { .. } => Vec::new(),
            Place::Folder(_) => names.iter().copied().collect(),
        },
    };
    let are_beside = copies.as_ref().map(Copies::sync).transpose()?.unwrap_or_default();
    unfinished.put_in_place(target)?;
    println!("{} has everything up to this moment.", target.display());
    match copies {
        Some(copies) if are_beside => println!("Contents of files are in {}.", copies.keep().display()),
        Some(_) | None if matches!(place, Place::Bucket { .. }) => {
            println!("Contents of files are in {place}, which has to be backed up by itself.");
        }
        Some(_) | None => {}
    }
    warn_of_missing(&missing);
    Ok(())
}

/// The objects that a copy names.
async fn names_in(copy: &Path) -> Result<BTreeSet<Ulid>, StoreError> {
    let copy = Store::open_existing(&format!("sqlite:{}", copy.display())).await?;
    let names = named(&copy).await;
    copy.close().await;
    names
}

/// Takes in what a copy of the database names, and lets go of all else. Gives what is not there.
fn complete(copies: &Copies, folder: &Path, names: &BTreeSet<Ulid>) -> Result<Vec<Ulid>, CommandError> {
    for object in copies.all()? {
        if !names.contains(&object) {
            copies.drop_one(object)?;
        }
    }
    let mut missing = Vec::new();
    for object in names {
        if !copies.take(folder, *object)? {
            missing.push(*object);
        }
    }
    Ok(missing)
}

/// A content that was lost before can't be in the copy. That is no reason to have no copy of the rest.
fn warn_of_missing(missing: &[Ulid]) {
    if let Some(first) = missing.first() {
        eprintln!(
            "halyard-server: {} contents of files were lost before and are not in the copy, the first is {first}",
            missing.len()
        );
    }
}

/// Puts a copy back.
///
/// # Errors
/// [`CommandError`]: the copy is damaged or of a later version, or there is a database. Nothing is changed then.
pub async fn restore(restore: &Restore) -> Result<(), CommandError> {
    let target = restore.database.file().ok_or_else(postgres)?;
    // Where a link leads, not the link.
    let target = target.canonicalize().unwrap_or_else(|_| target.to_owned());
    check(&restore.file).await?;
    let place = restore.media.place(&restore.database).map_err(CommandError::Refused)?;
    if target.exists() {
        if !restore.replace {
            let there = target.display();
            return Err(CommandError::Refused(format!(
                "{there} is there already: `--replace` puts the copy in its place"
            )));
        }
        refuse_in_use(&target).await?;
    }
    let absent = lacking(Contents::look(&place)?.as_ref(), names_in(&restore.file).await?).await?;
    let (found, lost) = beside(&restore.file, absent);
    if let Some(first) = lost.first().filter(|_| !restore.accept_missing) {
        return Err(CommandError::Refused(format!(
            "{} contents of files are neither in {place} nor in {}, the first is {first}: `--accept-missing` puts the copy back without them",
            lost.len(),
            Place::folder_beside(&restore.file).display()
        )));
    }
    let unfinished = Unfinished::beside(&target)?;
    std::io::copy(&mut fs::File::open(&restore.file)?, &mut fs::OpenOptions::new().write(true).open(&unfinished.0)?)?;
    leap(&unfinished.0).await?;
    if let Ok(there) = fs::metadata(&target) {
        fs::set_permissions(&unfinished.0, there.permissions())?;
        std::os::unix::fs::chown(&unfinished.0, Some(there.uid()), Some(there.gid()))?;
        put_back(&place, &restore.file, &found, Some((there.uid(), there.gid()))).await?;
        // Once more: copying takes a while.
        refuse_in_use(&target).await?;
    } else {
        put_back(&place, &restore.file, &found, None).await?;
    }
    // What SQLite keeps beside a database belongs to the one that goes.
    for name in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{name}", target.display()));
    }
    unfinished.put_in_place(&target)?;
    println!("{} is as it was when {} was made.", target.display(), restore.file.display());
    Ok(())
}

/// Which of these objects are in the folder beside a copy, and which are not.
fn beside(copy: &Path, objects: BTreeSet<Ulid>) -> (Vec<Ulid>, Vec<Ulid>) {
    let folder = Place::folder_beside(copy);
    objects.into_iter().partition(|object| file_in(&folder, *object).is_file())
}

/// Puts contents back where they were, for whom the database belongs to.
async fn put_back(place: &Place, copy: &Path, objects: &[Ulid], owner: Option<(u32, u32)>) -> Result<(), CommandError> {
    if objects.is_empty() {
        return Ok(());
    }
    let (there, from) = (Contents::open(place)?, Place::folder_beside(copy));
    for object in objects {
        there.put(*object, fs::read(file_in(&from, *object))?.into()).await?;
    }
    if let (Some(folder), Some(owner)) = (there.folder(), owner) {
        contents::give_to(folder, objects, owner)?;
    }
    Ok(())
}

/// Refuses a copy that is damaged, of a later version, or of something else.
async fn check(file: &Path) -> Result<(), CommandError> {
    let copy = Store::open_existing(&format!("sqlite:{}", file.display())).await?;
    let (damage, schema) = (copy.damage().await?, copy.schema().await?);
    copy.close().await;
    let file = file.display();
    if let Some(first) = damage.first() {
        return Err(CommandError::Refused(format!("{file} is damaged: {first}")));
    }
    match schema {
        Schema::UpToDate | Schema::Behind => Ok(()),
        Schema::Missing => Err(CommandError::Refused(format!("{file} is no copy of Halyard's"))),
        Schema::Newer => Err(CommandError::Refused(format!("{file} is of a later version than this server"))),
    }
}

/// Leaves a gap in every user's log: devices have seen events that this copy does not know, and must not take those to come for their
/// continuation. They start again from the snapshot.
async fn leap(file: &Path) -> Result<(), CommandError> {
    let store = Store::open(&format!("sqlite:{}", file.display()), Arc::new(|_| {})).await?;
    let mut tx = store.write_system().await?;
    store::users::leap(&mut tx).await?;
    tx.commit().await?;
    store.close().await;
    Ok(())
}

/// Refuses while a server has the database open.
async fn refuse_in_use(target: &Path) -> Result<(), CommandError> {
    match Store::is_in_use(&target.to_string_lossy()).await {
        Ok(false) => Ok(()),
        Ok(true) => Err(CommandError::Refused(format!("{} is in use: stop the server first", target.display()))),
        // Damaged, say: that may be why it is replaced.
        Err(StoreError::Statement(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// A file that is being written, which only its owner reads; gone when it is not put in its place.
struct Unfinished(PathBuf);

impl Unfinished {
    fn beside(file: &Path) -> std::io::Result<Self> {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".unfinished");
        let path = file.with_file_name(name);
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        Ok(Self(path))
    }

    fn put_in_place(self, target: &Path) -> std::io::Result<()> {
        fs::File::open(&self.0)?.sync_all()?;
        fs::rename(&self.0, target)?;
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::File::open(folder)?.sync_all()
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        for name in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{name}", self.0.display()));
        }
    }
}

fn postgres() -> CommandError {
    CommandError::Refused("this is for SQLite: PostgreSQL has pg_dump and pg_restore".to_owned())
}
