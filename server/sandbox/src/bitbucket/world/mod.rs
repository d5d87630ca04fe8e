//! What Bitbucket remembers beside the repositories themselves. One JSON file, replaced as a whole at every change.
//!
//! To add something to remember: a field with `#[serde(default)]`, so that older state still opens.

mod build;
mod comment;
mod hook;
mod permission;
mod pull_request;
mod repository;
mod reviewers;

pub(crate) use build::{BuildStatus, Report, TestResults};
pub(crate) use comment::Comment;
pub(crate) use hook::{EVENTS, Webhook};
pub(crate) use permission::Permission;
pub(crate) use pull_request::{Activity, Participant, PullRequest, Review, Side, State};
pub(crate) use repository::{Matcher, Project, Repository, RequiredBuild, Restriction};
pub(crate) use reviewers::ReviewerCondition;

use super::rest::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Default, Serialize, Deserialize)]
pub(crate) struct World {
    pub projects: Vec<Project>,
    pub repositories: Vec<Repository>,
    /// HTTP access token of each user, by user name. In the clear: whoever reads the file owns the sandbox anyway.
    pub tokens: BTreeMap<String, String>,
    /// By commit.
    #[serde(default)]
    pub builds: BTreeMap<String, Vec<BuildStatus>>,
    /// The last number given to anything that has one across the server.
    #[serde(default)]
    pub last_id: u64,
}

impl World {
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// By key, in any case.
    pub(crate) fn project(&self, key: &str) -> Result<&Project, Refusal> {
        self.projects.iter().find(|p| p.key.eq_ignore_ascii_case(key)).ok_or_else(|| {
            Refusal::because(404, "project.NoSuchProjectException", format!("Project {key} does not exist."))
        })
    }

    fn position(&self, key: &str, slug: &str) -> Result<usize, Refusal> {
        let key = &self.project(key)?.key;
        let found = |r: &Repository| r.project == *key && r.slug.eq_ignore_ascii_case(slug);
        self.repositories.iter().position(found).ok_or_else(|| {
            let text = format!("Repository {key}/{slug} does not exist.");
            Refusal::because(404, "repository.NoSuchRepositoryException", text)
        })
    }

    pub(crate) fn repository(&self, key: &str, slug: &str) -> Result<&Repository, Refusal> {
        Ok(&self.repositories[self.position(key, slug)?])
    }

    pub(crate) fn repository_mut(&mut self, key: &str, slug: &str) -> Result<&mut Repository, Refusal> {
        let position = self.position(key, slug)?;
        Ok(&mut self.repositories[position])
    }

    /// Newest first, as the server lists them.
    pub(crate) fn builds_of(&self, commit: &str) -> Vec<&BuildStatus> {
        let mut builds: Vec<_> = self.builds.get(commit).map(|b| b.iter().collect()).unwrap_or_default();
        builds.sort_by_key(|b: &&BuildStatus| std::cmp::Reverse(b.updated));
        builds
    }
}
