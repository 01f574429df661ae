//! The databases that are measured.

use clap::ValueEnum;
use tempfile::TempDir;

use crate::postgres::{Cluster, Durability};

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
    _place: Place,
}

enum Place {
    File(#[allow(dead_code, reason = "kept until dropped")] TempDir),
    Cluster(#[allow(dead_code, reason = "kept until dropped")] Cluster),
}

impl Database {
    pub(crate) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => {
                let folder = crate::folder("halyard-load-");
                let address = format!("sqlite:{}", folder.path().join("load.db").display());
                Self { address, _place: Place::File(folder) }
            }
            Kind::Postgres => {
                let cluster = Cluster::start(crate::folder("halyard-load-"), Durability::Synced);
                let address = cluster.database("load");
                Self { address, _place: Place::Cluster(cluster) }
            }
        }
    }
}
