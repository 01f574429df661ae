//! Tenants: the businesses on this system.

use halyard_protocol::admin::{TenantAccount, Texting};
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
    // A closed tenant has no domain any more.
    let row =
        tx.optional("SELECT id, name, domain, calling_code FROM tenants WHERE domain = $1", args![domain]).await?;
    row.map(|row| tenant(&row)).transpose()
}

/// All tenants that are not closed, by domain.
///
/// # Errors
/// When the database fails.
pub async fn all(tx: &mut Tx) -> Result<Vec<Tenant>, StoreError> {
    let rows = tx
        .all("SELECT id, name, domain, calling_code FROM tenants WHERE closed_at IS NULL ORDER BY domain", vec![])
        .await?;
    rows.iter().map(tenant).collect()
}

/// All tenants that are not closed, by domain, as their operator sees them.
///
/// # Errors
/// When the database fails.
pub async fn accounts(tx: &mut Tx) -> Result<Vec<TenantAccount>, StoreError> {
    let rows = tx
        .all(
            "SELECT id, name, domain, calling_code, operator, created_at,
                    (SELECT COUNT(*) FROM users WHERE users.tenant = tenants.id AND disabled_at IS NULL) AS users,
                    (SELECT COUNT(*) FROM sms_numbers
                     WHERE sms_numbers.tenant = tenants.id AND retired_at IS NULL) AS numbers
             FROM tenants WHERE closed_at IS NULL ORDER BY domain",
            vec![],
        )
        .await?;
    let account = |row: &Row| {
        Ok(TenantAccount {
            tenant: tenant(row)?,
            operator: row.flag("operator")?,
            users: row.small("users")?,
            numbers: row.small("numbers")?,
            created_at: row.time("created_at")?,
        })
    };
    rows.iter().map(account).collect()
}

/// Writes a tenant's name and calling code.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &mut Tx, tenant: &Tenant) -> Result<(), StoreError> {
    tx.run(
        "UPDATE tenants SET name = $2, calling_code = $3 WHERE id = $1",
        args![tenant.id, &tenant.name, i64::from(tenant.calling_code.0)],
    )
    .await?;
    Ok(())
}

/// How a tenant texts to phones outside.
///
/// # Errors
/// When the database fails, or there is no such tenant.
pub async fn texting(tx: &mut Tx, tenant: TenantId) -> Result<Texting, StoreError> {
    let row = tx.one("SELECT help_text, countries FROM tenants WHERE id = $1", args![tenant]).await?;
    Ok(Texting { help_text: row.text("help_text")?, countries: calling_codes(&row.text("countries")?) })
}

/// The calling codes of the countries that a tenant may text to by a carrier.
///
/// # Errors
/// When the database fails, or there is no such tenant.
pub async fn countries(tx: &mut Tx, tenant: TenantId) -> Result<Vec<CallingCode>, StoreError> {
    let row = tx.one("SELECT countries, calling_code FROM tenants WHERE id = $1", args![tenant]).await?;
    let mut codes = calling_codes(&row.text("countries")?);
    if codes.is_empty() {
        codes.push(CallingCode(
            u16::try_from(row.int("calling_code")?).map_err(|_| StoreError::Corrupt("calling_code"))?,
        ));
    }
    Ok(codes)
}

fn calling_codes(list: &str) -> Vec<CallingCode> {
    list.split(',').filter_map(|code| code.parse().ok().map(CallingCode)).collect()
}

/// Writes how a tenant texts to phones outside.
///
/// # Errors
/// When the database fails.
pub async fn set_texting(tx: &mut Tx, tenant: TenantId, texting: &Texting) -> Result<(), StoreError> {
    let countries: Vec<String> = texting.countries.iter().map(|code| code.0.to_string()).collect();
    tx.run(
        "UPDATE tenants SET help_text = $2, countries = $3 WHERE id = $1",
        args![tenant, &texting.help_text, countries.join(",")],
    )
    .await?;
    Ok(())
}

/// Says whether the Administrators of a tenant operate this system. Whether that is new.
///
/// # Errors
/// When the database fails.
pub async fn set_operator(tx: &mut Tx, tenant: TenantId, operator: bool) -> Result<bool, StoreError> {
    let changed =
        tx.run("UPDATE tenants SET operator = $2 WHERE id = $1 AND operator <> $2", args![tenant, operator]).await?;
    Ok(changed > 0)
}

/// Closes a tenant: its domain is free again, and what it has stays.
///
/// # Errors
/// When the database fails.
pub async fn close(tx: &mut Tx, tenant: TenantId, now: UnixMs) -> Result<(), StoreError> {
    // Not a domain that anybody could have: those have no blanks.
    tx.run(
        "UPDATE tenants SET closed_at = $2, domain = 'closed ' || id, operator = FALSE WHERE id = $1",
        args![tenant, now],
    )
    .await?;
    Ok(())
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
