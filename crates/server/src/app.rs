//! The application: what requests, sockets and upkeep share.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use halyard_protocol::limits;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::limiter::{Limits, SignInLimiter};
use crate::auth::origin::Origins;
use crate::auth::password::{Cost, PasswordError, Passwords};
use crate::auth::seen::Seen;
use crate::auth::token::cookie_name;
use crate::carriers::{Carriers, Links, Surroundings};
use crate::env::Env;
use crate::hub::{Hub, RETURN};
use crate::jobs::Workers;
use crate::media::contents::Contents;
use crate::metrics::Metrics;
use crate::operations::Actor;
use crate::operations::quotas::Quotas;
use crate::permits::{self, Permits};
use crate::presence::Presence;
use crate::problem::Problem;
use crate::sealing::Sealing;
use crate::store::sessions::{Lifetimes, Session};
use crate::store::{Committed, Store, StoreError, Tx};
use crate::teller::Teller;
use crate::tls;

/// A day, in milliseconds.
pub const DAY: i64 = 24 * 60 * 60 * 1_000;

/// What an operator decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long sessions last.
    pub lifetimes: Lifetimes,
    /// How long the event log goes back, in milliseconds.
    pub keep_events: i64,
    /// The address that users open, when it is known.
    pub public_url: Option<String>,
    /// Other addresses whose pages may do what ours may: a development server's.
    pub allowed_origins: Vec<String>,
    /// Whether users come over https: secure cookies, HSTS.
    pub secure: bool,
    /// Whether a proxy in front says truly whom it speaks for.
    pub trust_proxy: bool,
    /// The file of the key by which secrets in the database are sealed.
    pub secret_key: Option<PathBuf>,
    /// How often one may fail to sign in.
    pub sign_ins: Limits,
    /// How much users and tenants may use.
    pub quotas: Quotas,
    /// Whether the database is brought up to date at the start. Else a database of an earlier version is refused.
    pub migrate: bool,
    /// Where the certificate comes from; none where the server speaks plain HTTP.
    pub tls: Option<tls::Source>,
    /// Where plain HTTP is answered with the https address.
    pub http_redirect: Option<SocketAddr>,
    /// Where metrics are asked for, and whether the server is ready; nowhere when absent.
    pub metrics_listen: Option<SocketAddr>,
    /// How many connections there may be.
    pub connections: permits::Limits,
    /// How much work a password hash is.
    pub cost: Cost,
    /// The socket's times.
    pub tempo: Tempo,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How long one may take that brings a file: ten megabytes on a slow line.
    pub upload_timeout: Duration,
}

/// The socket's times.
#[derive(Clone, Copy, Debug)]
pub struct Tempo {
    /// Between two heartbeats.
    pub heartbeat: Duration,
    /// How long a user stays present after their last connection went.
    pub grace: Duration,
    /// How long a frame may wait for the app to take it.
    pub write_timeout: Duration,
    /// Between two frames of users' states: what changes meanwhile is told together.
    pub states: Duration,
    /// How long a read position waits for others, to be told with them.
    pub reads: Duration,
    /// How often a server says that it lives, and looks at the others.
    pub beat: Duration,
    /// After how long without a beat a server counts as gone: as long as its users have to come back.
    pub returns: Duration,
}

impl Default for Tempo {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(u64::from(limits::HEARTBEAT_SECONDS)),
            grace: Duration::from_secs(5),
            write_timeout: Duration::from_secs(10),
            states: Duration::from_secs(1),
            reads: Duration::from_millis(150),
            beat: Duration::from_secs(20),
            returns: RETURN,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lifetimes: Lifetimes { idle: 30 * DAY, absolute: 180 * DAY },
            keep_events: 30 * DAY,
            public_url: None,
            allowed_origins: Vec::new(),
            secure: false,
            trust_proxy: false,
            secret_key: None,
            sign_ins: Limits { per_account: PER_ACCOUNT, per_address: PER_ADDRESS },
            quotas: Quotas::default(),
            migrate: true,
            tls: None,
            http_redirect: None,
            metrics_listen: None,
            connections: permits::Limits::default(),
            cost: Cost::default(),
            tempo: Tempo::default(),
            request_timeout: Duration::from_secs(30),
            upload_timeout: Duration::from_secs(300),
        }
    }
}

/// Sign-ins that may fail in a minute for one account, from one network.
pub const PER_ACCOUNT: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// Sign-ins that may fail in a minute from one network: a whole office may be behind it.
pub const PER_ADDRESS: NonZeroU32 = NonZeroU32::new(120).expect("not zero");

impl Settings {
    /// The name of the session's cookie.
    #[must_use]
    pub fn cookie(&self) -> &'static str {
        cookie_name(self.secure)
    }
}

/// Why the application does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The passwords' cost.
    #[error(transparent)]
    Password(#[from] PasswordError),
}

/// What the handlers share.
pub struct App {
    /// The database.
    pub store: Store,
    /// The contents of files.
    pub contents: Contents,
    /// Clock and randomness.
    pub env: Env,
    /// Who is connected.
    pub hub: Arc<Hub>,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Counts sign-ins that fail.
    pub sign_ins: SignInLimiter,
    /// When browsers last sent a request.
    pub seen: Seen,
    /// Which sites are ours.
    pub origins: Origins,
    /// What the operator decided.
    pub settings: Settings,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The workers of the queue.
    pub workers: Workers,
    /// Who brings texts to numbers.
    pub carriers: Carriers,
    /// Seals and opens secrets.
    pub sealing: Sealing,
    /// What tells sockets of states.
    pub teller: Teller,
    /// Cancelled when the server stops.
    pub stop: CancellationToken,
    /// The open sockets.
    pub sockets: TaskTracker,
    /// For each connection that there may be.
    pub permits: Arc<Permits>,
    /// What is known of the certificate.
    pub certificate: Arc<tls::Status>,
}

impl App {
    /// Opens the database, brings it up to date, and puts everything together.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(
        address: &str,
        contents: Contents,
        env: Env,
        settings: Settings,
    ) -> Result<Arc<Self>, StartError> {
        let hub = Arc::new(Hub::default());
        let jobs = Arc::new(Notify::new());
        let after_commit = {
            let (hub, jobs) = (Arc::clone(&hub), Arc::clone(&jobs));
            Arc::new(move |committed: Committed| {
                hub.committed(&committed);
                if committed.jobs {
                    jobs.notify_one();
                }
            })
        };
        let store = Store::open(address, after_commit).await?;
        if settings.migrate {
            store.migrate().await?;
        } else {
            store.require_up_to_date().await?;
        }
        let sealing = Sealing::new(settings.secret_key.clone());
        let links = Links::new(settings.public_url.clone());
        let around = Surroundings { store: store.clone(), env: env.clone(), sealing: sealing.clone(), links };
        let carriers = Carriers::new(around);
        let metrics = Arc::new(Metrics::default());
        let Tempo { beat, returns, .. } = settings.tempo;
        let presence = Presence::new(store.clone(), Arc::clone(&hub), env.ulid(), [beat, returns]);
        Ok(Arc::new(Self {
            workers: Workers::new(store.clone(), carriers.clone(), contents.clone(), env.clone(), jobs)
                .counted_by(Arc::clone(&metrics)),
            carriers,
            sealing,
            metrics,
            teller: Teller::new(store.clone(), Arc::clone(&hub), presence, settings.tempo.states),
            passwords: Passwords::new(env.clone(), settings.cost)?,
            sign_ins: SignInLimiter::new(settings.sign_ins, &env),
            seen: Seen::default(),
            origins: Origins::new(settings.public_url.as_deref(), &settings.allowed_origins),
            stop: CancellationToken::new(),
            sockets: TaskTracker::new(),
            permits: Arc::new(Permits::new(settings.connections)),
            certificate: Arc::default(),
            store,
            contents,
            env,
            hub,
            settings,
        }))
    }

    /// A transaction of the tenant in which somebody administers, and them with the role that they have at this moment.
    ///
    /// # Errors
    /// When the database fails, or they can no longer sign in.
    pub async fn administer(&self, actor: Actor) -> Result<(Tx, Actor), Problem> {
        let mut tx = self.store.write(actor.tenant).await?;
        let actor = actor.confirmed(&mut tx).await?;
        Ok((tx, actor))
    }

    /// The user of a session, as who acts now.
    #[must_use]
    pub fn actor(&self, session: &Session) -> Actor {
        Actor::of_session(session, self.env.now(), self.settings.quotas)
    }
}
