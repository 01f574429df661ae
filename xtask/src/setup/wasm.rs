//! A compiler that builds for the browser.
//!
//! The active toolchain when it has the target or rustup can fetch it. Otherwise, on machines that reach only package
//! registries, a toolchain of our own in the cache: the compiler and the standard library's source from Debian's packages, the
//! library for wasm32 built once from that source. Nothing of the system and no other toolchain is changed.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::apt;
use crate::paths::{cache, on_path};
use crate::process::{output, run, say, succeeds_within};

/// The target that browsers run.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// rustup gets this long to fetch the target: it is a download of 20 MB, and without a network it must not hang.
const RUSTUP_LIMIT: Duration = Duration::from_secs(120);

/// The compiler that builds the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WebToolchain {
    /// The toolchain that also builds everything else.
    Active,
    /// Our own in the cache: its folder.
    Own(PathBuf),
}

impl WebToolchain {
    /// Makes a cargo (or Trunk) command use this compiler.
    pub(crate) fn apply(&self, command: &mut Command) {
        if let Self::Own(folder) = self {
            command.env("RUSTC", folder.join("bin/rustc"));
            command.env("CARGO", "/usr/bin/cargo").env_remove("RUSTUP_TOOLCHAIN");
            let mut path = folder.join("bin").into_os_string();
            path.push(":");
            path.push(env::var_os("PATH").unwrap_or_default());
            command.env("PATH", path);
        }
    }
}

/// Finds or installs a compiler for the browser. `HALYARD_WEB_TOOLCHAIN=rustup` or `debian` chooses the way.
///
/// # Errors
/// When neither way works; the message says what was tried.
pub(crate) fn ensure() -> Result<WebToolchain> {
    let wish = env::var("HALYARD_WEB_TOOLCHAIN").unwrap_or_default();
    let own = cache()?.join("web-toolchain");
    if wish != "debian" {
        if has_target(&active_sysroot()?) {
            return Ok(WebToolchain::Active);
        }
        // The set-up that once had to build its own does not ask the network again.
        if wish != "rustup" && is_complete(&own) {
            return Ok(WebToolchain::Own(own));
        }
        if rustup_adds_target() && has_target(&active_sysroot()?) {
            return Ok(WebToolchain::Active);
        }
        if wish == "rustup" {
            bail!("`rustup target add {TARGET}` did not work; check the network or unset HALYARD_WEB_TOOLCHAIN");
        }
        say("rustup could not fetch the target: building it from the system's packages instead, once");
    }
    if !is_complete(&own) {
        build_own(&own)
            .context("no compiler for the browser: run `rustup target add wasm32-unknown-unknown` by hand")?;
    }
    Ok(WebToolchain::Own(own))
}

fn active_sysroot() -> Result<PathBuf> {
    output(Command::new("rustc").args(["--print", "sysroot"])).map(PathBuf::from)
}

fn has_target(sysroot: &Path) -> bool {
    has_file(&sysroot.join("lib/rustlib").join(TARGET).join("lib"), "libstd-", "rlib")
}

fn has_file(folder: &Path, prefix: &str, extension: &str) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        entry.file_name().to_string_lossy().starts_with(prefix)
            && entry.path().extension() == Some(OsStr::new(extension))
    })
}

fn rustup_adds_target() -> bool {
    if on_path("rustup").is_none() {
        return false;
    }
    say(format!("adding the Rust target {TARGET} with rustup: the app runs in the browser as WebAssembly"));
    succeeds_within(Command::new("rustup").args(["target", "add", TARGET]), RUSTUP_LIMIT)
}

fn is_complete(own: &Path) -> bool {
    own.join("complete").is_file() && Path::new("/usr/bin/rustc").is_file()
}

/// Builds our own toolchain: a folder that looks like a sysroot, its compiler a two-line script around the system's.
fn build_own(own: &Path) -> Result<()> {
    install_compiler()?;
    let host = host_triple()?;
    if own.exists() {
        fs::remove_dir_all(own)?;
    }
    let rustlib = own.join("lib/rustlib");
    fs::create_dir_all(own.join("bin"))?;
    fs::create_dir_all(rustlib.join(&host).join("bin"))?;
    fs::create_dir_all(rustlib.join(TARGET).join("lib"))?;
    symlink(Path::new("/usr/lib/rustlib").join(&host).join("lib"), rustlib.join(&host).join("lib"))?;
    symlink(linker(&host)?, rustlib.join(&host).join("bin/rust-lld"))?;
    symlink("/usr/bin/cargo", own.join("bin/cargo"))?;
    script(&own.join("bin/rustc"), &format!("#!/bin/sh\nexec /usr/bin/rustc --sysroot '{}' \"$@\"\n", own.display()))?;
    build_standard_library(&rustlib.join(TARGET).join("lib"))?;
    fs::write(own.join("complete"), "")?;
    Ok(())
}

fn install_compiler() -> Result<()> {
    let source = Path::new("/usr/lib/rustlib/src/rust/library/std");
    if Path::new("/usr/bin/rustc").is_file() && Path::new("/usr/bin/cargo").is_file() && source.exists() {
        return Ok(());
    }
    let why = "a compiler and the standard library's source, to build for the browser without rustup's download site";
    if !apt::knows("rustc-web") && apt::available() {
        apt::update()?;
    }
    if apt::knows("rustc-web") {
        return apt::install(&["rustc-web", "cargo-web", "rust-web-src"], why);
    }
    apt::install(&["rustc", "cargo", "rust-src"], why)
}

fn host_triple() -> Result<String> {
    let text = output(Command::new("/usr/bin/rustc").arg("-vV"))?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` does not name its host")
}

/// The linker for WebAssembly: the one of a rustup toolchain, else the one of the system's packages.
fn linker(host: &str) -> Result<PathBuf> {
    let of_rustup = active_sysroot()?.join("lib/rustlib").join(host).join("bin/rust-lld");
    if of_rustup.is_file() {
        return Ok(of_rustup);
    }
    let of_system = PathBuf::from("/usr/lib/llvm-22/bin/lld");
    if !of_system.is_file() {
        apt::install(&["lld-22"], "the linker for WebAssembly")?;
    }
    Ok(of_system)
}

/// Compiles the standard library for the browser. With bitcode: without it a link-time optimised build fails.
fn build_standard_library(into: &Path) -> Result<()> {
    say("building the standard library for the browser from its source: one to two minutes, once");
    let scratch = cache()?.join("web-std-build");
    fs::create_dir_all(scratch.join("src"))?;
    fs::write(
        scratch.join("Cargo.toml"),
        "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n",
    )?;
    fs::write(scratch.join("src/lib.rs"), "")?;
    run(Command::new("/usr/bin/cargo")
        .current_dir(&scratch)
        .args(["build", "--quiet", "--release", "-Zbuild-std=std,panic_abort", "--target", TARGET])
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", scratch.join("target"))
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("CARGO_BUILD_BUILD_DIR"))?;
    for entry in fs::read_dir(scratch.join("target").join(TARGET).join("release/deps"))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libempty") {
            fs::copy(entry.path(), into.join(name))?;
        }
    }
    fs::remove_dir_all(scratch)?;
    Ok(())
}

fn script(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text)?;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755))?;
    Ok(())
}
