//! `carrier`: accounts at carriers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clap::{Args, Subcommand};
use halyard_carriers::Kind;
use halyard_carriers::kinds::fields;
use halyard_protocol::CarrierAccountId;
use halyard_protocol::admin::NewCarrierAccount;

use super::{Business, CommandError};
use crate::carriers::{Carriers, Links, Surroundings};
use crate::config::{Database, SecretKey, domain};
use crate::env::Env;
use crate::operations::carriers::{self, NewSecret};
use crate::sealing::Sealing;
use crate::store::carrier_accounts::SecretPlace;

/// Accounts at carriers, which bring texts to phones outside.
#[derive(Debug, Args)]
pub struct Carrier {
    #[command(subcommand)]
    action: Action,
}

/// Where accounts are, and what opens their secrets.
#[derive(Debug, Args)]
struct Place {
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    secret_key: SecretKey,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Add an account.
    #[command(after_help = kinds_help())]
    Add {
        /// The kind: twilio, telnyx, bandwidth, smpp or simulator.
        #[arg(value_parser = kind)]
        kind: Kind,
        /// The tenant whose account it is, as harbor.
        #[arg(long, value_parser = domain)]
        tenant: String,
        /// For all tenants, not for this one alone.
        #[arg(long)]
        shared: bool,
        /// What people call it.
        #[arg(long)]
        name: String,
        /// A setting, as `account_sid=AC...`. Can be repeated.
        #[arg(long = "set", value_name = "NAME=VALUE", value_parser = pair)]
        settings: Vec<(String, String)>,
        /// A secret, as `auth_token=env:TWILIO_TOKEN` (a variable of the server's environment), `auth_token=file:/etc/halyard/twilio` (a file on the
        /// server), or `auth_token=-`: then it is asked for, and sealed in the database. Can be repeated.
        #[arg(long = "secret", value_name = "NAME=PLACE", value_parser = pair)]
        secrets: Vec<(String, String)>,
        /// The address that users open, as for `serve`: to say where the carrier has to report.
        #[arg(long, env = "HALYARD_PUBLIC_URL")]
        public_url: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// List the accounts that may carry a tenant's numbers.
    List {
        /// The tenant, as harbor.
        #[arg(value_parser = domain)]
        tenant: String,
        #[command(flatten)]
        database: Database,
    },
    /// Ask an account's carrier whether the account works. Sends nothing to anybody.
    Test {
        /// The account's id, as `list` shows it.
        id: CarrierAccountId,
        /// The tenant, as harbor.
        #[arg(long, value_parser = domain)]
        tenant: String,
        #[command(flatten)]
        place: Place,
    },
    /// Remove an account that carries no number.
    Remove {
        /// The account's id, as `list` shows it.
        id: CarrierAccountId,
        /// The tenant, as harbor.
        #[arg(long, value_parser = domain)]
        tenant: String,
        #[command(flatten)]
        database: Database,
    },
}

/// Runs the command.
///
/// # Errors
/// [`CommandError`].
pub async fn run(command: Carrier, env: &Env) -> Result<(), CommandError> {
    match command.action {
        Action::Add { kind, tenant, shared, name, settings, secrets, public_url, place } => {
            let business = Business::open(&place.database, &tenant, env).await?;
            let sealing = Sealing::new(place.secret_key.file(&place.database));
            let new = NewCarrierAccount {
                kind: kind.name().to_owned(),
                name,
                settings: settings.into_iter().collect(),
                secrets: BTreeMap::new(),
                shared,
            };
            let secrets = secrets.into_iter().map(|(name, text)| Ok((name.clone(), secret(&name, &text)?)));
            let secrets = secrets.collect::<Result<BTreeMap<_, _>, CommandError>>()?;
            let mut tx = business.write().await?;
            let record = carriers::add_with(&mut tx, &business.actor, env, &sealing, new, secrets).await?;
            tx.commit().await?;
            let (id, domain) = (record.id, &business.tenant.domain);
            println!("{id} {} is added.", record.name);
            match Links::new(public_url).webhook(&record) {
                Some(webhook) => println!("Enter at the carrier, for its reports and texts that come in: {webhook}"),
                None if kind == Kind::Simulator || kind == Kind::Smpp => {}
                None => println!("Say `--public-url` to learn where the carrier has to report."),
            }
            println!("Next: halyard-server carrier test {id} --tenant {domain}");
            println!("      halyard-server number assign-carrier +16195550142 --account {id}");
            business.store.close().await;
        }
        Action::List { tenant, database } => {
            let business = Business::open(&database, &tenant, env).await?;
            let mut tx = business.store.read().await?;
            for account in carriers::list(&mut tx, &business.actor, |_| None).await? {
                let whose = if account.shared { "shared" } else { "own" };
                let numbers: Vec<String> = account.numbers.iter().map(ToString::to_string).collect();
                println!("{}\t{}\t{whose}\t{}\t{}", account.id, account.kind, account.name, numbers.join(" "));
            }
            drop(tx);
            business.store.close().await;
        }
        Action::Test { id, tenant, place } => {
            let business = Business::open(&place.database, &tenant, env).await?;
            let mut tx = business.store.read().await?;
            let record = carriers::find(&mut tx, &business.actor, id).await?;
            drop(tx);
            let around = Surroundings {
                store: business.store.clone(),
                env: env.clone(),
                sealing: Sealing::new(place.secret_key.file(&place.database)),
                links: Links::default(),
                contents: None,
            };
            let test = Carriers::new(around).test(&record).await;
            business.store.close().await;
            if !test.works {
                return Err(CommandError::Refused(test.words));
            }
            println!("{}", test.words);
        }
        Action::Remove { id, tenant, database } => {
            let business = Business::open(&database, &tenant, env).await?;
            let mut tx = business.write().await?;
            carriers::remove(&mut tx, &business.actor, id).await?;
            tx.commit().await?;
            println!("{id} is removed.");
            business.store.close().await;
        }
    }
    Ok(())
}

fn kind(text: &str) -> Result<Kind, String> {
    Kind::named(text).ok_or_else(|| {
        let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        format!("the kinds are {}", kinds.join(", "))
    })
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as name=value")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

/// A secret by where it is; one that is typed is not shown.
fn secret(name: &str, place: &str) -> Result<NewSecret, CommandError> {
    let place = if let Some(variable) = place.strip_prefix("env:") {
        SecretPlace::Environment(variable.to_owned())
    } else if let Some(path) = place.strip_prefix("file:") {
        SecretPlace::File(path.to_owned())
    } else if place == "-" {
        return Ok(NewSecret::Value(super::password::ask_for(name)?));
    } else {
        let words = format!("{name}: say where the secret is, as env:NAME or file:PATH, or - to be asked for it");
        return Err(CommandError::Refused(words));
    };
    Ok(NewSecret::Place(place))
}

/// What each kind needs, for `--help`.
fn kinds_help() -> String {
    let mut help = String::from("Settings (--set) and secrets (--secret) by kind:\n");
    for kind in Kind::ALL {
        let _ = writeln!(help, "\n  {}", kind.name());
        for field in fields(kind) {
            let how = if field.secret { "secret" } else { "setting" };
            let needed = if field.required { "" } else { ", optional" };
            let _ = writeln!(help, "    {} ({how}{needed}): {}", field.name, field.about);
        }
    }
    help
}
