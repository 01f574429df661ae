//! The commands of the README. Each installs what it needs (see `setup`), and says what it does on standard error.
//!
//! It depends on little, so that its own first build takes seconds: what needs a library is done by the programs it calls.

mod app;
mod finish;
mod paths;
mod process;
mod setup;

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
    /// Install everything that any command needs. The commands do so by themselves; this does it ahead.
    Setup,
    /// Build the app for the browser into dist/.
    App {
        /// As shipped: small, compressed, weighed. Takes minutes.
        #[arg(long)]
        release: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("halyard: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    match task {
        Task::Setup => setup::all(),
        Task::App { release } => {
            let profile = if release { app::Profile::Release } else { app::Profile::Quick };
            app::build(&setup::WebTools::ensure()?, profile)
        }
    }
}
