//! Opening a pull request.

use super::{
    gate::{not_archived, permitted},
    record,
};
use crate::{
    bitbucket::{
        Bitbucket,
        events::Event,
        rest::Refusal,
        show,
        users::{self, User},
        world::{Participant, Permission, PullRequest, Repository, Side, State},
    },
    clock,
};
use serde_json::{Value, json};

/// What is asked for.
#[derive(Debug)]
pub(crate) struct Draft {
    pub project: String,
    pub slug: String,
    pub title: String,
    pub description: Option<String>,
    /// Branch, with or without `refs/heads/`.
    pub from: String,
    pub to: String,
    /// User names.
    pub reviewers: Vec<String>,
    pub draft: bool,
}

pub(crate) const MAX_TITLE: usize = 255;
pub(crate) const MAX_DESCRIPTION: usize = 32_768;

impl Bitbucket {
    pub(crate) async fn open_pull_request(&self, user: &User, draft: Draft) -> Result<Value, Refusal> {
        let mut world = self.world().await;
        let repository = permitted(&world, &draft.project, &draft.slug, user, Permission::Read)?;
        not_archived(repository)?;
        check_texts(Some(&draft.title), draft.description.as_deref())?;
        let from = branch(repository, &draft.from)?;
        let to = branch(repository, &draft.to)?;
        if from.id == to.id {
            let text = "A pull request needs two different branches: source and target are the same.";
            return Err(Refusal::because(409, "pull.InvalidPullRequestTargetException", text));
        }
        if let Some(existing) = duplicate(repository, &from, &to) {
            let text = "Only one pull request may be open for a given source and target branch";
            return Err(Refusal::because(409, "pull.DuplicatePullRequestException", text)
                .with("existingPullRequest", show::pull_request(&self.base, repository, existing)));
        }
        if self.git(repository).is_ancestor(&from.commit, &to.commit).await? {
            let text = format!(
                "Branch \"{}\" is already up-to-date with branch \"{}\" in repository \"{}\".",
                to.id,
                from.id,
                repository.full_name()
            );
            return Err(Refusal::because(409, "pull.EmptyPullRequestException", text));
        }
        let reviewers = resolve_reviewers(repository, user.name, &draft.reviewers)?;
        let now = clock::millis();
        let id = repository.pull_requests.iter().map(|p| p.id).max().unwrap_or_default() + 1;
        let git = self.git(repository);
        git.set_ref(&format!("refs/pull-requests/{id}/from"), &from.commit).await?;
        let mut pull_request = PullRequest {
            id,
            version: 0,
            title: draft.title,
            description: draft.description,
            state: State::Open,
            draft: draft.draft,
            created: now,
            updated: now,
            closed: None,
            from,
            to,
            author: user.name.into(),
            reviewers,
            participants: Vec::new(),
            merge_commit: None,
            activities: Vec::new(),
            comments: Vec::new(),
        };
        record(&mut pull_request, world.next_id(), user.name, "OPENED", now);
        world.repository_mut(&draft.project, &draft.slug)?.pull_requests.push(pull_request.clone());
        self.keep(&world)?;
        let repository = world.repository(&draft.project, &draft.slug)?;
        self.sender.send(&self.base, repository, user, Event::pull_request("pr:opened", &pull_request));
        Ok(show::pull_request(&self.base, repository, &pull_request))
    }
}

/// An open one between the same branches.
pub(crate) fn duplicate<'r>(repository: &'r Repository, from: &Side, to: &Side) -> Option<&'r PullRequest> {
    repository.pull_requests.iter().find(|p| p.is_open() && p.from.id == from.id && p.to.id == to.id)
}

pub(crate) fn check_texts(title: Option<&str>, description: Option<&str>) -> Result<(), Refusal> {
    if title.is_some_and(|t| t.trim().is_empty() || t.chars().count() > MAX_TITLE) {
        let text = format!("Please enter a non-empty value less than {} characters", MAX_TITLE + 1);
        return Err(Refusal::at(400, "title", text));
    }
    if description.is_some_and(|d| d.chars().count() > MAX_DESCRIPTION) {
        let text = format!("Please enter a value less than {} characters", MAX_DESCRIPTION + 1);
        return Err(Refusal::at(400, "description", text));
    }
    Ok(())
}

/// The branch as it stands.
pub(crate) fn branch(repository: &Repository, name: &str) -> Result<Side, Refusal> {
    let id = if name.starts_with("refs/") { name.to_owned() } else { format!("refs/heads/{name}") };
    match repository.refs.get(&id) {
        Some(commit) => Ok(Side { id, commit: commit.clone() }),
        None => {
            let text = format!(
                "Repository \"{}\" of project with key \"{}\" has no branch \"{}\"",
                repository.slug,
                repository.project,
                id.trim_start_matches("refs/heads/")
            );
            Err(Refusal::because(404, "repository.NoSuchBranchException", text))
        }
    }
}

/// All of them, or the error that names each one that cannot be a reviewer.
pub(crate) fn resolve_reviewers(
    repository: &Repository,
    author: &str,
    names: &[String],
) -> Result<Vec<Participant>, Refusal> {
    let mut valid: Vec<User> = Vec::new();
    let mut errors = Vec::new();
    for name in names {
        let error = match users::find(name) {
            None => Some(format!("{name} is not a user.")),
            Some(user) if user.name == author => {
                Some(format!("{} is the author of the pull request and cannot review it.", user.display_name))
            }
            Some(user) if !repository.allows(&user, Permission::Read) => {
                Some(format!("{} does not have permission to view this repository.", user.display_name))
            }
            Some(user) => {
                if valid.iter().all(|v| v.name != user.name) {
                    valid.push(user);
                }
                None
            }
        };
        errors.extend(error.map(|e| json!({ "context": name, "message": e, "exceptionName": null })));
    }
    if errors.is_empty() {
        return Ok(valid.iter().map(|u| Participant::new(u.name)).collect());
    }
    let text = "Errors encountered while adding some reviewers to this pull request.";
    let valid: Vec<Value> = valid.iter().map(|u| json!({ "user": { "name": u.name } })).collect();
    let mut refusal = Refusal::because(409, "pull.InvalidPullRequestReviewersException", text);
    refusal.context("reviewers");
    Err(refusal.with("reviewerErrors", json!(errors)).with("validReviewers", json!(valid)))
}
