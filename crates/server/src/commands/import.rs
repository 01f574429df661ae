//! `import-contacts`: a CSV file becomes shared contacts.

use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use halyard_protocol::{
    CallingCode, ContactDraft, ContactId, ContactNumber, ContactScope, NumberLabel, PhoneNumber, limits,
};

use super::{Business, CommandError};
use crate::config::{Database, domain};
use crate::env::Env;
use crate::operations::contacts::{self, CheckedContact};

/// Read a CSV file into a tenant's shared contacts.
#[derive(Debug, Args)]
#[command(after_help = "\
The first line names the columns, in any order:
  given, family, company   names
  email                    one or several, with ; between
  work, mobile, home, fax, other
                           numbers, one or several with ; between, written in any usual way
Columns with other names are not read. When a line can't be read, nothing is saved and each such line is named.
  given,family,company,email,work,mobile
  Dana,Whitfield,Whitfield Sails,dana@whitfieldsails.example,(619) 555-0142,+1 619 555 0177")]
pub struct Import {
    /// The file.
    file: PathBuf,
    /// The tenant, as harbor.
    #[arg(long, value_parser = domain)]
    tenant: String,
    #[command(flatten)]
    database: Database,
}

/// Runs the command.
///
/// # Errors
/// [`CommandError`]; nothing is saved then.
pub async fn run(import: Import, env: &Env) -> Result<(), CommandError> {
    let file = std::fs::File::open(&import.file)
        .map_err(|error| CommandError::Refused(format!("{}: {error}", import.file.display())))?;
    let business = Business::open(&import.database, &import.tenant, env).await?;
    let drafts = read(file, business.tenant.calling_code).map_err(|lines| CommandError::Refused(lines.join("\n")))?;
    let count = drafts.len();
    let mut contacts = Vec::with_capacity(count);
    for draft in drafts {
        contacts.push((ContactId(env.ulid()), CheckedContact::new(draft)?));
    }
    // Everything is checked: what the database refuses now is a fault of its own.
    while !contacts.is_empty() {
        let part = contacts.drain(..contacts.len().min(limits::IMPORT_AT_ONCE)).collect();
        let mut tx = business.write().await?;
        contacts::import(&mut tx, &business.actor, part).await?;
        tx.commit().await?;
    }
    println!("{count} shared contacts were added to {}.", business.tenant.domain);
    business.store.close().await;
    Ok(())
}

/// The contacts of a file, or what is wrong with it line by line.
fn read(file: impl Read, home: CallingCode) -> Result<Vec<ContactDraft>, Vec<String>> {
    let mut csv = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(file);
    let columns = match csv.headers() {
        Ok(columns) => {
            columns.iter().map(|name| name.trim_start_matches('\u{feff}').to_lowercase()).collect::<Vec<_>>()
        }
        Err(error) => return Err(vec![format!("line 1: {error}")]),
    };
    let (mut drafts, mut errors) = (Vec::new(), Vec::new());
    for record in csv.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                match draft(&columns, &record, home) {
                    Ok(draft) => drafts.push(draft),
                    Err(error) => errors.push(format!("line {line}: {error}")),
                }
            }
            Err(error) => errors.push(error.to_string()),
        }
    }
    if errors.is_empty() { Ok(drafts) } else { Err(errors) }
}

fn draft(columns: &[String], record: &csv::StringRecord, home: CallingCode) -> Result<ContactDraft, String> {
    let mut draft = ContactDraft { scope: ContactScope::Shared, ..ContactDraft::default() };
    for (column, text) in columns.iter().zip(record) {
        let several = text.split(';').map(str::trim).filter(|part| !part.is_empty());
        let label = match column.as_str() {
            "given" => {
                draft.given = text.to_owned();
                continue;
            }
            "family" => {
                draft.family = text.to_owned();
                continue;
            }
            "company" => {
                draft.company = text.to_owned();
                continue;
            }
            "email" => {
                draft.emails.extend(several.map(str::to_owned));
                continue;
            }
            "work" => NumberLabel::Work,
            "mobile" => NumberLabel::Mobile,
            "home" => NumberLabel::Home,
            "fax" => NumberLabel::Fax,
            "other" => NumberLabel::Other,
            _ => continue,
        };
        for part in several {
            let number = PhoneNumber::from_typed(part, home).map_err(|error| format!("{column}: {error}"))?;
            draft.numbers.push(ContactNumber::new(label, number));
        }
    }
    draft.check().map_err(|error| error.to_string())?;
    Ok(draft)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: CallingCode = CallingCode(1);

    #[test]
    fn reads_columns_in_any_order() {
        let file = "\u{feff}Company,mobile,given,notes,email\n\
                    Whitfield Sails,(619) 555-0177; 619-555-0178,Dana,likes tea,a@b.example;c@d.example\n";
        let drafts = read(file.as_bytes(), HOME).unwrap();
        assert_eq!(drafts.len(), 1);
        assert_eq!((drafts[0].given.as_str(), drafts[0].company.as_str()), ("Dana", "Whitfield Sails"));
        let numbers: Vec<String> = drafts[0].numbers.iter().map(|entry| entry.number.to_string()).collect();
        assert_eq!(numbers, ["+16195550177", "+16195550178"]);
        assert_eq!(drafts[0].emails, ["a@b.example", "c@d.example"]);
    }

    #[test]
    fn names_every_line_that_it_cannot_read() {
        let file = "given,work\nDana,call me\n,\nKit,6195550142\n";
        let errors = read(file.as_bytes(), HOME).unwrap_err();
        assert_eq!(errors.len(), 2, "{errors:?}");
        assert!(errors[0].starts_with("line 2: work: ") && errors[1].starts_with("line 3: "), "{errors:?}");
    }
}
