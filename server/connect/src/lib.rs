//! Clients of the outside: Bitbucket Data Center and git.
//!
//! To add a client: make a folder named after the other side, take its HTTP client from [`http`], implement the trait that
//! the portal declares, and replay the other side's failures in `tests/`.

pub mod bitbucket;
pub mod catalogue;
mod git;
pub mod http;
pub mod webhook;
