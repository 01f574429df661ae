//! Which ways a text from an own number goes to its recipients.

use halyard_carriers::Kind;
use halyard_protocol::{CarrierAccountId, PhoneNumber};

use super::sql::{args, json};
use super::{StoreError, Tx, dialect};

/// Which ways a text goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    /// The account that carries the own number.
    pub account: Option<CarrierAccountId>,
    /// Of which kind that is.
    pub kind: Option<Kind>,
    /// The recipients that are numbers of this system.
    pub on_net: Vec<PhoneNumber>,
    /// The others.
    pub outside: Vec<PhoneNumber>,
    /// Those of all who want no texts from the own number.
    pub opted_out: Vec<PhoneNumber>,
}

/// The ways from an own number to these recipients, by one statement.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, own: PhoneNumber, recipients: &[PhoneNumber]) -> Result<Routes, StoreError> {
    let sql = tx.pick(dialect::SQLITE_ROUTES, dialect::POSTGRES_ROUTES);
    let rows = tx.all(sql, args![own, json(&recipients)?]).await?;
    let mut routes = Routes::default();
    for row in &rows {
        let recipient = row.number("recipient")?;
        routes.account = row.maybe_id("account")?;
        routes.kind = row.maybe_text("kind")?.as_deref().and_then(Kind::named);
        if row.flag("on_net")? {
            routes.on_net.push(recipient);
        } else {
            routes.outside.push(recipient);
        }
        if row.flag("opted_out")? {
            routes.opted_out.push(recipient);
        }
    }
    Ok(routes)
}
