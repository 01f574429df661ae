//! Who asks: passwords, session tokens, sign-in limits, and where a request comes from.
//!
//! Always holds: neither a password nor a token is ever kept or logged, only their hashes; an unknown user costs
//! the same time and gets the same answer as a wrong password.

pub mod limiter;
pub mod origin;
pub mod password;
pub mod seen;
pub mod token;
