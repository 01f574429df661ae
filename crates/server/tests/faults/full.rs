//! The disk is full: sends are refused, reads go on, and when there is room again so does everything, without a restart.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use rlimit::Resource;
use tempfile::TempDir;

use crate::crowd::{Client, Crowd};
use crate::dice::{Dice, rounds};
use crate::people::People;
use crate::site::{Database, Kind, Live, Server};
use crate::truth::{SETTLING, Truth};

/// How the disk gets full.
enum Fullness {
    /// No file of the server may grow beyond what the largest has (setrlimit(2)): works everywhere. SQLite hears an error of the disk.
    Limit { process: u32, database: PathBuf },
    /// A file fills the small file system that the server sees in a namespace of its own. SQLite hears that the disk is full.
    Filler(Room),
}

impl Fullness {
    fn begin(&self) {
        match self {
            Self::Limit { process, database } => {
                let size = std::fs::metadata(database).unwrap().len();
                limit(*process, size.min(64 * 1_024));
            }
            Self::Filler(room) => {
                // What SQLite has of its log already it writes over, also when the disk is full.
                let mut file = std::fs::File::create(room.filler()).unwrap();
                // Until there is no room for one more block.
                for piece in [1 << 20, 4_096] {
                    while std::io::Write::write_all(&mut file, &vec![7; piece]).is_ok() {}
                }
            }
        }
    }

    fn end(&self) {
        match self {
            Self::Limit { process, .. } => limit(*process, rlimit::INFINITY),
            Self::Filler(room) => std::fs::remove_file(room.filler()).unwrap(),
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

/// A small file system that only a server and whoever it belongs to have: a namespace of theirs.
#[derive(Clone)]
struct Room {
    process: u32,
    flags: Vec<&'static str>,
    folder: PathBuf,
}

impl Room {
    fn database(&self) -> String {
        format!("sqlite:{}", self.folder.join("test.db").display())
    }

    /// What fills it, as it is seen through the process.
    fn filler(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{}", self.process, self.folder.join("filler").display()))
    }

    /// A program that runs in there.
    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.process.to_string()]).args(&self.flags).arg(program);
        command.env("DATABASE_URL", self.database());
        command
    }

    /// Waits in there until no job is left: SQLite opens nothing that is only seen through a process.
    fn settle(&self) {
        let end = Instant::now() + SETTLING;
        loop {
            let output = self.command(env!("CARGO_BIN_EXE_halyard-server")).args(["jobs", "list"]).output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            if output.status.success() && said.starts_with("0 jobs ") {
                return;
            }
            assert!(Instant::now() < end, "{said}{}", String::from_utf8_lossy(&output.stderr));
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// A server with its database in a [`Room`].
struct Small {
    server: Server,
    people: People,
    live: Live,
    room: Room,
    place: TempDir,
}

impl Small {
    /// With so many megabytes; `None` where the system gives no namespaces.
    async fn new(megabytes: u32) -> Option<Self> {
        let live = Live::default();
        let place = crate::site::folder();
        let folder = place.path().join("small");
        std::fs::create_dir(&folder).unwrap();
        // Root needs no user namespace for it.
        let kinds: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];
        let can = |flags: &&&[&str]| {
            let mut unshare = Command::new("unshare");
            unshare.args(**flags).args(["mount", "-t", "tmpfs", "tmpfs"]).arg(&folder);
            unshare.output().is_ok_and(|output| output.status.success())
        };
        let Some(flags) = kinds.iter().find(can) else {
            eprintln!("this system gives no namespaces: no disk is filled here");
            return None;
        };
        let seeded = place.path().join("seeded.db");
        let people = People::seed(&format!("sqlite:{}", seeded.display())).await;
        let mut command = Command::new("unshare");
        let begin =
            format!(r#"mount -t tmpfs -o size={megabytes}m tmpfs "$0" && cp "$1" "$0/test.db" && shift && exec "$@""#);
        command.args(*flags).args(["sh", "-c", &begin]).args([&folder, &seeded]);
        command.arg(env!("CARGO_BIN_EXE_halyard-server"));
        let server = Server::start_by(command, &format!("sqlite:{}", folder.join("test.db").display()), &live).unwrap();
        let flags = flags.iter().copied().filter(|flag| ["--mount", "--user"].contains(flag)).collect();
        let room = Room { process: server.process(), flags, folder };
        Some(Self { server, people, live, room, place })
    }

    /// Holds what is there against what was sent.
    async fn check(self, crowd: Crowd) {
        let sent = crowd.finish().await;
        tokio::task::block_in_place(|| self.room.settle());
        // To where it can be read.
        let copy = self.place.path().join("copy.db");
        let output = self.room.command(env!("CARGO_BIN_EXE_halyard-server")).arg("backup").arg(&copy).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Truth::of(&format!("sqlite:{}", copy.display())).await.check(&self.people, &sent).await;
        assert!(self.server.stop());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_refuses_and_goes_on_when_there_is_room() {
    let Some(small) = Small::new(64).await else { return };
    let fullness = Fullness::Filler(small.room.clone());
    let crowd = fills(&small.server, &fullness, 100, &small.people, &small.live).await;
    small.check(crowd).await;
}
