//! What only the tests need: browsers, PostgreSQL's programs, and the fuzzer of the HTTP interface.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::apt;
use super::node::Node;
use crate::paths::{on_path, tools};
use crate::process::{output, run, say};

/// The fuzzer that reads the OpenAPI page and calls what it describes.
const SCHEMATHESIS: &str = "4.32.5";

/// Finds or installs a Chromium; `HALYARD_CHROMIUM` names another one.
///
/// # Errors
/// When there is none and none can be installed.
pub(super) fn chromium(node: &Node) -> Result<PathBuf> {
    if let Some(own) = env::var_os("HALYARD_CHROMIUM") {
        let own = PathBuf::from(own);
        if !own.is_file() {
            bail!("HALYARD_CHROMIUM names {}, which is not a file", own.display());
        }
        return Ok(own);
    }
    if let Some(found) = find_browser() {
        return Ok(found);
    }
    // Ubuntu's package of this name only points to a snap, which headless tests can't use well.
    if apt::available() && !is_ubuntu() {
        apt::install(&["chromium"], "the browser of the end-to-end tests")?;
        return find_browser().context("the package chromium is installed, but no program of that name is on PATH");
    }
    say("installing the browser of the end-to-end tests with Playwright");
    run(node.tool("playwright").args(["install", "--with-deps", "chromium"]))
        .context("please install Chromium or Chrome, or name one by HALYARD_CHROMIUM")?;
    let script = "process.stdout.write(require('playwright-core').chromium.executablePath())";
    output(node.command("node").args(["-e", script]).current_dir(crate::paths::tests())).map(PathBuf::from)
}

fn find_browser() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].into_iter().find_map(on_path)
}

/// Finds or installs a Firefox; `HALYARD_FIREFOX` names another one.
///
/// # Errors
/// When there is none and none can be installed.
pub(super) fn firefox() -> Result<PathBuf> {
    if let Some(own) = env::var_os("HALYARD_FIREFOX") {
        let own = PathBuf::from(own);
        if !own.is_file() {
            bail!("HALYARD_FIREFOX names {}, which is not a file", own.display());
        }
        return Ok(own);
    }
    if let Some(found) = find_firefox() {
        return Ok(found);
    }
    apt::install(&["firefox-esr"], "the app's main job is tested in a second browser, too")
        .context("please install Firefox, or name one by HALYARD_FIREFOX")?;
    find_firefox().context("the package firefox-esr is installed, but no program of that name is on PATH")
}

fn find_firefox() -> Option<PathBuf> {
    ["firefox-esr", "firefox"].into_iter().find_map(on_path)
}

fn is_ubuntu() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=ubuntu"))
}

/// Finds or installs PostgreSQL's server programs; the folder that has `initdb` and `pg_ctl`.
///
/// # Errors
/// When there are none and none can be installed.
pub(super) fn postgres() -> Result<PathBuf> {
    if let Some(found) = find_postgres() {
        return Ok(found);
    }
    apt::install(&["postgresql"], "the storage tests run on PostgreSQL too, in a temporary cluster of their own")?;
    find_postgres()
        .context("the package postgresql is installed, but initdb is neither on PATH nor in /usr/lib/postgresql")
}

fn find_postgres() -> Option<PathBuf> {
    // A link on PATH does not stand beside the other programs: what it points to does.
    if let Some(program) = on_path("initdb").and_then(|program| program.canonicalize().ok()) {
        return program.parent().map(Path::to_path_buf);
    }
    let mut versions: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|entry| entry.path()).collect();
    versions.sort_by_key(|path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()));
    versions.into_iter().rev().map(|version| version.join("bin")).find(|bin| bin.join("initdb").is_file())
}

/// Finds or installs strace.
///
/// # Errors
/// When it is missing and cannot be installed.
pub(super) fn strace() -> Result<()> {
    if on_path("strace").is_none() {
        apt::install(&["strace"], "a test sees by it whether the server waits for the disk")?;
    }
    Ok(())
}

/// Finds or installs openssl.
///
/// # Errors
/// When it is missing and cannot be installed.
pub(super) fn openssl() -> Result<()> {
    if on_path("openssl").is_none() {
        apt::install(&["openssl"], "makes the certificate of an SMSC under test")?;
    }
    Ok(())
}

/// Finds or installs pebble.
///
/// # Errors
/// When it is missing and cannot be installed.
pub(super) fn pebble() -> Result<()> {
    if on_path("pebble").is_none() || on_path("pebble-challtestsrv").is_none() {
        apt::install(&["pebble"], "gives the server under test a certificate")?;
    }
    Ok(())
}

/// Finds or installs schemathesis in an environment of its own; its program.
///
/// # Errors
/// When Python cannot make an environment or pip fails.
pub(super) fn schemathesis() -> Result<PathBuf> {
    let folder = tools()?.join(format!("schemathesis-{SCHEMATHESIS}"));
    let why = format!("schemathesis {SCHEMATHESIS}, which fuzzes the HTTP interface");
    python(&folder, &why, |pip| {
        pip.arg(format!("schemathesis=={SCHEMATHESIS}"));
    })?;
    Ok(folder.join("bin/schemathesis"))
}

/// Makes an environment of Python in a folder, if it is not there, and lets pip install into it; `what` goes into it.
///
/// # Errors
/// When Python cannot make an environment or pip fails.
pub(super) fn python(folder: &Path, what: &str, packages: impl FnOnce(&mut Command)) -> Result<()> {
    let complete = folder.join("complete");
    if complete.is_file() && folder.join("bin/python").is_file() {
        return Ok(());
    }
    if output(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_err() {
        apt::install(&["python3", "python3-venv"], "runs tools of the tests")?;
    }
    say(format!("installing into {}: {what}", folder.display()));
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
    let mut pip = Command::new(folder.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check"]);
    packages(&mut pip);
    run(&mut pip)?;
    fs::write(complete, "")?;
    Ok(())
}
