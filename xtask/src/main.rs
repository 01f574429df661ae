//! The commands of the README. Each installs what it needs (see `setup`), and says what it does on standard error.
//!
//! It depends on little, so that its own first build takes seconds: what needs a library is done by the programs it calls.

mod app;
mod assets;
mod bench;
mod check;
mod dist;
mod finish;
mod fuzz;
mod layers;
mod paths;
mod process;
mod rules;
mod serve;
mod server;
mod setup;
mod tally;
mod test;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Builds, runs and tests Halyard.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install everything that any command but `check` needs. The commands do so by themselves; this does it ahead.
    Setup,
    /// Run Halyard on this machine, with a demo tenant: builds the app and the server, prints the address and log-ins.
    Serve(serve::Options),
    /// As serve, with live reload: the app is rebuilt whenever a file changes.
    Dev(serve::Options),
    /// Run every test; the last line says how many passed and how many failed.
    Test,
    /// Run the end-to-end tests alone, on the release build.
    E2e {
        /// On the quick build: for work on a test.
        #[arg(long)]
        quick: bool,
        /// For Playwright: a file, -g "a title", --headed.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run the tests with others' programs at the carriers' end alone, on a server as for development: openapi, signatures, smpp, smpplib,
    /// kannel.
    Peers {
        /// Some of them only.
        names: Vec<String>,
    },
    /// Measure what Halyard promises: first load, Enter to painted, search, a burst; with `server` the server under load. On the release
    /// build.
    Bench {
        /// Some figures only: firstLoad, usable, enter, otherBrowser, search, burst, nodes, open, drag, offlineStart, column, heap. Or
        /// `server`, alone or with some of: sends, texts, neighbor, import, queue, pages, start, fanout, status, idle, reconnect,
        /// reconnectOne, carried, paced; `--database sqlite` or `postgres` takes them on one database.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        figures: Vec<String>,
    },
    /// Let a fuzzer try what comes from carriers and phones: each target a minute.
    Fuzz(fuzz::Options),
    /// Take the pictures of the README and of the manifest again.
    Pictures,
    /// Check form, lints, documentation and dependencies, with warnings as errors.
    Check,
    /// Build the release: the app small and compressed, held against its size budget, and one server binary with it inside.
    Dist,
    /// Build the app for the browser, as shipped, and print what a first load weighs.
    App {
        /// Quickly: for development, not small.
        #[arg(long)]
        quick: bool,
        /// As shipped, but with the names of its functions: for a profiler.
        #[arg(long, conflicts_with = "quick")]
        names: bool,
    },
    /// Write the service worker's list of a copy of an app again, after its files were changed by hand: to try an update.
    Worker {
        /// The copy.
        folder: std::path::PathBuf,
    },
    /// Make the icons and the emoji list of public/ again from their sources.
    Assets {
        /// Write nothing; fail if the committed files are not what their sources make.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("halyard: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    match task {
        Task::Setup => setup::all()?,
        Task::Serve(options) => serve::serve(&options)?,
        Task::Dev(options) => serve::dev(&options)?,
        Task::Test => return test::test(),
        Task::E2e { quick, arguments } => return test::e2e(quick, &arguments),
        Task::Peers { names } => return test::peers_alone(&names),
        Task::Bench { figures } => return bench::bench(&figures),
        Task::Fuzz(options) => fuzz::fuzz(&options)?,
        Task::Pictures => test::pictures()?,
        Task::Check => check::check()?,
        Task::Dist => dist::build()?,
        Task::App { quick, names } => {
            let profile = match (quick, names) {
                (true, _) => app::Profile::Quick,
                (false, true) => app::Profile::Named,
                (false, false) => app::Profile::Release,
            };
            let folder = paths::Output::of("app").app();
            app::build(&setup::WebTools::ensure()?, profile, &folder)?;
            println!("{}", folder.display());
        }
        Task::Worker { folder } => finish::worker(&folder, None)?,
        Task::Assets { check } => assets::assets(check)?,
    }
    Ok(ExitCode::SUCCESS)
}
