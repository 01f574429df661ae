//! `doctor`: is everything there?

use crate::config::Database;
use crate::store;

use super::{CommandError, open};

/// Looks at the database and says what it finds.
///
/// # Errors
/// [`CommandError`] when the database can't be used.
pub async fn run(database: &Database) -> Result<(), CommandError> {
    let store = open(database).await?;
    println!("database: {} answers, and is up to date", store.kind());
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
    drop(tx);
    store.close().await;
    Ok(())
}
