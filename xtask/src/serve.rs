//! `cargo xtask serve` and `cargo xtask dev`: Halyard on this machine, with a demo tenant, and phones outside that are simulated.

use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::app;
use crate::paths::Output;
use crate::process::say;
use crate::server::{self, Interrupt, Running};
use crate::setup::WebTools;

/// Where Trunk.toml's proxies expect the server.
const DEV_BACKEND: &str = "127.0.0.1:8091";

/// Where to serve.
#[derive(Args)]
pub(crate) struct Options {
    /// The port on this machine.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The database: sqlite:PATH or postgres://... [default: data/halyard.db in the clone]
    #[arg(long, env = "DATABASE_URL")]
    database: Option<String>,
}

impl Options {
    fn database(&self) -> Result<String> {
        self.database.clone().map_or_else(server::database, Ok)
    }
}

/// Builds the app and the server and runs them until Ctrl-C.
///
/// # Errors
/// When something does not build or one of the two ends by itself.
pub(crate) fn serve(options: &Options) -> Result<()> {
    let web = WebTools::ensure()?;
    let output = Output::of("serve");
    app::build(&web, app::Profile::Quick, &output.app())?;
    let binary = server::build(&[], &output)?;
    let database = options.database()?;
    let interrupt = Interrupt::listen()?;
    let (simulator, phones) = server::simulator(&binary, options.port)?;
    say("preparing the demo tenant");
    let logins = server::demo(&binary, &database, &phones)?;
    let (running, _) = server::start(
        Command::new(&binary)
            .args(["serve", "--listen", &format!("127.0.0.1:{}", options.port), "--database", &database, "--app-dir"])
            .arg(output.app())
            .envs(server::secret_key(&database)?),
    )
    .with_context(|| format!("is port {} taken? `--port` chooses another", options.port))?;
    println!("\n{logins}\n\n  Halyard is at http://localhost:{} (Ctrl-C stops it)", options.port);
    println!("  phones outside, simulated: {phones}\n");
    interrupt.wait(&mut [("the server", running), ("the simulator", simulator)])
}

/// Runs the server and Trunk's live reload in front of it until Ctrl-C.
///
/// # Errors
/// When something does not build or one of them ends by itself.
pub(crate) fn dev(options: &Options) -> Result<()> {
    let web = WebTools::ensure()?;
    let output = Output::of("dev");
    let binary = server::build(&[], &output)?;
    let database = options.database()?;
    let interrupt = Interrupt::listen()?;
    let (simulator, phones) = server::simulator(&binary, options.port)?;
    let logins = server::demo(&binary, &database, &phones)?;
    let (server, _) = server::start(
        Command::new(&binary)
            .args(["serve", "--listen", DEV_BACKEND, "--database", &database])
            // Whose pages Trunk shows.
            .args(["localhost", "127.0.0.1"].map(|host| format!("--allow-origin=http://{host}:{}", options.port)))
            .arg("--app-dir")
            .arg(output.app())
            .envs(server::secret_key(&database)?),
    )?;
    let mut trunk = web.command("trunk")?;
    trunk
        .args(["serve", "--cargo-profile", "wasm-quick", "--address", "127.0.0.1", "--port", &options.port.to_string()])
        .arg("--dist")
        .arg(output.app());
    println!("\n{logins}\n\n  Halyard is at http://localhost:{} and reloads on change (Ctrl-C stops it)", options.port);
    println!("  phones outside, simulated: {phones}\n");
    let trunk = Running::start(&mut trunk)?;
    interrupt.wait(&mut [("the server", server), ("the simulator", simulator), ("trunk", trunk)])
}
