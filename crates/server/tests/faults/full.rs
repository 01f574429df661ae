//! The disk is full: sends are refused, reads go on, and when there is room again so does everything, without a restart.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use rlimit::Resource;

use crate::crowd::{Client, Crowd};
use crate::dice::{Dice, rounds};
use crate::people::People;
use crate::site::{Database, Kind, Live, Server};
use crate::truth::Truth;

/// How the disk gets full.
enum Fullness {
    /// No file of the server may grow beyond what the largest has (setrlimit(2)): works everywhere. SQLite hears an error of the disk.
    Limit { process: u32, database: PathBuf },
    /// A file fills the small file system that the server sees in a namespace of its own. SQLite hears that the disk is full.
    Filler(PathBuf),
}

impl Fullness {
    fn begin(&self) {
        match self {
            Self::Limit { process, database } => {
                let size = std::fs::metadata(database).unwrap().len();
                limit(*process, size.min(64 * 1_024));
            }
            Self::Filler(path) => {
                let mut file = std::fs::File::create(path).unwrap();
                // Until there is no room for one more block.
                while std::io::Write::write_all(&mut file, &[7; 4_096]).is_ok() {}
            }
        }
    }

    fn end(&self) {
        match self {
            Self::Limit { process, .. } => limit(*process, rlimit::INFINITY),
            Self::Filler(path) => std::fs::remove_file(path).unwrap(),
        }
    }
}

fn limit(process: u32, bytes: u64) {
    let process = process.try_into().unwrap();
    rlimit::prlimit(process, Resource::FSIZE, Some((bytes, rlimit::INFINITY)), None).unwrap();
}

/// Fills the disk so often under those who send.
async fn fills(server: &Server, fullness: &Fullness, count: u64, people: &People, live: &Live) -> Crowd {
    let mut dice = Dice::new("a full disk");
    let mut crowd = Crowd::start(people, live, &mut dice);
    let mut client = Client::new(live, &people.senders[0], &mut dice);
    for _ in 0..rounds(count) {
        crowd.acknowledged(1 + dice.below(10)).await;
        fullness.begin();
        // What still fits is written; then nothing is.
        crowd.refused(3).await;
        let (status, _) = client.get("/conversations").await.expect("an answer");
        assert_eq!(status, 200, "what is there can be read");
        fullness.end();
    }
    assert!(server.is_running(), "the same server");
    crowd
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fails_refuses_and_goes_on_when_it_works_again() {
    let database = Database::new(Kind::Sqlite);
    let people = People::seed(&database.address).await;
    let live = Live::default();
    // Who writes more than it may is sent a signal, which here is not heard: the write fails. So do those of the log, which is on that disk, too.
    let file = PathBuf::from(database.address.trim_start_matches("sqlite:"));
    let mut command = Command::new("sh");
    command.args(["-c", r#"trap "" XFSZ; exec "$0" "$@" 2>>"$LOG""#, env!("CARGO_BIN_EXE_halyard-server")]);
    command.env("LOG", file.with_extension("log"));
    let server = Server::start_by(command, &database.address, &live).unwrap();
    let fullness = Fullness::Limit { process: server.process(), database: file };
    let crowd = fills(&server, &fullness, 100, &people, &live).await;
    let sent = crowd.finish().await;
    Truth::settled(&database.address).await.check(&people, &sent).await;
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_refuses_and_goes_on_when_there_is_room() {
    let live = Live::default();
    let place = crate::site::folder();
    let small = place.path().join("small");
    std::fs::create_dir(&small).unwrap();
    // A file system that only the server's namespace has; root needs no user namespace for it.
    let kinds: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];
    let can = |flags: &&&[&str]| {
        let mut unshare = Command::new("unshare");
        unshare.args(**flags).args(["mount", "-t", "tmpfs", "tmpfs"]).arg(&small);
        unshare.output().is_ok_and(|output| output.status.success())
    };
    let Some(flags) = kinds.iter().find(can) else {
        eprintln!("this system gives no namespaces: no disk is filled here");
        return;
    };
    let seeded = place.path().join("seeded.db");
    let people = People::seed(&format!("sqlite:{}", seeded.display())).await;
    let mut command = Command::new("unshare");
    let begin = r#"mount -t tmpfs -o size=64m tmpfs "$0" && cp "$1" "$0/test.db" && shift && exec "$@""#;
    command.args(*flags).args(["sh", "-c", begin]).args([&small, &seeded]).arg(env!("CARGO_BIN_EXE_halyard-server"));
    let database = format!("sqlite:{}", small.join("test.db").display());
    let server = Server::start_by(command, &database, &live).unwrap();
    // That file system is seen through the process.
    let inside = format!("/proc/{}/root{}", server.process(), small.display());
    let fullness = Fullness::Filler(PathBuf::from(inside).join("filler"));
    // It takes a while each time: what SQLite has of its log already it writes over, also when the disk is full.
    let sent = fills(&server, &fullness, 10, &people, &live).await.finish().await;
    // Copies of the database come to where they can be read, until one has no jobs left.
    let copies = (0..).map(|n| place.path().join(format!("copy-{n}.db")));
    let enter: Vec<&str> = flags.iter().copied().filter(|flag| ["--mount", "--user"].contains(flag)).collect();
    for copy in copies.take(600) {
        let mut backup = Command::new("nsenter");
        backup.args(["--target", &server.process().to_string()]).args(&enter).arg(env!("CARGO_BIN_EXE_halyard-server"));
        let output = backup.arg("backup").arg(&copy).env("DATABASE_URL", &database).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let truth = Truth::of(&format!("sqlite:{}", copy.display())).await;
        if truth.number("SELECT COUNT(*) FROM jobs").await == 0 {
            truth.check(&people, &sent).await;
            assert!(server.stop());
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("jobs are left");
}
