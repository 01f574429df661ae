//! `audit`: who administered what.

use std::io::Write as _;

use clap::{Args, Subcommand};

use super::{Business, CommandError};
use crate::config::{Database, domain};
use crate::env::Env;
use crate::operations::audit::{self, table};

/// Who administered what.
#[derive(Debug, Args)]
pub struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the newest entries of a tenant's audit log.
    List {
        /// The tenant, as harbor.
        #[arg(value_parser = domain)]
        domain: String,
        /// How many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=500))]
        limit: u32,
        #[command(flatten)]
        database: Database,
    },
    /// Write a tenant's whole audit log to standard output, as a table (CSV), the newest entry first.
    Export {
        /// The tenant, as harbor.
        #[arg(value_parser = domain)]
        domain: String,
        #[command(flatten)]
        database: Database,
    },
}

/// Runs the command.
///
/// # Errors
/// [`CommandError`].
pub async fn run(command: Audit, env: &Env) -> Result<(), CommandError> {
    let mut out = std::io::stdout().lock();
    let (domain, limit, database, whole) = match command.action {
        Action::List { domain, limit, database } => (domain, limit, database, false),
        Action::Export { domain, database } => (domain, audit::PAGE, database, true),
    };
    let business = Business::open(&database, &domain, env).await?;
    let mut tx = business.store.read().await?;
    write!(out, "{}", table::HEADING)?;
    let mut before = None;
    loop {
        let page = audit::page(&mut tx, &business.actor, before, limit).await?;
        for entry in &page.entries {
            write!(out, "{}", table::row(entry))?;
        }
        before = page.entries.last().map(|entry| entry.seq);
        if !whole || !page.older {
            break;
        }
    }
    out.flush()?;
    drop(tx);
    business.store.close().await;
    Ok(())
}
