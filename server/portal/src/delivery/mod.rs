//! Carrying an approved request out: branch, commit, pull request, build status, and what becomes of it.
//!
//! To add a step: extend [`Step`] and [`Step::ALL`] (its order is the order of the work), give it a column in `deliveries`, and
//! a branch in `carry`. `carry` goes through [`Step::ALL`], and so does the crash test: it covers the new step by itself.
//!
//! A delivery writes through `Portal::underway` alone, which locks the request and sees that the job is still held.

mod approve;
mod carry;
pub(crate) mod run {
    pub(crate) use super::carry::{Halt, Hold, Outcome};
}
mod end;
mod follow;
mod hint;
pub mod host;
mod make;
mod release;
mod retry;
mod status;
mod step;
mod stuck;
mod view;
mod words;

pub(crate) use approve::approve;
pub use hint::{Heeded, HostHint};
pub(crate) use release::may_withdraw;
pub(crate) use retry::may_retry;
pub use step::{Act, Ending, Moment, Observer, Step};
pub(crate) use view::view;

/// Kind of the jobs that carry deliveries out; their subject is the request.
pub(crate) const JOB: &str = "delivery";

/// Key of the build status that gates the merge.
pub const STATUS_KEY: &str = "causeway/approval";
