//! The build tools that cargo installs, each in a folder of its own named by its version: a new version never disturbs a
//! clone that still uses the old one.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::paths::{cache, root, tools};
use crate::process::{run, say};

/// Trunk 0.22 wants a newer compiler than the oldest that we support.
const TRUNK: &str = "0.21.14";

const DENY: &str = "0.20.2";

/// Finds or installs Trunk; the folder of its binary.
///
/// # Errors
/// When cargo cannot install it.
pub(super) fn trunk() -> Result<PathBuf> {
    installed("trunk", TRUNK, &["--locked"], "builds the app: page, styles and WebAssembly")
}

/// Finds or installs wasm-bindgen in the version of `Cargo.lock`; the folder of its binary.
///
/// # Errors
/// When `Cargo.lock` does not name a version or cargo cannot install it.
pub(super) fn wasm_bindgen() -> Result<PathBuf> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).context("Cargo.lock is missing")?;
    let version = locked_version(&lock, "wasm-bindgen").context("Cargo.lock does not name wasm-bindgen")?;
    installed("wasm-bindgen-cli", version, &[], "joins the WebAssembly with the browser's JavaScript")
}

/// Finds or installs cargo-deny; its binary.
///
/// # Errors
/// When cargo cannot install it.
pub(super) fn deny() -> Result<PathBuf> {
    let bin =
        installed("cargo-deny", DENY, &["--locked"], "checks licenses, sources and known flaws of what we depend on")?;
    Ok(bin.join("cargo-deny"))
}

fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let entry = lock.split("[[package]]").find(|entry| entry.contains(&format!("name = \"{package}\"\n")))?;
    let (_, rest) = entry.split_once("version = \"")?;
    rest.split_once('"').map(|(version, _)| version)
}

fn installed(package: &str, version: &str, arguments: &[&str], why: &str) -> Result<PathBuf> {
    let folder = tools()?.join(format!("{package}-{version}"));
    let bin = folder.join("bin");
    // cargo writes this file when the install is complete.
    if folder.join(".crates.toml").is_file() && bin.is_dir() {
        return Ok(bin);
    }
    say(format!("installing {package} {version} into {}: it {why} (a few minutes, once)", folder.display()));
    let build = cache()?.join(format!("build-{package}"));
    // A tool that runs for a second needs no optimisation: this builds in a fraction of the time.
    run(Command::new("cargo")
        .args(["install", package, "--version", version, "--quiet", "--root"])
        .arg(&folder)
        .args(arguments)
        .current_dir(cache()?)
        .env("CARGO_TARGET_DIR", &build)
        .env_remove("CARGO_BUILD_BUILD_DIR")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "32")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "false"))?;
    fs::remove_dir_all(&build).with_context(|| format!("could not remove {}", build.display()))?;
    Ok(bin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_that_of_the_very_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.9\"\nsource = \"x\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.9"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }
}
