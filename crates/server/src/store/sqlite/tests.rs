use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use halyard_protocol::{TenantId, Ulid};
use proptest::prelude::*;
use rusqlite::Connection;
use tokio::task::JoinSet;

use super::writer::{Queue, WriteTurn};
use super::{Sqlite, Statements as _};
use crate::store::arg::Arg;
use crate::store::turns::Urgency;
use crate::store::{Access, StoreError};

fn tenant(number: u128) -> Queue {
    (Some(TenantId(Ulid::from_bits(number))), Urgency::Asked)
}

const SYSTEM: Queue = (None, Urgency::Background);

/// A file with one table, in a folder that goes away.
fn file() -> (Sqlite, tempfile::TempDir) {
    let folder = crate::testing::folder("halyard-writer-");
    let sqlite = Sqlite::open(folder.path().join("test.db").to_str().unwrap(), Access::Serve).unwrap();
    let other = sqlite.readers.connect().unwrap();
    other.execute_batch("CREATE TABLE notes (tenant INTEGER, place INTEGER UNIQUE)").unwrap();
    (sqlite, folder)
}

fn note(turn: &WriteTurn, tenant: u64, place: u64) -> Result<u64, StoreError> {
    turn.connection()?
        .change("INSERT INTO notes (tenant, place) VALUES ($1, $2)", &[Arg::from(tenant), Arg::from(place)])
}

/// Notes a place, in a turn of its own.
async fn write(sqlite: &Sqlite, place: u64) {
    let turn = sqlite.writer.take(tenant(1)).await.unwrap();
    note(&turn, 1, place).unwrap();
    turn.commit(Box::new(|| {})).await.unwrap().unwrap();
}

/// What is on the disk: another connection sees no more than that.
fn places(connection: &Connection) -> Vec<i64> {
    let mut statement = connection.prepare("SELECT place FROM notes ORDER BY rowid").unwrap();
    let places = statement.query_map([], |row| row.get(0)).unwrap();
    places.collect::<Result<_, _>>().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_wait_share_a_commit_and_are_told_after_it() {
    let (sqlite, _folder) = file();
    let first = sqlite.writer.take(tenant(1)).await.unwrap();
    let mut others = JoinSet::new();
    let (waiting, told) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    for place in 1..=20 {
        let (sqlite, waiting, told) = (sqlite.clone(), Arc::clone(&waiting), Arc::clone(&told));
        others.spawn(async move {
            waiting.fetch_add(1, Ordering::SeqCst);
            let turn = sqlite.writer.take(tenant(1)).await.unwrap();
            note(&turn, 1, place).unwrap();
            let connection = sqlite.readers.connect().unwrap();
            let counted = Arc::clone(&told);
            let answer = turn.commit(Box::new(move || {
                counted.fetch_add(1, Ordering::SeqCst);
            }));
            answer.await.unwrap().unwrap();
            assert!(places(&connection).contains(&i64::try_from(place).unwrap()), "told before it was on the disk");
        });
    }
    while waiting.load(Ordering::SeqCst) < 20 {
        tokio::task::yield_now().await;
    }
    note(&first, 1, 0).unwrap();
    first.commit(Box::new(|| {})).await.unwrap().unwrap();
    others.join_all().await;
    assert_eq!(places(&sqlite.readers.connect().unwrap()).len(), 21);
    assert_eq!(told.load(Ordering::SeqCst), 20);
    assert!(sqlite.writer.commits() <= 5, "{} commits for 21 writers", sqlite.writer.commits());
}

#[tokio::test]
async fn tenants_take_turns() {
    let (sqlite, _folder) = file();
    let first = sqlite.writer.take(tenant(1)).await.unwrap();
    let mut tasks = JoinSet::new();
    let mut place = 0;
    // The busy tenant's nine are there before the other's two.
    for (number, count) in [(1, 9), (2, 2)] {
        for _ in 0..count {
            place += 1;
            let (sqlite, place) = (sqlite.clone(), place);
            tasks.spawn(async move {
                let turn = sqlite.writer.take(tenant(number)).await.unwrap();
                note(&turn, 0, place).unwrap();
                turn.commit(Box::new(|| {})).await.unwrap().unwrap();
            });
            tokio::task::yield_now().await;
        }
    }
    drop(first);
    tasks.join_all().await;
    let expected = [1, 10, 2, 11, 3, 4, 5, 6, 7, 8, 9];
    assert_eq!(places(&sqlite.readers.connect().unwrap()), expected);
}

#[tokio::test]
async fn whoever_goes_away_leaves_nothing_and_keeps_nobody() {
    let (sqlite, _folder) = file();
    let first = sqlite.writer.take(tenant(1)).await.unwrap();
    // One that waits and gives up, one that has the turn and goes, one that stays.
    let mut waiting = Box::pin(sqlite.writer.take(tenant(1)));
    assert!(futures_util::poll!(&mut waiting).is_pending());
    let writer = sqlite.writer.clone();
    let goes = tokio::spawn(async move {
        let turn = writer.take(tenant(1)).await.unwrap();
        note(&turn, 1, 7).unwrap();
    });
    tokio::task::yield_now().await;
    note(&first, 1, 1).unwrap();
    let answer = first.commit(Box::new(|| {}));
    drop(waiting);
    goes.await.unwrap();
    answer.await.unwrap().unwrap();
    write(&sqlite, 7).await;
    assert_eq!(places(&sqlite.readers.connect().unwrap()), [1, 7]);
}

#[tokio::test]
async fn a_statement_that_fails_undoes_its_own_writer_alone() {
    let (sqlite, _folder) = file();
    let first = sqlite.writer.take(tenant(1)).await.unwrap();
    let writer = sqlite.writer.clone();
    let second = tokio::spawn(async move {
        let turn = writer.take(tenant(1)).await.unwrap();
        note(&turn, 1, 2).unwrap();
        assert!(matches!(note(&turn, 1, 1), Err(StoreError::Taken)), "it sees what it shares the fate of");
    });
    tokio::task::yield_now().await;
    note(&first, 1, 1).unwrap();
    first.commit(Box::new(|| {})).await.unwrap().unwrap();
    second.await.unwrap();
    assert_eq!(places(&sqlite.readers.connect().unwrap()), [1]);
}

#[tokio::test]
async fn a_transaction_that_sqlite_ends_is_nobodys_success() {
    let (sqlite, _folder) = file();
    let first = sqlite.writer.take(tenant(1)).await.unwrap();
    let writer = sqlite.writer.clone();
    let second = tokio::spawn(async move {
        let turn = writer.take(tenant(1)).await.unwrap();
        note(&turn, 1, 2).unwrap();
        // As SQLite does by itself when the disk is full.
        turn.connection().unwrap().execute_batch("ROLLBACK").unwrap();
        assert!(
            matches!(note(&turn, 1, 3), Err(StoreError::Unavailable(_))),
            "nothing is written outside of a transaction"
        );
        turn.commit(Box::new(|| panic!("told of what was not committed"))).await.unwrap()
    });
    tokio::task::yield_now().await;
    note(&first, 1, 1).unwrap();
    let answer = first.commit(Box::new(|| panic!("told of what was not committed")));
    assert!(matches!(answer.await.unwrap(), Err(StoreError::Unavailable(_))));
    assert!(matches!(second.await.unwrap(), Err(StoreError::Unavailable(_))));
    assert!(places(&sqlite.readers.connect().unwrap()).is_empty());
    write(&sqlite, 1).await;
    assert_eq!(places(&sqlite.readers.connect().unwrap()), [1]);
}

#[tokio::test]
async fn a_disk_that_is_full_refuses_and_goes_on_when_there_is_room() {
    let (sqlite, _folder) = file();
    let turn = sqlite.writer.take(SYSTEM).await.unwrap();
    let connection = turn.connection().unwrap();
    connection.execute_batch("CREATE TABLE files (content BLOB)").unwrap();
    turn.commit(Box::new(|| {})).await.unwrap().unwrap();
    let turn = sqlite.writer.take(SYSTEM).await.unwrap();
    let pages: i64 = turn.connection().unwrap().query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    drop(turn);
    let limit = |most: i64| {
        let writer = sqlite.writer.clone();
        async move {
            let turn = writer.take(SYSTEM).await.unwrap();
            turn.connection().unwrap().pragma_update_and_check(None, "max_page_count", most, |_| Ok(())).unwrap();
        }
    };
    limit(pages + 2).await;
    let turn = sqlite.writer.take(tenant(1)).await.unwrap();
    note(&turn, 1, 1).unwrap();
    let full = turn.connection().unwrap().change("INSERT INTO files VALUES ($1)", &[Arg::from(vec![7_u8; 1_000_000])]);
    assert!(matches!(full, Err(StoreError::Unavailable(_))), "{full:?}");
    drop(turn);
    limit(pages + 10_000).await;
    write(&sqlite, 1).await;
    assert_eq!(places(&sqlite.readers.connect().unwrap()), [1]);
}

/// Readers without a gap between them: SQLite by itself would never begin its log anew.
#[tokio::test]
async fn the_log_stays_short_while_somebody_always_reads() {
    let (sqlite, folder) = file();
    let readers = [sqlite.readers.connect().unwrap(), sqlite.readers.connect().unwrap()];
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let reading = std::thread::spawn(move || {
        let read = |reader: &Connection| {
            reader.control("BEGIN").unwrap();
            reader.rows("SELECT COUNT(*) FROM notes", &[], 1).unwrap();
        };
        read(&readers[0]);
        let mut turn = 0;
        while stopped.recv_timeout(Duration::from_millis(1)) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            read(&readers[1 - turn]);
            readers[turn].control("COMMIT").unwrap();
            turn = 1 - turn;
        }
    });
    let log = folder.path().join("test.db-wal");
    let mut longest = 0;
    for place in 0..800_u64 {
        let turn = sqlite.writer.take(tenant(1)).await.unwrap();
        let text = Arg::from("x".repeat(100_000));
        turn.connection()
            .unwrap()
            .change("INSERT INTO notes (tenant, place) VALUES ($1, $2)", &[text, Arg::from(place)])
            .unwrap();
        turn.commit(Box::new(|| {})).await.unwrap().unwrap();
        longest = longest.max(std::fs::metadata(&log).unwrap().len());
    }
    drop(stop);
    reading.join().unwrap();
    assert!(longest < 24 << 20, "{longest} bytes");
    assert_eq!(places(&sqlite.readers.connect().unwrap()).len(), 800);
}

#[tokio::test]
async fn another_process_that_writes_is_waited_for() {
    let (sqlite, _folder) = file();
    let other = sqlite.readers.connect().unwrap();
    other.execute_batch("BEGIN IMMEDIATE; INSERT INTO notes VALUES (9, 9)").unwrap();
    let writer = sqlite.writer.clone();
    let mut waiting = Box::pin(async move { writer.take(tenant(1)).await });
    assert!(futures_util::poll!(&mut waiting).is_pending());
    other.execute_batch("COMMIT").unwrap();
    let turn = tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
    note(&turn, 1, 1).unwrap();
    turn.commit(Box::new(|| {})).await.unwrap().unwrap();
    assert_eq!(places(&other), [9, 1]);
}

#[tokio::test]
async fn a_closed_one_refuses_and_has_written_what_was_committed() {
    let (sqlite, _folder) = file();
    let turn = sqlite.writer.take(tenant(1)).await.unwrap();
    note(&turn, 1, 1).unwrap();
    let mut waiting = Box::pin(sqlite.writer.take(tenant(1)));
    assert!(futures_util::poll!(&mut waiting).is_pending());
    let answer = turn.commit(Box::new(|| {}));
    drop(waiting);
    let other = sqlite.readers.connect().unwrap();
    sqlite.close().await;
    answer.await.unwrap().unwrap();
    assert_eq!(places(&other), [1]);
    assert!(matches!(sqlite.writer.take(tenant(1)).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(sqlite.readers.take().await, Err(StoreError::Unavailable(_))));
}

/// What one of many writers does.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Commits,
    GoesAway,
    BreaksARule,
    LosesTheTransaction,
    /// Commits, and does not wait for the answer.
    DoesNotWait,
}

fn deeds() -> impl Strategy<Value = Vec<(u128, Deed)>> {
    let deed = prop_oneof![
        6 => Just(Deed::Commits),
        2 => Just(Deed::GoesAway),
        2 => Just(Deed::BreaksARule),
        1 => Just(Deed::LosesTheTransaction),
        2 => Just(Deed::DoesNotWait),
    ];
    proptest::collection::vec((0..3_u128, deed), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_was_acknowledged_is_there_and_nothing_else(deeds in deeds()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (sqlite, _folder) = file();
        let acknowledged = runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for (index, (owner, deed)) in deeds.iter().copied().enumerate() {
                let (sqlite, place) = (sqlite.clone(), index as u64);
                tasks.spawn(async move {
                    let turn = sqlite.writer.take(tenant(owner)).await.unwrap();
                    note(&turn, 0, place).unwrap();
                    tokio::task::yield_now().await;
                    match deed {
                        Deed::Commits => turn.commit(Box::new(|| {})).await.unwrap().is_ok().then_some(place),
                        Deed::DoesNotWait => {
                            drop(turn.commit(Box::new(|| {})));
                            None
                        }
                        Deed::GoesAway => None,
                        Deed::BreaksARule => {
                            assert!(note(&turn, 0, place).is_err());
                            None
                        }
                        Deed::LosesTheTransaction => {
                            turn.connection().unwrap().execute_batch("ROLLBACK").unwrap();
                            assert!(turn.commit(Box::new(|| {})).await.unwrap().is_err());
                            None
                        }
                    }
                });
            }
            let mut acknowledged: Vec<u64> = tasks.join_all().await.into_iter().flatten().collect();
            sqlite.writer.close().await;
            acknowledged.sort_unstable();
            acknowledged
        });
        let found: Vec<u64> = places(&sqlite.readers.connect().unwrap()).iter().map(|place| u64::try_from(*place).unwrap()).collect();
        for place in &acknowledged {
            prop_assert!(found.contains(place), "{place} was acknowledged and is lost");
        }
        for place in &found {
            let deed = deeds[usize::try_from(*place).unwrap()].1;
            let may = matches!(deed, Deed::Commits | Deed::DoesNotWait);
            prop_assert!(may, "{place} is there: {deed:?}");
            prop_assert!(acknowledged.contains(place) || matches!(deed, Deed::DoesNotWait), "{place} is there and was refused");
        }
    }
}
