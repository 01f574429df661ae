//! Node and what npm brings: the browser driver of the tests, the icons, wasm-opt.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::apt;
use crate::paths::{on_path, tests, tools};
use crate::process::{output, run, say};

/// The oldest Node that the tests' browser driver takes.
const OLDEST: u32 = 20;
/// Debian's own wasm-opt is too old for what compilers emit.
const BINARYEN: &str = "132.0.0";
/// Reads the JavaScript that wasm-bindgen writes; Trunk's own minifier doesn't.
const TERSER: &str = "5.51.2";
/// The Node that npm brings where the system's is older.
const FROM_NPM: &str = "22.23.3";

/// A Node that is new enough.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The folder to put before `PATH`; `None` when the system's Node will do.
    bin: Option<PathBuf>,
}

impl Node {
    /// A command that runs with this Node.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.program(program));
        if let Some(bin) = &self.bin {
            let mut path = bin.clone().into_os_string();
            path.push(":");
            path.push(env::var_os("PATH").unwrap_or_default());
            command.env("PATH", path);
        }
        command
    }

    fn program(&self, name: &str) -> PathBuf {
        let own = self.bin.as_ref().map(|bin| bin.join(name)).filter(|file| file.is_file());
        own.unwrap_or_else(|| PathBuf::from(name))
    }

    /// A program that `npm ci` has put beside the tests.
    pub(crate) fn tool(&self, name: &str) -> Command {
        let mut command = self.command("node");
        command.arg(tests().join("node_modules/.bin").join(name));
        command
    }
}

/// Finds or installs Node and npm.
///
/// # Errors
/// When neither the system's packages nor npm have one that is new enough.
pub(super) fn ensure() -> Result<Node> {
    if on_path("node").is_none() {
        apt::install(&["nodejs"], "runs the browser tests, and wasm-opt for the release")?;
    }
    if on_path("npm").is_none() {
        apt::install(&["npm"], "fetches the browser tests' packages")?;
    }
    if major("node").is_some_and(|version| version >= OLDEST) {
        return Ok(Node { bin: None });
    }
    let bin = node_from_npm()?;
    Ok(Node { bin: Some(bin) })
}

fn major(node: impl AsRef<Path>) -> Option<u32> {
    let text = output(Command::new(node.as_ref()).arg("--version")).ok()?;
    text.trim_start_matches('v').split('.').next()?.parse().ok()
}

/// npm carries Node's own binaries: an older Node fetches the newer one.
fn node_from_npm() -> Result<PathBuf> {
    let cpu = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => bail!("please install Node {OLDEST} or newer (there is no ready one for {other})"),
    };
    let package = format!("node-linux-{cpu}");
    let why = format!("the system's Node is older than {OLDEST}");
    let bin = from_npm(&mut Command::new("npm"), &package, FROM_NPM, &why)?.join("bin");
    if major(bin.join("node")).is_none_or(|version| version < OLDEST) {
        bail!("the Node that npm brought does not run here: please install Node {OLDEST} or newer");
    }
    Ok(bin)
}

/// Finds or installs wasm-opt; the script that Node runs.
///
/// # Errors
/// When npm fails.
pub(super) fn wasm_opt(node: &Node) -> Result<PathBuf> {
    let why = "its wasm-opt makes the release's WebAssembly smaller";
    Ok(from_npm(&mut node.command("npm"), "binaryen", BINARYEN, why)?.join("bin/wasm-opt"))
}

/// Finds or installs terser; the script that Node runs.
///
/// # Errors
/// When npm fails.
pub(super) fn terser(node: &Node) -> Result<PathBuf> {
    let why = "it makes the release's script smaller";
    Ok(from_npm(&mut node.command("npm"), "terser", TERSER, why)?.join("bin/terser"))
}

/// One package of npm in a folder of its own in the cache; the package's folder.
fn from_npm(npm: &mut Command, package: &str, version: &str, why: &str) -> Result<PathBuf> {
    let folder = tools()?.join(format!("{package}-{version}"));
    let complete = folder.join("complete");
    if !complete.is_file() {
        say(format!("installing {package} {version} into {}: {why}", folder.display()));
        fs::create_dir_all(&folder)?;
        run(npm
            .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
            .arg(&folder)
            .arg(format!("{package}@{version}")))?;
        fs::write(complete, "")?;
    }
    Ok(folder.join("node_modules").join(package))
}

/// Installs the packages of a folder's `package-lock.json` beside it, if they are not those that are there, saying what for.
///
/// # Errors
/// When npm fails.
pub(super) fn packages(node: &Node, folder: &Path, why: &str) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json"))
        .with_context(|| format!("{}/package-lock.json is missing", folder.display()))?;
    let stamp = folder.join("node_modules/.halyard-lock");
    if fs::read(&stamp).is_ok_and(|had| had == lock) {
        return Ok(());
    }
    say(format!("installing the npm packages of {}: {why}", folder.display()));
    run(node
        .command("npm")
        .args(["ci", "--silent", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(folder))?;
    fs::write(stamp, lock)?;
    Ok(())
}
