//! The demo's way to phones outside: a number of the marina that a simulated carrier carries.
//!
//! Always holds: made again it changes nothing, unless the simulator is elsewhere or has another token; then another account takes the number over, and
//! the one before is removed. Who texts from the number, and its label, stay as they were changed meanwhile.

use std::collections::BTreeMap;

use halyard_carriers::provider;
use halyard_carriers::{Kind, Secret, Settings};
use halyard_protocol::admin::{NewCarrierAccount, NewNumber};
use halyard_protocol::{Capabilities, PhoneNumber};

use super::DemoError;
use super::people::HARBOR;
use super::story::number;
use crate::env::Env;
use crate::operations::carriers::{self, NewSecret, sealed_for};
use crate::operations::{Actor, numbers};
use crate::sealing::Sealing;
use crate::store::carrier_accounts::{AccountRecord, SecretPlace};
use crate::store::{self, Store, Tx};

/// The account's name.
const NAME: &str = "Simulated carrier";
/// The number, and its name.
const LINE: (&str, &str) = ("619-0190", "Simulated line");
/// Who texts from it.
const USERS: [&str; 2] = ["1001", "1002"];

/// Lets the simulator at an address carry the number. Says which number that is.
///
/// # Errors
/// When the demo is not there, the address or the token is none, or the database fails.
pub async fn carry(
    store: &Store,
    env: &Env,
    sealing: &Sealing,
    api: &str,
    token: &str,
) -> Result<PhoneNumber, DemoError> {
    let mut tx = store.read().await?;
    let tenant = store::tenants::by_domain(&mut tx, HARBOR.domain).await?;
    let tenant = tenant.ok_or_else(|| DemoError::Story(format!("no tenant {}", HARBOR.domain)))?.id;
    drop(tx);
    let line = number(LINE.0);
    let mut tx = store.write(tenant).await?;
    let actor = Actor::operator(tenant, env.now());
    let mut known = Vec::new();
    for record in store::carrier_accounts::of_tenant(&mut tx, tenant).await? {
        if record.tenant == Some(tenant) && record.kind == Kind::Simulator && record.name == NAME {
            known.push(record);
        }
    }
    if store::numbers::by_number(&mut tx, line).await?.is_none() {
        add_line(&mut tx, &actor, line).await?;
    }
    let current = store::carrier_accounts::of_number(&mut tx, line).await?;
    let is_right = |record: &AccountRecord| Some(record.id) == current && leads_to(record, sealing, api, token);
    if known.iter().any(is_right) {
        tx.commit().await?;
        return Ok(line);
    }
    let settings = BTreeMap::from([("api".to_owned(), api.to_owned())]);
    let secrets = BTreeMap::from([("token".to_owned(), Secret(token.to_owned()))]);
    let given = Settings { plain: settings.clone(), secrets };
    let takes = provider(Kind::Simulator, &given).map_err(|error| DemoError::Refused(error.to_string()))?;
    let takes = takes.ok_or_else(|| DemoError::Refused("there is no simulator".to_owned()))?.capabilities();
    let (kind, name) = (Kind::Simulator.name().to_owned(), NAME.to_owned());
    let new = NewCarrierAccount { kind, name, settings, secrets: BTreeMap::new(), shared: false };
    let secrets = BTreeMap::from([("token".to_owned(), NewSecret::Value(token.to_owned()))]);
    let record = carriers::add_with(&mut tx, &actor, env, sealing, new, secrets).await?;
    carriers::assign(&mut tx, &actor, line, Some((record.id, takes))).await?;
    for before in known {
        if store::carrier_accounts::numbers(&mut tx, before.id, None).await?.is_empty() {
            carriers::remove(&mut tx, &actor, before.id).await?;
        }
    }
    tx.commit().await?;
    Ok(line)
}

async fn add_line(tx: &mut Tx, actor: &Actor, line: PhoneNumber) -> Result<(), DemoError> {
    let capabilities = Capabilities { sms: true, mms: true, group_recipients: 10, short_codes: true };
    numbers::add(tx, actor, NewNumber { number: line, label: LINE.1.to_owned(), capabilities }).await?;
    for extension in USERS {
        if let Some(account) = store::users::account_by_extension(tx, actor.tenant, extension).await? {
            numbers::assign(tx, actor, line, account.user.id).await?;
        }
    }
    Ok(())
}

/// Whether an account leads to this simulator.
fn leads_to(record: &AccountRecord, sealing: &Sealing, api: &str, token: &str) -> bool {
    let known = match record.secrets.get("token") {
        Some(SecretPlace::Sealed(sealed)) => sealing.open(&sealed_for(record.id, "token"), sealed).ok(),
        Some(SecretPlace::Environment(_) | SecretPlace::File(_)) | None => None,
    };
    record.settings.get("api").is_some_and(|known| known == api) && known.is_some_and(|known| known == token)
}
