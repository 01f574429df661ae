//! Who is there: Harbor, whose people send, and Atlas, whose number they text.
//!
//! Always holds: two people of Harbor share each of its numbers, and two of Atlas share its one, so nothing that arrives is for one alone.

use std::sync::Arc;

use halyard_protocol::{Destination, Peer, PhoneNumber, Role, UserId};
use halyard_server::env::Env;
use halyard_server::store::{self, Store};

use crate::seed;

/// Who sends, in Harbor.
const SENDERS: usize = 6;
/// Who is texted, in Atlas.
const RECIPIENTS: usize = 2;

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

async fn tenant(store: &Store, domain: &str, line: usize, count: usize) -> Vec<Person> {
    let env = Env::system();
    let mut tx = store.write_system().await.unwrap();
    let tenant = seed::tenant(&mut tx, &env, domain).await;
    let mut people = Vec::new();
    for n in 0..count {
        let (id, cookie) = seed::user(&mut tx, &env, tenant, 1001 + n, format!("Person {n}"), Role::Basic).await;
        let number = PhoneNumber::from_e164(&format!("+1619555{:04}", line + n / 2)).unwrap();
        if n % 2 == 0 {
            seed::number(&mut tx, &env, tenant, number).await;
        }
        store::numbers::assign(&mut tx, number, id).await.unwrap();
        people.push(Person { id, number, cookie });
    }
    tx.commit().await.unwrap();
    people
}
