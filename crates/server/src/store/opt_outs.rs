//! Who does not want texts from an own number.
//!
//! Always holds: it belongs to the number, whichever business has it.

use halyard_protocol::{PhoneNumber, TenantId, UnixMs};

use super::sql::{Row, args, json};
use super::{StoreError, Tx, dialect};

/// A recipient who does not want texts from an own number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptOut {
    /// The own number.
    pub own: PhoneNumber,
    /// The recipient.
    pub recipient: PhoneNumber,
    /// How that is known: `reply`, `carrier`, `administrator` or `import`.
    pub source: String,
    /// Since when.
    pub at: UnixMs,
}

/// Notes that a recipient does not want texts from an own number. Says whether that is new.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, opt_out: &OptOut) -> Result<bool, StoreError> {
    let changed = tx
        .run(
            "INSERT INTO opt_outs (own_number, recipient, source, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            args![opt_out.own, opt_out.recipient, &opt_out.source, opt_out.at],
        )
        .await?;
    Ok(changed > 0)
}

/// Notes that a recipient wants texts from an own number again. Says whether they did not.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, own: PhoneNumber, recipient: PhoneNumber) -> Result<bool, StoreError> {
    let changed =
        tx.run("DELETE FROM opt_outs WHERE own_number = $1 AND recipient = $2", args![own, recipient]).await?;
    Ok(changed > 0)
}

/// Those of these pairs of an own number and a recipient where the recipient does not want its texts, by one statement.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, pairs: &[[PhoneNumber; 2]]) -> Result<Vec<[PhoneNumber; 2]>, StoreError> {
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.pick(dialect::SQLITE_OPT_OUTS, dialect::POSTGRES_OPT_OUTS);
    let rows = tx.all(sql, args![json(&pairs)?]).await?;
    rows.iter().map(|row| Ok([row.number("own_number")?, row.number("recipient")?])).collect()
}

/// Those of a tenant's numbers in use, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn of_tenant(tx: &mut Tx, tenant: TenantId) -> Result<Vec<OptOut>, StoreError> {
    let rows = tx
        .all(
            "SELECT opt_outs.own_number AS own_number, recipient, source, at
             FROM opt_outs JOIN sms_numbers ON sms_numbers.number = opt_outs.own_number
             WHERE sms_numbers.tenant = $1 AND sms_numbers.retired_at IS NULL ORDER BY at DESC, recipient",
            args![tenant],
        )
        .await?;
    let opt_out = |row: &Row| {
        Ok(OptOut {
            own: row.number("own_number")?,
            recipient: row.number("recipient")?,
            source: row.text("source")?,
            at: row.time("at")?,
        })
    };
    rows.iter().map(opt_out).collect()
}
