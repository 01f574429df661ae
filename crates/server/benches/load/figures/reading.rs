//! Reading: pages of a long history, and the start of an app.

use std::time::Instant;

use halyard_server::auth::password::{Cost, Passwords};
use halyard_server::env::Env;
use halyard_server::store;
use hyper::{Method, StatusCode};
use serde_json::json;

use crate::client::Client;
use crate::database::{Database, Kind};
use crate::people;
use crate::report::{Measured, Samples};
use crate::server::Server;

/// Pages of a conversation of a million messages.
pub(super) async fn pages(kind: Kind) -> Vec<Measured> {
    const MESSAGES: u32 = 1_000_000;
    let database = Database::new(kind);
    let store = people::open(&database).await;
    let businesses = people::seed(&store, 1, 2, false).await;
    let chat = people::chat_with_history(&database, &store, &businesses[0], MESSAGES).await;
    store.close().await;
    let server = Server::start(&database, None);
    let mut client = Client::connect(server.address, &businesses[0].people[0]).await;
    let mut samples = Samples::default();
    for step in 0..500_u32 {
        // A walk that comes by everywhere: the step is prime to the number of messages.
        let before = 1 + (step * 611_953) % MESSAGES;
        let start = Instant::now();
        client.get(&format!("/conversations/{chat}/entries?before={before}")).await;
        samples.add(start.elapsed());
    }
    server.stop();
    let method = "A chat of a million messages; 500 pages of it, one after the other, at places all over it.";
    vec![Measured::quantile("A page of a million messages", &samples, 0.95, 10.0, method)]
}

/// Signing in to a tenant of 5,000 users, up to the first page.
pub(super) async fn start(kind: Kind) -> Vec<Measured> {
    const PASSWORD: &str = "correct horse";
    let database = Database::new(kind);
    let store = people::open(&database).await;
    let businesses = people::seed(&store, 1, 5_000, false).await;
    let business = &businesses[0];
    let hash = Passwords::new(Env::system(), Cost::default()).unwrap().hash(PASSWORD.to_owned()).await.unwrap();
    let mut tx = store.write(business.id).await.unwrap();
    for person in &business.people[..50] {
        store::users::set_password(&mut tx, person.id, &hash, None).await.unwrap();
    }
    tx.commit().await.unwrap();
    store.close().await;
    let server = Server::start(&database, None);
    let mut samples = Samples::default();
    for (n, person) in business.people[..50].iter().enumerate() {
        let mut client = Client::connect(server.address, person).await;
        let body =
            json!({ "login": format!("{}@{}", 10_000 + n, business.domain), "password": PASSWORD, "device": "Load" });
        let start = Instant::now();
        let (status, answer) = client.ask(Method::POST, "/session", Some(body.to_string())).await;
        assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer));
        client.get("/bootstrap").await;
        client.get("/contacts").await;
        samples.add(start.elapsed());
    }
    server.stop();
    let method = "Fifty users of a tenant of 5,000 sign in, one after the other: the sign-in with its password's hash, what an app starts \
                  from, and the first page of contacts.";
    vec![Measured::quantile("From signing in to the first page, 5,000 users", &samples, 0.95, 150.0, method)]
}
