//! The commands: administration without a portal, and the server itself.

pub mod audit;
pub mod backup;
pub mod carrier;
mod contents;
pub mod demo;
pub mod doctor;
pub mod import;
pub mod jobs;
pub mod number;
pub mod opt_out;
pub mod password;
pub mod serve;
pub mod simulator;
pub mod tenant;
pub mod user;

use std::sync::Arc;

use clap::{Parser, Subcommand};
use halyard_protocol::{Tenant, UserId};

use crate::app::StartError;
use crate::auth::password::PasswordError;
use crate::config::{Database, Login, Serve};
use crate::demo::DemoError;
use crate::env::Env;
use crate::media::contents::ContentsError;
use crate::operations::Actor;
use crate::problem::Problem;
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
    Serve(Box<Serve>),
    /// Bring the database up to date, and say so.
    Migrate(Database),
    /// Copy a SQLite database into a new file, and contents of files into a folder beside it, also while the server runs. For PostgreSQL
    /// there is pg_dump.
    Backup(backup::Backup),
    /// Put a copy that `backup` made in the place of a SQLite database. The server has to be stopped.
    Restore(backup::Restore),
    /// Make two demo tenants, once, and print their log-ins.
    Demo(demo::Demo),
    /// Businesses on this system.
    Tenant(tenant::Tenant),
    /// Users: the extensions of a tenant.
    User(user::User),
    /// SMS numbers, and who texts from them.
    Number(number::Number),
    /// Accounts at carriers, which bring texts to phones outside.
    Carrier(carrier::Carrier),
    /// Who wants no texts from a tenant's numbers, and how it answers them.
    OptOut(opt_out::OptOut),
    /// A simulated carrier with phones outside, for development: no text leaves this computer.
    CarrierSimulator(simulator::CarrierSimulator),
    /// Who administered what.
    Audit(audit::Audit),
    /// What waits to be done, and what failed at every attempt.
    Jobs(jobs::Jobs),
    /// Read a CSV file into a tenant's shared contacts: all of it, or nothing and the errors by line.
    ImportContacts(import::Import),
    /// Check the database, the contents of files and the set-up, and say what is missing.
    Doctor(doctor::Doctor),
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
    /// The folder or bucket of contents.
    #[error(transparent)]
    Contents(#[from] ContentsError),
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

impl From<Problem> for CommandError {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem.detail().to_owned())
    }
}

/// Runs a command.
///
/// # Errors
/// [`CommandError`], to be shown.
pub async fn run(command: Command) -> Result<(), CommandError> {
    let env = Env::system();
    match command {
        Command::Serve(serve) => serve::run(*serve, env).await,
        Command::Migrate(database) => {
            let store = Store::open(&database.database, Arc::new(|_| {})).await?;
            store.migrate().await?;
            println!("The {} database is up to date.", store.kind());
            store.close().await;
            Ok(())
        }
        Command::Backup(backup) => backup::make(&backup).await,
        Command::Restore(restore) => backup::restore(&restore).await,
        Command::Demo(demo) => demo::run(demo, &env).await,
        Command::Tenant(tenant) => tenant::run(tenant, &env).await,
        Command::User(user) => user::run(user, &env).await,
        Command::Number(number) => number::run(number, &env).await,
        Command::Carrier(carrier) => carrier::run(carrier, &env).await,
        Command::OptOut(opt_out) => opt_out::run(opt_out, &env).await,
        Command::CarrierSimulator(simulator) => simulator::run(simulator, env).await,
        Command::Audit(audit) => audit::run(audit, &env).await,
        Command::Jobs(jobs) => jobs::run(jobs, &env).await,
        Command::ImportContacts(import) => import::run(import, &env).await,
        Command::Doctor(doctor) => doctor::run(&doctor, &env).await,
    }
}

/// Opens a database. A SQLite file is brought up to date; servers of an earlier version may be at work on a PostgreSQL database. A running
/// server hears of what is written at its next heartbeat.
async fn open(database: &Database) -> Result<Store, CommandError> {
    let store = Store::open(&database.database, Arc::new(|_| {})).await?;
    if store.is_ours_alone() {
        store.migrate().await?;
    } else {
        store.require_up_to_date().await?;
    }
    Ok(store)
}

/// A business, as whoever runs a command administers it.
struct Business {
    store: Store,
    tenant: Tenant,
    actor: Actor,
}

impl Business {
    /// Opens the database and finds the business.
    async fn open(database: &Database, domain: &str, env: &Env) -> Result<Self, CommandError> {
        let store = open(database).await?;
        let mut tx = store.read().await?;
        let found = store::tenants::by_domain(&mut tx, domain).await?;
        drop(tx);
        let tenant = found.ok_or_else(|| CommandError::Refused(format!("there is no tenant {domain}")))?;
        let actor = Actor::operator(tenant.id, env.now());
        Ok(Self { store, tenant, actor })
    }

    /// A transaction that writes for the business.
    async fn write(&self) -> Result<Tx, CommandError> {
        Ok(self.store.write(self.tenant.id).await?)
    }

    /// The user with this log-in.
    async fn user(&self, tx: &mut Tx, login: &Login) -> Result<UserId, CommandError> {
        let found = store::users::account_by_extension(tx, self.tenant.id, &login.extension).await?;
        let account = found.ok_or_else(|| CommandError::Refused(format!("there is no user {login}")))?;
        Ok(account.user.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }

    #[test]
    fn what_deploy_says_is_understood() {
        use clap::CommandFactory as _;
        let files = [
            include_str!("../../../../deploy/halyard.service"),
            include_str!("../../../../deploy/Dockerfile"),
            include_str!("../../../../deploy/compose.yaml"),
        ];
        let cli = Cli::command();
        let serve = cli.find_subcommand("serve").unwrap();
        let settings: Vec<&str> = serve.get_arguments().filter_map(|flag| flag.get_env()?.to_str()).collect();
        let (mut commands, mut named) = (0, 0);
        for line in files.iter().flat_map(|file| file.lines()).map(str::trim) {
            let list =
                line.strip_prefix("command: [").or(line.strip_prefix("CMD [").filter(|list| !list.contains("bash")));
            let words: Option<Vec<&str>> = list.map(|list| list.split('"').skip(1).step_by(2).collect()).or(line
                .strip_prefix("ExecStart=/usr/local/bin/halyard-server")
                .map(|words| words.split_whitespace().collect()));
            if let Some(words) = words {
                let read = Cli::try_parse_from(["halyard-server"].iter().chain(&words));
                assert!(read.is_ok(), "{line}: {read:?}");
                commands += 1;
            }
            for name in line.split(|letter: char| !letter.is_ascii_uppercase() && letter != '_') {
                if name == "DATABASE_URL" || name.starts_with("HALYARD_") {
                    assert!(settings.contains(&name), "{line}");
                    named += 1;
                }
            }
        }
        assert_eq!(commands, 4);
        assert!(named >= 8, "{named}");
    }
}
