//! `opt-out`: who wants no texts from a tenant's numbers.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use halyard_protocol::admin::Texting;
use halyard_protocol::{CallingCode, PhoneNumber, limits};

use super::{Business, CommandError};
use crate::config::{Database, domain, phone_number};
use crate::env::Env;
use crate::operations::messaging::consent::Source;
use crate::operations::opt_outs;

/// Who wants no texts from a tenant's numbers, and how it answers them.
#[derive(Debug, Args)]
pub struct OptOut {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List them as CSV: number, recipient, how it is known, since when (milliseconds since 1970). `import` reads this.
    List {
        /// The tenant, as harbor.
        #[arg(value_parser = domain)]
        tenant: String,
        #[command(flatten)]
        database: Database,
    },
    /// Note that somebody wants no texts from a number.
    Add {
        /// The tenant, as harbor.
        #[arg(value_parser = domain)]
        tenant: String,
        /// The tenant's number, as +16195550142.
        #[arg(value_parser = phone_number)]
        number: PhoneNumber,
        /// Who wants no texts from it.
        #[arg(value_parser = phone_number)]
        recipient: PhoneNumber,
        #[command(flatten)]
        database: Database,
    },
    /// Note that somebody wants texts from a number again. It takes their consent.
    Remove {
        /// The tenant, as harbor.
        #[arg(value_parser = domain)]
        tenant: String,
        /// The tenant's number, as +16195550142.
        #[arg(value_parser = phone_number)]
        number: PhoneNumber,
        /// Who wants texts from it.
        #[arg(value_parser = phone_number)]
        recipient: PhoneNumber,
        /// How it is known that they do: it stands in the audit log.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        database: Database,
    },
    /// Read a CSV file with the columns number and recipient: all of it, or nothing and the errors by line.
    Import {
        /// The tenant, as harbor.
        #[arg(value_parser = domain)]
        tenant: String,
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        database: Database,
    },
    /// Say how a tenant texts to phones outside: what is not named stays.
    Texting {
        /// The tenant, as harbor.
        #[arg(value_parser = domain)]
        tenant: String,
        /// What HELP is answered with; empty for the usual.
        #[arg(long)]
        help_text: Option<String>,
        /// Calling codes of the countries that texts may go to by a carrier, as 1,44; `own` for the tenant's own.
        #[arg(long)]
        countries: Option<String>,
        #[command(flatten)]
        database: Database,
    },
}

/// Runs the command.
///
/// # Errors
/// [`CommandError`].
pub async fn run(command: OptOut, env: &Env) -> Result<(), CommandError> {
    match command.action {
        Action::List { tenant, database } => {
            let business = Business::open(&database, &tenant, env).await?;
            let mut tx = business.store.read().await?;
            println!("number,recipient,source,at");
            for known in opt_outs::list(&mut tx, &business.actor).await? {
                println!("{},{},{},{}", known.number, known.recipient, known.source, known.at.0);
            }
            drop(tx);
            business.store.close().await;
        }
        Action::Add { tenant, number, recipient, database } => {
            let business = Business::open(&database, &tenant, env).await?;
            let mut tx = business.write().await?;
            let is_new = opt_outs::add(&mut tx, &business.actor, number, recipient, Source::Administrator).await?;
            tx.commit().await?;
            println!("{recipient} gets no texts from {number}{}", if is_new { "." } else { ", as before." });
            business.store.close().await;
        }
        Action::Remove { tenant, number, recipient, reason, database } => {
            let business = Business::open(&database, &tenant, env).await?;
            let mut tx = business.write().await?;
            let was = opt_outs::remove(&mut tx, &business.actor, number, recipient, &reason).await?;
            tx.commit().await?;
            println!("{recipient} can be texted from {number}{}", if was { "." } else { ", as before." });
            business.store.close().await;
        }
        Action::Import { tenant, file, database } => import(&tenant, &file, &database, env).await?,
        Action::Texting { tenant, help_text, countries, database } => {
            let business = Business::open(&database, &tenant, env).await?;
            let mut tx = business.write().await?;
            let before = opt_outs::texting(&mut tx, &business.actor).await?;
            let countries = countries.map(|list| calling_codes(&list)).transpose()?;
            let texting = Texting {
                help_text: help_text.unwrap_or(before.help_text),
                countries: countries.unwrap_or(before.countries),
            };
            let after = opt_outs::set_texting(&mut tx, &business.actor, texting).await?;
            tx.commit().await?;
            let codes: Vec<String> = after.countries.iter().map(|code| format!("+{}", code.0)).collect();
            let where_to = if codes.is_empty() { "its own country".to_owned() } else { codes.join(", ") };
            println!(
                "{tenant} texts to {where_to}. HELP is answered with: {}",
                match after.help_text.as_str() {
                    "" => "the usual",
                    words => words,
                }
            );
            business.store.close().await;
        }
    }
    Ok(())
}

fn calling_codes(list: &str) -> Result<Vec<CallingCode>, CommandError> {
    if list.trim() == "own" {
        return Ok(Vec::new());
    }
    let codes = list.split(',').map(|code| code.trim().trim_start_matches('+').parse().map(CallingCode));
    codes.collect::<Result<_, _>>().map_err(|_| CommandError::Refused("calling codes look like 1,44".to_owned()))
}

async fn import(tenant: &str, file: &PathBuf, database: &Database, env: &Env) -> Result<(), CommandError> {
    let business = Business::open(database, tenant, env).await?;
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_path(file).map_err(unreadable)?;
    let headers = reader.headers().map_err(unreadable)?.clone();
    let column = |name: &str| headers.iter().position(|header| header.eq_ignore_ascii_case(name));
    let (Some(own), Some(other)) = (column("number"), column("recipient")) else {
        return Err(CommandError::Refused("the file's first line has to name the columns number and recipient".into()));
    };
    let (mut pairs, mut errors) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(0, csv::Position::line);
        let number = |place: usize| record.get(place).unwrap_or_default().parse::<PhoneNumber>();
        match (number(own), number(other)) {
            (Ok(own), Ok(other)) => pairs.push((own, other)),
            (Err(error), _) | (_, Err(error)) => errors.push(format!("line {line}: {error}")),
        }
    }
    if pairs.len() > limits::IMPORT_OPT_OUTS {
        errors.push(format!("an import has {} opt-outs at most", limits::IMPORT_OPT_OUTS));
    }
    if !errors.is_empty() {
        return Err(CommandError::Refused(format!("nothing was imported:\n{}", errors.join("\n"))));
    }
    let mut tx = business.write().await?;
    let mut new = 0;
    for (own, other) in &pairs {
        new += u32::from(opt_outs::add(&mut tx, &business.actor, *own, *other, Source::Import).await?);
    }
    tx.commit().await?;
    println!("{new} opt-outs are new, {} were known.", pairs.len() - new as usize);
    business.store.close().await;
    Ok(())
}

fn unreadable(error: csv::Error) -> CommandError {
    CommandError::Refused(format!("the file can't be read: {error}"))
}
