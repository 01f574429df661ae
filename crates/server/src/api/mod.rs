//! The REST interface. A handler is a file, with its tests below it.

pub mod bootstrap;
pub mod contacts;
pub mod conversations;
pub mod devices;
pub mod docs;
pub mod extract;
pub mod favourites;
pub mod me;
pub mod media;
pub mod messages;
pub mod openapi;
pub mod problem;
pub mod session;
pub mod socket;

use halyard_protocol::rest::Me;

use crate::store::{self, Tx, sessions::Session};
use problem::Problem;

/// Who is signed in, with what they may text from.
async fn me(tx: &mut Tx, session: &Session) -> Result<Me, Problem> {
    let user = store::users::by_id(tx, session.tenant, session.user).await?;
    let tenant = store::tenants::by_id(tx, session.tenant).await?;
    let (Some(user), Some(tenant)) = (user, tenant) else { return Err(Problem::signed_out()) };
    let numbers = store::numbers::of_user(tx, session.user).await?;
    Ok(Me { user, tenant, numbers, device: session.device })
}

/// Whose contacts a session sees.
fn reader(session: &Session) -> store::reader::Reader {
    store::reader::Reader { user: session.user, tenant: session.tenant }
}
