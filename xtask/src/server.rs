//! Building and running `halyard-server`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::paths::Output;
use crate::process::{output, say, shown, stop};
use crate::setup::cargo;

/// The line that the server prints when it takes connections, before the address.
const READY: &str = "halyard-server listening on ";
/// The same of the carrier simulator.
const SIMULATOR_READY: &str = "carrier simulator listening on ";
/// What the demo's account at the simulator logs in with. Everybody knows it, as they know the demo's password.
const TOKEN: &str = "halyard-demo";
/// How long a program may take to end when it is asked to.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);

/// Builds the server into a command's own folder; the path of its binary.
///
/// # Errors
/// When it does not compile.
pub(crate) fn build(arguments: &[&str], output: &Output) -> Result<PathBuf> {
    say("building the server");
    let mut command = cargo()?;
    command
        .args([
            "build",
            "--package",
            "halyard-server",
            "--bin",
            "halyard-server",
            "--message-format",
            "json-render-diagnostics",
        ])
        .args(arguments)
        .stderr(Stdio::inherit());
    let out =
        command.stdin(Stdio::null()).output().with_context(|| format!("could not start `{}`", shown(&command)))?;
    if !out.status.success() {
        bail!("the server does not compile");
    }
    let text = String::from_utf8_lossy(&out.stdout);
    let messages = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let binary = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).next_back();
    let binary = binary.context("cargo did not say where it put halyard-server")?;
    // cargo has one place for all variants of a profile, so the command keeps its own. By a new file: the old one may be running.
    let (own, new) = (output.server(), output.file("halyard-server.new"));
    fs::create_dir_all(own.parent().unwrap_or_else(|| Path::new(".")))?;
    fs::copy(binary, &new)?;
    fs::rename(new, &own)?;
    Ok(own)
}

/// A program that ends when this value goes.
pub(crate) struct Running {
    child: Child,
}

impl Running {
    /// Starts a program outside of the terminal's group: Ctrl-C reaches it through us alone, so that it is asked once.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let child =
            command.process_group(0).spawn().with_context(|| format!("could not start `{}`", shown(command)))?;
        Ok(Self { child })
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        stop(&mut self.child, STOP_TIMEOUT);
    }
}

/// Starts a server and waits until it takes connections; the address of its root, as it says it.
///
/// # Errors
/// When it cannot be started or ends before it is ready; its own words are on the terminal.
pub(crate) fn start(command: &mut Command) -> Result<(Running, String)> {
    start_until(command, READY)
}

/// Starts a carrier simulator beside a server at a port: at the next port, or at a free one where somebody has that. Its address.
///
/// # Errors
/// As [`start`].
pub(crate) fn simulator(binary: &Path, port: u16) -> Result<(Running, String)> {
    let next = port.checked_add(1).filter(|next| TcpListener::bind((Ipv4Addr::LOCALHOST, *next)).is_ok());
    let listen = format!("127.0.0.1:{}", next.unwrap_or(0));
    let mut command = Command::new(binary);
    start_until(command.args(["carrier-simulator", "--token", TOKEN, "--listen", &listen]), SIMULATOR_READY)
}

/// Starts a program and waits until it says that it is ready; what stands behind that.
fn start_until(command: &mut Command, ready: &str) -> Result<(Running, String)> {
    let mut running = Running::start(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let stdout = running.child.stdout.take().context("the program has no output")?;
    let mut lines = BufReader::new(stdout).lines();
    while let Some(Ok(line)) = lines.next() {
        if let Some(address) = line.strip_prefix(ready) {
            let address = address.trim().to_owned();
            // What the server says later must go somewhere, or it would stop when the pipe is full.
            thread::spawn(move || lines.map_while(Result::ok).for_each(|line| println!("{line}")));
            return Ok((running, address));
        }
        println!("{line}");
    }
    bail!("`{}` ended before it was ready", shown(command));
}

/// Says when the user or the system asks this program to end.
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on, these signals don't end the program: the flag does.
    ///
    /// # Errors
    /// When the system refuses the handlers.
    pub(crate) fn listen() -> Result<Self> {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&flag))?;
        }
        Ok(Self(flag))
    }

    /// Waits until a signal comes or one of the programs ends.
    ///
    /// # Errors
    /// When a program ended by itself.
    pub(crate) fn wait(&self, programs: &mut [(&str, Running)]) -> Result<()> {
        while !self.0.load(Ordering::Relaxed) {
            for (name, program) in programs.iter_mut() {
                if !program.is_running() {
                    bail!("{name} has ended");
                }
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

/// The database of `serve` and `dev`.
///
/// # Errors
/// When its folder cannot be made.
pub(crate) fn database() -> Result<String> {
    Ok(format!("sqlite:{}", data()?.join("halyard.db").display()))
}

/// The folder of both, made where it is not there.
fn data() -> Result<PathBuf> {
    let folder = crate::paths::data();
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(".gitignore"), "*\n")?;
    Ok(folder)
}

/// Where the key of secrets is said to the server: nowhere where it knows by itself, as beside a SQLite database.
///
/// # Errors
/// When its folder cannot be made.
pub(crate) fn secret_key(database: &str) -> Result<Option<(&'static str, PathBuf)>> {
    const VARIABLE: &str = "HALYARD_SECRET_KEY";
    if database.starts_with("sqlite:") || std::env::var_os(VARIABLE).is_some() {
        return Ok(None);
    }
    Ok(Some((VARIABLE, data()?.join("halyard.key"))))
}

/// Makes the demo tenant if it is not there, with a number that the simulator at an address carries; what the server says of it: the log-ins.
///
/// # Errors
/// When the server refuses.
pub(crate) fn demo(binary: &Path, database: &str, simulator: &str) -> Result<String> {
    let mut command = Command::new(binary);
    command.args(["demo", "--database", database, "--simulator", simulator, "--simulator-token", TOKEN]);
    output(command.envs(secret_key(database)?))
}
