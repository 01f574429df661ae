//! What is tested on SQLite is tested again on PostgreSQL: this program runs itself once more, and tells its benches where to work.
//!
//! Always holds: each bench has a schema of its own, so that none sees what another has.

use std::process::Command;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::postgres::Cluster;
use crate::env::Env;

/// Says at which address a PostgreSQL is.
const ADDRESS: &str = "HALYARD_TEST_POSTGRES";

/// Modules whose tests work with a bench.
const MODULES: [&str; 6] = ["api::", "carriers::smpp::tests", "jobs::tests", "operations::", "socket::tests", "web::"];

/// Looks at what the whole program logs, so it has to be alone in one.
const ALONE: &str = "web::arrival";

/// So many cases of a property, or fewer when the tests are run again: each statement takes a way to PostgreSQL and back.
pub(crate) fn cases(count: u32) -> u32 {
    if std::env::var_os(ADDRESS).is_some() { count / 4 } else { count }
}

/// The address of a fresh schema, when the tests are run again.
pub(super) async fn address() -> Option<String> {
    let address = std::env::var(ADDRESS).ok()?;
    let schema = format!("test_{}", Env::system().ulid().to_string().to_lowercase());
    let mut connection = PgConnection::connect(&address).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    Some(format!("{address}&options=-csearch_path%3D{schema}"))
}

#[test]
fn what_holds_on_sqlite_holds_on_postgres() {
    let quick = "-c fsync=off -c full_page_writes=off -c autovacuum=off";
    let cluster = Cluster::start(super::folder("halyard-pg-"), quick);
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--test-threads", "4", "--skip", ALONE]).args(MODULES).env(ADDRESS, cluster.database("tests"));
    let output = again.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.lines().any(|line| line.starts_with("test result: ok. 1")), "more than a hundred tests: {said}");
}
