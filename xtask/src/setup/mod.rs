//! The set-up: what a command needs is found, or installed with a word on why. Nothing is done twice.

mod apt;
pub(crate) mod clone;
mod node;
mod peers;
mod tests;
mod tools;
pub(crate) mod wasm;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

pub(crate) use self::node::Node;
pub(crate) use self::peers::Peers;
pub(crate) use self::wasm::WebToolchain;
use crate::paths::{cache, on_path};
use crate::process::{output, say};

/// The oldest compiler that the server's dependencies take: 1.94.
const OLDEST_MINOR: u32 = 94;

/// What builds the app for the browser.
pub(crate) struct WebTools {
    toolchain: WebToolchain,
    bins: Vec<PathBuf>,
}

impl WebTools {
    /// Finds or installs the compiler's target, Trunk and wasm-bindgen.
    ///
    /// # Errors
    /// When one of them is missing and cannot be installed.
    pub(crate) fn ensure() -> Result<Self> {
        check_compiler()?;
        fs::create_dir_all(cache()?)?;
        let toolchain = wasm::ensure()?;
        Ok(Self { toolchain, bins: vec![tools::trunk()?, tools::wasm_bindgen()?] })
    }

    /// A command that finds these tools and builds with the right compiler and cache.
    ///
    /// # Errors
    /// When there is no cache folder to name.
    pub(crate) fn command(&self, program: &str) -> Result<Command> {
        // Looked up here: a new PATH of the child is not what the child itself is searched by.
        let found = self.bins.iter().map(|bin| bin.join(program)).find(|file| file.is_file());
        let mut command = Command::new(found.unwrap_or_else(|| PathBuf::from(program)));
        self.toolchain.apply(&mut command);
        let inherited =
            command.get_envs().find(|(key, _)| *key == "PATH").and_then(|(_, value)| value.map(OsString::from));
        let mut path = OsString::new();
        for bin in &self.bins {
            path.push(bin);
            path.push(":");
        }
        path.push(inherited.or_else(|| env::var_os("PATH")).unwrap_or_default());
        command.env("PATH", path);
        shared_build(&mut command)?;
        Ok(command)
    }

    /// The folder of the app's own toolchain, where the one that builds everything else will not do.
    pub(crate) fn own_sysroot(&self) -> Option<&Path> {
        match &self.toolchain {
            WebToolchain::Active => None,
            WebToolchain::Own(folder) => Some(folder),
        }
    }
}

/// What the tests need besides.
pub(crate) struct TestTools {
    /// Node, with the packages of `tests/`.
    pub(crate) node: Node,
    /// The browser.
    pub(crate) chromium: PathBuf,
    /// The second browser.
    pub(crate) firefox: PathBuf,
    /// The folder of PostgreSQL's programs.
    pub(crate) postgres: PathBuf,
    /// The fuzzer of the HTTP interface.
    pub(crate) schemathesis: PathBuf,
}

impl TestTools {
    /// Finds or installs all of them.
    ///
    /// # Errors
    /// When one is missing and cannot be installed.
    pub(crate) fn ensure() -> Result<Self> {
        let node = node_with_packages()?;
        tests::strace()?;
        tests::pebble()?;
        Ok(Self {
            chromium: tests::chromium(&node)?,
            firefox: tests::firefox()?,
            postgres: tests::postgres()?,
            schemathesis: tests::schemathesis()?,
            node,
        })
    }
}

/// Finds or installs PostgreSQL; the folder of its programs.
///
/// # Errors
/// When it is missing and cannot be installed.
pub(crate) fn postgres() -> Result<PathBuf> {
    tests::postgres()
}

/// Finds or installs Node.
///
/// # Errors
/// When it is missing and cannot be installed.
pub(crate) fn node() -> Result<Node> {
    fs::create_dir_all(cache()?)?;
    node::ensure()
}

/// Finds or installs Node and the packages of `tests/`.
///
/// # Errors
/// When one is missing and cannot be installed.
pub(crate) fn node_with_packages() -> Result<Node> {
    let node = node()?;
    node::packages(&node, &crate::paths::tests(), "browser driver, accessibility checks, icons")?;
    Ok(node)
}

/// A command that runs wasm-opt, which is found or installed.
///
/// # Errors
/// When npm cannot bring it.
pub(crate) fn wasm_opt(node: &Node) -> Result<Command> {
    let mut command = node.command("node");
    command.arg(node::wasm_opt(node)?);
    Ok(command)
}

/// A terser command, installed first when it is missing.
///
/// # Errors
/// When npm cannot bring it.
pub(crate) fn terser(node: &Node) -> Result<Command> {
    let mut command = node.command("node");
    command.arg(node::terser(node)?);
    Ok(command)
}

/// Installs the linter that fits the app's own toolchain.
///
/// # Errors
/// When the system's packages do not have it.
pub(crate) fn install_own_clippy() -> Result<()> {
    apt::install(&["rust-web-clippy"], "the linter of the toolchain that builds the app")
}

/// A cargo-deny command for this workspace, installed first when it is missing. Without `--workspace` it would look at the app alone.
///
/// # Errors
/// When cargo cannot install it.
pub(crate) fn deny() -> Result<Command> {
    fs::create_dir_all(cache()?)?;
    let mut command = Command::new(tools::deny()?);
    command.args(["--workspace", "--locked", "--log-level", "error"]).current_dir(crate::paths::root());
    Ok(command)
}

/// What the fuzzer of LLVM is built with.
///
/// # Errors
/// When it can't be installed.
pub(crate) fn fuzz() -> Result<()> {
    if on_path("c++").is_none() {
        apt::install(&["g++"], "builds the fuzzer of LLVM, which comes as C++")?;
    }
    Ok(())
}

/// A cargo command for this workspace with the active toolchain and the shared cache.
///
/// # Errors
/// When there is no cache folder to name.
pub(crate) fn cargo() -> Result<Command> {
    let mut command = Command::new("cargo");
    shared_build(&mut command)?;
    Ok(command)
}

/// Puts what cargo compiles into the cache and leaves the final binaries in the clone, where no other clone can replace them.
/// Who has chosen a target folder of their own keeps it.
fn shared_build(command: &mut Command) -> Result<()> {
    command.current_dir(crate::paths::root());
    // cargo told us about ourselves when it ran us. Build scripts watch some of these, and would run again for each clone.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    if env::var_os("CARGO_TARGET_DIR").is_none() && env::var_os("CARGO_BUILD_BUILD_DIR").is_none() {
        clone::share(command, crate::paths::root(), &cache()?.join("target"))?;
    }
    Ok(())
}

fn check_compiler() -> Result<()> {
    let text = output(Command::new("rustc").arg("--version"))?;
    let minor = text.split(['.', ' ']).nth(2).and_then(|minor| minor.parse::<u32>().ok());
    match minor.with_context(|| format!("`rustc --version` says `{text}`")) {
        Ok(minor) if minor < OLDEST_MINOR => bail!("{text} is older than 1.{OLDEST_MINOR}: run `rustup update`"),
        checked => checked.map(|_| ()),
    }
}

/// `cargo xtask setup`: everything that any command needs, but for `check` alone.
///
/// # Errors
/// When something is missing and cannot be installed.
pub(crate) fn all() -> Result<()> {
    let web = WebTools::ensure()?;
    let tests = TestTools::ensure()?;
    Peers::ensure(&tests.node)?;
    say(format!(
        "everything is there: {} for the browser, {}, PostgreSQL in {}",
        web.own_sysroot().map_or_else(|| "the active toolchain".into(), |own| own.display().to_string()),
        tests.chromium.display(),
        tests.postgres.display(),
    ));
    Ok(())
}
