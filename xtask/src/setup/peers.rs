//! Programs of others at the carriers' end: Prism with the descriptions of providers' interfaces, providers' own libraries, Kannel, smpplib.
//!
//! Always holds: each is pinned with the hash of what is downloaded, or signed by the system's packages. Of a provider's package only the files
//! that a test reads are kept, without what the package needs to run: that would be some hundred megabytes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::node::{self, Node};
use super::{apt, tests};
use crate::paths::{self, tools};
use crate::process::{output, run, say};

/// What stands at the carriers' end.
pub(crate) struct Peers {
    /// Files of providers' packages, in folders by the packages' names.
    pub(crate) providers: PathBuf,
    /// A Python that has smpplib.
    pub(crate) python: PathBuf,
    /// Kannel's SMSC for tests.
    pub(crate) kannel: PathBuf,
}

impl Peers {
    /// Finds or installs all of them.
    ///
    /// # Errors
    /// When one is missing and cannot be installed.
    pub(crate) fn ensure(node: &Node) -> Result<Self> {
        tests::openssl()?;
        let folder = paths::tests().join("peers");
        node::packages(node, &folder, "Prism, which answers as a provider's description says")?;
        Ok(Self { providers: providers(node, &folder)?, python: python(&folder)?, kannel: kannel()? })
    }
}

/// The files of providers' packages that `archives.json` names.
fn providers(node: &Node, tests: &Path) -> Result<PathBuf> {
    let list = fs::read(tests.join("archives.json")).context("tests/peers/archives.json is missing")?;
    let folder = tools()?.join(format!("providers-{}", &hex(&list)[..16]));
    if folder.join("complete").is_file() {
        return Ok(folder);
    }
    let archives: Vec<Value> = serde_json::from_slice(&list)?;
    for archive in &archives {
        let text = |key: &str| archive[key].as_str().with_context(|| format!("archives.json has one without {key}"));
        let (package, version, sha256) = (text("package")?, text("version")?, text("sha256")?);
        say(format!("fetching files of {package} {version} into {}: tests check Halyard by them", folder.display()));
        let own = folder.join(package);
        fs::create_dir_all(&own)?;
        let name = output(
            node.command("npm")
                .args(["pack", "--silent", "--pack-destination"])
                .args([own.as_os_str(), format!("{package}@{version}").as_ref()]),
        )?;
        let packed = own.join(name.lines().last().unwrap_or_default());
        let found = hex(&fs::read(&packed)?);
        if found != sha256 {
            bail!("{package} {version} is not what it was: its SHA-256 is {found}");
        }
        let files = archive["files"].as_array().into_iter().flatten().filter_map(Value::as_str);
        run(Command::new("tar")
            .args(["-xz", "--strip-components", "1", "-f"])
            .arg(&packed)
            .arg("-C")
            .arg(&own)
            .args(files.map(|file| format!("package/{file}"))))?;
        fs::remove_file(packed)?;
    }
    fs::write(folder.join("complete"), "")?;
    Ok(folder)
}

/// A Python with the packages of `requirements.txt`.
fn python(tests: &Path) -> Result<PathBuf> {
    let list = tests.join("requirements.txt");
    let text = fs::read(&list).context("tests/peers/requirements.txt is missing")?;
    let folder = tools()?.join(format!("smpplib-{}", &hex(&text)[..16]));
    tests::python(&folder, "smpplib, which stands for another's SMSC", |pip| {
        pip.args(["--no-deps", "--require-hashes", "--requirement"]).arg(&list);
    })?;
    Ok(folder.join("bin/python"))
}

/// Kannel's SMSC for tests. Its package is unpacked, not installed: with that a gateway would come that starts with the system.
fn kannel() -> Result<PathBuf> {
    let folder = tools()?.join("kannel");
    let (program, complete) = (folder.join("usr/lib/kannel/test/drive_smpp"), folder.join("complete"));
    if !complete.is_file() {
        let needs = apt::unpack("kannel-extras", &folder, "an SMSC of Kannel's, which is not ours")?;
        let is_missing = |name: &&str| !apt::is_installed(name);
        // It gets a network of its own by iproute2 and util-linux.
        let own = ["iproute2", "util-linux"];
        let libraries = needs.iter().map(String::as_str).filter(|name| name.starts_with("lib"));
        let missing: Vec<&str> = libraries.chain(own).filter(is_missing).collect();
        if !missing.is_empty() {
            apt::install(&missing, "what Kannel's SMSC needs")?;
        }
        fs::write(complete, "")?;
    }
    Ok(program)
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
