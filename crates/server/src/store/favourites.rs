//! Favourites: contacts and colleagues that a user marked.

use halyard_protocol::event::Favourite;

use super::address_book::AddressBook;
use super::sql::args;
use super::{StoreError, Tx};

/// Marks or unmarks. Says whether that changed anything.
///
/// # Errors
/// When the database fails.
pub async fn set(tx: &mut Tx, book: AddressBook, favourite: Favourite, on: bool) -> Result<bool, StoreError> {
    let (kind, target) = parts(favourite);
    let sql = if on {
        "INSERT INTO favourites (user_id, kind, target) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
    } else {
        "DELETE FROM favourites WHERE user_id = $1 AND kind = $2 AND target = $3"
    };
    Ok(tx.run(sql, args![book.user, kind, target]).await? > 0)
}

/// The favourites that are there: a deleted contact's mark is kept for its undo, but not shown.
///
/// # Errors
/// When the database fails.
pub async fn of_user(tx: &mut Tx, book: AddressBook) -> Result<Vec<Favourite>, StoreError> {
    let rows = tx
        .all(
            "SELECT kind, target FROM favourites WHERE user_id = $1 AND (
                 (kind = 'contact' AND EXISTS (SELECT 1 FROM contacts
                     WHERE contacts.id = favourites.target AND contacts.owner IN ($1, $2)))
                 OR (kind = 'user' AND EXISTS (SELECT 1 FROM users
                     WHERE users.id = favourites.target AND users.tenant = $2 AND users.disabled_at IS NULL))
             ) ORDER BY kind, target",
            args![book.user, book.tenant],
        )
        .await?;
    let mut favourites = Vec::with_capacity(rows.len());
    for row in &rows {
        favourites.push(match row.text("kind")?.as_str() {
            "contact" => Favourite::Contact(row.id("target")?),
            _ => Favourite::User(row.id("target")?),
        });
    }
    Ok(favourites)
}

fn parts(favourite: Favourite) -> (&'static str, String) {
    match favourite {
        Favourite::Contact(id) => ("contact", id.to_string()),
        Favourite::User(id) => ("user", id.to_string()),
        Favourite::Unknown => ("unknown", String::new()),
    }
}
