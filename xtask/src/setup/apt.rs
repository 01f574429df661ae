//! Packages of the system: Debian and Ubuntu by apt-get, elsewhere a clear word on what to install.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::paths::on_path;
use crate::process::{output, run, say, tail};

/// Whether apt-get is how this system installs.
pub(super) fn available() -> bool {
    on_path("apt-get").is_some()
}

/// Installs packages, saying what for. Their lists are brought up to date only if the first try fails.
///
/// # Errors
/// When this is not a Debian-like system, when neither root nor sudo is at hand, or when apt-get fails; the message says what
/// to install by hand.
pub(super) fn install(packages: &[&str], why: &str) -> Result<()> {
    let list = packages.join(" ");
    if !available() {
        bail!("please install {list} ({why}) with your system's package manager, then run the command again");
    }
    say(format!("installing {list} from the system's packages: {why}"));
    if apt_get(&["install", "-y", "--no-install-recommends"], packages).is_ok() {
        return Ok(());
    }
    apt_get(&["update"], &[])?;
    apt_get(&["install", "-y", "--no-install-recommends"], packages)
        .with_context(|| format!("could not install {list} ({why}); install it by hand, then run the command again"))
}

/// Unpacks a package into a folder without installing it, saying what for; the names of the packages that it depends on.
///
/// # Errors
/// When apt-get does not have it; the message says so.
pub(super) fn unpack(package: &str, folder: &Path, why: &str) -> Result<Vec<String>> {
    if !available() {
        bail!("{package} ({why}) comes by apt-get alone, which is not here");
    }
    say(format!("unpacking {package} from the system's packages into {}: {why}", folder.display()));
    fs::create_dir_all(folder)?;
    // It checks what it downloads by the signed lists.
    let download = || {
        run(Command::new("apt-get")
            .args(["-qq", "-o", "APT::Sandbox::User=root", "download", package])
            .current_dir(folder))
    };
    if download().is_err() {
        update()?;
        download()?;
    }
    let mut entries = fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    let archive = entries.find(|path| path.extension().is_some_and(|end| end == "deb"));
    let archive = archive.with_context(|| format!("apt-get left no {package} behind"))?;
    run(Command::new("dpkg-deb").arg("--extract").arg(&archive).arg(folder))?;
    let depends = output(Command::new("dpkg-deb").arg("--field").arg(&archive).arg("Depends"))?;
    fs::remove_file(archive)?;
    // Of alternatives the first; without versions.
    let name = |depends: &str| depends.split([' ', '|', ':']).find(|word| !word.is_empty()).map(str::to_owned);
    Ok(depends.split(',').filter_map(name).collect())
}

/// Whether a package is installed, in whatever version.
pub(super) fn is_installed(package: &str) -> bool {
    output(Command::new("dpkg-query").args(["--show", "--showformat", "${db:Status-Status}", package]))
        .is_ok_and(|status| status == "installed")
}

/// Whether apt knows a version of the package to install.
pub(super) fn knows(package: &str) -> bool {
    output(Command::new("apt-cache").args(["policy", package]))
        .is_ok_and(|text| text.lines().any(|line| line.trim().starts_with("Candidate:") && !line.contains("(none)")))
}

/// Brings the lists of packages up to date.
///
/// # Errors
/// As [`install`].
pub(super) fn update() -> Result<()> {
    apt_get(&["update"], &[])
}

fn apt_get(verb: &[&str], packages: &[&str]) -> Result<()> {
    let mut command = if is_root()? {
        Command::new("apt-get")
    } else if on_path("sudo").is_some() {
        let mut sudo = Command::new("sudo");
        sudo.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        sudo
    } else {
        bail!("this needs root: run as root `apt-get install {}`, then the command again", packages.join(" "));
    };
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq").args(verb).args(packages);
    let out = command.stdin(Stdio::inherit()).stdout(Stdio::null()).stderr(Stdio::piped()).output()?;
    if !out.status.success() {
        bail!("apt-get {} failed:\n{}", verb.join(" "), tail(&out.stderr, 15));
    }
    Ok(())
}

fn is_root() -> Result<bool> {
    Ok(output(Command::new("id").arg("-u"))? == "0")
}
