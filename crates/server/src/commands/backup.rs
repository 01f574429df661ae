//! `backup` and `restore`: a SQLite database as one file.
//!
//! Always holds: a copy is whole, of one moment, and under its name only when it is written; what a restore replaces is replaced at once.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::CommandError;
use crate::config::Database;
use crate::store::{self, Schema, Store, StoreError};

/// Copy a SQLite database into a new file.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to make. There may be none of this name.
    file: PathBuf,
    #[command(flatten)]
    database: Database,
}

/// Put a copy in the place of a SQLite database.
#[derive(Debug, Args)]
pub struct Restore {
    /// The file that `backup` made.
    file: PathBuf,
    /// Replace the database that is there.
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    database: Database,
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
    // Under another name until it is written: nobody takes half a copy for a whole one.
    let unfinished = Unfinished::beside(target)?;
    let copied = store.copy_into(&unfinished.0.to_string_lossy()).await;
    store.close().await;
    copied?;
    unfinished.put_in_place(target)?;
    println!("{} has everything up to this moment.", target.display());
    Ok(())
}

/// Puts a copy back.
///
/// # Errors
/// [`CommandError`]: the copy is damaged or of a later version, or there is a database. Nothing is changed then.
pub async fn restore(restore: &Restore) -> Result<(), CommandError> {
    let Some(path) = restore.database.database.strip_prefix("sqlite:") else { return Err(postgres()) };
    let target = Path::new(path.trim_start_matches("//"));
    // Where a link leads, not the link.
    let target = target.canonicalize().unwrap_or_else(|_| target.to_owned());
    check(&restore.file).await?;
    if target.exists() {
        if !restore.replace {
            let there = target.display();
            return Err(CommandError::Refused(format!(
                "{there} is there already: `--replace` puts the copy in its place"
            )));
        }
        refuse_in_use(&target).await?;
    }
    let unfinished = Unfinished::beside(&target)?;
    std::io::copy(&mut fs::File::open(&restore.file)?, &mut fs::OpenOptions::new().write(true).open(&unfinished.0)?)?;
    leap(&unfinished.0).await?;
    if let Ok(there) = fs::metadata(&target) {
        fs::set_permissions(&unfinished.0, there.permissions())?;
        std::os::unix::fs::chown(&unfinished.0, Some(there.uid()), Some(there.gid()))?;
        // Once more: copying takes a while.
        refuse_in_use(&target).await?;
    }
    // What SQLite keeps beside a database belongs to the one that goes.
    for name in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{name}", target.display()));
    }
    unfinished.put_in_place(&target)?;
    println!("{} is as it was when {} was made.", target.display(), restore.file.display());
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
