//! The server under load, from the same machine: `cargo xtask bench server`.
//!
//! Always holds: each figure has a server of its own, the binary as it ships, with a database of its own on a disk (SQLite, or a
//! PostgreSQL that is started for it and syncs its writes). People and sessions are written straight into the database, so that nobody's
//! password is hashed; everything that is measured goes through the server's own interface. The load shares the processors with the server.
#![allow(clippy::unwrap_used, reason = "what does not work ends the bench")]
#![allow(clippy::disallowed_methods, reason = "a bench reads the machine's clock")]

mod client;
mod database;
mod figures;
mod people;
#[path = "../../src/testing/postgres.rs"]
mod postgres;
mod report;
#[path = "../../tests/common/seed.rs"]
mod seed;
mod server;

use std::process::ExitCode;

use clap::Parser;

use database::Kind;

/// Measures the server.
#[derive(Parser)]
struct Arguments {
    /// Figures to take; without any, all.
    figures: Vec<String>,
    /// The database; without it, each figure is taken on both.
    #[arg(long, value_enum)]
    database: Option<Kind>,
    /// Said by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let unknown = arguments.figures.iter().find(|name| !figures::ALL.iter().any(|figure| figure.name == *name));
    if let Some(unknown) = unknown {
        let known: Vec<&str> = figures::ALL.iter().map(|figure| figure.name).collect();
        eprintln!("there is no figure {unknown}; there are: {}", known.join(", "));
        return ExitCode::FAILURE;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap();
    println!("{} processors, {files} open files at most", std::thread::available_parallelism().unwrap());
    let (mut met, mut taken) = (0, 0);
    for figure in &figures::ALL {
        if !arguments.figures.is_empty() && !arguments.figures.iter().any(|name| name == figure.name) {
            continue;
        }
        for kind in [Kind::Sqlite, Kind::Postgres] {
            if arguments.database.is_some_and(|wanted| wanted != kind) || !figure.on.contains(&kind) {
                continue;
            }
            eprintln!("halyard: measuring {} on {}", figure.name, kind.name());
            let results = runtime.block_on((figure.take)(kind));
            for result in &results {
                result.print(kind);
            }
            taken += results.len();
            met += results.iter().filter(|result| result.is_met).count();
        }
    }
    println!("\n{met} of {taken} goals met");
    if met == taken { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A new folder on a disk: `/tmp` may be memory, `/var/tmp` outlives a restart of the machine (Filesystem Hierarchy Standard 5.15).
fn folder(prefix: &str) -> tempfile::TempDir {
    tempfile::Builder::new().prefix(prefix).tempdir_in("/var/tmp").unwrap()
}
