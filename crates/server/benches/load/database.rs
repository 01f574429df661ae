//! The databases that are measured.

use std::path::Path;

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
    media: TempDir,
    _folder: Option<TempDir>,
    _cluster: Option<Cluster>,
}

impl Database {
    pub(crate) fn new(kind: Kind) -> Self {
        let folder = crate::folder("halyard-load-");
        let media = crate::folder("halyard-load-media-");
        match kind {
            Kind::Sqlite => {
                let address = format!("sqlite:{}", folder.path().join("load.db").display());
                Self { address, media, _folder: Some(folder), _cluster: None }
            }
            Kind::Postgres => {
                // As it is installed: what is committed is on the disk.
                let cluster = Cluster::start(folder, "");
                Self { address: cluster.database("load"), media, _folder: None, _cluster: Some(cluster) }
            }
        }
    }

    /// Where contents of files go.
    pub(crate) fn media(&self) -> &Path {
        self.media.path()
    }
}
