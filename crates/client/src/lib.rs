//! The softphone without a browser: one synchronous state machine.

pub mod contacts;
pub mod route;
pub mod windows;
