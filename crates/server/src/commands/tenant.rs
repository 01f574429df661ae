//! `tenant`: businesses on this system.

use clap::{Args, Subcommand};
use halyard_protocol::{CallingCode, TenantId};

use super::{CommandError, open};
use crate::config::{Database, domain};
use crate::env::Env;
use crate::store::{self, StoreError};

/// Businesses on this system.
#[derive(Debug, Args)]
pub struct Tenant {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Add a tenant.
    Add {
        /// What stands after the @ of its log-ins, as harbor.
        #[arg(value_parser = domain)]
        domain: String,
        /// What people call it, as "Harbor Marina".
        #[arg(long)]
        name: String,
        /// Numbers typed without a country are of this one: its calling code.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=999))]
        calling_code: u16,
        #[command(flatten)]
        database: Database,
    },
    /// List the tenants.
    List {
        #[command(flatten)]
        database: Database,
    },
}

/// Runs the command.
///
/// # Errors
/// [`CommandError`].
pub async fn run(command: Tenant, env: &Env) -> Result<(), CommandError> {
    match command.action {
        Action::Add { domain, name, calling_code, database } => {
            let tenant = halyard_protocol::Tenant {
                id: TenantId(env.ulid()),
                name,
                domain,
                calling_code: CallingCode(calling_code),
            };
            let store = open(&database).await?;
            let mut tx = store.write_system().await?;
            match store::tenants::add(&mut tx, &tenant, env.now()).await {
                Err(StoreError::Taken) => {
                    Err(CommandError::Refused(format!("there is a tenant {} already", tenant.domain)))
                }
                outcome => {
                    outcome?;
                    tx.commit().await?;
                    println!("Tenant {} ({}) is there.", tenant.domain, tenant.name);
                    store.close().await;
                    Ok(())
                }
            }
        }
        Action::List { database } => {
            let store = open(&database).await?;
            let mut tx = store.read().await?;
            for tenant in store::tenants::all(&mut tx).await? {
                println!("{}\t+{}\t{}", tenant.domain, tenant.calling_code.0, tenant.name);
            }
            Ok(())
        }
    }
}
