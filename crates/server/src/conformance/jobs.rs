//! The queue.

use super::*;

pub(super) async fn jobs_of_a_lane_run_in_order_and_survive_their_worker(bench: &Bench) {
    let now = bench.app.env.now();
    let mut tx = bench.app.store.write_system().await.unwrap();
    for (lane, position) in [("a", 2), ("a", 1), ("b", 7)] {
        store::jobs::add(&mut tx, lane, position, "test", "{}", now).await.unwrap();
    }
    let first = store::jobs::claim(&mut tx, "one", now.plus(1_000), now, 10).await.unwrap();
    let mut claimed: Vec<(&str, u64)> = first.iter().map(|job| (job.lane.as_str(), job.position)).collect();
    claimed.sort_unstable();
    assert_eq!(claimed, [("a", 1), ("b", 7)], "the first of each lane");
    assert!(store::jobs::claim(&mut tx, "two", now.plus(1_000), now, 10).await.unwrap().is_empty());

    let later = now.plus(1_000);
    let again = store::jobs::claim(&mut tx, "three", later.plus(1_000), later, 1).await.unwrap();
    assert_eq!(again.len(), 1, "a lease that ended is taken over");
    assert_eq!(again[0].attempts, 2);
    let stale = first.iter().find(|job| job.lane == again[0].lane).unwrap();
    assert!(!store::jobs::done(&mut tx, stale).await.unwrap(), "the first worker's claim is void");
    assert!(store::jobs::done(&mut tx, &again[0]).await.unwrap());
    assert_eq!(store::jobs::count(&mut tx).await.unwrap(), 2);
}

pub(super) async fn dead_jobs_are_kept_apart_and_run_again(bench: &Bench) {
    let now = bench.app.env.now();
    let mut tx = bench.app.store.write_system().await.unwrap();
    for position in [1, 2] {
        store::jobs::add(&mut tx, "a", position, "test", "{}", now).await.unwrap();
    }
    let claim = async |tx: &mut Tx, lease: &str, at| {
        let jobs = store::jobs::claim(tx, lease, now.plus(1_000), at, 10).await.unwrap();
        jobs.into_iter().map(|job| (job.position, job.attempts)).collect::<Vec<_>>()
    };
    let first = store::jobs::claim(&mut tx, "one", now.plus(1_000), now, 10).await.unwrap();
    assert!(store::jobs::move_to_dead(&mut tx, &first[0], "it failed", now).await.unwrap());
    assert!(!store::jobs::move_to_dead(&mut tx, &first[0], "it failed", now).await.unwrap(), "the claim is void");
    assert_eq!(claim(&mut tx, "two", now).await, [(2, 1)], "the lane goes on");
    let dead = store::jobs::dead(&mut tx).await.unwrap();
    assert_eq!((dead.len(), dead[0].reason.as_str(), dead[0].failed_at), (1, "it failed", now));
    assert_eq!(store::jobs::retry_dead(&mut tx, now).await.unwrap(), 1);
    assert!(store::jobs::dead(&mut tx).await.unwrap().is_empty());
    assert_eq!(claim(&mut tx, "three", now).await, [(1, 1)]);
}
