//! Enums that say which variant they are: in their member `type` ([`tagged!`], [`sequenced!`]), or by the name of their only member
//! ([`keyed!`]).
//!
//! Always holds: a variant that this version does not know reads as `Unknown`, whatever comes with it. Of a tagged one `type` is the
//! first member that is written, and has to be the first that is read. So each variant is read straight into its fields; derived code
//! keeps all members until it has found the `type`, and would have every type inside compiled twice.

/// Declares such an enum, and adds its variant `Unknown`.
macro_rules! tagged {
    (
        $(#[$doc:meta])*
        pub enum $name:ident {
            $(
                $(#[$variant_doc:meta])*
                $variant:ident $({ $( $(#[$field_doc:meta])* $field:ident: $type:ty, )* })?,
            )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(tag = "type", rename_all = "snake_case")]
        pub enum $name {
            $( $(#[$variant_doc])* $variant $({ $( $(#[$field_doc])* $field: $type, )* })?, )*
            /// Something that this version does not know.
            Unknown,
        }

        impl $name {
            /// How many variants this version knows.
            pub const VARIANTS: u32 = [$(stringify!($variant)),*].len() as u32;
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use serde::de::{IgnoredAny, MapAccess, Visitor, value::MapAccessDeserializer};

                #[derive(serde::Deserialize)]
                #[serde(field_identifier, rename_all = "snake_case")]
                enum First {
                    Type,
                }

                #[derive(serde::Deserialize)]
                #[serde(field_identifier, rename_all = "snake_case")]
                enum Type {
                    $( $variant, )*
                    #[serde(other)]
                    Unknown,
                }

                struct Tagged;

                impl<'de> Visitor<'de> for Tagged {
                    type Value = $name;

                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str("an object that begins with its `type`")
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<$name, A::Error> {
                        if members.next_key::<First>()?.is_none() {
                            return Err(serde::de::Error::missing_field("type"));
                        }
                        let rest = match members.next_value::<Type>()? {
                            $( Type::$variant => tagged!(@read $name $variant members $({ $($field: $type),* })?), )*
                            Type::Unknown => $name::Unknown,
                        };
                        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                        Ok(rest)
                    }
                }

                deserializer.deserialize_map(Tagged)
            }
        }
    };
    (@read $name:ident $variant:ident $members:ident) => {
        $name::$variant
    };
    (@read $name:ident $variant:ident $members:ident { $($field:ident: $type:ty),* }) => {{
        #[derive(serde::Deserialize)]
        struct Fields {
            $( $field: $type, )*
        }
        let Fields { $($field),* } = Fields::deserialize(MapAccessDeserializer::new($members))?;
        return Ok($name::$variant { $($field),* });
    }};
}

/// Declares an enum whose variants each hold one value: `{"user": …}`. Adds its variant `Unknown`, which is what any other member, a
/// bare word among them, reads as.
macro_rules! keyed {
    (
        $(#[$doc:meta])*
        pub enum $name:ident {
            $(
                $(#[$variant_doc:meta])*
                $variant:ident($type:ty),
            )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $( $(#[$variant_doc])* $variant($type), )*
            /// Something that this version does not know.
            Unknown,
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use serde::de::{Error, IgnoredAny, MapAccess, Visitor};

                #[derive(serde::Deserialize)]
                #[serde(field_identifier, rename_all = "snake_case")]
                enum Key {
                    $( $variant, )*
                    #[serde(other)]
                    Unknown,
                }

                struct Keyed;

                impl<'de> Visitor<'de> for Keyed {
                    type Value = $name;

                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str("an object with one member, or a word")
                    }

                    fn visit_str<E: Error>(self, _: &str) -> Result<$name, E> {
                        Ok($name::Unknown)
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<$name, A::Error> {
                        let read = match members.next_key::<Key>()? {
                            $( Some(Key::$variant) => $name::$variant(members.next_value()?), )*
                            Some(Key::Unknown) => {
                                members.next_value::<IgnoredAny>()?;
                                $name::Unknown
                            }
                            None => return Err(A::Error::custom("an object without a member")),
                        };
                        match members.next_key::<IgnoredAny>()? {
                            Some(IgnoredAny) => Err(A::Error::custom("an object with more than one member")),
                            None => Ok(read),
                        }
                    }
                }

                deserializer.deserialize_any(Keyed)
            }
        }
    };
}

/// Declares an enum whose variants are structs with an id and a place in a conversation. Adds its variant `Unknown`, which is what any
/// other type reads as: it keeps these members, and lets go of the rest.
macro_rules! sequenced {
    (
        $(#[$doc:meta])*
        pub enum $name:ident {
            $( $(#[$variant_doc:meta])* $variant:ident($type:ty), )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(tag = "type", rename_all = "snake_case")]
        pub enum $name {
            $( $(#[$variant_doc])* $variant($type), )*
            /// Something that this version does not know.
            Unknown($crate::UnknownEntry),
        }

        impl $name {
            /// How many variants this version knows.
            pub const VARIANTS: u32 = [$(stringify!($variant)),*].len() as u32;

            /// Its id.
            #[must_use]
            pub fn id(&self) -> $crate::EntryId {
                match self {
                    $( Self::$variant(entry) => entry.id.into(), )*
                    Self::Unknown(entry) => entry.id,
                }
            }

            /// The conversation that it stands in.
            #[must_use]
            pub fn conversation(&self) -> $crate::ConversationId {
                match self {
                    $( Self::$variant(entry) => entry.conversation, )*
                    Self::Unknown(entry) => entry.conversation,
                }
            }

            /// Its place there.
            #[must_use]
            pub fn seq(&self) -> $crate::Seq {
                match self {
                    $( Self::$variant(entry) => entry.seq, )*
                    Self::Unknown(entry) => entry.seq,
                }
            }

            /// When it was added.
            #[must_use]
            pub fn at(&self) -> $crate::UnixMs {
                match self {
                    $( Self::$variant(entry) => entry.at, )*
                    Self::Unknown(entry) => entry.at,
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use serde::de::{MapAccess, Visitor, value::MapAccessDeserializer};

                #[derive(serde::Deserialize)]
                #[serde(field_identifier, rename_all = "snake_case")]
                enum First {
                    Type,
                }

                #[derive(serde::Deserialize)]
                #[serde(field_identifier, rename_all = "snake_case")]
                enum Type {
                    $( $variant, )*
                    #[serde(other)]
                    Unknown,
                }

                struct Sequenced;

                impl<'de> Visitor<'de> for Sequenced {
                    type Value = $name;

                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str("an object that begins with its `type`")
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<$name, A::Error> {
                        if members.next_key::<First>()?.is_none() {
                            return Err(serde::de::Error::missing_field("type"));
                        }
                        let kind = members.next_value::<Type>()?;
                        let rest = MapAccessDeserializer::new(members);
                        match kind {
                            $( Type::$variant => <$type>::deserialize(rest).map($name::$variant), )*
                            Type::Unknown => $crate::UnknownEntry::deserialize(rest).map($name::Unknown),
                        }
                    }
                }

                deserializer.deserialize_map(Sequenced)
            }
        }
    };
}

pub(crate) use keyed;
pub(crate) use sequenced;
pub(crate) use tagged;

#[cfg(test)]
mod tests {
    use crate::{Change, ServerFrame};

    #[test]
    fn an_unknown_type_reads_as_such_whatever_comes_with_it() {
        for text in [r#"{"type":"call_started"}"#, r#"{"type":"call_started","user":[{"a":1}],"contact":true}"#] {
            assert_eq!(serde_json::from_str::<Change>(text).unwrap(), Change::Unknown, "{text}");
            assert_eq!(serde_json::from_str::<ServerFrame>(text).unwrap(), ServerFrame::Unknown, "{text}");
        }
    }

    #[test]
    fn a_variant_passes_over_members_that_it_does_not_know() {
        for text in [r#"{"type":"ping"}"#, r#"{"type":"ping","at":1}"#] {
            assert_eq!(serde_json::from_str::<ServerFrame>(text).unwrap(), ServerFrame::Ping, "{text}");
        }
        let text = r#"{"type":"contact_removed","at":1,"contact":"01J9ZK4T6Q8Y2M0C5R7W3X1B9D"}"#;
        assert!(matches!(serde_json::from_str(text).unwrap(), Change::ContactRemoved { .. }));
    }

    #[test]
    fn what_does_not_begin_with_its_type_is_refused() {
        for text in [r#"{}"#, r#"{"at":1,"type":"ping"}"#, r#"[]"#, r#""ping""#, r#"{"type":1}"#] {
            assert!(serde_json::from_str::<ServerFrame>(text).is_err(), "{text}");
        }
    }
}
