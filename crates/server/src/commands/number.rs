//! `number`: SMS numbers, and who texts from them.

use clap::{Args, Subcommand};
use halyard_protocol::{Capabilities, PhoneNumber, SmsNumber};

use super::{CommandError, find_tenant, find_user, open};
use crate::config::{Database, Login, domain, login, phone_number};
use crate::env::Env;
use crate::operations::numbers;
use crate::store::{self, StoreError};

/// SMS numbers, and who texts from them.
#[derive(Debug, Args)]
pub struct Number {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Add a number to a tenant.
    Add {
        /// The number, as +16195550142.
        #[arg(value_parser = phone_number)]
        number: PhoneNumber,
        /// The tenant, as harbor.
        #[arg(long, value_parser = domain)]
        tenant: String,
        /// What the business calls it, as "Front desk".
        #[arg(long, default_value = "")]
        label: String,
        /// How many recipients a group MMS may have; 0 for a number without MMS.
        #[arg(long, default_value_t = 10)]
        group_recipients: u8,
        #[command(flatten)]
        database: Database,
    },
    /// Let a user text from a number. Several may share one.
    Assign {
        /// The number, as +16195550142.
        #[arg(value_parser = phone_number)]
        number: PhoneNumber,
        /// Extension and domain, as 1001@harbor.
        #[arg(value_parser = login)]
        login: Login,
        #[command(flatten)]
        database: Database,
    },
    /// Take a number, and its conversations, from a user.
    Unassign {
        /// The number, as +16195550142.
        #[arg(value_parser = phone_number)]
        number: PhoneNumber,
        /// Extension and domain, as 1001@harbor.
        #[arg(value_parser = login)]
        login: Login,
        #[command(flatten)]
        database: Database,
    },
    /// List a tenant's numbers.
    List {
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
pub async fn run(command: Number, env: &Env) -> Result<(), CommandError> {
    match command.action {
        Action::Add { number, tenant, label, group_recipients, database } => {
            let store = open(&database).await?;
            let mut tx = store.write_system().await?;
            let tenant = find_tenant(&mut tx, &tenant).await?;
            let capabilities = Capabilities { sms: true, mms: group_recipients > 0, group_recipients };
            let own = SmsNumber { number, label, capabilities };
            match store::numbers::add(&mut tx, tenant.id, &own, env.now()).await {
                Err(StoreError::Taken) => return Err(CommandError::Refused(format!("{number} is in use already"))),
                outcome => outcome?,
            }
            tx.commit().await?;
            println!("{number} belongs to {}. Next: halyard-server number assign {number} 1001@{0}", tenant.domain);
            store.close().await;
            Ok(())
        }
        Action::Assign { number, login, database } => change(number, &login, &database, true, env).await,
        Action::Unassign { number, login, database } => change(number, &login, &database, false, env).await,
        Action::List { domain, database } => {
            let store = open(&database).await?;
            let mut tx = store.read().await?;
            let tenant = find_tenant(&mut tx, &domain).await?;
            let users = store::users::directory(&mut tx, tenant.id).await?;
            for own in store::numbers::of_tenant(&mut tx, tenant.id).await? {
                let assigned = store::numbers::users_of(&mut tx, own.number).await?;
                let who = users.iter().filter(|user| assigned.contains(&user.id));
                let who: Vec<&str> = who.map(|user| user.extension.as_str()).collect();
                println!("{}\t{}\t{}", own.number, own.label, who.join(" "));
            }
            Ok(())
        }
    }
}

async fn change(
    number: PhoneNumber,
    login: &Login,
    database: &Database,
    give: bool,
    env: &Env,
) -> Result<(), CommandError> {
    let store = open(database).await?;
    let mut tx = store.read().await?;
    let (tenant, user) = find_user(&mut tx, login).await?;
    drop(tx);
    let mut tx = store.write(tenant.id).await?;
    let owner = store::numbers::by_number(&mut tx, number).await?;
    if owner.is_none_or(|(owner, _)| owner != tenant.id) {
        return Err(CommandError::Refused(format!("{number} is no number of {}", tenant.domain)));
    }
    let changed = if give {
        numbers::assign(&mut tx, number, user.id, env.now()).await?
    } else {
        numbers::unassign(&mut tx, number, user.id, env.now()).await?
    };
    tx.commit().await?;
    let state = if give { "texts from" } else { "does not text from" };
    println!("{login} {state} {number}{}", if changed { "." } else { ", as before." });
    store.close().await;
    Ok(())
}
