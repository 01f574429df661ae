//! `cargo xtask bench`: the figures that Halyard promises, each with its method and its goal beside it.

use std::process::ExitCode;

use anyhow::Result;

use crate::app::{self, Profile};
use crate::paths::Output;
use crate::server;
use crate::setup::{TestTools, WebTools};
use crate::test::with_server;

/// Measures the app and the server as shipped; `figures` names some, none means all.
///
/// # Errors
/// When something does not build or the measuring breaks off.
pub(crate) fn bench(figures: &[String]) -> Result<ExitCode> {
    let tools = TestTools::ensure()?;
    let output = Output::of("bench");
    app::build(&WebTools::ensure()?, Profile::Release, &output.app())?;
    server::build(&["--release"], &output)?;
    let mut node = tools.node.command("node");
    node.arg("bench/run.mjs").args(figures);
    let status = with_server(node, &tools, &output).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
