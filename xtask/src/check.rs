//! `cargo xtask check`: what can be said of the code without running it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::paths::root;
use crate::process::{run, say};
use crate::rules;
use crate::setup::wasm::TARGET;
use crate::setup::{WebTools, cargo, clone, install_own_clippy};

/// Form, lints and documentation of everything, with warnings as errors, and the dependency rules.
///
/// # Errors
/// At the first that does not hold.
pub(crate) fn check() -> Result<()> {
    let web = WebTools::ensure()?;
    say("checking the form of the code");
    run(cargo()?.args(["fmt", "--all", "--check"])).context("run `cargo fmt --all`")?;
    rules::enforce()?;
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
