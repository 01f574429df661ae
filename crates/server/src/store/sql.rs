//! One SQL text, two databases: arguments, rows and statements that are the same for both.
//!
//! Always holds: a statement is a `&'static str` with `$1` placeholders, values only ever travel as
//! arguments. What differs between the databases stands in [`super::dialect`].

use halyard_protocol::{
    ContactId, ConversationId, DeviceId, MediaId, MessageId, PhoneNumber, PhotoId, TenantId, UnixMs, UserId,
    ids::InvalidId,
};
use sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow};

use super::StoreError;

/// A value on its way into a statement.
#[derive(Clone, Debug)]
pub(crate) enum Arg {
    Text(Option<String>),
    Int(Option<i64>),
    Flag(bool),
    Bytes(Vec<u8>),
}

macro_rules! text_arg {
    ($($type:ty),*) => { $(
        impl From<$type> for Arg {
            fn from(value: $type) -> Self {
                Self::Text(Some(value.to_string()))
            }
        }
        impl From<Option<$type>> for Arg {
            fn from(value: Option<$type>) -> Self {
                Self::Text(value.map(|value| value.to_string()))
            }
        }
    )* };
}
text_arg!(
    &str,
    &String,
    ContactId,
    ConversationId,
    DeviceId,
    MediaId,
    MessageId,
    PhotoId,
    TenantId,
    UserId,
    PhoneNumber
);

impl From<String> for Arg {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Option<String>> for Arg {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<u64> for Arg {
    /// Both databases count with a sign: what is larger stays at the end of the range.
    fn from(value: u64) -> Self {
        Self::Int(Some(i64::try_from(value).unwrap_or(i64::MAX)))
    }
}

impl From<Option<u64>> for Arg {
    fn from(value: Option<u64>) -> Self {
        Self::Int(value.map(|value| i64::try_from(value).unwrap_or(i64::MAX)))
    }
}

impl From<u32> for Arg {
    fn from(value: u32) -> Self {
        Self::Int(Some(i64::from(value)))
    }
}

impl From<UnixMs> for Arg {
    fn from(value: UnixMs) -> Self {
        Self::Int(Some(value.0))
    }
}

impl From<Option<UnixMs>> for Arg {
    fn from(value: Option<UnixMs>) -> Self {
        Self::Int(value.map(|at| at.0))
    }
}

impl From<Vec<u8>> for Arg {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl From<bool> for Arg {
    fn from(value: bool) -> Self {
        Self::Flag(value)
    }
}

/// The arguments of a statement, in the order of its placeholders.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::sql::Arg::from($value)),*] };
}
pub(crate) use args;

/// Binds arguments to a statement; the same lines for both drivers.
macro_rules! bind {
    ($sql:expr, $args:expr) => {{
        let mut query = sqlx::query($sql);
        for arg in $args {
            query = match arg {
                $crate::store::sql::Arg::Text(value) => query.bind(value),
                $crate::store::sql::Arg::Int(value) => query.bind(value),
                $crate::store::sql::Arg::Flag(value) => query.bind(value),
                $crate::store::sql::Arg::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}
pub(crate) use bind;

/// A row of an answer.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! column {
    ($self:expr, $name:expr) => {
        match $self {
            Row::Sqlite(row) => row.try_get($name),
            Row::Postgres(row) => row.try_get($name),
        }
        .map_err(StoreError::from)
    };
}

impl Row {
    pub(crate) fn text(&self, name: &'static str) -> Result<String, StoreError> {
        column!(self, name)
    }

    pub(crate) fn maybe_text(&self, name: &'static str) -> Result<Option<String>, StoreError> {
        column!(self, name)
    }

    pub(crate) fn int(&self, name: &'static str) -> Result<i64, StoreError> {
        column!(self, name)
    }

    pub(crate) fn maybe_int(&self, name: &'static str) -> Result<Option<i64>, StoreError> {
        column!(self, name)
    }

    pub(crate) fn bytes(&self, name: &'static str) -> Result<Vec<u8>, StoreError> {
        column!(self, name)
    }

    pub(crate) fn flag(&self, name: &'static str) -> Result<bool, StoreError> {
        column!(self, name)
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
