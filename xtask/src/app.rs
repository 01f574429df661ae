//! Building the app for the browser: Trunk, then what Trunk leaves to do.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::finish::{self, Names};
use crate::paths::root;
use crate::process::{run, say};
use crate::setup::{Node, WebTools};

/// How the app is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// For development: seconds, not minutes.
    Quick,
    /// As [`Profile::Quick`], with a function for the page that runs the conformance list of the device's database.
    Conformance,
    /// As shipped.
    Release,
    /// As [`Profile::Release`], with the names of its functions: for a profiler, too large to ship.
    Named,
}

/// Builds the app into a folder, which is replaced when all is done: a server never serves half of a build.
///
/// # Errors
/// When a tool is missing and cannot be installed, the app does not compile, or a release is over its size budget.
pub(crate) fn build(web: &WebTools, profile: Profile, into: &Path) -> Result<()> {
    let [staging, old] = ["building", "before"].map(|name| beside(into, name));
    let mut trunk = web.command("trunk")?;
    // The compiler has said what is wrong: where Trunk was then is of no use.
    trunk.env("RUST_BACKTRACE", "0").args(["--log", "warn", "build", "--dist"]).arg(&staging);
    let node: Option<Node> = match profile {
        Profile::Quick | Profile::Conformance => {
            say("building the app, quickly");
            trunk.args(["--cargo-profile", "wasm-quick"]);
            if profile == Profile::Conformance {
                trunk.args(["--features", "conformance"]);
            }
            None
        }
        Profile::Release | Profile::Named => {
            say("building the app for release: a few minutes");
            trunk.args(["--release", "--cargo-profile", "wasm-release"]);
            trunk.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", release_flags());
            Some(crate::setup::node()?)
        }
    };
    if staging.exists() {
        fs::remove_dir_all(&staging)?;
    }
    fs::create_dir_all(&staging)?;
    run(&mut trunk)?;
    finish::page(&staging)?;
    if let Some(node) = &node {
        let names = if profile == Profile::Named { Names::Kept } else { Names::Dropped };
        finish::optimise(&staging, node, names)?;
    }
    finish::worker(&staging, node.as_ref())?;
    if let Some(node) = &node {
        finish::compress(&staging, node)?;
        if profile == Profile::Release {
            finish::weigh(&staging)?;
        }
    }
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    if into.exists() {
        fs::rename(into, &old)?;
    } else if let Some(parent) = into.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::rename(&staging, into)?;
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    Ok(())
}

/// What the compiler does in a release besides what `.cargo/config.toml` asks for: it inlines only what makes the code smaller, and the
/// places in messages of panics name a dependency's file without the folder that it was built in.
fn release_flags() -> String {
    let mut flags = "-C llvm-args=-inline-threshold=0".to_owned();
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let sources = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    for folder in sources.into_iter().flatten().flatten() {
        // Cargo separates flags by spaces.
        if let Some(folder) = folder.path().to_str().filter(|folder| !folder.contains(' ')) {
            flags.push_str(&format!(" --remap-path-prefix={folder}=deps"));
        }
    }
    flags
}

/// A folder in `target/` for a step on the way to the one that is built.
fn beside(folder: &Path, step: &str) -> PathBuf {
    let name = folder.strip_prefix(root()).unwrap_or(folder).to_string_lossy().replace('/', "-");
    root().join("target/halyard").join(format!(".{name}-{step}"))
}
