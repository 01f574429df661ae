//! `halyard-server`: the commands.

use std::process::ExitCode;

use clap::Parser as _;
use halyard_server::commands::{self, Cli};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("halyard-server: the runtime does not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("halyard-server: {error}");
            ExitCode::FAILURE
        }
    }
}
