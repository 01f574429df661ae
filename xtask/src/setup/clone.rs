//! What keeps apart the builds of several clones that share the cache.
//!
//! cargo names what it compiles by the package and by its folder *within the workspace*, and takes it for fresh as long as no source
//! file is newer. Two clones have the same names; a clone whose files are older than the build of another would get that build. But
//! the path of a wrapper around the compiler of the workspace's own crates is a part of their names (`build.rustc-workspace-wrapper`
//! in cargo's reference). So each clone has a wrapper, which does nothing but call the compiler: a link to `env`. A script would not
//! do, as shells leave out variables like `CARGO_BIN_EXE_halyard-server`. Dependencies have no wrapper: they are compiled once for
//! all clones.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::paths::on_path;

/// Makes a cargo command of the clone at `root` compile into the shared folder `build`, apart from other clones.
///
/// # Errors
/// When the wrapper can't be made.
pub(super) fn share(command: &mut Command, root: &Path, build: &Path) -> Result<()> {
    let folder = root.join("target/halyard");
    // By its own name: where one program is many, it goes by that.
    let wrapper = folder.join("env");
    let env = on_path("env").unwrap_or_else(|| PathBuf::from("/usr/bin/env"));
    if fs::read_link(&wrapper).ok().as_ref() != Some(&env) {
        fs::create_dir_all(&folder)?;
        let new = folder.join(format!("env.{}", std::process::id()));
        symlink(&env, &new).with_context(|| format!("could not link {}", new.display()))?;
        fs::rename(&new, &wrapper).with_context(|| format!("could not write {}", wrapper.display()))?;
    }
    command.env("CARGO_BUILD_BUILD_DIR", build).env("RUSTC_WORKSPACE_WRAPPER", wrapper);
    Ok(())
}

/// An argument for clippy and rustdoc that differs from clone to clone: clippy takes the wrapper's place, and rustdoc has none, but
/// both run again when their arguments have changed.
pub(crate) fn argument(root: &Path) -> String {
    let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
    let digits: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("--cfg=clone_{digits}")
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::process::output;

    /// A clone of a small project with one dependency, as old as if it had been there for an hour.
    fn clone(folder: &Path, name: &str) -> PathBuf {
        let root = folder.join(name);
        let files = [
            (
                "Cargo.toml",
                "[package]\nname = \"app\"\nedition = \"2024\"\n[dependencies]\ndep = { path = \"../dep\" }\n[workspace]\n",
            ),
            ("src/main.rs", &format!("fn main() {{ print!(\"{name} {{}} {{}}\", dep::WORD, env!(\"A-NAME\")); }}\n")),
            ("../dep/Cargo.toml", "[package]\nname = \"dep\"\nedition = \"2024\"\n[workspace]\n"),
            ("../dep/src/lib.rs", "pub const WORD: &str = \"and its dependency\";\n"),
        ];
        for (file, text) in files {
            let file = root.join(file);
            if !file.exists() {
                fs::create_dir_all(root.join("src")).unwrap();
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(&file, text).unwrap();
                let before = SystemTime::now() - Duration::from_secs(3600);
                fs::File::options().write(true).open(&file).unwrap().set_modified(before).unwrap();
            }
        }
        root
    }

    /// What a clone's program says, built in the shared folder.
    fn says(root: &Path, build: &Path) -> String {
        let mut command = Command::new("cargo");
        command.args(["run", "--quiet", "--offline"]).current_dir(root).env("CARGO_TARGET_DIR", root.join("target"));
        share(&mut command, root, build).unwrap();
        // As cargo names the programs of tests.
        command.env("A-NAME", "and a variable");
        output(&mut command).unwrap()
    }

    fn compiled(build: &Path, start: &str) -> usize {
        fn count(folder: &Path, start: &str) -> usize {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            entries
                .map(|entry| match entry.file_name().to_string_lossy().into_owned() {
                    name if name.starts_with(start) && name.ends_with(".rlib") => 1,
                    _ if entry.path().is_dir() => count(&entry.path(), start),
                    _ => 0,
                })
                .sum()
        }
        count(build, start)
    }

    #[test]
    fn clones_that_share_the_cache_get_builds_of_their_own_and_share_dependencies() {
        let folder = std::env::temp_dir().join(format!("halyard-clones-{}", std::process::id()));
        let (one, two) = (clone(&folder, "one"), clone(&folder, "two"));
        let build = folder.join("shared");
        for _ in 0..2 {
            assert_eq!(says(&one, &build), "one and its dependency and a variable");
            assert_eq!(says(&two, &build), "two and its dependency and a variable");
        }
        assert_eq!(compiled(&build, "libdep"), 1);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn each_clone_has_an_argument_of_its_own() {
        assert_ne!(argument(Path::new("/a")), argument(Path::new("/b")));
        assert_eq!(argument(Path::new("/a")), argument(Path::new("/a")));
    }
}
