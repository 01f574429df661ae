//! The binary as an operator runs it: its commands, and a server.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder with a database, and the binary that works on it.
pub(crate) struct Site {
    folder: TempDir,
    /// Settings that all of its commands get.
    settings: Vec<(&'static str, String)>,
}

impl Site {
    /// Empty.
    pub(crate) fn new() -> Self {
        Self::with(Vec::new())
    }

    /// The same, with settings.
    pub(crate) fn with(settings: Vec<(&'static str, String)>) -> Self {
        let mut folder = tempfile::Builder::new();
        let folder = folder.prefix("halyard-site-");
        Self { folder: folder.tempdir_in("/dev/shm").or_else(|_| folder.tempdir()).unwrap(), settings }
    }

    /// A path inside of the folder.
    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_halyard-server"));
        command.env("DATABASE_URL", format!("sqlite:{}", self.path("test.db").display())).env_remove("RUST_LOG");
        // A test texts faster than people do.
        command.env("HALYARD_TEXTS_PER_MINUTE", "100000");
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end; the arguments are split at spaces.
    pub(crate) fn run(&self, arguments: &str) -> Output {
        self.run_with(arguments, "")
    }

    /// The same, with something on standard input.
    pub(crate) fn run_with(&self, arguments: &str, input: &str) -> Output {
        let mut command = self.command();
        command.args(arguments.split(' ')).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that reads nothing may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// The same, and what it printed; it has to succeed.
    pub(crate) fn says(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same, for a command that has to fail: what it said about it.
    pub(crate) fn fails(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// Starts the server, and waits for the line that says where it listens.
    pub(crate) fn serve(&self) -> Server {
        self.serve_with("")
    }

    /// The same with more flags, split at spaces.
    pub(crate) fn serve_with(&self, flags: &str) -> Server {
        self.serve_logging(flags, Stdio::null())
    }

    /// The same, with a place for its log.
    pub(crate) fn serve_logging(&self, flags: &str, log: Stdio) -> Server {
        let mut child = self
            .command()
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(flags.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let place = line.trim().strip_prefix("halyard-server listening on http").expect(&line);
        let address = place.trim_start_matches(['s', ':', '/']).to_owned();
        Server { child, address, cookie: None }
    }
}

/// A running server, and a browser at it.
pub(crate) struct Server {
    child: Child,
    address: String,
    pub(crate) cookie: Option<String>,
}

impl Server {
    /// Where it listens.
    pub(crate) fn address(&self) -> std::net::SocketAddr {
        self.address.parse().unwrap()
    }

    /// Asks it to stop, as Ctrl-C and service managers do. Says whether it ended well.
    pub(crate) fn stop(mut self) -> bool {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().success()
    }

    /// Signs in; everything after is asked as that user.
    pub(crate) fn sign_in(&mut self, login: &str, password: &str) -> u16 {
        self.cookie = None;
        let body = serde_json::json!({ "login": login, "password": password });
        let Some((status, head, _)) = self.raw("POST", "/api/v1/session", "", &body.to_string()) else { return 0 };
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        self.cookie = cookie.and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
        status
    }

    /// A request under `/api/v1`: status and JSON; `None` when there was no whole answer.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Option<(u16, Value)> {
        let (status, _, body) = self.raw(method, &format!("/api/v1{path}"), headers, body)?;
        Some((status, serde_json::from_str(&body).unwrap_or_default()))
    }

    /// A file, or a range of it: status and content.
    pub(crate) fn open(&self, path: &str, range: &str) -> Option<(u16, String)> {
        let range = if range.is_empty() { String::new() } else { format!("range: bytes={range}\r\n") };
        let (status, _, body) = self.raw("GET", path, &range, "")?;
        Some((status, body))
    }

    fn raw(&self, method: &str, path: &str, headers: &str, body: &str) -> Option<(u16, String, String)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let cookie = self.cookie.as_ref().map(|cookie| format!("cookie: {cookie}\r\n")).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{cookie}{headers}\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, head.to_lowercase(), body.to_owned()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
