//! The record.

pub mod list;
