//! The screens. A view reads signals and sends events; it decides nothing and calls no browser interface that an
//! adapter owns.

mod auth;
mod card;
mod common;
mod contacts;
mod conversations;
mod dropped;
mod person;
mod settings;
mod shell;

pub(crate) use shell::{App, AppProps};
