//! The queue with much in it.

use std::time::Instant;

use halyard_server::env::Env;
use halyard_server::store;
use halyard_server::store::jobs::NewJob;

use crate::database::{Database, Kind};
use crate::people;
use crate::report::{Measured, Samples};

/// Finding the next job among 100,000.
pub(super) async fn next_due(kind: Kind) -> Vec<Measured> {
    const TENANTS: usize = 100;
    const LANES: usize = 50;
    const IN_LANE: u64 = 20;
    let database = Database::new(kind);
    let store = people::open(&database).await;
    let businesses = people::seed(&store, TENANTS, 0, false).await;
    let env = Env::system();
    for business in &businesses {
        let mut tx = store.write(business.id).await.unwrap();
        for lane in 0..LANES {
            let lane = format!("bench {} {lane}", business.id);
            for position in 1..=IN_LANE {
                let now = env.now();
                let job = NewJob {
                    queue: store::jobs::Queue::Tenant(business.id),
                    lane: &lane,
                    position,
                    kind: "bench",
                    payload: "{}",
                    run_at: now,
                };
                store::jobs::add(&mut tx, job, now).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
    }
    let mut samples = Samples::default();
    let mut last = String::new();
    for _ in 0..200 {
        let start = Instant::now();
        let mut tx = store.read().await.unwrap();
        store::jobs::next_due(&mut tx).await.unwrap().unwrap();
        let tenants = store::jobs::due_queues(&mut tx, env.now(), &last, 1).await.unwrap();
        drop(tx);
        samples.add(start.elapsed());
        last.clone_from(&tenants[0]);
    }
    store.close().await;
    let method =
        "100,000 jobs of 100 tenants in 5,000 lanes: when the next is due, and whose, asked 200 times in turns.";
    vec![Measured::quantile("The next due job of 100,000", &samples, 0.95, 2.0, method)]
}
