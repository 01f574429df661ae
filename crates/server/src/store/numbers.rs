//! The SMS numbers of the businesses, and which users text from them.

use std::collections::BTreeMap;

use halyard_protocol::{Capabilities, PhoneNumber, SmsNumber, TenantId, UnixMs, UserId};

use super::sql::{Row, args};
use super::{StoreError, Tx};

/// Adds a number to a tenant: a new one, or one that was retired.
///
/// # Errors
/// [`StoreError::Taken`] when it is in use on this system.
pub async fn add(tx: &mut Tx, tenant: TenantId, number: &SmsNumber, now: UnixMs) -> Result<(), StoreError> {
    let changed = tx
        .run(
            "INSERT INTO sms_numbers (number, tenant, label, sms, mms, group_recipients, short_codes, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (number) DO UPDATE SET tenant = $2, label = $3, sms = $4, mms = $5, group_recipients = $6,
                                                short_codes = $7, created_at = $8, retired_at = NULL, account = NULL
             WHERE sms_numbers.retired_at IS NOT NULL",
            args![
                number.number,
                tenant,
                &number.label,
                number.capabilities.sms,
                number.capabilities.mms,
                i64::from(number.capabilities.group_recipients),
                number.capabilities.short_codes,
                now,
            ],
        )
        .await?;
    if changed == 0 { Err(StoreError::Taken) } else { Ok(()) }
}

/// Writes a number's label and what it can do.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &mut Tx, number: &SmsNumber) -> Result<(), StoreError> {
    tx.run(
        "UPDATE sms_numbers SET label = $2, sms = $3, mms = $4, group_recipients = $5, short_codes = $6
         WHERE number = $1",
        args![
            number.number,
            &number.label,
            number.capabilities.sms,
            number.capabilities.mms,
            i64::from(number.capabilities.group_recipients),
            number.capabilities.short_codes,
        ],
    )
    .await?;
    Ok(())
}

/// Takes a number from all who text from it; gives back who they were.
///
/// # Errors
/// When the database fails.
pub async fn unassign_all(tx: &mut Tx, number: PhoneNumber) -> Result<Vec<UserId>, StoreError> {
    let rows = tx.all("DELETE FROM number_assignments WHERE number = $1 RETURNING user_id", args![number]).await?;
    rows.iter().map(|row| row.id("user_id")).collect()
}

/// Takes a number out of use. Its conversations stay.
///
/// # Errors
/// When the database fails.
pub async fn retire(tx: &mut Tx, number: PhoneNumber, now: UnixMs) -> Result<(), StoreError> {
    tx.run("UPDATE sms_numbers SET retired_at = $2 WHERE number = $1", args![number, now]).await?;
    Ok(())
}

/// The tenant that a number in use belongs to, and what it can do.
///
/// # Errors
/// When the database fails.
pub async fn by_number(tx: &mut Tx, wanted: PhoneNumber) -> Result<Option<(TenantId, SmsNumber)>, StoreError> {
    let row = tx
        .optional(
            "SELECT tenant, number, label, sms, mms, group_recipients, short_codes FROM sms_numbers
             WHERE number = $1 AND retired_at IS NULL",
            args![wanted],
        )
        .await?;
    row.map(|row| Ok((row.id("tenant")?, number(&row)?))).transpose()
}

/// A tenant's numbers, in their order.
///
/// # Errors
/// When the database fails.
pub async fn of_tenant(tx: &mut Tx, tenant: TenantId) -> Result<Vec<SmsNumber>, StoreError> {
    let rows = tx
        .all(
            "SELECT number, label, sms, mms, group_recipients, short_codes FROM sms_numbers
             WHERE tenant = $1 AND retired_at IS NULL ORDER BY number",
            args![tenant],
        )
        .await?;
    rows.iter().map(number).collect()
}

/// The numbers that a user may text from, in the order to offer them in.
///
/// # Errors
/// When the database fails.
pub async fn of_user(tx: &mut Tx, user: UserId) -> Result<Vec<SmsNumber>, StoreError> {
    let rows = tx
        .all(
            "SELECT sms_numbers.number AS number, label, sms, mms, group_recipients, short_codes
             FROM number_assignments JOIN sms_numbers ON sms_numbers.number = number_assignments.number
             WHERE number_assignments.user_id = $1 ORDER BY number_assignments.position, sms_numbers.number",
            args![user],
        )
        .await?;
    rows.iter().map(number).collect()
}

/// Who texts from a number, by id.
///
/// # Errors
/// When the database fails.
pub async fn users_of(tx: &mut Tx, number: PhoneNumber) -> Result<Vec<UserId>, StoreError> {
    let rows =
        tx.all("SELECT user_id FROM number_assignments WHERE number = $1 ORDER BY user_id", args![number]).await?;
    rows.iter().map(|row| row.id("user_id")).collect()
}

/// Which numbers each user of a tenant texts from, in the order to offer them in.
///
/// # Errors
/// When the database fails.
pub async fn assigned(tx: &mut Tx, tenant: TenantId) -> Result<BTreeMap<UserId, Vec<PhoneNumber>>, StoreError> {
    let rows = tx
        .all(
            "SELECT number_assignments.user_id AS user_id, number_assignments.number AS number
             FROM number_assignments JOIN sms_numbers ON sms_numbers.number = number_assignments.number
             WHERE sms_numbers.tenant = $1 ORDER BY number_assignments.position, number_assignments.number",
            args![tenant],
        )
        .await?;
    let mut assigned = BTreeMap::<UserId, Vec<PhoneNumber>>::new();
    for row in &rows {
        assigned.entry(row.id("user_id")?).or_default().push(row.number("number")?);
    }
    Ok(assigned)
}

/// Lets a user text from a number, after those that they have. Says whether that is new.
///
/// # Errors
/// When the database fails.
pub async fn assign(tx: &mut Tx, number: PhoneNumber, user: UserId) -> Result<bool, StoreError> {
    let changed = tx
        .run(
            "INSERT INTO number_assignments (number, user_id, position)
             SELECT $1, $2, COALESCE(MAX(position), 0) + 1 FROM number_assignments WHERE user_id = $2
             ON CONFLICT (number, user_id) DO NOTHING",
            args![number, user],
        )
        .await?;
    Ok(changed > 0)
}

/// A user no longer texts from a number. Says whether they did.
///
/// # Errors
/// When the database fails.
pub async fn unassign(tx: &mut Tx, number: PhoneNumber, user: UserId) -> Result<bool, StoreError> {
    let changed =
        tx.run("DELETE FROM number_assignments WHERE number = $1 AND user_id = $2", args![number, user]).await?;
    Ok(changed > 0)
}

fn number(row: &Row) -> Result<SmsNumber, StoreError> {
    let group = row.int("group_recipients")?;
    Ok(SmsNumber {
        number: row.number("number")?,
        label: row.text("label")?,
        capabilities: Capabilities {
            sms: row.flag("sms")?,
            mms: row.flag("mms")?,
            group_recipients: u8::try_from(group).map_err(|_| StoreError::Corrupt("group_recipients"))?,
            short_codes: row.flag("short_codes")?,
        },
    })
}
