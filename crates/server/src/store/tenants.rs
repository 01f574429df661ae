//! Tenants: the businesses on this system.

use halyard_protocol::{CallingCode, Tenant, TenantId, UnixMs};

use super::sql::{Row, args};
use super::{StoreError, Tx};

/// Adds a tenant.
///
/// # Errors
/// [`StoreError::Taken`] when the domain is in use.
pub async fn add(tx: &mut Tx, tenant: &Tenant, now: UnixMs) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO tenants (id, name, domain, calling_code, created_at) VALUES ($1, $2, $3, $4, $5)",
        args![tenant.id, &tenant.name, &tenant.domain, i64::from(tenant.calling_code.0), now],
    )
    .await?;
    Ok(())
}

/// The tenant with this id.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, id: TenantId) -> Result<Option<Tenant>, StoreError> {
    let row = tx.optional("SELECT id, name, domain, calling_code FROM tenants WHERE id = $1", args![id]).await?;
    row.map(|row| tenant(&row)).transpose()
}

/// The tenant with this domain (what stands after the @ of a log-in, in lower case).
///
/// # Errors
/// When the database fails.
pub async fn by_domain(tx: &mut Tx, domain: &str) -> Result<Option<Tenant>, StoreError> {
    let row =
        tx.optional("SELECT id, name, domain, calling_code FROM tenants WHERE domain = $1", args![domain]).await?;
    row.map(|row| tenant(&row)).transpose()
}

/// All tenants, by domain.
///
/// # Errors
/// When the database fails.
pub async fn all(tx: &mut Tx) -> Result<Vec<Tenant>, StoreError> {
    let rows = tx.all("SELECT id, name, domain, calling_code FROM tenants ORDER BY domain", vec![]).await?;
    rows.iter().map(tenant).collect()
}

fn tenant(row: &Row) -> Result<Tenant, StoreError> {
    let calling_code = u16::try_from(row.int("calling_code")?).map_err(|_| StoreError::Corrupt("calling_code"))?;
    Ok(Tenant {
        id: row.id("id")?,
        name: row.text("name")?,
        domain: row.text("domain")?,
        calling_code: CallingCode(calling_code),
    })
}
