//! Methods. Their names are told apart by case (RFC 3261, 7.1).

use core::fmt;
use core::str::FromStr;

use super::error::Bad;
use super::lex::is_token;

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What a request asks for.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum Method {
            $($(#[$doc])* $name,)*
            /// One that is not known here.
            Other(Box<str>),
        }

        impl Method {
            /// As it is written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl FromStr for Method {
            type Err = Bad;

            fn from_str(text: &str) -> Result<Self, Bad> {
                match text {
                    $($text => Ok(Self::$name),)*
                    _ if is_token(text) => Ok(Self::Other(text.into())),
                    _ => Err(Bad("the method is not a token")),
                }
            }
        }
    };
}

methods! {
    /// Begins or changes a session (RFC 3261, 13 and 14).
    Invite = "INVITE",
    /// Acknowledges the final response to an INVITE (RFC 3261, 13.2.2.4 and 17.1.1.3).
    Ack = "ACK",
    /// Ends a session (RFC 3261, 15).
    Bye = "BYE",
    /// Calls off a pending request (RFC 3261, 9).
    Cancel = "CANCEL",
    /// Asks what the other end can do (RFC 3261, 11).
    Options = "OPTIONS",
    /// Binds an address to a contact (RFC 3261, 10).
    Register = "REGISTER",
    /// Changes a session without a dialog's state (RFC 3311).
    Update = "UPDATE",
    /// Acknowledges a provisional response (RFC 3262).
    Prack = "PRACK",
    /// Carries something inside of a session (RFC 6086).
    Info = "INFO",
    /// Asks to call somebody else (RFC 3515).
    Refer = "REFER",
    /// Asks to be told of events (RFC 6665).
    Subscribe = "SUBSCRIBE",
    /// Tells of an event (RFC 6665).
    Notify = "NOTIFY",
    /// Publishes state (RFC 3903).
    Publish = "PUBLISH",
    /// Carries an instant message (RFC 3428).
    Message = "MESSAGE",
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
