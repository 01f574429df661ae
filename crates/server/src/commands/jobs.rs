//! `jobs`: what waits to be done, and what failed at every attempt.

use clap::{Args, Subcommand};

use super::{CommandError, open};
use crate::config::Database;
use crate::env::Env;
use crate::operations::{Actor, queue};
use crate::store;
use halyard_protocol::TenantId;
use halyard_protocol::admin::DeadJob;

/// Jobs: what the server does later, such as handing a text to its carrier.
#[derive(Debug, Args)]
pub struct Jobs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say how many wait, and list those that failed at every attempt: when, of which kind, why, and which they are.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Try all jobs again that failed at every attempt. A text that its author was told has failed is not sent.
    Retry {
        #[command(flatten)]
        database: Database,
    },
}

/// Runs the command.
///
/// # Errors
/// [`CommandError`].
pub async fn run(command: Jobs, env: &Env) -> Result<(), CommandError> {
    match command.action {
        Action::List { database } => {
            let store = open(&database).await?;
            let mut tx = store.read().await?;
            println!("{} jobs wait or run.", store::jobs::count(&mut tx).await?);
            for DeadJob { lane, position, kind, attempts, reason, failed_at } in store::jobs::dead(&mut tx).await? {
                println!("{}\t{kind}\t{attempts} attempts\t{reason}\t{lane} {position}", failed_at.0);
            }
            drop(tx);
            store.close().await;
            Ok(())
        }
        Action::Retry { database } => {
            let store = open(&database).await?;
            let mut tx = store.write_system().await?;
            // Of no tenant in particular: the operation goes through those that have such jobs.
            let actor = Actor::operator(TenantId(env.ulid()), env.now());
            let jobs = queue::retry(&mut tx, &actor).await?;
            tx.commit().await?;
            println!("{jobs} jobs run again.");
            store.close().await;
            Ok(())
        }
    }
}
