//! `cargo xtask test`: every test there is, and one line at the end that sums them up.

use std::fs;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::app::{self, Profile};
use crate::paths::{Output, tests};
use crate::process::{run, say};
use crate::rules;
use crate::server;
use crate::setup::{self, Node, Peers, TestTools, WebTools, cargo};
use crate::tally::{Tally, of_cargo_test, of_nextest, watched};

/// What the tests run with.
struct Bench {
    web: WebTools,
    tools: TestTools,
}

/// Runs everything, even after failures, and prints `N passed, N failed` last.
///
/// # Errors
/// When the set-up fails: then there is nothing to count.
pub(crate) fn test() -> Result<ExitCode> {
    let bench = Bench { web: WebTools::ensure()?, tools: TestTools::ensure()? };
    let mut total = Tally::default();
    total += tally_of("dependency rules", rules::check());
    total += tally_of("native tests", native(&bench.tools));
    total += tally_of("committed assets", assets(&bench.tools));
    let output = Output::of("test");
    match built(&bench.web, Profile::Release, &output).and_then(|()| conformance(&bench.web)) {
        Ok(()) => {
            total += tally_of("end-to-end tests", end_to_end(&bench.tools, &output));
            total += tally_of("smoke test in Firefox", firefox(&bench.tools, &output));
            total += tally_of("fuzzing of the HTTP interface", fuzz(&bench.tools, &output));
            total += tally_of("carriers' ends of others", peers(&bench.tools, &output));
        }
        Err(error) => total += tally_of("build of the app and the server", Err(error)),
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The end-to-end tests alone, with Playwright's own arguments: a file, `-g "a title"`, `--headed`. `quick` takes the quick build
/// of app and server in the release's place: for work on a test.
///
/// # Errors
/// When the set-up or a build fails.
pub(crate) fn e2e(quick: bool, arguments: &[String]) -> Result<ExitCode> {
    let bench = Bench { web: WebTools::ensure()?, tools: TestTools::ensure()? };
    let output = if quick { Output::of(CONFORMANCE) } else { Output::of("test") };
    if quick {
        built(&bench.web, Profile::Conformance, &output)?;
    } else {
        built(&bench.web, Profile::Release, &output)?;
        conformance(&bench.web)?;
    }
    let mut playwright = bench.tools.node.tool("playwright");
    playwright.arg("test").args(arguments);
    let status = with_server(playwright, &bench.tools, &output).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tally_of(what: &str, outcome: Result<Tally>) -> Tally {
    match outcome {
        Ok(tally) => {
            say(format!("{what}: {} passed, {} failed", tally.passed, tally.failed));
            tally
        }
        Err(error) => {
            say(format!("{what} could not run: {error:#}"));
            Tally::BROKEN
        }
    }
}

/// The tests of the crates, the app's own units among them, and PostgreSQL's included: the server's tests start a cluster of their own with these programs.
fn native(tools: &TestTools) -> Result<Tally> {
    say("running the native tests");
    // The app's too: what is in a view and does not touch the browser is tested like everything else.
    let scope = ["--workspace"];
    let with_postgres = |command: &mut Command| {
        command.env("HALYARD_POSTGRES_BIN", &tools.postgres);
    };
    let mut tally = Tally::default();
    if has_nextest() {
        let mut command = cargo()?;
        command.args(["nextest", "run", "--no-fail-fast", "--no-tests", "pass"]).args(scope);
        with_postgres(&mut command);
        let (success, text) = watched(&mut command)?;
        tally += of_nextest(&text).with_status(success);
        // nextest leaves the examples in the documentation to cargo.
        let (success, text) = watched(cargo()?.args(["test", "--doc", "--quiet", "--no-fail-fast"]).args(scope))?;
        tally += of_cargo_test(&text).with_status(success);
    } else {
        let mut command = cargo()?;
        command.args(["test", "--quiet", "--no-fail-fast"]).args(scope);
        with_postgres(&mut command);
        let (success, text) = watched(&mut command)?;
        tally += of_cargo_test(&text).with_status(success);
    }
    Ok(tally)
}

fn has_nextest() -> bool {
    let asked =
        Command::new("cargo").args(["nextest", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

/// The committed icons and emoji are what their sources make.
fn assets(tools: &TestTools) -> Result<Tally> {
    let status = crate::assets::command(&tools.node).arg("--check").status()?;
    Ok(Tally { passed: u64::from(status.success()), failed: u64::from(!status.success()) })
}

/// Where the app is that can run the conformance list of the device's database. The release cannot: it is not made for tests.
const CONFORMANCE: &str = "quick";

fn conformance(web: &WebTools) -> Result<()> {
    app::build(web, Profile::Conformance, &Output::of(CONFORMANCE).app())
}

/// Builds app and server for tests. The server as for development: the native tests have it compiled already, and what would differ is
/// the compiler's, not ours. The app as shipped differs by more: what makes it small is a part of our build.
fn built(web: &WebTools, profile: Profile, output: &Output) -> Result<()> {
    app::build(web, profile, &output.app())?;
    server::build(&[], output).map(drop)
}

/// A program of `tests/` that finds the browser and the server in its environment.
pub(crate) fn with_server(mut command: Command, tools: &TestTools, output: &Output) -> Command {
    command
        .current_dir(tests())
        .env("HALYARD_SERVER_BIN", output.server())
        .env("HALYARD_APP", output.app())
        .env("HALYARD_CONFORMANCE_APP", Output::of(CONFORMANCE).app())
        .env("HALYARD_XTASK", std::env::current_exe().unwrap_or_default())
        .env("HALYARD_CHROMIUM", &tools.chromium)
        .env("HALYARD_FIREFOX", &tools.firefox)
        .env("HALYARD_SCHEMATHESIS", &tools.schemathesis);
    command
}

/// Takes the pictures of the README and of the manifest, of the demo tenant.
///
/// # Errors
/// When something does not build, or the app does not come to where they are taken.
pub(crate) fn pictures() -> Result<()> {
    let tools = TestTools::ensure()?;
    let output = Output::of("pictures");
    built(&WebTools::ensure()?, Profile::Release, &output)?;
    let mut node = tools.node.command("node");
    node.args(["pictures.mjs", ".."]);
    run(&mut with_server(node, &tools, &output))
}

/// The tests in a real browser against the real server.
fn end_to_end(tools: &TestTools, output: &Output) -> Result<Tally> {
    say("running the end-to-end tests");
    let report = output.file("e2e.json");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let mut playwright = tools.node.tool("playwright");
    playwright.args(["test", "--reporter", "list,json"]).env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report);
    let status = with_server(playwright, tools, output).status()?;
    let report = fs::read_to_string(&report).context("Playwright wrote no report")?;
    Ok(of_playwright(&serde_json::from_str(&report)?).with_status(status.success()))
}

/// A test that passed only when it was tried again is not a test that passed.
fn of_playwright(report: &Value) -> Tally {
    let count = |key: &str| report["stats"][key].as_u64().unwrap_or(0);
    let broken = report["errors"].as_array().map_or(0, Vec::len) as u64;
    Tally { passed: count("expected"), failed: count("unexpected") + count("flaky") + broken }
}

/// The main job and the start without a server in a stock Firefox: each check counts.
fn firefox(tools: &TestTools, output: &Output) -> Result<Tally> {
    say("running the smoke test in Firefox");
    reported("firefox", "firefox/smoke.mjs", with_server(tools.node.command("node"), tools, output), output)
}

/// schemathesis against a running server: each operation of the OpenAPI page counts.
fn fuzz(tools: &TestTools, output: &Output) -> Result<Tally> {
    say("fuzzing the HTTP interface");
    reported("fuzz", "api/fuzz.mjs", with_server(tools.node.command("node"), tools, output), output)
}

/// What stands at the carriers' end and is not ours: a name, and the script that lets the server speak to it.
const PEERS: &[(&str, &str)] = &[
    ("openapi", "peers/openapi.mjs"),
    ("signatures", "peers/signatures.mjs"),
    ("smpp", "smpp/peer.mjs"),
    ("smpplib", "peers/smpplib.mjs"),
    ("kannel", "peers/kannel.mjs"),
];

/// The server with others' programs at the carriers' end: each check counts.
fn peers(tools: &TestTools, output: &Output) -> Result<Tally> {
    with_peers(&[], &tools.node, output, |command| with_server(command, tools, output))
}

/// As [`peers`], on a server as for development and without the app; all of them, or those that are named.
///
/// # Errors
/// When the set-up or the build fails, or there is none of that name.
pub(crate) fn peers_alone(names: &[String]) -> Result<ExitCode> {
    if let Some(unknown) = names.iter().find(|name| PEERS.iter().all(|(known, _)| known != name)) {
        bail!(
            "there is no {unknown}; there are {}",
            PEERS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
        );
    }
    let node = setup::node_with_packages()?;
    let output = Output::of("peers");
    server::build(&[], &output)?;
    let tally = with_peers(names, &node, &output, |mut command| {
        // Nobody opens it.
        command.current_dir(tests()).env("HALYARD_SERVER_BIN", output.server()).env("HALYARD_APP", output.app());
        command
    })?;
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn with_peers(names: &[String], node: &Node, output: &Output, with: impl Fn(Command) -> Command) -> Result<Tally> {
    let peers = Peers::ensure(node)?;
    let mut tally = Tally::default();
    for (name, script) in PEERS.iter().filter(|(name, _)| names.is_empty() || names.iter().any(|own| own == name)) {
        say(format!("running the tests with another's program: {name}"));
        let mut program = node.command("node");
        if *name == "kannel" {
            match namespace()? {
                Some(apart) => program = within(apart, &program),
                None => {
                    say(
                        "NOT CHECKED: Kannel, which listens at all addresses: this machine lets nobody have a network namespace",
                    );
                    continue;
                }
            }
        }
        let mut command = with(program);
        command.env("HALYARD_PROVIDERS", &peers.providers).env("HALYARD_SMPPLIB", &peers.python);
        command.env("HALYARD_KANNEL", &peers.kannel);
        tally += reported(name, script, command, output)?;
    }
    Ok(tally)
}

/// The command before another that gives that a network of its own, where nobody else reaches what listens there; `None` where the system
/// allows none.
fn namespace() -> Result<Option<Command>> {
    for options in [&["--net"][..], &["--user", "--map-root-user", "--net"]] {
        let unshare = || {
            let mut command = Command::new("unshare");
            command.args(options).args(["sh", "-c", "ip link set lo up && exec \"$@\"", "sh"]);
            command
        };
        if unshare().arg("true").stderr(Stdio::null()).status()?.success() {
            return Ok(Some(unshare()));
        }
    }
    Ok(None)
}

/// A command run by another one, with the same environment.
fn within(mut outer: Command, inner: &Command) -> Command {
    outer.arg(inner.get_program()).args(inner.get_args());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => outer.env(name, value),
            None => outer.env_remove(name),
        };
    }
    outer
}

/// A script of `tests/` that writes what it has counted into the file that it is given.
fn reported(name: &str, script: &str, mut node: Command, output: &Output) -> Result<Tally> {
    let report = output.file(name).with_extension("json");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let status = node.arg(script).arg(&report).status()?;
    let report = fs::read_to_string(&report).with_context(|| format!("{script} wrote no report"))?;
    let report: Value = serde_json::from_str(&report)?;
    let tally =
        Tally { passed: report["passed"].as_u64().unwrap_or(0), failed: report["failed"].as_u64().unwrap_or(1) };
    Ok(tally.with_status(status.success()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn flaky_tests_and_files_that_do_not_load_count_as_failures() {
        let report = json!({ "stats": { "expected": 7, "unexpected": 1, "flaky": 1, "skipped": 0 }, "errors": [{}] });
        assert_eq!(of_playwright(&report), Tally { passed: 7, failed: 3 });
    }
}
