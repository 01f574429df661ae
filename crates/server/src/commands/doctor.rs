//! `doctor`: is everything there?

use crate::config::Database;
use crate::store::{self, Schema, Store};

use super::CommandError;

/// Looks at the database and says what it finds. Changes nothing.
///
/// # Errors
/// [`CommandError`] when the database can't be used.
pub async fn run(database: &Database) -> Result<(), CommandError> {
    let store = Store::open_existing(&database.database).await?;
    match store.schema().await? {
        Schema::UpToDate => println!("database: {} answers, and is up to date", store.kind()),
        Schema::Missing => return refused("is empty: `halyard-server migrate` makes its tables, and so does `serve`"),
        Schema::Behind => {
            return refused(
                "is of an earlier version: `halyard-server migrate` brings it up to date, and so does `serve`",
            );
        }
        Schema::Newer => return refused("is of a later version than this server"),
    }
    let mut tx = store.read().await?;
    let tenants = store::tenants::all(&mut tx).await?;
    if tenants.is_empty() {
        println!("tenants: none yet. Try `halyard-server demo`, or `halyard-server tenant add`.");
    }
    for tenant in tenants {
        let users = store::users::directory(&mut tx, tenant.id).await?;
        let numbers = store::numbers::of_tenant(&mut tx, tenant.id).await?;
        println!("tenant {}: {} users, {} SMS numbers", tenant.domain, users.len(), numbers.len());
        for number in numbers {
            if store::numbers::users_of(&mut tx, number.number).await?.is_empty() {
                println!("  {} is assigned to nobody: texts to it are kept, but nobody sees them", number.number);
            }
        }
    }
    println!("jobs: {} wait or run", store::jobs::count(&mut tx).await?);
    let dead = store::jobs::dead(&mut tx).await?.len();
    if dead > 0 {
        println!("jobs: {dead} failed at every attempt: `halyard-server jobs list` says why");
    }
    drop(tx);
    store.close().await;
    Ok(())
}

fn refused(what: &str) -> Result<(), CommandError> {
    Err(CommandError::Refused(format!("the database {what}")))
}
