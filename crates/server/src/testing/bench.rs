//! A server on a test's bench: two small tenants, requests without a socket.
//!
//! Harbor: 1001 (Administrator, numbers ...0101 and ...0102), 1002 (Basic, shares ...0101), 1003 (Basic, no number),
//! 1004 (Office Manager). Atlas: 1001 (Administrator, number ...0110), 1002 (Basic). Every password is [`PASSWORD`].

mod browser;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use halyard_carriers::Address;
use halyard_protocol::{
    Availability, CallingCode, Capabilities, Destination, MediaId, Message, MessageId, Peer, PhoneNumber, Role,
    SmsNumber, Tenant, TenantId, User, UserId,
};
use http_body_util::BodyExt as _;
use serde_json::json;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

use super::TestEnv;
use super::documented::Documented;
use crate::app::{App, Settings};
use crate::auth::password::Cost;
use crate::carriers::{Carriers, Surroundings};
use crate::connections;
use crate::jobs::Workers;
use crate::media::contents::Contents;
use crate::operations::Actor;
use crate::operations::messaging::receive::{InboundText, receive};
use crate::operations::numbers::assign;
use crate::operations::tenants;
use crate::routes;
use crate::store;
use crate::web::assets::Assets;

pub(crate) use browser::{Answer, Browser};

/// Everybody's.
pub(crate) const PASSWORD: &str = "correct horse";

/// A number of the bench: +1 619 555 and this.
pub(crate) fn number(line: u16) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+1619555{line:04}")).unwrap()
}

/// A server and its clock.
pub(crate) struct Bench {
    pub(crate) app: Arc<App>,
    pub(crate) test: TestEnv,
    router: Router,
    documented: Documented,
    folder: Option<TempDir>,
    /// Has the key of secrets.
    _keys: TempDir,
}

/// What carriers work with, at a server under test.
pub(crate) fn around(bench: &Bench) -> Surroundings {
    Surroundings {
        store: bench.app.store.clone(),
        env: bench.app.env.clone(),
        sealing: bench.app.sealing.clone(),
        links: bench.app.carriers.links().clone(),
        contents: Some(bench.app.contents.clone()),
    }
}

/// Workers of a server under test, with these carriers.
pub(crate) fn workers_of(bench: &Bench, carriers: Carriers) -> Workers {
    let App { store, contents, env, .. } = &*bench.app;
    Workers::new(store.clone(), carriers, contents.clone(), env.clone(), Arc::default())
}

impl Bench {
    /// On SQLite, or on the PostgreSQL that the tests are run again on ([`super::again`]).
    pub(crate) async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    /// The same with other settings; passwords are cheap in any case.
    pub(crate) async fn with(settings: Settings) -> Self {
        if let Some(address) = super::again::address().await {
            return Self::on(&address, settings).await;
        }
        let (address, folder) = super::sqlite();
        let mut bench = Self::on(&address, settings).await;
        bench.folder = Some(folder);
        bench
    }

    /// On the database at an address.
    pub(crate) async fn on(address: &str, settings: Settings) -> Self {
        Self::keeping(Contents::in_memory(), address, settings).await
    }

    /// The same, with contents of files in a place.
    pub(crate) async fn keeping(contents: Contents, address: &str, settings: Settings) -> Self {
        let bench = Self::again(contents, address, settings, TestEnv::new()).await;
        bench.seed().await;
        bench
    }

    /// A server that starts on what there is.
    pub(crate) async fn again(contents: Contents, address: &str, settings: Settings, test: TestEnv) -> Self {
        let keys = super::folder("halyard-keys-");
        let secret_key = settings.secret_key.clone().or_else(|| Some(keys.path().join("halyard.key")));
        let settings = Settings { cost: Cost { memory: 8, passes: 1 }, secret_key, ..settings };
        let app = App::start(address, contents, test.env(), settings).await.unwrap();
        app.carriers.links().listens_at(SocketAddr::from(([127, 0, 0, 1], 80)));
        let router = routes::router(&app, Assets::None).unwrap();
        let page = Request::get("/api/openapi.json").header(header::HOST, "localhost").body(Body::empty()).unwrap();
        let page = router.clone().oneshot(page).await.unwrap().into_body().collect().await.unwrap().to_bytes();
        let documented = Documented::new(serde_json::from_slice(&page).unwrap());
        Self { app, test, router, documented, folder: None, _keys: keys }
    }

    async fn seed(&self) {
        let hash = self.app.passwords.hash(PASSWORD.to_owned()).await.unwrap();
        let harbor = [
            ("1001", Role::Administrator, &[101, 102][..]),
            ("1002", Role::Basic, &[101]),
            ("1003", Role::Basic, &[]),
            ("1004", Role::OfficeManager, &[]),
        ];
        let atlas = [("1001", Role::Administrator, &[110][..]), ("1002", Role::Basic, &[])];
        for (domain, people) in [("harbor", &harbor[..]), ("atlas", &atlas)] {
            let id = TenantId(self.app.env.ulid());
            let tenant =
                Tenant { id, name: domain.to_owned(), domain: domain.to_owned(), calling_code: CallingCode(1) };
            let now = self.app.env.now();
            let mut tx = self.app.store.write_system().await.unwrap();
            store::tenants::add(&mut tx, &tenant, now).await.unwrap();
            for (extension, role, lines) in people {
                let user = User {
                    id: UserId(self.app.env.ulid()),
                    extension: (*extension).to_owned(),
                    name: format!("{extension} of {domain}"),
                    department: String::new(),
                    email: String::new(),
                    role: *role,
                    availability: Availability::Available,
                    status_text: String::new(),
                    connected: false,
                };
                store::users::add(&mut tx, id, &user, &hash, now).await.unwrap();
                for line in *lines {
                    let number = number(*line);
                    if store::numbers::by_number(&mut tx, number).await.unwrap().is_none() {
                        let capabilities =
                            Capabilities { sms: true, mms: true, group_recipients: 8, short_codes: false };
                        let own = SmsNumber { number, label: String::new(), capabilities };
                        store::numbers::add(&mut tx, id, &own, now).await.unwrap();
                    }
                    assign(&mut tx, &Actor::operator(id, now), number, user.id).await.unwrap();
                }
            }
            tx.commit().await.unwrap();
        }
    }

    /// A browser in which this user has signed in.
    pub(crate) async fn sign_in(&self, login: &str) -> Browser<'_> {
        let browser = Browser { bench: self, cookie: None };
        let body = json!({ "login": login, "password": PASSWORD, "device": "Test" });
        let answer = browser.post("/session", &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Browser { bench: self, cookie: Some(cookie) }
    }

    /// A browser in which nobody has signed in.
    pub(crate) fn stranger(&self) -> Browser<'_> {
        Browser { bench: self, cookie: None }
    }

    /// The user with a log-in.
    pub(crate) async fn user(&self, login: &str) -> UserId {
        let (extension, domain) = login.split_once('@').unwrap();
        let mut tx = self.app.store.read().await.unwrap();
        let tenant = store::tenants::by_domain(&mut tx, domain).await.unwrap().unwrap().id;
        store::users::account_by_extension(&mut tx, tenant, extension).await.unwrap().unwrap().user.id
    }

    /// A browser in which a new user of harbor with this role has signed in, and the id of another new user, a Basic one.
    pub(crate) async fn with_role(&self, role: Role) -> (Browser<'_>, String) {
        let maya = self.sign_in("1001@harbor").await;
        let place = Role::ALL.iter().position(|known| *known == role).unwrap();
        for (tens, role) in [(109, role), (108, Role::Basic)] {
            let extension = format!("{tens}{place}");
            let new = json!({ "extension": extension, "name": "New", "role": role, "password": PASSWORD });
            assert_eq!(maya.post("/users", &new).await.status, 201);
        }
        let colleague = self.user(&format!("108{place}@harbor")).await.to_string();
        (self.sign_in(&format!("109{place}@harbor")).await, colleague)
    }

    /// Lets the Administrators of a tenant operate the system.
    pub(crate) async fn make_operator(&self, domain: &str) {
        let mut tx = self.app.store.write_system().await.unwrap();
        let tenant = store::tenants::by_domain(&mut tx, domain).await.unwrap().unwrap().id;
        tenants::set_operator(&mut tx, &self.operator(tenant), true).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Whoever runs a command, in a tenant.
    pub(crate) fn operator(&self, tenant: TenantId) -> Actor {
        Actor::operator(tenant, self.app.env.now())
    }

    /// Does the jobs that are due.
    pub(crate) async fn work(&self) -> usize {
        self.app.workers.run_due().await.unwrap()
    }

    /// A carrier brings a text for a number of this tenant; twice with one reference it is the same. `None` for what came before.
    pub(crate) async fn receive(&self, tenant: TenantId, reference: &str, from: u16, to: u16) -> Option<Message> {
        let text = InboundText {
            carrier: "test".to_owned(),
            reference: reference.to_owned(),
            from: Address::Number(number(from)),
            to: number(to),
            others: Vec::new(),
            body: "Hello".to_owned(),
            media: Vec::new(),
            files: Vec::new(),
            missing: 0,
        };
        let mut tx = self.app.store.write(tenant).await.unwrap();
        let actor = Actor::system(tenant, self.app.env.now());
        let message = receive(&mut tx, &actor, &self.app.env, text).await.unwrap();
        tx.commit().await.unwrap();
        message
    }

    /// A carrier's webhook, signed by this header; the status of the answer.
    pub(crate) async fn webhook(&self, path: &str, name: &'static str, signature: &str, body: String) -> u16 {
        let request = Request::post(path).header(header::HOST, "localhost").header(name, signature);
        let request = request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body)).unwrap();
        self.router.clone().oneshot(request).await.unwrap().status().as_u16()
    }

    /// A fresh message id.
    pub(crate) fn message_id(&self) -> MessageId {
        MessageId(self.app.env.ulid())
    }

    /// A fresh id of a file.
    pub(crate) fn media_id(&self) -> MediaId {
        MediaId(self.app.env.ulid())
    }

    /// Lets the server listen at a free port of this machine, and tell of states, until dropped.
    pub(crate) async fn listen(&self) -> Listening {
        let mut listening = self.listen_alone().await;
        listening.tasks.push(tokio::spawn(self.app.teller.clone().run(self.app.stop.clone())));
        listening
    }

    /// The same, but states are told when the test says so.
    pub(crate) async fn listen_alone(&self) -> Listening {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (app, router) = (Arc::clone(&self.app), self.router.clone());
        let task = tokio::spawn(async move {
            connections::serve(&app, router, connections::Entrance::plain(listener), app.stop.clone()).await;
        });
        Listening { address, tasks: vec![task] }
    }

    /// Sends a request as it is, to a host.
    pub(crate) async fn raw(&self, mut request: Request<Body>) -> Answer {
        request.headers_mut().entry(header::HOST).or_insert(HeaderValue::from_static("localhost"));
        self.without_host(request).await
    }

    /// Sends a request as it is.
    pub(crate) async fn without_host(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        self.documented.check(&method, &path, status);
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, headers, body: bytes.to_vec() }
    }
}

/// From an own number to others.
pub(crate) fn to_numbers(from: u16, to: &[u16]) -> Destination {
    Destination::new(Some(number(from)), to.iter().map(|line| Peer::Number(number(*line))).collect())
}

/// A server that listens.
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// A picture of so many pixels, as far as anybody looks.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let chunk = |kind: &[u8], data: &[u8]| {
        // The check sums are the viewer's business.
        [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], kind, data, &[0; 4]].concat()
    };
    let size = [&width.to_be_bytes()[..], &height.to_be_bytes()[..], &[8, 2, 0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1A\n".to_vec(), chunk(b"IHDR", &size), chunk(b"IDAT", &[1, 2, 3]), chunk(b"IEND", &[])].concat()
}
