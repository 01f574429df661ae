//! A browser on the bench: requests with a user's cookie, what users do most, and answers read.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use halyard_protocol::conversation::group_id;
use halyard_protocol::rest::{Bootstrap, SendMessage};
use halyard_protocol::{
    BeginGroup, CauseCode, Destination, ErrorBody, ErrorCode, LoggedEvent, MediaId, Message, MessageId, Peer,
    ReadPosition, StateVersion, ToGroup, UserState,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Bench, to_numbers};
use crate::problem::PROBLEM_JSON;
use crate::store;

/// A browser, with its cookie.
pub(crate) struct Browser<'a> {
    pub(crate) bench: &'a Bench,
    pub(crate) cookie: Option<String>,
}

impl Browser<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        self.request(Method::POST, path, Some(serde_json::to_string(body).unwrap())).await
    }

    pub(crate) async fn put(&self, path: &str, body: &impl Serialize) -> Answer {
        self.request(Method::PUT, path, Some(serde_json::to_string(body).unwrap())).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &impl Serialize) -> Answer {
        self.request(Method::PATCH, path, Some(serde_json::to_string(body).unwrap())).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.request(Method::DELETE, path, None).await
    }

    /// A request under `/api/v1`, with a JSON body or none.
    pub(crate) async fn request(&self, method: Method, path: &str, body: Option<String>) -> Answer {
        self.bench.raw(self.build(method, path, body)).await
    }

    /// The same, not sent yet.
    pub(crate) fn build(&self, method: Method, path: &str, body: Option<String>) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        request.body(body.map_or_else(Body::empty, Body::from)).unwrap()
    }

    /// Sends a message under an id.
    pub(crate) async fn send(&self, id: MessageId, to: Destination, body: &str) -> Answer {
        self.send_with(id, to, body, &[]).await
    }

    /// Sends a message with files under an id.
    pub(crate) async fn send_with(&self, id: MessageId, to: Destination, body: &str, media: &[MediaId]) -> Answer {
        let (body, media) = (body.to_owned(), media.to_vec());
        let body = serde_json::to_string(&SendMessage { to, body, media }).unwrap();
        let mut request = self.build(Method::POST, "/messages", Some(body));
        request.headers_mut().insert("idempotency-key", id.to_string().parse().unwrap());
        self.bench.raw(request).await
    }

    /// Gives a file to the server.
    pub(crate) async fn give(&self, id: MediaId, name: &str, content: Vec<u8>) -> Answer {
        let mut request = self.build(Method::PUT, &format!("/media/{id}?name={name}"), None);
        *request.body_mut() = Body::from(content);
        self.bench.raw(request).await
    }

    /// Opens an address of the site, perhaps a range of what is there.
    pub(crate) async fn open(&self, path: &str, range: Option<&str>) -> Answer {
        let mut request = self.build(Method::GET, "", None);
        *request.uri_mut() = path.parse().unwrap();
        if let Some(range) = range {
            request.headers_mut().insert(header::RANGE, range.parse().unwrap());
        }
        self.bench.raw(request).await
    }

    /// Texts numbers, from an own one.
    pub(crate) async fn text(&self, from: u16, to: &[u16], body: &str) -> Message {
        let answer = self.send(self.bench.message_id(), to_numbers(from, to), body).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
        answer.json()
    }

    /// Chats with colleagues, by their extensions.
    pub(crate) async fn chat(&self, to: &[&str], body: &str) -> Message {
        let answer = self.send(self.bench.message_id(), self.colleagues(to).await, body).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
        answer.json()
    }

    /// These extensions as recipients.
    pub(crate) async fn colleagues(&self, extensions: &[&str]) -> Destination {
        let users = self.bootstrap().await.users;
        let find = |extension: &&str| users.iter().find(|user| user.extension == **extension).unwrap().id;
        Destination::new(None, extensions.iter().map(find).map(Peer::User).collect())
    }

    /// Where the first message of a group chat goes that this user begins with these people.
    pub(crate) async fn begin_group(&self, peers: Vec<Peer>, title: &str) -> Destination {
        let me = self.bootstrap().await.me;
        let nonce = self.bench.app.env.ulid();
        let begin = Some(BeginGroup { nonce, title: title.to_owned() });
        let group = Some(ToGroup { id: group_id(me.tenant.id, me.user.id, nonce), begin });
        Destination { group, ..Destination::new(None, peers) }
    }

    pub(crate) async fn bootstrap(&self) -> Bootstrap {
        self.get("/bootstrap").await.json()
    }

    /// The states of the tenant's users that are newer than a version.
    pub(crate) async fn states(&self, after: StateVersion) -> Vec<UserState> {
        let tenant = self.bootstrap().await.me.tenant.id;
        let mut tx = self.bench.app.store.read().await.unwrap();
        store::states::users_after(&mut tx, tenant, after).await.unwrap().1
    }

    /// The read positions that the user sees and that are newer than a version.
    pub(crate) async fn reads(&self, after: StateVersion) -> Vec<ReadPosition> {
        let me = self.bootstrap().await.me.user.id;
        let mut tx = self.bench.app.store.read().await.unwrap();
        store::states::reads_after(&mut tx, me, after).await.unwrap()
    }

    /// The user's log after a cursor.
    pub(crate) async fn events(&self, after: u64) -> Vec<LoggedEvent> {
        let me = self.bootstrap().await.me.user.id;
        let mut tx = self.bench.app.store.read().await.unwrap();
        let newest = store::events::newest(&mut tx, me).await.unwrap();
        store::events::after(&mut tx, me, after, newest, 10_000).await.unwrap().unwrap()
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, String::from_utf8_lossy(&self.body)))
    }

    pub(crate) fn value(&self) -> Value {
        self.json()
    }

    /// The code of an error, after checking that the status is the one that goes with it, and that a broken rule is named.
    pub(crate) fn code(&self) -> ErrorCode {
        let body: ErrorBody = self.json();
        assert_eq!(self.status.as_u16(), body.code.status(), "{body:?}");
        assert_eq!(self.headers[header::CONTENT_TYPE], PROBLEM_JSON);
        assert!(!body.detail.is_empty());
        assert_eq!(body.detail, body.message, "apps of before read it there");
        if let ErrorCode::Invalid
        | ErrorCode::InvalidRecipients
        | ErrorCode::InvalidText
        | ErrorCode::InvalidMedia
        | ErrorCode::LimitReached
        | ErrorCode::Forbidden = body.code
        {
            assert!(body.cause.is_some_and(|cause| cause.code != CauseCode::Unknown), "which rule? {body:?}");
        }
        body.code
    }

    /// The code of an error's cause.
    pub(crate) fn cause(&self) -> CauseCode {
        self.code();
        self.json::<ErrorBody>().cause.unwrap_or_else(|| panic!("{self:?}")).code
    }
}
