//! `cargo xtask assets`: the icons, the emoji list and their licences in `public/`, made from packages of exact versions.

use std::process::Command;

use anyhow::{Result, bail};

use crate::paths::root;
use crate::setup::Node;

/// The command that makes them; with `--check`, it only compares.
pub(crate) fn command(node: &Node) -> Command {
    let mut command = node.command("node");
    command.arg(root().join("xtask/scripts/assets.mjs"));
    command
}

/// Writes them, or fails if the committed ones are not the same.
///
/// # Errors
/// When they differ, or Node or its packages can't be had.
pub(crate) fn assets(check: bool) -> Result<()> {
    let node = crate::setup::node_with_packages()?;
    let mut command = command(&node);
    if check {
        command.arg("--check");
    }
    if !command.status()?.success() {
        bail!("the assets were not made");
    }
    Ok(())
}
