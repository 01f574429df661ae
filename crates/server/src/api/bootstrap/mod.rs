//! `/bootstrap`: the snapshot that an app starts from.

pub mod show;
