//! The REST interface. A handler is a file, with its tests below it.

pub mod audit;
pub mod bootstrap;
pub mod carriers;
pub mod contacts;
pub mod conversations;
pub mod devices;
pub mod docs;
pub mod extract;
pub mod favourites;
pub mod jobs;
pub mod me;
pub mod media;
pub mod messages;
pub mod numbers;
pub mod openapi;
pub mod opt_outs;
pub mod password_links;
pub mod session;
pub mod socket;
pub mod tenants;
pub mod users;

use halyard_protocol::rest::Me;
use halyard_protocol::{DeviceId, TenantId, UserId};

use crate::problem::Problem;
use crate::store::{self, Tx, address_book::AddressBook, sessions::Session};

/// Who is signed in on this device, with what they may text from.
async fn me(tx: &mut Tx, tenant: TenantId, user: UserId, device: DeviceId) -> Result<Me, Problem> {
    let found = store::users::by_id(tx, tenant, user).await?;
    let tenant = store::tenants::by_id(tx, tenant).await?;
    let (Some(found), Some(tenant)) = (found, tenant) else { return Err(Problem::signed_out()) };
    let numbers = store::numbers::of_user(tx, user).await?;
    Ok(Me { user: found, tenant, numbers, device })
}

/// The same for a session.
async fn me_of(tx: &mut Tx, session: &Session) -> Result<Me, Problem> {
    me(tx, session.tenant, session.user, session.device).await
}

/// The contacts that a session sees.
fn book(session: &Session) -> AddressBook {
    AddressBook { user: Some(session.user), tenant: session.tenant }
}

#[cfg(test)]
pub(crate) mod tests;
