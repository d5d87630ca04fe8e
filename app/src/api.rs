//! Server functions: the thin adapters between pages and the portal, a file a noun.
//!
//! To add one: `#[server(prefix = "/api", endpoint = "nouns/verb")]`, at most five lines: `caller`, one service call, `answer`.
//! What a plain form posts keeps the default encoding and flat arguments; the rest takes `input = Json`.

pub mod approvals;
pub mod audit;
#[cfg(feature = "ssr")]
mod caller;
pub mod catalogue;
pub mod drafts;
pub mod environments;
pub mod error;
pub mod people;
pub mod requests;

pub use error::AppError;
