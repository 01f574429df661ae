//! Where things are: the clone, and the cache outside of it.
//!
//! Everything heavy lives in the cache, so that a fresh clone is quick and deleting a clone leaves nothing behind. Only what
//! belongs to one clone (its `dist/`, its `data/`, its final binaries, `tests/node_modules/`) is kept inside it.
//!
//! Always holds: each command has a folder of its own for what it builds, so none replaces what another runs.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The root folder of the clone that this xtask was built from.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new("."))
}

/// The cache folder: `$HALYARD_CACHE`, else `$XDG_CACHE_HOME/halyard`, else `~/.cache/halyard`.
///
/// # Errors
/// When neither of these variables nor `HOME` is set.
pub(crate) fn cache() -> Result<PathBuf> {
    if let Some(own) = env::var_os("HALYARD_CACHE").filter(|v| !v.is_empty()) {
        return Ok(PathBuf::from(own));
    }
    if let Some(xdg) = env::var_os("XDG_CACHE_HOME").filter(|v| !v.is_empty()) {
        return Ok(PathBuf::from(xdg).join("halyard"));
    }
    let home =
        env::var_os("HOME").context("set HALYARD_CACHE to a folder for tools and build output (HOME is not set)")?;
    Ok(PathBuf::from(home).join(".cache/halyard"))
}

/// The folder of tools in the cache.
///
/// # Errors
/// As [`cache`].
pub(crate) fn tools() -> Result<PathBuf> {
    Ok(cache()?.join("tools"))
}

/// The app of the release, which `cargo xtask dist` puts into the server's binary. No other command writes it.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// What a command builds, in `target/halyard/<command>/`.
pub(crate) struct Output(PathBuf);

impl Output {
    /// That of a command.
    pub(crate) fn of(command: &str) -> Self {
        Self(root().join("target/halyard").join(command))
    }

    /// Its app.
    pub(crate) fn app(&self) -> PathBuf {
        self.0.join("app")
    }

    /// Its server.
    pub(crate) fn server(&self) -> PathBuf {
        self.0.join("halyard-server")
    }

    /// A file of another kind.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// The folder of the development server's database. It ignores itself for git.
pub(crate) fn data() -> PathBuf {
    root().join("data")
}

/// The folder of everything that runs on Node: end-to-end tests, benches and the tools that npm brings.
pub(crate) fn tests() -> PathBuf {
    root().join("tests")
}

/// The first file of this name on `PATH`.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}
