//! The checks that most acts begin with, and what stands against a merge.

use crate::bitbucket::{
    Bitbucket,
    git::Merged,
    rest::Refusal,
    users::User,
    world::{BuildStatus, Permission, PullRequest, Repository, RequiredBuild, World},
};
use serde_json::{Value, json};

/// Which pull request is meant.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub project: String,
    pub slug: String,
    pub id: u64,
}

impl Target {
    pub(crate) fn find<'w>(
        &self,
        world: &'w World,
        user: &User,
        needed: Permission,
    ) -> Result<(&'w Repository, &'w PullRequest), Refusal> {
        let repository = permitted(world, &self.project, &self.slug, user, needed)?;
        let missing = || no_pull_request(repository, self.id);
        Ok((repository, repository.pull_request(self.id).ok_or_else(missing)?))
    }

    pub(crate) fn find_mut<'w>(&self, world: &'w mut World) -> Result<&'w mut PullRequest, Refusal> {
        let repository = world.repository_mut(&self.project, &self.slug)?;
        let missing = no_pull_request(repository, self.id);
        repository.pull_requests.iter_mut().find(|p| p.id == self.id).ok_or(missing)
    }
}

pub(crate) fn no_pull_request(repository: &Repository, id: u64) -> Refusal {
    let text = format!("Pull request {id} does not exist in {}.", repository.full_name());
    Refusal::because(404, "pull.NoSuchPullRequestException", text)
}

/// The repository, when the user may do that much with it. Missing permission is 401, as the real server has it.
pub(crate) fn permitted<'w>(
    world: &'w World,
    project: &str,
    slug: &str,
    user: &User,
    needed: Permission,
) -> Result<&'w Repository, Refusal> {
    let repository = world.repository(project, slug)?;
    if repository.allows(user, needed) { Ok(repository) } else { Err(Refusal::not_permitted()) }
}

pub(crate) fn not_archived(repository: &Repository) -> Result<(), Refusal> {
    if !repository.archived {
        return Ok(());
    }
    let text = format!("Repository {} is archived and read-only.", repository.full_name());
    Err(Refusal::because(409, "repository.RepositoryArchivedException", text))
}

pub(crate) fn is_open(pull_request: &PullRequest) -> Result<(), Refusal> {
    if pull_request.is_open() {
        return Ok(());
    }
    let text = format!("This pull request has already been {}.", pull_request.state.as_str().to_lowercase());
    Err(Refusal::because(409, "pull.IllegalPullRequestStateException", text))
}

/// What stands against merging.
pub(crate) struct Gate {
    /// Paths that both sides changed.
    pub conflicts: Vec<String>,
    /// Tree of the merge, when there is no conflict.
    pub tree: Option<String>,
    pub vetoes: Vec<Value>,
}

impl Gate {
    pub(crate) fn can_merge(&self) -> bool {
        self.tree.is_some() && self.vetoes.is_empty()
    }
}

impl Bitbucket {
    /// Asks git and the merge checks.
    pub(crate) async fn gate(
        &self,
        world: &World,
        repository: &Repository,
        pull_request: &PullRequest,
    ) -> Result<Gate, Refusal> {
        let merged = self.git(repository).try_merge(&pull_request.to.commit, &pull_request.from.commit).await?;
        let (conflicts, tree) = match merged {
            Merged::Clean(tree) => (Vec::new(), Some(tree)),
            Merged::Conflict(paths) => (paths, None),
        };
        Ok(Gate { conflicts, tree, vetoes: vetoes(world, repository, pull_request) })
    }
}

fn vetoes(world: &World, repository: &Repository, pull_request: &PullRequest) -> Vec<Value> {
    let mut vetoes = Vec::new();
    let missing = missing_builds(world, repository, pull_request);
    if !missing.is_empty() {
        let keys = missing.join(", ");
        vetoes.push(json!({
            "summaryMessage": "Not all required builds are successful yet",
            "detailedMessage": format!("You still need a successful build of {keys} before this pull request can be merged."),
        }));
    }
    if pull_request.draft {
        vetoes.push(json!({
            "summaryMessage": "Pull request is a draft",
            "detailedMessage": "Mark the pull request as ready for review before it is merged.",
        }));
    }
    let open_tasks = pull_request.comments.iter().filter(|c| c.severity == "BLOCKER" && c.state == "OPEN").count();
    if open_tasks > 0 {
        vetoes.push(json!({
            "summaryMessage": "Not all tasks are resolved",
            "detailedMessage": format!("{open_tasks} task(s) must be resolved before this pull request can be merged."),
        }));
    }
    vetoes
}

/// Keys that a rule demands and that have not succeeded on the head.
fn missing_builds(world: &World, repository: &Repository, pull_request: &PullRequest) -> Vec<String> {
    let builds = world.builds_of(&pull_request.from.commit);
    let here = |b: &&&BuildStatus| b.repository.is_none_or(|id| id == repository.id);
    let builds: Vec<_> = builds.iter().filter(here).collect();
    // By parent only: a build that names none cannot satisfy this check.
    let done = |key: &String| {
        let mut of_parent = builds.iter().filter(|b| b.parent.as_ref() == Some(key)).peekable();
        of_parent.peek().is_some() && of_parent.all(|b| b.state == "SUCCESSFUL")
    };
    let applies = |c: &&RequiredBuild| {
        c.matcher.matches(&pull_request.to.id) && !c.exempt.as_ref().is_some_and(|m| m.matches(&pull_request.from.id))
    };
    let mut missing: Vec<String> = Vec::new();
    for key in repository.required_builds.iter().filter(applies).flat_map(|c| &c.keys) {
        if !done(key) && !missing.contains(key) {
            missing.push(key.clone());
        }
    }
    missing
}
