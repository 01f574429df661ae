//! `cargo xtask fuzz`: lets the fuzzer of LLVM try what comes from outside, each target for a while.
//!
//! The targets are a package of their own (`fuzz/`), built with the coverage by which the fuzzer finds its way. That needs no other compiler than the
//! usual one: the passes are LLVM's. Seeds stand in `fuzz/seeds`; what a run finds beside them is kept in the build's own folder.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::paths::{Output, root};
use crate::process::{output, run, say};
use crate::setup::{self, cargo};

/// The passes that count which branches were taken and what was compared, and what makes assertions of the code hold.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// What to try.
#[derive(Args)]
pub(crate) struct Options {
    /// The targets; all without any.
    targets: Vec<String>,
    /// Seconds for each.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// Builds the targets, and runs each for a while.
///
/// # Errors
/// When one does not build, there is no such target, or one found an input that fails; then it says where that input is.
pub(crate) fn fuzz(options: &Options) -> Result<()> {
    let folder = root().join("fuzz");
    let known = targets(&folder)?;
    if let Some(unknown) = options.targets.iter().find(|target| !known.contains(target)) {
        bail!("there is no target {unknown}; there are {}", known.join(", "));
    }
    setup::fuzz()?;
    say("building the fuzz targets");
    let place = Output::of("fuzz");
    let built = place.file("build");
    let host = host()?;
    let mut command = cargo()?;
    command
        .current_dir(&folder)
        .args(["build", "--release", "--locked", "--target", &host, "--target-dir"])
        .arg(&built)
        // Programs that run while others are built need no coverage: with a target named they are built without.
        .env("RUSTFLAGS", COVERAGE)
        .env_remove("CARGO_BUILD_BUILD_DIR");
    run(&mut command)?;
    let chosen = if options.targets.is_empty() { known } else { options.targets.clone() };
    for target in &chosen {
        try_target(&built.join(&host).join("release").join(target), target, &folder, &place, options.seconds)?;
    }
    println!("{} targets held for {} seconds each", chosen.len(), options.seconds);
    Ok(())
}

fn try_target(binary: &Path, target: &str, folder: &Path, place: &Output, seconds: u32) -> Result<()> {
    say(format!("fuzzing {target} for {seconds} seconds"));
    let corpus = place.file("corpus").join(target);
    let found = place.file("found").join(target);
    for folder in [&corpus, &found] {
        fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    }
    let mut artifacts = OsString::from("-artifact_prefix=");
    artifacts.push(found.join(""));
    let mut command = std::process::Command::new(binary);
    command
        .args([
            &format!("-max_total_time={seconds}"),
            "-max_len=4096",
            "-timeout=10",
            "-rss_limit_mb=1024",
            "-verbosity=0",
        ])
        .arg(artifacts)
        .arg(&corpus)
        .arg(folder.join("seeds").join(target));
    run(&mut command).with_context(|| format!("{target} failed: the input is in {}", found.display()))
}

/// The targets, by their files.
fn targets(folder: &Path) -> Result<Vec<String>> {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).context("fuzz/Cargo.toml can't be read")?;
    let paths = manifest.lines().filter_map(|line| line.strip_prefix("path = \"targets/")?.strip_suffix(".rs\""));
    Ok(paths.map(str::to_owned).collect())
}

/// The triple of this machine.
fn host() -> Result<String> {
    let text = output(std::process::Command::new("rustc").arg("-vV"))?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not say for which machine it compiles")
}
