//! `cargo xtask bench`: the figures that Halyard promises, each with its method and its goal beside it.

use std::process::ExitCode;

use anyhow::Result;

use crate::app::{self, Profile};
use crate::process::run;
use crate::server;
use crate::setup::{TestTools, WebTools};
use crate::test::with_server;

/// Shows which functions the first screen runs, and what of the rest could wait.
///
/// # Errors
/// When something does not build or the browser fails.
pub(crate) fn first_part() -> Result<()> {
    let tools = TestTools::ensure()?;
    app::build(&WebTools::ensure()?, Profile::Marked)?;
    let server = server::build(&[])?;
    let mut node = tools.node.command("node");
    node.arg("bench/firstPart.mjs");
    run(&mut with_server(node, &tools, &server))
}

/// Measures the app and the server as shipped; `figures` names some, none means all.
///
/// # Errors
/// When something does not build or the measuring breaks off.
pub(crate) fn bench(figures: &[String]) -> Result<ExitCode> {
    let tools = TestTools::ensure()?;
    app::build(&WebTools::ensure()?, Profile::Release)?;
    let server = server::build(&["--release"])?;
    let mut node = tools.node.command("node");
    node.arg("bench/run.mjs").args(figures);
    let status = with_server(node, &tools, &server).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
