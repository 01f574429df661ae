//! `doctor`: is everything there?

use std::fs;
use std::path::Path;

use clap::Args;

use crate::carriers::settings_of;
use crate::config::tls::Tls;
use crate::config::{Database, Media, SecretKey};
use crate::env::Env;
use crate::media::contents::Contents;
use crate::sealing::Sealing;
use crate::store::{self, Schema, Store};
use crate::tls::{Source, days_left};

use super::{CommandError, contents};

/// Check the database and the set-up.
#[derive(Debug, Args)]
pub struct Doctor {
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    media: Media,
    #[command(flatten)]
    secret_key: SecretKey,
    /// Which certificate to look at.
    #[command(flatten)]
    tls: Box<Tls>,
}

/// Looks at the database, at the contents of files, and at the certificate where TLS is spoken, and says what it finds. Changes nothing.
///
/// # Errors
/// [`CommandError`] when the database, the folder or the bucket can't be used.
pub async fn run(doctor: &Doctor, env: &Env) -> Result<(), CommandError> {
    if let Some(source) = doctor.tls.source(&doctor.database.database).map_err(CommandError::Refused)? {
        println!("certificate: {}", certificate(&source, env));
    }
    let store = Store::open_existing(&doctor.database.database).await?;
    match store.schema().await? {
        Schema::UpToDate => println!("database: {} answers, and is up to date", store.kind()),
        Schema::Missing => return refused("is empty: `halyard-server migrate` makes its tables, and so does `serve`"),
        Schema::Behind => {
            return refused(
                "is of an earlier version: `halyard-server migrate` brings it up to date, and so does `serve`",
            );
        }
        Schema::Newer => return refused("is of a later version than this server"),
    }
    for setting in store.careless_settings().await? {
        println!(
            "database: {setting} is off: what was acknowledged is lost when the machine of {} fails",
            store.kind()
        );
    }
    let mut tx = store.read().await?;
    let tenants = store::tenants::all(&mut tx).await?;
    if tenants.is_empty() {
        println!("tenants: none yet. Try `halyard-server demo`, or `halyard-server tenant add`.");
    }
    for tenant in tenants {
        let users = store::users::directory(&mut tx, tenant.id).await?;
        let numbers = store::numbers::of_tenant(&mut tx, tenant.id).await?;
        println!("tenant {}: {} users, {} SMS numbers", tenant.domain, users.len(), numbers.len());
        for number in numbers {
            if store::numbers::users_of(&mut tx, number.number).await?.is_empty() {
                println!("  {} is assigned to nobody: texts to it are kept, but nobody sees them", number.number);
            }
        }
    }
    let waiting = store::jobs::count_by_account(&mut tx).await?;
    for account in store::carrier_accounts::all(&mut tx).await? {
        let numbers = store::carrier_accounts::numbers(&mut tx, account.id, None).await?;
        let texts = waiting.get(&account.id.to_string()).copied().unwrap_or_default();
        let (kind, name) = (account.kind.name(), &account.name);
        println!("carrier {kind} {name}: {} numbers, {texts} texts wait for it", numbers.len());
        if let Err(error) = settings_of(&account, &Sealing::new(doctor.secret_key.file(&doctor.database))) {
            println!("  it can't be used: {error}");
        }
    }
    println!("jobs: {} wait or run", store::jobs::count(&mut tx).await?);
    let dead = store::jobs::dead(&mut tx).await?.len();
    if dead > 0 {
        println!("jobs: {dead} failed at every attempt: `halyard-server jobs list` says why");
    }
    drop(tx);
    let looked = look_at_contents(doctor, &store).await;
    store.close().await;
    looked
}

async fn look_at_contents(doctor: &Doctor, store: &Store) -> Result<(), CommandError> {
    let mut tx = store.read().await?;
    let count = store::contents::count(&mut tx).await?;
    drop(tx);
    let place = match doctor.media.place(&doctor.database) {
        Ok(place) => place,
        Err(_) => {
            println!("contents of files: not looked at, as `--media` does not say where they are");
            return Ok(());
        }
    };
    let there = Contents::look(&place)?;
    if let Some(there) = &there {
        there.answers().await?;
    }
    println!("contents of files: {} in {place}", count.objects);
    if count.here > 0 {
        println!("contents of files: {} still in the database: the server moves them while it runs", count.here);
    }
    let missing = contents::missing(store, there.as_ref()).await?;
    if let Some(first) = missing.first() {
        println!(
            "contents of files: {} are missing there, the first is {first}: these files can't be opened",
            missing.len()
        );
    }
    Ok(())
}

/// What there is to say of the certificate.
fn certificate(source: &Source, env: &Env) -> String {
    let valid = |file: &Path| match days_left(file, env.now()) {
        Ok(days @ ..0) => format!("{} ended {} days ago", file.display(), -days),
        Ok(days) => format!("{} is valid for {days} more days", file.display()),
        Err(error) => error.to_string(),
    };
    match source {
        Source::Files { certificate, .. } => valid(certificate),
        Source::Acme { domains, cache, .. } => {
            let kept = fs::read_dir(cache).into_iter().flatten().flatten().map(|file| file.path());
            let newest = kept
                .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("cached_cert_")));
            let newest = newest.max_by_key(|path| fs::metadata(path).and_then(|about| about.modified()).ok());
            newest.map_or_else(
                || format!("there is none for {} yet: the log of `serve` says why", domains.join(", ")),
                |file| valid(&file),
            )
        }
    }
}

fn refused(what: &str) -> Result<(), CommandError> {
    Err(CommandError::Refused(format!("the database {what}")))
}
