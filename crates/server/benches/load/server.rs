//! The server as a process: started, looked at, stopped.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::database::Database;

/// What the server says when it listens.
const READY: &str = "halyard-server listening on http://";
/// A second has so many ticks of a process's clock (`getconf CLK_TCK`), on every Linux.
const TICKS: f64 = 100.0;

/// A running server.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts it; the limits that people are held to are out of the way.
    pub(crate) fn start(database: &Database, listen: Option<SocketAddr>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_halyard-server"));
        let listen = listen.map_or_else(|| "127.0.0.1:0".to_owned(), |address| address.to_string());
        command.env("DATABASE_URL", &database.address).env("HALYARD_MEDIA", database.media());
        command.args(["serve", "--migrate", "--listen", &listen]);
        for limit in ["--texts-per-minute", "--texts-per-day", "--tenant-texts-per-minute", "--tenant-texts-per-day"] {
            command.args([limit, "1000000000"]);
        }
        // As behind a proxy: connections of one address are not counted apart.
        command.args(["--contacts", "1000000", "--trust-proxy"]).env("RUST_LOG", "warn");
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix(READY).unwrap_or_else(|| panic!("the server did not start: {line}"));
        Self { child, address: address.parse().unwrap() }
    }

    /// Megabytes of memory that the process has.
    pub(crate) fn megabytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1_024.0
    }

    /// The time that it has had of the processors, as user and as system.
    pub(crate) fn busy(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // The name, in parentheses, may hold blanks; times are the 14th and 15th field (proc(5)).
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks: f64 = fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum();
        Duration::from_secs_f64(ticks / TICKS)
    }

    /// Asks it to stop, and waits for its end.
    pub(crate) fn stop(mut self) {
        self.ask_to_stop();
        let _ = self.child.wait();
    }

    fn ask_to_stop(&self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
