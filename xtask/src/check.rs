//! `cargo xtask check`: what can be said of the code without running it.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::paths::root;
use crate::process::{run, say, succeeds_within};
use crate::rules;
use crate::setup::wasm::TARGET;
use crate::setup::{WebTools, cargo, clone, deny, install_own_clippy};

/// How long the database of known flaws has to arrive.
const FETCH_TIME: Duration = Duration::from_secs(60);

/// Form, lints and documentation of everything, with warnings as errors, the dependency rules, and what the dependencies are.
///
/// # Errors
/// At the first that does not hold.
pub(crate) fn check() -> Result<()> {
    let web = WebTools::ensure()?;
    say("checking the form of the code");
    run(cargo()?.args(["fmt", "--all", "--check"])).context("run `cargo fmt --all`")?;
    rules::enforce()?;
    dependencies()?;
    say("linting what runs on this machine");
    let own = &clone::argument(root());
    run(cargo()?.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings", own]))?;
    say("linting the app");
    run(app_clippy(&web)?.args(["--package", "halyard", "--target", TARGET, "--", "-D", "warnings", own]))?;
    say("building the documentation");
    let deny = ("RUSTDOCFLAGS", format!("-D warnings {own}"));
    run(cargo()?.args(["doc", "--workspace", "--exclude", "halyard", "--no-deps", "--quiet"]).env(deny.0, &deny.1))?;
    let mut app = web.command("cargo")?;
    run(app.args(["doc", "--package", "halyard", "--target", TARGET, "--no-deps", "--quiet"]).env(deny.0, &deny.1))?;
    say("all is well");
    Ok(())
}

/// Licenses, sources and bans by `deny.toml`; flaws that are known, where their database can be fetched.
fn dependencies() -> Result<()> {
    say("checking licenses and sources of the dependencies");
    run(deny()?.args(["check", "--hide-inclusion-graph", "bans", "licenses", "sources"])).context("see deny.toml")?;
    if !succeeds_within(deny()?.args(["fetch", "db"]), FETCH_TIME) {
        say("NOT CHECKED: flaws that are known of the dependencies, because their database could not be fetched");
        return Ok(());
    }
    run(deny()?.args(["check", "advisories"])).context("a dependency has a flaw that is known: see above")
}

/// clippy has to be of the same version as the standard library that it reads.
fn app_clippy(web: &WebTools) -> Result<Command> {
    let mut command = web.command("cargo")?;
    if let Some(sysroot) = web.own_sysroot() {
        if !Path::new("/usr/bin/cargo-clippy").is_file() {
            install_own_clippy()?;
        }
        command = web.command("/usr/bin/cargo-clippy")?;
        command.env("SYSROOT", sysroot);
    }
    command.arg("clippy");
    Ok(command)
}
