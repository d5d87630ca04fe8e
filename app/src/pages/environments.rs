//! Environments: what exists.

pub mod detail;
pub mod list;
