//! Tenants and users who are signed in, written straight into a database: for the fault tests and the bench, which take this file by its path.

use halyard_protocol::{
    Availability, CallingCode, Capabilities, DeviceId, PhoneNumber, Role, SmsNumber, Tenant, TenantId, User, UserId,
};
use halyard_server::auth::token::Token;
use halyard_server::env::Env;
use halyard_server::store::{self, Tx, credentials::Credentials};

/// Nobody signs in by a password here but where a figure gives them one.
const NO_PASSWORD: &str = "none";

/// Adds a tenant that goes by its domain.
pub(crate) async fn tenant(tx: &mut Tx, env: &Env, domain: &str) -> TenantId {
    let id = TenantId(env.ulid());
    let tenant = Tenant { id, name: domain.to_owned(), domain: domain.to_owned(), calling_code: CallingCode(1) };
    store::tenants::add(tx, &tenant, env.now()).await.unwrap();
    id
}

/// Adds a user with a session: their id, and what their browser sends as the header `Cookie`.
pub(crate) async fn user(
    tx: &mut Tx,
    env: &Env,
    tenant: TenantId,
    extension: usize,
    name: String,
    role: Role,
) -> (UserId, String) {
    let id = UserId(env.ulid());
    let account = User {
        id,
        extension: extension.to_string(),
        name,
        department: "Sales".to_owned(),
        email: String::new(),
        role,
        availability: Availability::Available,
        status_text: String::new(),
        connected: false,
    };
    store::users::add(tx, tenant, &account, NO_PASSWORD, env.now()).await.unwrap();
    let token = Token::fresh(env);
    let credentials = Credentials { user: id, tenant, password_hash: NO_PASSWORD.to_owned(), is_known_network: true };
    let device = DeviceId(env.ulid());
    assert!(store::sessions::add(tx, &token.hash(), device, &credentials, "Test", env.now()).await.unwrap());
    (id, format!("halyard={}", token.reveal()))
}

/// Adds a number that can do everything.
pub(crate) async fn number(tx: &mut Tx, env: &Env, tenant: TenantId, number: PhoneNumber) {
    let capabilities = Capabilities { sms: true, mms: true, group_recipients: 8, short_codes: false };
    let own = SmsNumber { number, label: String::new(), capabilities };
    store::numbers::add(tx, tenant, &own, env.now()).await.unwrap();
}
