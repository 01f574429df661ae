//! Metrics, for Prometheus (OpenMetrics 1.0): counts and times without a name in them.
//!
//! Always holds: a label has one of a few values that the code knows, so nobody makes more of them by what they ask for; and none is of a
//! user, a number or a tenant. Accounts at carriers, which are few, are named by their ids.

use std::collections::BTreeMap;
use std::fmt::Error;
use std::sync::atomic::Ordering;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The media type of [`Metrics::text`].
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds that a request takes: from what memory answers to what runs into its time limit.
const SECONDS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0, 30.0];

/// What is counted of a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRequest {
    area: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InArea {
    area: &'static str,
}

/// How an attempt at a job ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfJob {
    kind: &'static str,
    outcome: &'static str,
}

/// What came of a carrier's webhook.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfWebhook {
    carrier: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfAccount {
    account: String,
}

/// What is read at the moment of asking.
#[derive(Clone, Debug, Default)]
pub struct Now {
    /// Connections that are open.
    pub connections: usize,
    /// Sockets that are open.
    pub sockets: usize,
    /// Statements that the database was asked since the start.
    pub statements: u64,
    /// Jobs that wait or run.
    pub jobs: u64,
    /// Jobs that failed at every attempt.
    pub dead_jobs: u64,
    /// Milliseconds for which the next job has been due; 0 when none is.
    pub overdue: i64,
    /// Texts that wait for each account's carrier, by the account's id.
    pub texts: BTreeMap<String, u64>,
}

/// The metrics of this server.
pub struct Metrics {
    registry: Registry,
    requests: Family<OfRequest, Counter>,
    seconds: Family<InArea, Histogram>,
    jobs: Family<OfJob, Counter>,
    webhooks: Family<OfWebhook, Counter>,
    queued: Family<OfAccount, Gauge>,
    links: Family<OfAccount, Gauge>,
    failed_sign_ins: Counter,
    statements: Counter,
    connections: Gauge,
    sockets: Gauge,
    waiting: Gauge,
    dead: Gauge,
    overdue: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("halyard");
        let requests = Family::default();
        registry.register("requests", "Requests that were answered", Family::clone(&requests));
        let seconds = Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> Histogram);
        registry.register_with_unit(
            "request_duration",
            "How long answers took",
            Unit::Seconds,
            Family::clone(&seconds),
        );
        let jobs = Family::default();
        registry.register("job_attempts", "Attempts at jobs that ended", Family::clone(&jobs));
        let webhooks = Family::default();
        registry.register("webhooks", "Webhooks of carriers, taken in or refused", Family::clone(&webhooks));
        let queued = Family::default();
        registry.register("texts_waiting", "Texts that wait for an account's carrier", Family::clone(&queued));
        let links = Family::default();
        registry.register("carrier_links", "Whether an account's sessions with its SMSC are up", Family::clone(&links));
        let failed_sign_ins = Counter::default();
        registry.register("failed_sign_ins", "Sign-ins with a wrong password", Counter::clone(&failed_sign_ins));
        let statements = Counter::default();
        registry.register("statements", "Statements that the database was asked", Counter::clone(&statements));
        let mut gauge = |name, help| {
            let gauge = Gauge::default();
            registry.register(name, help, Gauge::clone(&gauge));
            gauge
        };
        let connections = gauge("connections", "Connections that are open");
        let sockets = gauge("sockets", "Sockets that are open");
        let waiting = gauge("jobs_waiting", "Jobs that wait or run");
        let dead = gauge("jobs_dead", "Jobs that failed at every attempt");
        let overdue = gauge("job_overdue_milliseconds", "For how long the next job has been due");
        Self {
            registry,
            requests,
            seconds,
            jobs,
            webhooks,
            queued,
            links,
            failed_sign_ins,
            statements,
            connections,
            sockets,
            waiting,
            dead,
            overdue,
        }
    }
}

impl Metrics {
    /// A request to this path was answered.
    pub fn answered(&self, path: &str, status: u16, took: Duration) {
        let area = area(path);
        self.requests.get_or_create(&OfRequest { area, status }).inc();
        self.seconds.get_or_create(&InArea { area }).observe(took.as_secs_f64());
    }

    /// An attempt at a job ended.
    pub fn attempted(&self, kind: &'static str, succeeded: bool) {
        let outcome = if succeeded { "done" } else { "failed" };
        self.jobs.get_or_create(&OfJob { kind, outcome }).inc();
    }

    /// A carrier of this kind has sent something.
    pub fn webhook(&self, carrier: &'static str, taken: bool) {
        let outcome = if taken { "taken" } else { "refused" };
        self.webhooks.get_or_create(&OfWebhook { carrier, outcome }).inc();
    }

    /// Whether an account's sessions with its SMSC are up; none where the account is gone.
    pub fn linked(&self, account: &str, is_up: Option<bool>) {
        let account = OfAccount { account: account.to_owned() };
        match is_up {
            Some(is_up) => drop(self.links.get_or_create(&account).set(i64::from(is_up))),
            None => drop(self.links.remove(&account)),
        }
    }

    /// Somebody tried a wrong password.
    pub fn sign_in_failed(&self) {
        self.failed_sign_ins.inc();
    }

    /// All metrics as text.
    ///
    /// # Errors
    /// Never, as the text is in memory.
    pub fn text(&self, now: Now) -> Result<String, Error> {
        let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.connections.set(whole(now.connections));
        self.sockets.set(whole(now.sockets));
        self.statements.inner().store(now.statements, Ordering::Relaxed);
        self.waiting.set(i64::try_from(now.jobs).unwrap_or(i64::MAX));
        self.dead.set(i64::try_from(now.dead_jobs).unwrap_or(i64::MAX));
        self.overdue.set(now.overdue);
        self.queued.clear();
        for (account, texts) in now.texts {
            self.queued.get_or_create(&OfAccount { account }).set(i64::try_from(texts).unwrap_or(i64::MAX));
        }
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// The part of the site that a path is in.
fn area(path: &str) -> &'static str {
    match path.split('/').nth(1) {
        Some("api") if path == "/api/v1/socket" => "socket",
        Some("api") if path.starts_with("/api/v1/media/") => "media",
        Some("api") => "api",
        Some("media") => "media",
        _ => "app",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_ask_for_makes_no_more_labels() {
        let metrics = Metrics::default();
        for n in 0..100 {
            metrics.answered(&format!("/api/v1/contacts/{n}"), 404, Duration::from_millis(3));
            metrics.answered(&format!("/{n}.php"), 404, Duration::from_millis(3));
        }
        metrics.answered("/api/v1/socket", 101, Duration::from_millis(1));
        metrics.attempted("deliver", true);
        let text = metrics.text(Now { connections: 7, overdue: 12, ..Now::default() }).unwrap();
        assert!(text.contains("halyard_requests_total{area=\"api\",status=\"404\"} 100"), "{text}");
        assert!(text.contains("halyard_requests_total{area=\"app\",status=\"404\"} 100"), "{text}");
        assert!(text.contains("halyard_request_duration_seconds_bucket{le=\"0.005\",area=\"api\"} 100"), "{text}");
        assert!(
            text.contains("halyard_connections 7") && text.contains("halyard_job_overdue_milliseconds 12"),
            "{text}"
        );
        assert!(text.contains("halyard_job_attempts_total{kind=\"deliver\",outcome=\"done\"} 1"), "{text}");
        assert!(text.ends_with("# EOF\n"), "{text}");
    }
}
