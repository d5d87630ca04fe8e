//! What is remembered, as the REST resources and webhooks show it.
//!
//! To add a property: here, where every resource that shows the thing takes it from.

mod build;
mod commit;
mod diff;
mod matcher;
mod pull_request;
mod repository;

pub(crate) use build::{build, report};
pub(crate) use commit::commit;
pub(crate) use diff::{change, diffs, path};
pub(crate) use matcher::{required_build, restriction, reviewer_condition};
pub(crate) use pull_request::{activity, comment, participant, pull_request, user_named};
pub(crate) use repository::{branch, project, repository, user, webhook};
