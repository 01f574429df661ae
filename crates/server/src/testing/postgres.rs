//! A PostgreSQL of the tests' and the bench's own: a cluster in a temporary folder, reached by a socket file in there, stopped when
//! dropped.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A running cluster.
pub(crate) struct Cluster {
    bin: PathBuf,
    pub(crate) folder: TempDir,
    options: String,
}

impl Cluster {
    /// Starts one in a folder, with more options of the server. PostgreSQL refuses to run as root: then it runs as the user that its package made.
    pub(crate) fn start(folder: TempDir, more: &str) -> Self {
        let bin = binaries();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let sockets = folder.path().display();
        let options =
            format!("-c listen_addresses='' -c unix_socket_directories='{sockets}' -c max_connections=200 {more}");
        let cluster = Self { bin, folder, options };
        let data = cluster.data();
        run(cluster.command("initdb").arg("-D").arg(&data).args([
            "--username=halyard",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]));
        let output = cluster.launch();
        assert!(output.status.success(), "PostgreSQL does not start: {}", String::from_utf8_lossy(&output.stderr));
        cluster
    }

    /// Starts PostgreSQL on what is there, and waits until it answers. Says whether it did.
    pub(crate) fn launch(&self) -> Output {
        let mut start = self.command("pg_ctl");
        start.arg("-D").arg(self.data()).arg("-l").arg(self.folder.path().join("log"));
        start.args(["-w", "-o", &self.options, "start"]).output().unwrap()
    }

    /// The address of a fresh database.
    pub(crate) fn database(&self, name: &str) -> String {
        let host = self.folder.path().display();
        run(self.command("createdb").arg("-h").arg(self.folder.path()).args(["-U", "halyard", name]));
        format!("postgres:///{name}?host={host}&user=halyard")
    }

    /// The folder of its files.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // The folder that the tests run in may be closed to that user.
        command.current_dir("/");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = self.command("pg_ctl");
        stop.arg("-D").arg(self.data()).args(["-m", "immediate", "stop"]).stdout(Stdio::null()).stderr(Stdio::null());
        let _ = stop.status();
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

fn binaries() -> PathBuf {
    let named = std::env::var_os("HALYARD_POSTGRES_BIN").map(PathBuf::from);
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).chain(named).collect();
    found.retain(|bin| bin.join("initdb").exists());
    found.pop().unwrap_or_else(|| {
        panic!("PostgreSQL is not installed, and this test starts one of its own: run `cargo xtask test`, which installs it")
    })
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
}
