//! Packages of the system: Debian and Ubuntu by apt-get, elsewhere a clear word on what to install.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::paths::on_path;
use crate::process::{output, say, tail};

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
