//! Accounts at carriers, and which one carries a number.
//!
//! Always holds: a secret is here only sealed ([`SecretPlace::Sealed`]); an account that was removed keeps its id, so what it carried can be told apart for ever.

use std::collections::BTreeMap;

use halyard_carriers::Kind;
use halyard_protocol::{CarrierAccountId, PhoneNumber, TenantId, UnixMs};
use serde::{Deserialize, Serialize};

use super::sql::{Row, args, json};
use super::{StoreError, Tx};

/// Where a secret is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretPlace {
    /// In an environment variable of the server.
    Environment(String),
    /// In a file on the server.
    File(String),
    /// Here, sealed.
    Sealed(String),
}

impl std::fmt::Display for SecretPlace {
    /// Says where, never what.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Environment(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{path}"),
            Self::Sealed(_) => f.write_str("sealed"),
        }
    }
}

impl std::fmt::Debug for SecretPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// An account as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRecord {
    /// Its id.
    pub id: CarrierAccountId,
    /// Whose it is; none of one that is the operator's, for all.
    pub tenant: Option<TenantId>,
    /// At what kind of carrier.
    pub kind: Kind,
    /// What people call it.
    pub name: String,
    /// What is not secret of it.
    pub settings: BTreeMap<String, String>,
    /// Where its secrets are.
    pub secrets: BTreeMap<String, SecretPlace>,
    /// The word in its addresses for the carrier's reports.
    pub webhook: String,
}

/// Adds an account.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, account: &AccountRecord, now: UnixMs) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO carrier_accounts (id, tenant, kind, name, settings, secrets, webhook, created_at, removed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)",
        args![
            account.id,
            account.tenant,
            account.kind.name(),
            &account.name,
            json(&account.settings)?,
            json(&account.secrets)?,
            &account.webhook,
            now,
        ],
    )
    .await?;
    Ok(())
}

/// An account that was not removed.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, id: CarrierAccountId) -> Result<Option<AccountRecord>, StoreError> {
    let row = tx
        .optional(
            "SELECT id, tenant, kind, name, settings, secrets, webhook FROM carrier_accounts
             WHERE id = $1 AND removed_at IS NULL",
            args![id],
        )
        .await?;
    row.as_ref().map(account).transpose()
}

/// The accounts that may carry a tenant's numbers: its own, then the operator's.
///
/// # Errors
/// When the database fails.
pub async fn of_tenant(tx: &mut Tx, tenant: TenantId) -> Result<Vec<AccountRecord>, StoreError> {
    let rows = tx
        .all(
            "SELECT id, tenant, kind, name, settings, secrets, webhook FROM carrier_accounts
             WHERE removed_at IS NULL AND (tenant = $1 OR tenant IS NULL)
             ORDER BY CASE WHEN tenant IS NULL THEN 1 ELSE 0 END, created_at, id",
            args![tenant],
        )
        .await?;
    rows.iter().map(account).collect()
}

/// All accounts that were not removed.
///
/// # Errors
/// When the database fails.
pub async fn all(tx: &mut Tx) -> Result<Vec<AccountRecord>, StoreError> {
    let rows = tx
        .all(
            "SELECT id, tenant, kind, name, settings, secrets, webhook FROM carrier_accounts
             WHERE removed_at IS NULL ORDER BY created_at, id",
            args![],
        )
        .await?;
    rows.iter().map(account).collect()
}

/// Removes an account. What it carried keeps its id.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, id: CarrierAccountId, now: UnixMs) -> Result<(), StoreError> {
    tx.run("UPDATE carrier_accounts SET removed_at = $2, secrets = '{}' WHERE id = $1", args![id, now]).await?;
    Ok(())
}

/// The account that carries an own number; `None` where there is none, or the number is not in use.
///
/// # Errors
/// When the database fails.
pub async fn of_number(tx: &mut Tx, number: PhoneNumber) -> Result<Option<CarrierAccountId>, StoreError> {
    let row =
        tx.optional("SELECT account FROM sms_numbers WHERE number = $1 AND retired_at IS NULL", args![number]).await?;
    row.map_or(Ok(None), |row| row.maybe_id("account"))
}

/// The numbers in use that an account carries, of all tenants or of one.
///
/// # Errors
/// When the database fails.
pub async fn numbers(
    tx: &mut Tx,
    account: CarrierAccountId,
    tenant: Option<TenantId>,
) -> Result<Vec<PhoneNumber>, StoreError> {
    let rows = tx
        .all(
            "SELECT number FROM sms_numbers
             WHERE account = $1 AND retired_at IS NULL AND (tenant = $2 OR $3 = TRUE) ORDER BY number",
            args![account, tenant, tenant.is_none()],
        )
        .await?;
    rows.iter().map(|row| row.number("number")).collect()
}

/// Lets an account carry a number, or none.
///
/// # Errors
/// When the database fails.
pub async fn assign(tx: &mut Tx, number: PhoneNumber, account: Option<CarrierAccountId>) -> Result<(), StoreError> {
    tx.run("UPDATE sms_numbers SET account = $2 WHERE number = $1", args![number, account]).await?;
    Ok(())
}

fn account(row: &Row) -> Result<AccountRecord, StoreError> {
    Ok(AccountRecord {
        id: row.id("id")?,
        tenant: row.maybe_id("tenant")?,
        kind: Kind::named(&row.text("kind")?).ok_or(StoreError::Corrupt("kind"))?,
        name: row.text("name")?,
        settings: row.json("settings")?,
        secrets: row.json("secrets")?,
        webhook: row.text("webhook")?,
    })
}
