//! What the portal does: a module per noun.
//!
//! To add an act: a file under its noun with a method on [`Portal`]; authorize, decide, write rows, audit event and job in
//! one transaction; then a server function in `app/src/api` and a line in the authorization tests.

pub mod access;
pub mod approvals;
mod audit;
pub mod catalogue;
pub mod delivery;
pub mod diff;
mod environments;
mod jobs;
mod live;
mod portal;
pub mod prices;
mod requests;
mod templates;

pub use causeway_store::audit::Verdict as AuditVerdict;
pub use portal::{Parts, Portal, PortalConfig};
