//! The REST resources.
//!
//! To add one: a row in the table of its noun (method, path as the specification writes it, parameters, body) and a
//! function that takes a [`Call`]. The dispatcher checks credentials, parameters and bodies against the row first, so
//! the function sees only what the specification allows.

mod answer;
mod call;
mod caller;
mod check;
mod dispatch;
mod endpoint;
mod page;
mod refusal;
mod shapes;

mod branches;
mod builds;
mod comments;
mod commits;
mod files;
mod insights;
mod projects;
mod pull_request_reads;
mod pull_requests;
mod repositories;
mod required_builds;
mod restrictions;
mod reviewers;
mod reviews;
mod settings;
mod users;
mod webhooks;
mod write_file;

pub(crate) use caller::{Caller, caller};
pub(crate) use commits::EMPTY_TREE;
pub(crate) use dispatch::serve;
pub(crate) use pull_request_reads::range;
pub(crate) use refusal::Refusal;

use answer::{Answer, Outcome};
use call::Call;
use endpoint::{Endpoint, Expect, row};

/// Every resource there is.
const TABLES: &[&[Endpoint]] = &[
    branches::TABLE,
    builds::TABLE,
    comments::TABLE,
    commits::TABLE,
    files::TABLE,
    insights::TABLE,
    projects::TABLE,
    pull_requests::TABLE,
    pull_request_reads::TABLE,
    repositories::TABLE,
    required_builds::TABLE,
    restrictions::TABLE,
    reviewers::TABLE,
    reviews::TABLE,
    settings::TABLE,
    users::TABLE,
    webhooks::TABLE,
    write_file::TABLE,
];
