//! The queue.

use std::time::Duration;

use halyard_protocol::{CarrierAccountId, UnixMs};

use super::*;
use crate::store::jobs::{Job, NewJob, Queue, Share};

/// Two tenants, in their order.
fn tenants() -> [TenantId; 2] {
    [TenantId(Ulid::from_bits(1)), TenantId(Ulid::from_bits(2))]
}

async fn add(tx: &mut Tx, tenant: TenantId, lane: &str, position: u64, run_at: UnixMs) {
    let job = NewJob { queue: Queue::Tenant(tenant), lane, position, kind: "test", payload: "{}", run_at };
    store::jobs::add(tx, job, run_at).await.unwrap();
}

async fn claim(tx: &mut Tx, tenant: TenantId, lease: &str, now: UnixMs) -> Vec<Job> {
    store::jobs::claim(tx, &[Share { queue: tenant.to_string(), most: 10 }], lease, now.plus(1_000), now).await.unwrap()
}

fn places(jobs: &[Job]) -> Vec<(&str, u64)> {
    let mut places: Vec<(&str, u64)> = jobs.iter().map(|job| (job.lane.as_str(), job.position)).collect();
    places.sort_unstable();
    places
}

pub(super) async fn jobs_of_a_lane_run_in_order_and_survive_their_worker(bench: &Bench) {
    let (now, [harbor, _]) = (bench.app.env.now(), tenants());
    let mut tx = bench.app.store.write_system().await.unwrap();
    for (lane, position) in [("a", 1), ("a", 2), ("b", 7)] {
        add(&mut tx, harbor, lane, position, now).await;
    }
    let first = claim(&mut tx, harbor, "one", now).await;
    assert_eq!(places(&first), [("a", 1), ("b", 7)], "the first of each lane");
    assert!(claim(&mut tx, harbor, "two", now).await.is_empty());
    assert!(store::jobs::renew(&mut tx, &first[0], now.plus(3_000)).await.unwrap());

    let later = now.plus(1_000);
    let again = claim(&mut tx, harbor, "three", later).await;
    assert_eq!(again.len(), 1, "a lease that ended is taken over, one that was renewed is not");
    assert_eq!((again[0].attempts, again[0].queue), (2, Some(Queue::Tenant(harbor))));
    let stale = first.iter().find(|job| job.lane == again[0].lane).unwrap();
    assert!(!store::jobs::done(&mut tx, stale).await.unwrap(), "the first worker's claim is void");
    assert!(!store::jobs::renew(&mut tx, stale, later).await.unwrap());
    assert!(!store::jobs::retry(&mut tx, stale, later).await.unwrap());
    assert!(store::jobs::done(&mut tx, &again[0]).await.unwrap());
    assert_eq!(store::jobs::count(&mut tx).await.unwrap(), 2);
    let waits = first.iter().find(|job| job.lane != again[0].lane).unwrap();
    assert!(store::jobs::retry(&mut tx, waits, later.plus(500)).await.unwrap());
    assert_eq!(store::jobs::next_due(&mut tx).await.unwrap(), Some(later.plus(500)));
    assert!(claim(&mut tx, harbor, "four", later).await.is_empty(), "what is behind it waits with it");
    assert_eq!(places(&claim(&mut tx, harbor, "five", later.plus(500)).await).len(), 1);
}

pub(super) async fn a_job_for_later_is_in_nobodys_way(bench: &Bench) {
    let (now, [harbor, _]) = (bench.app.env.now(), tenants());
    let mut tx = bench.app.store.write_system().await.unwrap();
    add(&mut tx, harbor, "later", 1, now.plus(60_000)).await;
    add(&mut tx, harbor, "a", 1, now).await;
    assert_eq!(places(&claim(&mut tx, harbor, "one", now).await), [("a", 1)]);
    assert!(store::jobs::due_queues(&mut tx, now, "", 10).await.unwrap().is_empty());
    assert_eq!(places(&claim(&mut tx, harbor, "two", now.plus(60_000)).await), [("a", 1), ("later", 1)]);
}

pub(super) async fn tenants_take_turns(bench: &Bench) {
    let (now, [harbor, atlas]) = (bench.app.env.now(), tenants());
    let mut tx = bench.app.store.write_system().await.unwrap();
    for n in 0..20 {
        add(&mut tx, harbor, &format!("h{n}"), 1, now).await;
    }
    add(&mut tx, atlas, "a", 1, now.plus(5)).await;
    let due = async |tx: &mut Tx, after: String, at| store::jobs::due_queues(tx, at, &after, 10).await.unwrap();
    let (first, second) = (harbor.to_string(), atlas.to_string());
    assert_eq!(due(&mut tx, String::new(), now).await, std::slice::from_ref(&first), "the other's is not due yet");
    let now = now.plus(5);
    assert_eq!(due(&mut tx, String::new(), now).await, [first.clone(), second.clone()]);
    assert_eq!(
        due(&mut tx, first.clone(), now).await,
        [second.clone(), first.clone()],
        "who was served last comes last"
    );
    assert_eq!(claim(&mut tx, atlas, "one", now).await.len(), 1);
    assert_eq!(due(&mut tx, first.clone(), now).await, std::slice::from_ref(&first));
    // Of a version before, without its tenant.
    tx.run("UPDATE jobs SET tenant = '' WHERE lane = 'a'", args![]).await.unwrap();
    tx.run("UPDATE jobs SET due_at = 0 WHERE lane = 'a'", args![]).await.unwrap();
    assert_eq!(due(&mut tx, first.clone(), now).await, ["", &first]);
    let nobodys = store::jobs::claim(&mut tx, &[Share { queue: String::new(), most: 10 }], "two", now.plus(1_000), now)
        .await
        .unwrap();
    assert_eq!((nobodys.len(), nobodys[0].queue), (1, None));
}

/// Two workers that claim at the same time, each in a transaction of its own: no job is claimed twice, and none is left.
pub(super) async fn workers_that_claim_at_once_get_different_jobs(bench: &Bench) {
    let (now, [harbor, _]) = (bench.app.env.now(), tenants());
    let mut tx = bench.app.store.write_system().await.unwrap();
    for n in 0..40 {
        add(&mut tx, harbor, &format!("lane {n:02}"), 1, now).await;
    }
    tx.commit().await.unwrap();
    let claims = (0..8).map(|worker| async move {
        let mut tx = bench.app.store.write_system().await.unwrap();
        let lease = worker.to_string();
        let tenant = harbor.to_string();
        let jobs =
            store::jobs::claim(&mut tx, &[Share { queue: tenant.clone(), most: 5 }], &lease, now.plus(1_000), now)
                .await
                .unwrap();
        // On PostgreSQL the others claim while this transaction is open.
        tokio::task::yield_now().await;
        tx.commit().await.unwrap();
        jobs
    });
    let claimed = futures_util::future::join_all(claims).await;
    let mut lanes: Vec<String> = claimed.into_iter().flatten().map(|job| job.lane).collect();
    lanes.sort_unstable();
    assert_eq!(lanes, (0..40).map(|n| format!("lane {n:02}")).collect::<Vec<_>>());
}

/// A claim in a transaction that is still open is passed over, and not waited for: not by one who would get nothing else, either.
pub(super) async fn a_claim_passes_over_what_another_is_claiming(bench: &Bench) {
    let (now, [harbor, _]) = (bench.app.env.now(), tenants());
    let mut tx = bench.app.store.write_system().await.unwrap();
    for n in 0..10 {
        add(&mut tx, harbor, &format!("lane {n}"), 1, now).await;
    }
    tx.commit().await.unwrap();
    let claim = async |tx: &mut Tx, lease: &str, limit| {
        let harbor = harbor.to_string();
        let asked = [Share { queue: harbor.clone(), most: limit }];
        let jobs = store::jobs::claim(tx, &asked, lease, now.plus(1_000), now);
        let jobs =
            tokio::time::timeout(Duration::from_secs(5), jobs).await.expect("it waits for the other's end").unwrap();
        jobs.into_iter().map(|job| job.lane).collect::<BTreeSet<_>>()
    };
    let mut one = bench.app.store.write_system().await.unwrap();
    let mut two = bench.app.store.write_system().await.unwrap();
    let mut three = bench.app.store.write_system().await.unwrap();
    let first = claim(&mut one, "one", 4).await;
    let second = claim(&mut two, "two", 20).await;
    assert_eq!((first.len(), second.len()), (4, 6));
    assert!(first.is_disjoint(&second));
    assert!(claim(&mut three, "three", 20).await.is_empty());
    drop(two);
    one.commit().await.unwrap();
    // What was not committed is free again as soon as that transaction has ended.
    let mut again = claim(&mut three, "three", 20).await;
    while again.len() < 6 {
        again.extend(claim(&mut three, "three", 20).await);
    }
    assert_eq!(again, second);
}

pub(super) async fn dead_jobs_are_kept_apart_and_run_again(bench: &Bench) {
    let (now, [harbor, _]) = (bench.app.env.now(), tenants());
    let mut tx = bench.app.store.write_system().await.unwrap();
    for position in [1, 2] {
        add(&mut tx, harbor, "a", position, now).await;
    }
    let first = claim(&mut tx, harbor, "one", now).await;
    assert!(store::jobs::move_to_dead(&mut tx, &first[0], "it failed", now).await.unwrap());
    assert!(!store::jobs::move_to_dead(&mut tx, &first[0], "it failed", now).await.unwrap(), "the claim is void");
    let second = claim(&mut tx, harbor, "two", now).await;
    assert_eq!(places(&second), [("a", 2)], "the lane goes on");
    let dead = store::jobs::dead(&mut tx).await.unwrap();
    assert_eq!((dead.len(), dead[0].reason.as_str(), dead[0].failed_at), (1, "it failed", now));
    assert_eq!(store::jobs::tenants_of_dead(&mut tx).await.unwrap(), [harbor]);
    assert_eq!(store::jobs::retry_dead(&mut tx, now).await.unwrap(), 1);
    assert!(store::jobs::dead(&mut tx).await.unwrap().is_empty());
    assert!(claim(&mut tx, harbor, "three", now).await.is_empty(), "the other one is under way");
    assert!(store::jobs::done(&mut tx, &second[0]).await.unwrap());
    let again = claim(&mut tx, harbor, "four", now).await;
    assert_eq!((places(&again), again[0].attempts), (vec![("a", 1)], 1));
}

/// Each in its own turns, at its account's pace; where its number is carried by another account by then, in that one's.
pub(super) async fn dead_jobs_come_back_into_their_own_queues(bench: &Bench) {
    let (now, [harbor, _]) = (bench.app.env.now(), tenants());
    let (account, number) = (CarrierAccountId(bench.app.env.ulid()), number(101));
    let other = CarrierAccountId(bench.app.env.ulid());
    let line = |account| Queue::Line { tenant: harbor, account, number };
    let queues =
        [Queue::Tenant(harbor), line(account), Queue::Files { tenant: harbor, account }, Queue::Account(account)];
    let mut tx = bench.app.store.write_system().await.unwrap();
    for (place, queue) in queues.iter().enumerate() {
        let lane = place.to_string();
        let job = NewJob { queue: *queue, lane: &lane, position: 1, kind: "test", payload: "{}", run_at: now };
        store::jobs::add(&mut tx, job, now).await.unwrap();
    }
    let claimed = async |tx: &mut Tx, queue: Queue| {
        let name = queue.to_string();
        store::jobs::claim(tx, &[Share { queue: name.clone(), most: 5 }], &name, now.plus(1_000), now).await.unwrap()
    };
    for queue in queues {
        for job in claimed(&mut tx, queue).await {
            assert!(store::jobs::move_to_dead(&mut tx, &job, "it failed", now).await.unwrap());
        }
    }
    assert_eq!(store::jobs::tenants_of_dead(&mut tx).await.unwrap(), [harbor]);
    store::jobs::move_to_queue(&mut tx, line(account), line(other)).await.unwrap();
    assert_eq!(store::jobs::retry_dead(&mut tx, now).await.unwrap(), 4);
    for (place, queue) in queues.into_iter().enumerate() {
        let queue = if queue == line(account) { line(other) } else { queue };
        let back = claimed(&mut tx, queue).await;
        assert_eq!(places(&back), [(place.to_string().as_str(), 1)], "{queue}");
    }
}

/// However many wait, what is due next is found at once: the database looks at none but the first jobs of lanes.
pub(super) async fn the_next_job_is_found_by_an_index(bench: &Bench) {
    let (now, [harbor, _]) = (bench.app.env.now(), tenants());
    let mut tx = bench.app.store.write_system().await.unwrap();
    for n in 0..50 {
        add(&mut tx, harbor, "a", n, now).await;
    }
    let due = tx.one("SELECT COUNT(*) AS jobs FROM jobs WHERE due_at IS NOT NULL", args![]).await.unwrap();
    assert_eq!(due.count("jobs").unwrap(), 1);
    if bench.app.store.is_ours_alone() {
        let plan = |rows: Vec<store::sql::Row>| rows.iter().map(|row| row.text("detail").unwrap()).collect::<String>();
        let next = "EXPLAIN QUERY PLAN SELECT MIN(due_at) AS due FROM jobs WHERE due_at IS NOT NULL";
        let found = plan(tx.all(next, args![]).await.unwrap());
        assert!(found.contains("USING COVERING INDEX jobs_by_time"), "{found}");
        let of_tenant =
            "EXPLAIN QUERY PLAN SELECT lane FROM jobs WHERE tenant = $1 AND due_at <= $2 ORDER BY due_at LIMIT 5";
        let found = plan(tx.all(of_tenant, args![harbor, now]).await.unwrap());
        assert!(found.contains("USING INDEX jobs_by_tenant"), "{found}");
    }
}
