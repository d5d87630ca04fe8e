//! A small wrapper over the `git` program: reading a repository, writing one commit, pushing one branch.
//!
//! To add an act: a file with an `impl Mirror` (or a function over a git directory), built on [`run::Git`], so that the
//! environment stays sealed: no configuration of the machine or of a person takes part, and a credential travels only in
//! the environment of the one process that needs it.

mod commit;
mod errors;
mod fetch;
mod mirror;
mod names;
mod push;
mod read;
mod run;

pub(crate) use mirror::{Mirror, Remote};
pub(crate) use names::{check_branch, is_commit};
pub(crate) use read::{Limits, read_tree};
pub(crate) use run::{Git, version};
