//! What the portal does: a module per noun.
//!
//! To add an act: a file under its noun with a method on [`Portal`]; authorize, decide, write rows, audit event and job in
//! one transaction; then a server function in `app/src/api` and a line in the authorization tests.

pub mod access;
pub mod catalogue;
pub mod delivery;
pub mod diff;
pub mod prices;
