//! Values on their way into a statement.

use halyard_protocol::{
    CarrierAccountId, ContactId, ConversationId, DeviceId, EntryId, MediaId, MessageId, PhoneNumber, PhotoId, TenantId,
    Ulid, UnixMs, UserId,
};

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
    CarrierAccountId,
    ContactId,
    ConversationId,
    DeviceId,
    EntryId,
    MediaId,
    MessageId,
    PhotoId,
    TenantId,
    Ulid,
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
