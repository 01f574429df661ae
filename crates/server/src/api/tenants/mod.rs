//! `/tenants`: the businesses on this system, for who operates it; and `/tenant`, one's own.

pub mod add;
pub mod close;
pub mod list;
pub mod update;
