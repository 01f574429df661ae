//! Who is there: tenants and users with sessions, written straight into the database.
//!
//! Always holds: an app that knows the states up to [`SEEDED`] knows all of them.

use std::sync::Arc;

use halyard_protocol::{ConversationId, ConversationKey, PhoneNumber, Role, StateVersion, TenantId, UserId};
use halyard_server::env::Env;
use halyard_server::store::{self, Store};

use crate::database::Database;
use crate::seed;

/// The version of the states that people are seeded with.
pub(crate) const SEEDED: StateVersion = 1;

/// A user who is signed in.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: UserId,
    /// What a browser sends as the header `Cookie`.
    pub(crate) cookie: String,
    /// An own number, if they were given one.
    pub(crate) number: Option<PhoneNumber>,
}

/// A tenant.
#[derive(Clone)]
pub(crate) struct Business {
    pub(crate) id: TenantId,
    pub(crate) domain: String,
    pub(crate) people: Vec<Person>,
}

/// Opens a database and brings it up to date.
pub(crate) async fn open(database: &Database) -> Store {
    let store = Store::open(&database.address, Arc::new(|_| {})).await.unwrap();
    store.migrate().await.unwrap();
    store
}

/// Adds tenants of so many people each; those with numbers can text.
pub(crate) async fn seed(store: &Store, tenants: usize, people: usize, with_numbers: bool) -> Vec<Business> {
    let env = Env::system();
    let mut businesses = Vec::with_capacity(tenants);
    for index in 0..tenants {
        let mut tx = store.write_system().await.unwrap();
        let domain = format!("t{index}-{}", env.ulid().to_string().to_lowercase());
        let id = seed::tenant(&mut tx, &env, &domain).await;
        let mut list = Vec::with_capacity(people);
        for n in 0..people {
            let name = format!("Person {n} of {index}");
            let (user, cookie) = seed::user(&mut tx, &env, id, 10_000 + n, name, Role::Administrator).await;
            let number = with_numbers.then(|| PhoneNumber::from_e164(&format!("+1619{index:03}{n:04}")).unwrap());
            if let Some(number) = number {
                seed::number(&mut tx, &env, id, number).await;
                store::numbers::assign(&mut tx, number, user).await.unwrap();
            }
            list.push(Person { id: user, cookie, number });
        }
        // As when a server restarts: nobody is new, everybody comes back.
        let connected: Vec<_> = list.iter().map(|person: &Person| (person.id, true)).collect();
        store::servers::set_connected(&mut tx, env.ulid(), false, id, &connected).await.unwrap();
        tx.commit().await.unwrap();
        businesses.push(Business { id, domain, people: list });
    }
    businesses
}

/// A chat of these people with so many messages of the first, written by a statement of the database's own.
pub(crate) async fn chat_with_history(
    database: &Database,
    store: &Store,
    business: &Business,
    messages: u32,
) -> ConversationId {
    let env = Env::system();
    let mut users: Vec<UserId> = business.people.iter().map(|person| person.id).collect();
    users.sort_unstable();
    let mut tx = store.write(business.id).await.unwrap();
    let chat =
        store::conversations::add(&mut tx, business.id, ConversationKey::Chat(users), "", env.now()).await.unwrap();
    for person in &business.people {
        store::memberships::add(&mut tx, chat.id, person.id).await.unwrap();
    }
    tx.commit().await.unwrap();
    // An id of a message has 26 digits: 12 of its own time, 14 of its place.
    let statements = [
        "WITH RECURSIVE places (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM places WHERE seq < $1)
         INSERT INTO messages (conversation, seq, id, author, inbound, body, at, request_hash)
         SELECT $2, seq, '01J9ZK4T6Q8Y' || CAST(10000000000000 + seq AS TEXT), $3, FALSE,
                'Message ' || CAST(seq AS TEXT) || ' of a long conversation, as long as most are', $4 + seq, NULL
         FROM places",
        "UPDATE conversations SET last_seq = $1 WHERE id = $2 AND id <> $3 AND last_activity <> $4",
    ];
    let (count, author) = (i64::from(messages), business.people[0].id.to_string());
    let start = env.now().0 - count;
    for statement in statements {
        let id = chat.id.to_string();
        if database.address.starts_with("sqlite:") {
            let pool = sqlx::SqlitePool::connect(&database.address).await.unwrap();
            sqlx::query(statement).bind(count).bind(id).bind(&author).bind(start).execute(&pool).await.unwrap();
            pool.close().await;
        } else {
            let pool = sqlx::PgPool::connect(&database.address).await.unwrap();
            sqlx::query(statement).bind(count).bind(id).bind(&author).bind(start).execute(&pool).await.unwrap();
            pool.close().await;
        }
    }
    chat.id
}
