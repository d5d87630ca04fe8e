//! What can be done, whoever asks: REST and the pages call the same functions, under the same checks.
//!
//! To add an act: a file with one function that takes the server and the user, checks first, changes then, writes the
//! state, and tells the webhooks last.

mod activity;
mod close;
mod gate;
mod merge;
mod open;
mod push;

pub(crate) use activity::record;
pub(crate) use close::{current, plain_comment};
pub(crate) use gate::{Target, is_open, not_archived, permitted};
pub(crate) use merge::MergeWish;
pub(crate) use open::{Draft, branch, check_texts, duplicate, resolve_reviewers};
