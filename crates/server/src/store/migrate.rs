//! The migrations, inside of the binary. An applied migration is never edited: its checksum is in the database.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Number, name, and the text for each database. Both have the same numbers.
const MIGRATIONS: &[Entry] = &[
    (
        1,
        "first",
        include_str!("../../migrations/sqlite/0001_first.sql"),
        include_str!("../../migrations/postgres/0001_first.sql"),
    ),
    (
        2,
        "media",
        include_str!("../../migrations/sqlite/0002_media.sql"),
        include_str!("../../migrations/postgres/0002_media.sql"),
    ),
    (
        3,
        "entries",
        include_str!("../../migrations/sqlite/0003_entries.sql"),
        include_str!("../../migrations/postgres/0003_entries.sql"),
    ),
    (
        4,
        "contact_details",
        include_str!("../../migrations/sqlite/0004_contact_details.sql"),
        include_str!("../../migrations/postgres/0004_contact_details.sql"),
    ),
    (
        5,
        "causes",
        include_str!("../../migrations/sqlite/0005_causes.sql"),
        include_str!("../../migrations/postgres/0005_causes.sql"),
    ),
    (
        6,
        "contact_photos",
        include_str!("../../migrations/sqlite/0006_contact_photos.sql"),
        include_str!("../../migrations/postgres/0006_contact_photos.sql"),
    ),
    (
        7,
        "unread",
        include_str!("../../migrations/sqlite/0007_unread.sql"),
        include_str!("../../migrations/postgres/0007_unread.sql"),
    ),
    (
        8,
        "known_networks",
        include_str!("../../migrations/sqlite/0008_known_networks.sql"),
        include_str!("../../migrations/postgres/0008_known_networks.sql"),
    ),
    (
        9,
        "dead_jobs",
        include_str!("../../migrations/sqlite/0009_dead_jobs.sql"),
        include_str!("../../migrations/postgres/0009_dead_jobs.sql"),
    ),
    (
        10,
        "administration",
        include_str!("../../migrations/sqlite/0010_administration.sql"),
        include_str!("../../migrations/postgres/0010_administration.sql"),
    ),
    (
        11,
        "jobs",
        include_str!("../../migrations/sqlite/0011_jobs.sql"),
        include_str!("../../migrations/postgres/0011_jobs.sql"),
    ),
    (
        12,
        "usage",
        include_str!("../../migrations/sqlite/0012_usage.sql"),
        include_str!("../../migrations/postgres/0012_usage.sql"),
    ),
    (
        13,
        "log_references",
        include_str!("../../migrations/sqlite/0013_log_references.sql"),
        include_str!("../../migrations/postgres/0013_log_references.sql"),
    ),
    (
        14,
        "states",
        include_str!("../../migrations/sqlite/0014_states.sql"),
        include_str!("../../migrations/postgres/0014_states.sql"),
    ),
    (
        15,
        "media_objects",
        include_str!("../../migrations/sqlite/0015_media_objects.sql"),
        include_str!("../../migrations/postgres/0015_media_objects.sql"),
    ),
    (
        16,
        "lines",
        include_str!("../../migrations/sqlite/0016_lines.sql"),
        include_str!("../../migrations/postgres/0016_lines.sql"),
    ),
    (
        17,
        "append",
        include_str!("../../migrations/sqlite/0017_append.sql"),
        include_str!("../../migrations/postgres/0017_append.sql"),
    ),
    (
        18,
        "left_groups",
        include_str!("../../migrations/sqlite/0018_left_groups.sql"),
        include_str!("../../migrations/postgres/0018_left_groups.sql"),
    ),
    (
        19,
        "connections",
        include_str!("../../migrations/sqlite/0019_connections.sql"),
        include_str!("../../migrations/postgres/0019_connections.sql"),
    ),
    (
        20,
        "carriers",
        include_str!("../../migrations/sqlite/0020_carriers.sql"),
        include_str!("../../migrations/postgres/0020_carriers.sql"),
    ),
    (
        21,
        "tries",
        include_str!("../../migrations/sqlite/0021_tries.sql"),
        include_str!("../../migrations/postgres/0021_tries.sql"),
    ),
    (
        22,
        "texts",
        include_str!("../../migrations/sqlite/0022_texts.sql"),
        include_str!("../../migrations/postgres/0022_texts.sql"),
    ),
];

/// The numbers of all, in their order.
pub(super) fn numbers() -> Vec<i64> {
    MIGRATIONS.iter().map(|(number, ..)| *number).collect()
}

pub(super) fn sqlite() -> Migrator {
    migrator(|(number, name, sqlite, _)| (*number, *name, *sqlite))
}

pub(super) fn postgres() -> Migrator {
    migrator(|(number, name, _, postgres)| (*number, *name, *postgres))
}

type Entry = (i64, &'static str, &'static str, &'static str);

fn migrator(pick: impl Fn(&'static Entry) -> (i64, &'static str, &'static str)) -> Migrator {
    let migrations = MIGRATIONS.iter().map(pick).map(|(number, name, text)| {
        Migration::new(number, name.into(), MigrationType::Simple, text.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables and their columns with a type that both databases have in common, in the order of the text.
    fn shape(text: &str) -> Vec<String> {
        let mut table = "";
        let mut shape = Vec::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.trim_end_matches(" (");
            }
            let added = line.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once(" ADD COLUMN "));
            let (table, column) = added.unwrap_or((table, line));
            let words: Vec<&str> = column.trim_end_matches([',', ';']).split_whitespace().collect();
            if (line.starts_with("    ") || added.is_some())
                && let [column, kind, ..] = words[..]
                && matches!(kind, "TEXT" | "BIGINT" | "BOOLEAN" | "BLOB" | "BYTEA")
            {
                let kind = if kind == "BYTEA" { "BLOB" } else { kind };
                let null = if line.contains("NOT NULL") { "not null" } else { "null" };
                shape.push(format!("{table}.{column} {kind} {null}"));
            }
        }
        shape
    }

    #[test]
    fn both_databases_have_the_same_tables_and_columns() {
        for (number, _, sqlite, postgres) in MIGRATIONS {
            assert_eq!(shape(sqlite), shape(postgres), "migration {number}");
        }
        assert!(shape(MIGRATIONS[0].2).len() > 80, "the shape is read from the text");
        assert!(shape(MIGRATIONS[1].2).contains(&"messages.media TEXT null".to_owned()));
    }

    #[test]
    fn both_folders_hold_what_the_list_names() {
        for folder in ["sqlite", "postgres"] {
            let path = format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
            let mut files: Vec<String> =
                std::fs::read_dir(path).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
            files.sort();
            let embedded: Vec<String> =
                MIGRATIONS.iter().map(|(number, name, ..)| format!("{number:04}_{name}.sql")).collect();
            assert_eq!(files, embedded, "{folder}");
        }
    }
}
