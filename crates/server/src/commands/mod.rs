//! The commands: administration without a portal, and the server itself.

pub mod doctor;
pub mod import;
pub mod jobs;
pub mod number;
pub mod password;
pub mod serve;
pub mod tenant;
pub mod user;

use std::sync::Arc;

use clap::{Parser, Subcommand};
use halyard_protocol::{Tenant, User};

use crate::app::StartError;
use crate::auth::password::PasswordError;
use crate::config::{Database, Login, Serve};
use crate::demo::{self, DemoError};
use crate::env::Env;
use crate::store::{self, Store, StoreError, Tx};

/// The server of Halyard, a web softphone: texts and chats of a business.
#[derive(Debug, Parser)]
#[command(name = "halyard-server", version, about, long_about = None)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the server can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the app, the REST interface and the socket.
    Serve(Serve),
    /// Bring the database up to date, and say so. `serve` does this too.
    Migrate(Database),
    /// Make two demo tenants, once, and print their log-ins.
    Demo(Database),
    /// Businesses on this system.
    Tenant(tenant::Tenant),
    /// Users: the extensions of a tenant.
    User(user::User),
    /// SMS numbers, and who texts from them.
    Number(number::Number),
    /// What waits to be done, and what failed at every attempt.
    Jobs(jobs::Jobs),
    /// Read a CSV file into a tenant's shared contacts: all of it, or nothing and the errors by line.
    ImportContacts(import::Import),
    /// Check the database and the set-up, and say what is missing.
    Doctor(Database),
}

/// Why a command failed, in words for whoever ran it.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server's parts.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A password could not be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// Reading, writing or listening.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The demo.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The OpenAPI page.
    #[error("the page of the interface could not be written: {0}")]
    Page(#[from] serde_json::Error),
    /// What was asked for can't be done.
    #[error("{0}")]
    Refused(String),
}

/// Runs a command.
///
/// # Errors
/// [`CommandError`], to be shown.
pub async fn run(command: Command) -> Result<(), CommandError> {
    let env = Env::system();
    match command {
        Command::Serve(serve) => serve::run(serve, env).await,
        Command::Migrate(database) => {
            let store = open(&database).await?;
            println!("The {} database is up to date.", store.kind());
            store.close().await;
            Ok(())
        }
        Command::Demo(database) => {
            let store = open(&database).await?;
            let made = demo::make(&store, &env).await?;
            print!("{}", demo::log_ins(made));
            store.close().await;
            Ok(())
        }
        Command::Tenant(tenant) => tenant::run(tenant, &env).await,
        Command::User(user) => user::run(user, &env).await,
        Command::Number(number) => number::run(number, &env).await,
        Command::Jobs(jobs) => jobs::run(jobs, &env).await,
        Command::ImportContacts(import) => import::run(import, &env).await,
        Command::Doctor(database) => doctor::run(&database).await,
    }
}

/// Opens a database and brings it up to date. A running server hears of what is written at its next heartbeat.
async fn open(database: &Database) -> Result<Store, CommandError> {
    let store = Store::open(&database.database, Arc::new(|_| {})).await?;
    store.migrate().await?;
    Ok(store)
}

async fn find_tenant(tx: &mut Tx, domain: &str) -> Result<Tenant, CommandError> {
    let found = store::tenants::by_domain(tx, domain).await?;
    found.ok_or_else(|| CommandError::Refused(format!("there is no tenant {domain}")))
}

async fn find_user(tx: &mut Tx, login: &Login) -> Result<(Tenant, User), CommandError> {
    let tenant = find_tenant(tx, &login.domain).await?;
    let found = store::users::directory(tx, tenant.id).await?;
    let user = found.into_iter().find(|user| user.extension == login.extension);
    let user = user.ok_or_else(|| CommandError::Refused(format!("there is no user {login}, or they are disabled")))?;
    Ok((tenant, user))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
