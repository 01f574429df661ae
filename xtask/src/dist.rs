//! `cargo xtask dist`: the release, one binary that contains the app.

use anyhow::Result;

use crate::app::{self, Profile};
use crate::paths::{Output, dist};
use crate::process::say;
use crate::server;
use crate::setup::WebTools;

/// Builds the app as shipped and the server with the app in it.
///
/// # Errors
/// When something does not build or the app is over its size budget.
pub(crate) fn build() -> Result<()> {
    app::build(&WebTools::ensure()?, Profile::Release, &dist())?;
    let binary = server::build(&["--release", "--features", "embed-app"], &Output::of("dist"))?;
    let size = std::fs::metadata(&binary)?.len();
    say("the release is ready: one file, with the app in it");
    println!("{} ({} MB)", binary.display(), size / 1_000_000);
    Ok(())
}
