//! Building the app for the browser: Trunk, then what Trunk leaves to do.

use std::fs;

use anyhow::Result;

use crate::finish;
use crate::paths::{dist, root};
use crate::process::{run, say};
use crate::setup::{Node, WebTools};

/// How the app is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// For development and tests: seconds, not minutes.
    Quick,
    /// As shipped.
    Release,
    /// As shipped but in one part, which notes the functions that run.
    Marked,
}

/// Builds the app into `dist/`. The folder is replaced when all is done, so that a server never serves half of a build.
///
/// # Errors
/// When a tool is missing and cannot be installed, or the app does not compile.
pub(crate) fn build(web: &WebTools, profile: Profile) -> Result<()> {
    let staging = root().join("target/app");
    let mut trunk = web.command("trunk")?;
    // The compiler has said what is wrong: where Trunk was then is of no use.
    trunk.env("RUST_BACKTRACE", "0").args(["--log", "warn", "build", "--dist"]).arg(&staging);
    let node: Option<Node> = match profile {
        Profile::Quick => {
            say("building the app");
            // With what the end-to-end tests ask of the device's database.
            trunk.args(["--cargo-profile", "wasm-quick", "--features", "conformance"]);
            None
        }
        Profile::Release | Profile::Marked => {
            say("building the app for release: a few minutes");
            trunk.args(["--release", "--cargo-profile", "wasm-release"]);
            (profile == Profile::Release).then(crate::setup::node).transpose()?
        }
    };
    fs::create_dir_all(&staging)?;
    run(&mut trunk)?;
    finish::page(&staging)?;
    if let Some(node) = &node {
        finish::optimise(&staging, node)?;
    }
    if profile == Profile::Marked {
        finish::mark(&staging)?;
    }
    finish::worker(&staging, node.as_ref())?;
    if let Some(node) = &node {
        finish::compress(&staging, node)?;
    }
    let old = root().join("target/app-before");
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    if dist().exists() {
        fs::rename(dist(), &old)?;
    }
    fs::rename(&staging, dist())?;
    Ok(())
}
