//! `backup` and `restore`: a SQLite database as one file.
//!
//! Always holds: a copy is whole, of one moment, and under its name only when it is written; what a restore replaces is replaced at once.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::CommandError;
use crate::config::Database;
use crate::store::{Schema, Store, StoreError};

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
    let unfinished = beside(target, "unfinished");
    let copied = store.copy_into(&unfinished.to_string_lossy()).await;
    store.close().await;
    if let Err(error) = copied {
        let _ = fs::remove_file(&unfinished);
        return Err(error.into());
    }
    fs::File::open(&unfinished)?.sync_all()?;
    fs::rename(&unfinished, target)?;
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
    let copy = Store::open_existing(&format!("sqlite:{}", restore.file.display())).await?;
    let (damage, schema) = (copy.damage().await?, copy.schema().await?);
    copy.close().await;
    if let Some(first) = damage.first() {
        return Err(CommandError::Refused(format!("{} is damaged: {first}", restore.file.display())));
    }
    match schema {
        Schema::UpToDate | Schema::Behind => {}
        Schema::Missing => {
            return Err(CommandError::Refused(format!("{} is no copy of Halyard's", restore.file.display())));
        }
        Schema::Newer => {
            return Err(CommandError::Refused(format!(
                "{} is of a later version than this server",
                restore.file.display()
            )));
        }
    }
    if target.exists() {
        if !restore.replace {
            let there = target.display();
            return Err(CommandError::Refused(format!(
                "{there} is there already: `--replace` puts the copy in its place"
            )));
        }
        in_use(target).await?;
    }
    let unfinished = beside(target, "unfinished");
    fs::copy(&restore.file, &unfinished)?;
    fs::File::open(&unfinished)?.sync_all()?;
    // What SQLite keeps beside a database belongs to the one that goes.
    for name in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{name}", target.display()));
    }
    fs::rename(&unfinished, target)?;
    println!("{} is as it was when {} was made.", target.display(), restore.file.display());
    Ok(())
}

/// Refuses while a server has the database open.
async fn in_use(target: &Path) -> Result<(), CommandError> {
    match Store::is_in_use(&target.to_string_lossy()).await {
        Ok(false) => Ok(()),
        Ok(true) => Err(CommandError::Refused(format!("{} is in use: stop the server first", target.display()))),
        // Damaged, say: that may be why it is replaced.
        Err(StoreError::Statement(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn beside(file: &Path, word: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{word}"));
    file.with_file_name(name)
}

fn postgres() -> CommandError {
    CommandError::Refused("this is for SQLite: PostgreSQL has pg_dump and pg_restore".to_owned())
}
