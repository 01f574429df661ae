//! One SQL text, two databases: arguments, rows and statements that are the same for both.
//!
//! Always holds: a statement is a `&'static str` with `$1` placeholders, values only ever travel as
//! arguments. What differs between the databases stands in [`super::dialect`].

use halyard_protocol::{PhoneNumber, UnixMs, ids::InvalidId};
use rusqlite::types::Value;
use sqlx::{Row as _, postgres::PgRow};

use super::{StoreError, sqlite};

/// The arguments of a statement, in the order of its placeholders.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::arg::Arg::from($value)),*] };
}
pub(crate) use args;

/// Binds arguments to a statement of PostgreSQL.
macro_rules! bind {
    ($sql:expr, $args:expr) => {{
        let mut query = sqlx::query($sql);
        for arg in $args {
            query = match arg {
                $crate::store::arg::Arg::Text(value) => query.bind(value),
                $crate::store::arg::Arg::Int(value) => query.bind(value),
                $crate::store::arg::Arg::Flag(value) => query.bind(value),
                $crate::store::arg::Arg::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}
pub(crate) use bind;

/// A row of an answer.
pub(crate) enum Row {
    Sqlite(sqlite::Row),
    Postgres(PgRow),
}

/// Reads a column: of SQLite by what its value has to be, of PostgreSQL by the type that is asked for.
macro_rules! column {
    ($self:expr, $name:expr, $($value:pat => $read:expr),*) => {
        match $self {
            Row::Sqlite(row) => match row.value($name)? {
                $($value => Ok($read),)*
                _ => Err(StoreError::Corrupt($name)),
            },
            Row::Postgres(row) => row.try_get($name).map_err(StoreError::from),
        }
    };
}

impl Row {
    pub(crate) fn text(&self, name: &'static str) -> Result<String, StoreError> {
        column!(self, name, Value::Text(text) => text.clone())
    }

    pub(crate) fn maybe_text(&self, name: &'static str) -> Result<Option<String>, StoreError> {
        column!(self, name, Value::Text(text) => Some(text.clone()), Value::Null => None)
    }

    pub(crate) fn int(&self, name: &'static str) -> Result<i64, StoreError> {
        column!(self, name, Value::Integer(number) => *number)
    }

    pub(crate) fn maybe_int(&self, name: &'static str) -> Result<Option<i64>, StoreError> {
        column!(self, name, Value::Integer(number) => Some(*number), Value::Null => None)
    }

    pub(crate) fn bytes(&self, name: &'static str) -> Result<Vec<u8>, StoreError> {
        column!(self, name, Value::Blob(bytes) => bytes.clone())
    }

    pub(crate) fn flag(&self, name: &'static str) -> Result<bool, StoreError> {
        column!(self, name, Value::Integer(number) => *number != 0)
    }

    /// A count, a place or a cursor: never negative.
    pub(crate) fn count(&self, name: &'static str) -> Result<u64, StoreError> {
        u64::try_from(self.int(name)?).map_err(|_| StoreError::Corrupt(name))
    }

    /// A count that fits 32 bits.
    pub(crate) fn small(&self, name: &'static str) -> Result<u32, StoreError> {
        u32::try_from(self.int(name)?).map_err(|_| StoreError::Corrupt(name))
    }

    pub(crate) fn time(&self, name: &'static str) -> Result<UnixMs, StoreError> {
        self.int(name).map(UnixMs)
    }

    pub(crate) fn maybe_time(&self, name: &'static str) -> Result<Option<UnixMs>, StoreError> {
        Ok(self.maybe_int(name)?.map(UnixMs))
    }

    pub(crate) fn id<T: std::str::FromStr<Err = InvalidId>>(&self, name: &'static str) -> Result<T, StoreError> {
        self.text(name)?.parse().map_err(|_| StoreError::Corrupt(name))
    }

    pub(crate) fn maybe_id<T: std::str::FromStr<Err = InvalidId>>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, StoreError> {
        self.maybe_text(name)?.map(|text| text.parse().map_err(|_| StoreError::Corrupt(name))).transpose()
    }

    pub(crate) fn number(&self, name: &'static str) -> Result<PhoneNumber, StoreError> {
        PhoneNumber::from_e164(&self.text(name)?).map_err(|_| StoreError::Corrupt(name))
    }

    pub(crate) fn maybe_number(&self, name: &'static str) -> Result<Option<PhoneNumber>, StoreError> {
        let text = self.maybe_text(name)?;
        text.map(|text| PhoneNumber::from_e164(&text).map_err(|_| StoreError::Corrupt(name))).transpose()
    }

    /// A value that is kept as the word that it has on the wire (`"office_manager"`), or as JSON.
    pub(crate) fn word<T: serde::de::DeserializeOwned>(&self, name: &'static str) -> Result<T, StoreError> {
        serde_json::from_value(serde_json::Value::String(self.text(name)?)).map_err(|_| StoreError::Corrupt(name))
    }

    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, name: &'static str) -> Result<T, StoreError> {
        serde_json::from_str(&self.text(name)?).map_err(|_| StoreError::Corrupt(name))
    }
}

/// The word that a fieldless enum has on the wire: what the database keeps.
pub(crate) fn word<T: serde::Serialize>(value: T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Corrupt("word")),
    }
}

/// A value as JSON text.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Corrupt("json"))
}
