//! The databases that are measured.

use clap::ValueEnum;
use tempfile::TempDir;

use crate::postgres::Cluster;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// A fresh database; gone when dropped.
pub(crate) struct Database {
    pub(crate) address: String,
    _folder: Option<TempDir>,
    _cluster: Option<Cluster>,
}

impl Database {
    pub(crate) fn new(kind: Kind) -> Self {
        let folder = crate::folder("halyard-load-");
        match kind {
            Kind::Sqlite => {
                let address = format!("sqlite:{}", folder.path().join("load.db").display());
                Self { address, _folder: Some(folder), _cluster: None }
            }
            Kind::Postgres => {
                // As it is installed: what is committed is on the disk.
                let cluster = Cluster::start(folder, "");
                Self { address: cluster.database("load"), _folder: None, _cluster: Some(cluster) }
            }
        }
    }
}
