//! An acknowledgement comes after the disk was waited for, and not only after a write that a machine without power would lose.
//!
//! It is seen by what the server asks of the system (strace(1)), for SQLite, whose syncs are the server's own. PostgreSQL's are PostgreSQL's:
//! that the server waits for those is seen where PostgreSQL is killed ([`crate::broken`]). Whether a disk keeps what it says it has is no
//! matter of ours.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::crowd::Client;
use crate::dice::{Dice, rounds};
use crate::people::People;
use crate::site::{Database, Kind, Live, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledgement_waits_for_the_disk() {
    let mut dice = Dice::new("syncs");
    let database = Database::new(Kind::Sqlite);
    let people = People::seed(&database.address).await;
    let live = Live::default();
    let calls = Path::new(database.address.trim_start_matches("sqlite:")).with_extension("calls");
    let mut command = Command::new("strace");
    let traced = "trace=fsync,fdatasync,recvfrom,read,sendto,write,writev,sendmsg";
    command.args(["-D", "-f", "-s", "64", "-e", traced, "-o"]).arg(&calls);
    command.arg(env!("CARGO_BIN_EXE_halyard-server"));
    let server = Server::start_by(command, &database.address, &live)
        .expect("strace is not installed, or may not look at the server: `cargo xtask test` installs it");
    let mut client = Client::new(&live, &people.senders[0], &mut dice);
    let count = rounds(100);
    for n in 0..count {
        client.acknowledged(n, people.chat(&people.senders[0])).await;
    }
    assert!(server.stop());
    let (mut acknowledged, mut synced, mut asked) = (0, 0, false);
    for line in whole(&calls).await.lines() {
        if line.contains("POST /api/v1/messages") {
            (synced, asked) = (0, true);
        } else if line.contains("sync") && line.ends_with("= 0") {
            synced += 1;
        } else if line.contains("HTTP/1.1 202") {
            assert!(asked && synced > 0, "acknowledgement {acknowledged} did not wait for the disk");
            (acknowledged, asked) = (acknowledged + 1, false);
        }
    }
    assert_eq!(acknowledged, count);
}

/// What was written down of the calls, when the server has ended.
async fn whole(calls: &Path) -> String {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let text = std::fs::read_to_string(calls).unwrap();
        if text.contains("+++ exited with 0 +++") {
            return text;
        }
        assert!(Instant::now() < end, "strace does not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
