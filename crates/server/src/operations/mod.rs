//! Operations: what may be done to the data of a tenant, and what follows from it.

pub mod messaging;
pub mod numbers;
