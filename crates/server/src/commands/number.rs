//! `number`: SMS numbers, and who texts from them.

use clap::{Args, Subcommand};
use halyard_protocol::admin::{NewNumber, NumberAccount, UpdateNumber};
use halyard_protocol::{Capabilities, CarrierAccountId, PhoneNumber};

use super::{Business, CommandError, open};
use crate::carriers::{Carriers, Links, Surroundings};
use crate::config::{Database, Login, SecretKey, domain, login, phone_number};
use crate::env::Env;
use crate::operations::{Actor, carriers, numbers};
use crate::sealing::Sealing;
use crate::store::{self, Store, Tx};

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
        /// It can text short codes.
        #[arg(long)]
        short_codes: bool,
        #[command(flatten)]
        database: Database,
    },
    /// Name a number, or say what it can do: what is not named stays.
    Change {
        /// The number, as +16195550142.
        #[arg(value_parser = phone_number)]
        number: PhoneNumber,
        /// What the business calls it, as "Front desk".
        #[arg(long)]
        label: Option<String>,
        /// How many recipients a group MMS may have; 0 for a number without MMS.
        #[arg(long)]
        group_recipients: Option<u8>,
        /// It can text short codes; told only with --group-recipients.
        #[arg(long, requires = "group_recipients")]
        short_codes: bool,
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
    /// Let an account at a carrier bring a number's texts. The number can do from then on what the account takes.
    AssignCarrier {
        /// The number, as +16195550142.
        #[arg(value_parser = phone_number)]
        number: PhoneNumber,
        /// The account's id, as `carrier list` shows it; without it no account does.
        #[arg(long)]
        account: Option<CarrierAccountId>,
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        secret_key: SecretKey,
    },
    /// Move a number to another tenant. Its conversations stay where they were written.
    Move {
        /// The number, as +16195550142.
        #[arg(value_parser = phone_number)]
        number: PhoneNumber,
        /// The tenant that gets it, as harbor.
        #[arg(long, value_parser = domain)]
        to: String,
        #[command(flatten)]
        database: Database,
    },
    /// Take a number out of use. Those who texted from it keep its conversations.
    Retire {
        /// The number, as +16195550142.
        #[arg(value_parser = phone_number)]
        number: PhoneNumber,
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
        Action::Add { number, tenant, label, group_recipients, short_codes, database } => {
            let business = Business::open(&database, &tenant, env).await?;
            let mut tx = business.write().await?;
            let new = NewNumber { number, label, capabilities: capabilities(group_recipients, short_codes) };
            numbers::add(&mut tx, &business.actor, new).await?;
            tx.commit().await?;
            let domain = &business.tenant.domain;
            println!("{number} belongs to {domain}. Next: halyard-server number assign {number} 1001@{domain}");
            business.store.close().await;
        }
        Action::Change { number, label, group_recipients, short_codes, database } => {
            let capabilities = group_recipients.map(|most| capabilities(most, short_codes));
            let changes = UpdateNumber { label, capabilities };
            let (store, actor, mut tx) = owned(number, &database, env).await?;
            numbers::update(&mut tx, &actor, number, changes).await?;
            tx.commit().await?;
            println!("{number} is changed.");
            store.close().await;
        }
        Action::Assign { number, login, database } => change(number, &login, &database, true, env).await?,
        Action::Unassign { number, login, database } => change(number, &login, &database, false, env).await?,
        Action::AssignCarrier { number, account, database, secret_key } => {
            let (store, actor, mut tx) = owned(number, &database, env).await?;
            let sealing = Sealing::new(secret_key.file(&database));
            let around = Surroundings {
                store: store.clone(),
                env: env.clone(),
                sealing,
                links: Links::default(),
                contents: None,
            };
            let account = match account {
                Some(id) => {
                    let record = carriers::find(&mut tx, &actor, id).await?;
                    Some((id, Carriers::new(around).capabilities(&record)?))
                }
                None => None,
            };
            let is_carried = account.is_some();
            let NumberAccount { number: own, .. } = carriers::assign(&mut tx, &actor, number, account).await?;
            tx.commit().await?;
            let Capabilities { mms, group_recipients, .. } = own.capabilities;
            let files = if mms { "files" } else { "no files" };
            if is_carried {
                println!("{number} is carried by this account: texts, {files}, groups of up to {group_recipients}.");
            } else {
                println!("{number} reaches numbers of this system alone.");
            }
            store.close().await;
        }
        Action::Move { number, to, database } => {
            let (store, actor, tx) = owned(number, &database, env).await?;
            drop(tx);
            let mut tx = store.write_system().await?;
            if store::tenants::by_domain(&mut tx, &to).await?.is_none() {
                return Err(CommandError::Refused(format!("there is no tenant {to}")));
            }
            numbers::move_to(&mut tx, &actor, number, &to).await?;
            tx.commit().await?;
            println!("{number} belongs to {to}. Next: halyard-server number assign {number} 1001@{to}");
            store.close().await;
        }
        Action::Retire { number, database } => {
            let (store, actor, mut tx) = owned(number, &database, env).await?;
            numbers::retire(&mut tx, &actor, number).await?;
            tx.commit().await?;
            println!("{number} is no longer in use.");
            store.close().await;
        }
        Action::List { domain, database } => {
            let business = Business::open(&database, &domain, env).await?;
            let mut tx = business.store.read().await?;
            let users = store::users::accounts(&mut tx, business.tenant.id).await?;
            for NumberAccount { number: own, users: assigned } in numbers::list(&mut tx, &business.actor).await? {
                let who = users.iter().filter(|account| assigned.contains(&account.user.id));
                let who: Vec<&str> = who.map(|account| account.user.extension.as_str()).collect();
                println!("{}\t{}\t{}", own.number, own.label, who.join(" "));
            }
            drop(tx);
            business.store.close().await;
        }
    }
    Ok(())
}

fn capabilities(group_recipients: u8, short_codes: bool) -> Capabilities {
    Capabilities { sms: true, mms: group_recipients > 0, group_recipients, short_codes }
}

/// A transaction of the tenant that a number belongs to, and who acts there.
async fn owned(number: PhoneNumber, database: &Database, env: &Env) -> Result<(Store, Actor, Tx), CommandError> {
    let store = open(database).await?;
    let mut tx = store.read().await?;
    let found = store::numbers::by_number(&mut tx, number).await?;
    drop(tx);
    let (tenant, _) = found.ok_or_else(|| CommandError::Refused(format!("{number} is not in use")))?;
    let tx = store.write(tenant).await?;
    Ok((store, Actor::operator(tenant, env.now()), tx))
}

async fn change(
    number: PhoneNumber,
    login: &Login,
    database: &Database,
    give: bool,
    env: &Env,
) -> Result<(), CommandError> {
    let business = Business::open(database, &login.domain, env).await?;
    let mut tx = business.write().await?;
    let user = business.user(&mut tx, login).await?;
    let owner = store::numbers::by_number(&mut tx, number).await?;
    if owner.is_none_or(|(owner, _)| owner != business.tenant.id) {
        return Err(CommandError::Refused(format!("{number} is no number of {}", business.tenant.domain)));
    }
    let changed = if give {
        numbers::assign(&mut tx, &business.actor, number, user).await?
    } else {
        numbers::unassign(&mut tx, &business.actor, number, user).await?
    };
    tx.commit().await?;
    let state = if give { "texts from" } else { "does not text from" };
    println!("{login} {state} {number}{}", if changed { "." } else { ", as before." });
    business.store.close().await;
    Ok(())
}
