//! The test kit: a world with a model of the server, devices that crash, and a clock that is moved by hand.

pub(crate) mod device;
pub(crate) mod people;
pub(crate) mod screen;
pub(crate) mod server;
pub(crate) mod world;

pub(crate) use world::{Fate, World};
