//! Enums of stable codes ([`codes!`]).
//!
//! Always holds: a code that this version does not know reads as `Unknown`.

/// Declares an enum whose variants are codes, each with its name on the wire. Adds its variant `Unknown`, and a list of the others.
///
/// One table serves reading, writing and documentation: derived code has the names three times.
macro_rules! codes {
    (
        $(#[doc = $about:literal])+
        pub enum $name:ident {
            $( $(#[doc = $doc:literal])+ $variant:ident = $code:tt, )*
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name {
            $(
                $(#[doc = $doc])+
                #[cfg_attr(feature = "openapi", schema(rename = $code))]
                $variant,
            )*
            /// A code that this version does not know.
            #[cfg_attr(feature = "openapi", schema(rename = "unknown"))]
            Unknown,
        }

        impl $name {
            /// All that this version knows.
            pub const ALL: &[Self] = &[$( Self::$variant ),*];

            /// What each of them means, in their order.
            #[cfg(feature = "openapi")]
            pub const MEANINGS: &[&str] = &[$( concat!($($doc),+) ),*];

            const NAMES: &[&str] = &[$( $code, )* "unknown"];

            /// Its name on the wire.
            #[must_use]
            pub fn name(self) -> &'static str {
                Self::NAMES[self as usize]
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Name;

                impl serde::de::Visitor<'_> for Name {
                    type Value = $name;

                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str("a code")
                    }

                    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<$name, E> {
                        let place = $name::NAMES.iter().position(|known| *known == name);
                        Ok(place.and_then(|place| $name::ALL.get(place)).copied().unwrap_or($name::Unknown))
                    }
                }

                deserializer.deserialize_str(Name)
            }
        }
    };
}

pub(crate) use codes;
