//! Templates: what can be asked for.

pub mod detail;
pub mod list;
pub mod prefilled;
