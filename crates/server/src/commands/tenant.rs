//! `tenant`: businesses on this system.

use clap::{Args, Subcommand};
use halyard_protocol::admin::{NewTenant, UpdateTenant};
use halyard_protocol::{CallingCode, TenantId};

use super::{Business, CommandError, open};
use crate::config::{Database, domain};
use crate::env::Env;
use crate::operations::{Actor, tenants};
use crate::store;

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
    /// Rename a tenant, or set its calling code.
    Change {
        /// The tenant, as harbor.
        #[arg(value_parser = domain)]
        domain: String,
        /// What people call it, as "Harbor Marina".
        #[arg(long)]
        name: Option<String>,
        /// Numbers typed without a country are of this one: its calling code.
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..=999))]
        calling_code: Option<u16>,
        #[command(flatten)]
        database: Database,
    },
    /// Let the Administrators of a tenant operate this system: they manage numbers, jobs and all tenants, over the REST interface too.
    Operator {
        /// The tenant, as harbor.
        #[arg(value_parser = domain)]
        domain: String,
        /// No longer.
        #[arg(long)]
        revoke: bool,
        #[command(flatten)]
        database: Database,
    },
    /// Close a tenant: its users are signed out and disabled, its numbers retired, its domain is free. What it has stays in the database.
    Close {
        /// The tenant, as harbor.
        #[arg(value_parser = domain)]
        domain: String,
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
            let store = open(&database).await?;
            let actor = Actor::operator(TenantId(env.ulid()), env.now());
            let mut tx = store.write_system().await?;
            let new = NewTenant { domain, name, calling_code: CallingCode(calling_code) };
            let tenant = tenants::add(&mut tx, &actor, new).await?;
            tx.commit().await?;
            println!("Tenant {} ({}) is there.", tenant.domain, tenant.name);
            store.close().await;
        }
        Action::Change { domain, name, calling_code, database } => {
            let business = Business::open(&database, &domain, env).await?;
            let mut tx = business.write().await?;
            let changes = UpdateTenant { name, calling_code: calling_code.map(CallingCode) };
            let tenant = tenants::update(&mut tx, &business.actor, changes).await?;
            tx.commit().await?;
            println!("Tenant {} is {}, calling code +{}.", tenant.domain, tenant.name, tenant.calling_code.0);
            business.store.close().await;
        }
        Action::Operator { domain, revoke, database } => {
            let business = Business::open(&database, &domain, env).await?;
            let mut tx = business.write().await?;
            tenants::set_operator(&mut tx, &business.actor, !revoke).await?;
            tx.commit().await?;
            let (now, tenant) = (if revoke { "no longer operate" } else { "operate" }, business.tenant.domain);
            println!("Administrators of {tenant} {now} this system.");
            business.store.close().await;
        }
        Action::Close { domain, database } => {
            let business = Business::open(&database, &domain, env).await?;
            let mut tx = business.write().await?;
            tenants::close(&mut tx, &business.actor).await?;
            tx.commit().await?;
            println!("Tenant {domain} is closed.");
            business.store.close().await;
        }
        Action::List { database } => {
            let store = open(&database).await?;
            let mut tx = store.read().await?;
            for account in store::tenants::accounts(&mut tx).await? {
                let operator = if account.operator { "\toperator" } else { "" };
                let tenant = account.tenant;
                println!("{}\t+{}\t{}{operator}", tenant.domain, tenant.calling_code.0, tenant.name);
            }
            drop(tx);
            store.close().await;
        }
    }
    Ok(())
}
