//! `cargo xtask bench`: the figures that Halyard promises, each with its method and its goal beside it.

use std::process::ExitCode;

use anyhow::Result;

use crate::app::{self, Profile};
use crate::paths::Output;
use crate::server;
use crate::setup::{self, TestTools, WebTools, cargo};
use crate::test::with_server;

/// The first word that asks for the server's figures.
const SERVER: &str = "server";

/// Measures the app and the server as shipped; `figures` names some, none means all. Behind the word `server` stand those of the server
/// under load.
///
/// # Errors
/// When something does not build or the measuring breaks off.
pub(crate) fn bench(figures: &[String]) -> Result<ExitCode> {
    if let Some((_, figures)) = figures.split_first().filter(|(first, _)| *first == SERVER) {
        return server_under_load(figures);
    }
    let tools = TestTools::ensure()?;
    let output = Output::of("bench");
    app::build(&WebTools::ensure()?, Profile::Release, &output.app())?;
    server::build(&["--release"], &output)?;
    let mut node = tools.node.command("node");
    node.arg("bench/run.mjs").args(figures);
    let status = with_server(node, &tools, &output).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The server under load: a bench of its crate, which has a database of its own for each figure.
fn server_under_load(figures: &[String]) -> Result<ExitCode> {
    let mut bench = cargo()?;
    bench.args(["bench", "--package", "halyard-server", "--bench", "load", "--"]).args(figures);
    let status = bench.env("HALYARD_POSTGRES_BIN", setup::postgres()?).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
