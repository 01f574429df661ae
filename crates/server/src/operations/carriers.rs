//! Accounts at carriers, and which one carries a number.
//!
//! Always holds: a business sees and changes its own accounts, and sees the operator's; only who operates this system changes those, and only they say at
//! which address a carrier is spoken to. A secret that was given is sealed at once, and nobody reads it again.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use halyard_carriers::kinds::{fields, provider};
use halyard_carriers::{Capabilities, Kind, Secret, Settings, SettingsError};
use halyard_protocol::admin::{AuditAction, CarrierAccount, NewCarrierAccount, NumberAccount, UpdateNumber};
use halyard_protocol::{CarrierAccountId, CauseCode, ErrorCode, Permission, PhoneNumber, limits};

use super::audit::{self, Fields, Subject};
use super::{Actor, numbers};
use crate::env::Env;
use crate::problem::Problem;
use crate::sealing::Sealing;
use crate::store::carrier_accounts::{AccountRecord, SecretPlace};
use crate::store::jobs::Queue;
use crate::store::{self, Tx};

/// Bytes of randomness in the word of an account's webhook.
const WORD: usize = 24;

/// A secret of a new account.
#[derive(Clone)]
pub enum NewSecret {
    /// Itself: it will be sealed.
    Value(String),
    /// Where it is on the server: only a command says so.
    Place(SecretPlace),
}

/// What a secret of an account is sealed for.
#[must_use]
pub fn sealed_for(account: CarrierAccountId, field: &str) -> String {
    format!("carrier account {account} {field}")
}

/// The accounts that may carry the tenant's numbers. `webhook` says where a carrier reports.
///
/// # Errors
/// The actor may not see them.
pub async fn list(
    tx: &mut Tx,
    actor: &Actor,
    webhook: impl Fn(&AccountRecord) -> Option<String>,
) -> Result<Vec<CarrierAccount>, Problem> {
    actor.require(Permission::ManageCarriers)?;
    let mut accounts = Vec::new();
    for record in store::carrier_accounts::of_tenant(tx, actor.tenant).await? {
        // Of the operator's accounts a business learns the name, not what they are set to.
        let is_theirs = record.tenant.is_some() || actor.may(Permission::ManageTenants);
        let numbers = store::carrier_accounts::numbers(tx, record.id, Some(actor.tenant)).await?;
        let webhook = webhook(&record).filter(|_| is_theirs).unwrap_or_default();
        let secrets = record.secrets.iter().map(|(name, place)| (name.clone(), place.to_string()));
        accounts.push(CarrierAccount {
            id: record.id,
            kind: record.kind.name().to_owned(),
            shared: record.tenant.is_none(),
            secrets: if is_theirs { secrets.collect() } else { BTreeMap::new() },
            settings: if is_theirs { record.settings } else { BTreeMap::new() },
            name: record.name,
            webhook,
            numbers,
        });
    }
    Ok(accounts)
}

/// Adds an account, with secrets that a request brought.
///
/// # Errors
/// The actor may not, or a setting is wrong.
pub async fn add(
    tx: &mut Tx,
    actor: &Actor,
    env: &Env,
    sealing: &Sealing,
    new: NewCarrierAccount,
) -> Result<AccountRecord, Problem> {
    let secrets = new.secrets.iter().map(|(name, value)| (name.clone(), NewSecret::Value(value.clone()))).collect();
    add_with(tx, actor, env, sealing, new, secrets).await
}

/// Adds an account, with secrets that may stay where they are on the server.
///
/// # Errors
/// The actor may not, or a setting is wrong.
pub async fn add_with(
    tx: &mut Tx,
    actor: &Actor,
    env: &Env,
    sealing: &Sealing,
    new: NewCarrierAccount,
    secrets: BTreeMap<String, NewSecret>,
) -> Result<AccountRecord, Problem> {
    actor.require(Permission::ManageCarriers)?;
    let NewCarrierAccount { kind, name, settings, shared, .. } = new;
    let kind = Kind::named(&kind).ok_or_else(|| {
        let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        setting(format!("There is no carrier of this kind. Those are: {}.", kinds.join(", "))).at("kind")
    })?;
    check_addresses(actor, kind, &settings, shared)?;
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > limits::NAME_LENGTH {
        return Err(Problem::too_long(CauseCode::NameOrCompanyTooLong, limits::NAME_LENGTH).at("name"));
    }
    let id = CarrierAccountId(env.ulid());
    let mut given = Settings { plain: settings.clone(), ..Settings::default() };
    let mut places = BTreeMap::new();
    let mut all_known = true;
    for (field, secret) in secrets {
        let (value, place) = match secret {
            NewSecret::Value(value) => {
                let sealed = sealing.seal(env, &sealed_for(id, &field), value.trim()).map_err(|error| {
                    Problem::because(ErrorCode::Conflict, CauseCode::NoSecretKey, error.to_string()).at("secrets")
                })?;
                (value, SecretPlace::Sealed(sealed))
            }
            NewSecret::Place(place) => {
                actor.require_command()?;
                all_known = false;
                ("-".to_owned(), place)
            }
        };
        given.secrets.insert(field.clone(), Secret(value));
        places.insert(field, place);
    }
    given.check(fields(kind)).map_err(wrong)?;
    if all_known {
        provider(kind, &given).map_err(wrong)?;
    }
    let webhook = BASE64.encode(env.bytes::<WORD>());
    let tenant = (!shared).then_some(actor.tenant);
    let record = AccountRecord { id, tenant, kind, name, settings, secrets: places, webhook };
    store::carrier_accounts::add(tx, &record, actor.now).await?;
    audit::note(tx, actor, AuditAction::CarrierAdded, subject(&record), fields_of(&record)).await?;
    Ok(record)
}

/// Whoever says at which address a carrier is spoken to could let this server speak to others in its network.
fn check_addresses(
    actor: &Actor,
    kind: Kind,
    settings: &BTreeMap<String, String>,
    shared: bool,
) -> Result<(), Problem> {
    let names_address = settings.contains_key("api") || matches!(kind, Kind::Smpp | Kind::Simulator);
    if (names_address || shared) && !actor.may(Permission::ManageTenants) {
        let detail =
            "Only who operates this system adds accounts for all businesses, and accounts that name an address.";
        return Err(Problem::because(ErrorCode::Forbidden, CauseCode::RoleDoesNotAllow, detail));
    }
    Ok(())
}

/// An account that the actor may use.
///
/// # Errors
/// The actor may not, or there is none.
pub async fn find(tx: &mut Tx, actor: &Actor, id: CarrierAccountId) -> Result<AccountRecord, Problem> {
    actor.require(Permission::ManageCarriers)?;
    let found = store::carrier_accounts::by_id(tx, id).await?;
    found.filter(|record| record.tenant.is_none_or(|tenant| tenant == actor.tenant)).ok_or_else(Problem::not_found)
}

/// Removes an account that carries no number.
///
/// # Errors
/// The actor may not, there is none, or it carries numbers.
pub async fn remove(tx: &mut Tx, actor: &Actor, id: CarrierAccountId) -> Result<(), Problem> {
    let record = find(tx, actor, id).await?;
    if record.tenant.is_none() {
        actor.require(Permission::ManageTenants)?;
    }
    let numbers = store::carrier_accounts::numbers(tx, id, None).await?;
    if let Some(first) = numbers.first() {
        let detail =
            format!("It carries {} numbers, {first} among them. Give them to another account first.", numbers.len());
        return Err(Problem::because(ErrorCode::Conflict, CauseCode::CarrierAccountInUse, detail));
    }
    store::carrier_accounts::remove(tx, id, actor.now).await?;
    Ok(audit::note(tx, actor, AuditAction::CarrierRemoved, subject(&record), Fields::default()).await?)
}

/// Lets an account carry a number, or none. The number can do from then on what the account takes; its history stays.
///
/// # Errors
/// The actor may not, or the tenant has no such number or account.
pub async fn assign(
    tx: &mut Tx,
    actor: &Actor,
    number: PhoneNumber,
    account: Option<(CarrierAccountId, Capabilities)>,
) -> Result<NumberAccount, Problem> {
    actor.require(Permission::ManageCarriers)?;
    let own = numbers::find(tx, actor, number).await?;
    let before = store::carrier_accounts::of_number(tx, number).await?;
    let mut names = Vec::new();
    for id in [before, account.map(|(id, _)| id)] {
        names.push(match id {
            Some(id) if Some(id) == before => store::carrier_accounts::by_id(tx, id).await?.map(|record| record.name),
            Some(id) => Some(find(tx, actor, id).await?.name),
            None => None,
        });
    }
    let now = account.map(|(id, _)| id);
    store::carrier_accounts::assign(tx, number, now).await?;
    if let Some(before) = before.filter(|before| Some(*before) != now) {
        // What waits goes at the pace of the account that carries it now.
        let tenant = actor.tenant;
        let line = |account| Queue::Line { tenant, account, number };
        store::jobs::move_to_queue(tx, line(before), now.map_or(Queue::Tenant(tenant), line)).await?;
    }
    if before != account.map(|(id, _)| id) {
        let [was, now] = names.try_into().unwrap_or_default();
        let fields = Fields::default().changed("carrier", was.unwrap_or_default(), now.unwrap_or_default());
        audit::note(tx, actor, AuditAction::NumberCarrierChanged, numbers::subject(&own), fields).await?;
    }
    let capabilities =
        account.map_or(halyard_protocol::Capabilities { short_codes: false, ..own.capabilities }, |(_, takes)| {
            let mms = takes.mms;
            let group_recipients = if mms { takes.group_recipients } else { 0 };
            halyard_protocol::Capabilities { sms: takes.sms, mms, group_recipients, short_codes: takes.short_codes }
        });
    numbers::set(tx, actor, number, UpdateNumber { label: None, capabilities: Some(capabilities) }).await
}

fn setting(detail: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    Problem::invalid(CauseCode::InvalidCarrierSetting, detail)
}

fn wrong(error: SettingsError) -> Problem {
    let field = match &error {
        SettingsError::UnknownField(name) => name.clone(),
        SettingsError::Missing(name) | SettingsError::IsSecret(name) => (*name).to_owned(),
        SettingsError::Invalid { field, .. } => (*field).to_owned(),
    };
    let mut detail = error.to_string();
    if let Some(first) = detail.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    setting(format!("{detail}.")).at(format!("settings.{field}"))
}

fn subject(record: &AccountRecord) -> Subject {
    Subject::new(record.id, &record.name)
}

/// What the audit log says of an account: never a secret, and no more of a setting than its name.
fn fields_of(record: &AccountRecord) -> Fields {
    let settings: Vec<&str> = record.settings.keys().map(String::as_str).collect();
    Fields::default().now("kind", record.kind.name()).now("settings", settings.join(", "))
}
