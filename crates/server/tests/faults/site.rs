//! A database on a disk, and servers that work on it until they are killed.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use crate::dice::Dice;
use crate::postgres::Cluster;

/// What the server says when it listens.
const READY: &str = "halyard-server listening on http://";

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// A fresh database; gone when dropped.
pub(crate) struct Database {
    pub(crate) address: String,
    pub(crate) cluster: Option<Cluster>,
    _folder: Option<TempDir>,
}

impl Database {
    pub(crate) fn new(kind: Kind) -> Self {
        let folder = folder();
        match kind {
            Kind::Sqlite => {
                let address = format!("sqlite:{}", folder.path().join("test.db").display());
                Self { address, cluster: None, _folder: Some(folder) }
            }
            Kind::Postgres => {
                // It syncs as it is installed. What nobody waits for stays in memory for long, so that it is lost when PostgreSQL is killed.
                let cluster = Cluster::start(folder, "-c wal_writer_delay=10s -c recovery_init_sync_method=syncfs");
                Self { address: cluster.database("test"), cluster: Some(cluster), _folder: None }
            }
        }
    }
}

/// A new folder on a disk: `/tmp` may be memory, `/var/tmp` outlives a restart of the machine (Filesystem Hierarchy Standard 5.15).
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::Builder::new().prefix("halyard-faults-").tempdir_in("/var/tmp").unwrap();
    let system = file_system(folder.path());
    assert!(
        !["tmpfs", "ramfs"].contains(&system.as_str()),
        "/var/tmp is in memory ({system}): nothing there is synced"
    );
    folder
}

/// The kind of the file system that a folder is on: that of the longest place of a mount above it (proc_pid_mountinfo(5)).
fn file_system(folder: &Path) -> String {
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
    let mounts = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let above = mounts.filter(|fields| folder.starts_with(fields[1]));
    above.max_by_key(|fields| fields[1].len()).map(|fields| fields[2].to_owned()).unwrap()
}

/// The servers that live at this moment.
#[derive(Clone, Default)]
pub(crate) struct Live(Arc<Mutex<Vec<SocketAddr>>>);

impl Live {
    /// One of them.
    pub(crate) fn pick(&self, dice: &mut Dice) -> Option<SocketAddr> {
        let live = self.0.lock().unwrap();
        let place = dice.below(live.len().max(1) as u64);
        live.get(usize::try_from(place).unwrap()).copied()
    }
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    live: Live,
}

impl Server {
    /// Starts it, and waits until it listens.
    pub(crate) fn start(database: &str, live: &Live) -> Self {
        Self::try_start(database, live).expect("the server starts")
    }

    /// The same; `None` when it ends instead.
    pub(crate) fn try_start(database: &str, live: &Live) -> Option<Self> {
        Self::start_by(Command::new(env!("CARGO_BIN_EXE_halyard-server")), database, live)
    }

    /// The same by a command that becomes the server, or starts it.
    pub(crate) fn start_by(command: Command, database: &str, live: &Live) -> Option<Self> {
        Self::start_at(command, database, live, SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// The same at an address of before, where a carrier reports.
    pub(crate) fn again(database: &str, live: &Live, address: SocketAddr) -> Self {
        let command = Command::new(env!("CARGO_BIN_EXE_halyard-server"));
        Self::start_at(command, database, live, address).expect("the server starts")
    }

    fn start_at(mut command: Command, database: &str, live: &Live, listen: SocketAddr) -> Option<Self> {
        command.env("DATABASE_URL", database).args(["serve", "--migrate", "--listen", &listen.to_string()]);
        if database.starts_with("postgres:") {
            // Contents are the same wherever they are from.
            command.env("HALYARD_MEDIA", Path::new(env!("CARGO_TARGET_TMPDIR")).join("contents"));
        }
        for limit in ["--texts-per-minute", "--texts-per-day", "--tenant-texts-per-minute", "--tenant-texts-per-day"] {
            command.args([limit, "1000000000"]);
        }
        let log = if std::env::var_os("HALYARD_TEST_LOG").is_some() { Stdio::inherit() } else { Stdio::null() };
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some(address) = line.trim().strip_prefix(READY) else {
            let _ = child.wait();
            return None;
        };
        let address = address.parse().unwrap();
        live.0.lock().unwrap().push(address);
        Some(Self { child, address, live: live.clone() })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has not ended.
    pub(crate) fn is_running(&self) -> bool {
        Path::new("/proc").join(self.child.id().to_string()).join("exe").read_link().is_ok()
    }

    /// Kills it without a word, as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.end();
    }

    /// Asks it to stop, as service managers do. Says whether it ended well.
    pub(crate) fn stop(mut self) -> bool {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().success()
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.live.0.lock().unwrap().retain(|address| *address != self.address);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}
