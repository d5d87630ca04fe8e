//! Requests: what was asked for and what became of it.

pub mod detail;
pub mod list;
mod sections;

pub(super) use sections::summary_rows;
