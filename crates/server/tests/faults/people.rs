//! Who is there: Harbor, whose people send, and Atlas, whose number they text.
//!
//! Always holds: two people of Harbor share each of its numbers, and two of Atlas share its one, so nothing that arrives is for one alone.

use std::sync::Arc;

use halyard_protocol::{
    Availability, CallingCode, Capabilities, Destination, DeviceId, Peer, PhoneNumber, Role, SmsNumber, Tenant,
    TenantId, User, UserId,
};
use halyard_server::auth::token::Token;
use halyard_server::env::Env;
use halyard_server::store::{self, Store, credentials::Credentials};

/// Who sends, in Harbor.
const SENDERS: u16 = 6;
/// Who is texted, in Atlas.
const RECIPIENTS: u16 = 2;

/// A user who is signed in.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) number: PhoneNumber,
    /// What a browser sends as the header `Cookie`.
    pub(crate) cookie: String,
}

/// Everybody.
pub(crate) struct People {
    pub(crate) senders: Vec<Person>,
    pub(crate) recipients: Vec<Person>,
}

impl People {
    /// Adds them to a fresh database.
    pub(crate) async fn seed(address: &str) -> Self {
        let store = Store::open(address, Arc::new(|_| {})).await.unwrap();
        store.migrate().await.unwrap();
        let senders = tenant(&store, "harbor", 100, SENDERS).await;
        let recipients = tenant(&store, "atlas", 200, RECIPIENTS).await;
        store.close().await;
        Self { senders, recipients }
    }

    /// The chat of all who send, for one of them.
    pub(crate) fn chat(&self, of: &Person) -> Destination {
        let others = self.senders.iter().filter(|person| person.id != of.id);
        Destination::new(None, others.map(|person| Peer::User(person.id)).collect())
    }

    /// A text of one of them to Atlas.
    pub(crate) fn text(&self, of: &Person) -> Destination {
        Destination::new(Some(of.number), vec![Peer::Number(self.recipients[0].number)])
    }
}

async fn tenant(store: &Store, domain: &str, line: u16, count: u16) -> Vec<Person> {
    let env = Env::system();
    let now = env.now();
    let id = TenantId(env.ulid());
    let tenant = Tenant { id, name: domain.to_owned(), domain: domain.to_owned(), calling_code: CallingCode(1) };
    // Nobody signs in by a password here.
    let hash = "none";
    let mut tx = store.write_system().await.unwrap();
    store::tenants::add(&mut tx, &tenant, now).await.unwrap();
    let mut people = Vec::new();
    for n in 0..count {
        let user = UserId(env.ulid());
        let account = User {
            id: user,
            extension: format!("{}", 1001 + n),
            name: format!("Person {n}"),
            department: String::new(),
            email: String::new(),
            role: Role::Basic,
            availability: Availability::Available,
            status_text: String::new(),
            connected: false,
        };
        store::users::add(&mut tx, id, &account, hash, now).await.unwrap();
        let token = Token::fresh(&env);
        let credentials = Credentials { user, tenant: id, password_hash: hash.to_owned(), is_known_network: true };
        let device = DeviceId(env.ulid());
        assert!(store::sessions::add(&mut tx, &token.hash(), device, &credentials, "Test", now).await.unwrap());
        let number = PhoneNumber::from_e164(&format!("+1619555{:04}", line + n / 2)).unwrap();
        if n % 2 == 0 {
            let capabilities = Capabilities { sms: true, mms: true, group_recipients: 8 };
            let own = SmsNumber { number, label: String::new(), capabilities };
            store::numbers::add(&mut tx, id, &own, now).await.unwrap();
        }
        store::numbers::assign(&mut tx, number, user).await.unwrap();
        people.push(Person { id: user, number, cookie: format!("halyard={}", token.reveal()) });
    }
    tx.commit().await.unwrap();
    people
}
