//! Carrying an approved request out: branch, commit, pull request, build status, and what becomes of it.
//!
//! To add a step: extend [`Step`] (its order is the order of the work), give it a column in `deliveries`, and a branch in
//! `carry`. The crash test enumerates [`Step::ALL`], so it covers the new step by itself.

mod approve;
mod carry;
pub(crate) mod run {
    pub(crate) use super::carry::{Halt, Outcome};
}
mod follow;
mod hint;
pub mod host;
mod retry;
mod step;
mod view;
mod words;

pub(crate) use approve::approve;
pub use hint::HostHint;
pub(crate) use retry::may_retry;
pub use step::{Moment, Observer, Step};
pub(crate) use view::view;

/// Kind of the jobs that carry deliveries out; their subject is the request.
pub(crate) const JOB: &str = "delivery";

/// Key of the build status that gates the merge.
pub const STATUS_KEY: &str = "causeway/approval";
