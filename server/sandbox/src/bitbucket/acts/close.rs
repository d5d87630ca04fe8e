//! Declining, reopening and deleting a pull request.

use super::{
    gate::{Target, is_open, not_archived},
    open::{branch, duplicate},
    record,
};
use crate::{
    bitbucket::{
        Bitbucket,
        events::Event,
        rest::Refusal,
        show,
        users::User,
        world::{Comment, Permission, PullRequest, Repository, State},
    },
    clock,
};
use serde_json::Value;

/// The caller knows the newest version. `None` counts as -1, as the real server has it.
pub(crate) fn current(
    base: &str,
    repository: &Repository,
    pull_request: &PullRequest,
    version: Option<i64>,
) -> Result<(), Refusal> {
    let expected = version.unwrap_or(-1);
    if i64::try_from(pull_request.version).is_ok_and(|v| v == expected) {
        return Ok(());
    }
    let text = "You are attempting to modify a pull request based on out-of-date information.";
    Err(Refusal::because(409, "pull.PullRequestOutOfDateException", text)
        .with("currentVersion", pull_request.version.into())
        .with("expectedVersion", expected.into())
        .with("pullRequest", show::pull_request(base, repository, pull_request)))
}

impl Bitbucket {
    pub(crate) async fn decline(
        &self,
        user: &User,
        target: &Target,
        version: Option<i64>,
        comment: Option<&str>,
    ) -> Result<Value, Refusal> {
        let mut world = self.world().await;
        let (repository, pull_request) = target.find(&world, user, Permission::Read)?;
        if pull_request.author != user.name && !repository.allows(user, Permission::Write) {
            return Err(Refusal::not_permitted());
        }
        not_archived(repository)?;
        is_open(pull_request)?;
        current(&self.base, repository, pull_request, version)?;
        let now = clock::millis();
        let (activity_id, comment_id) = (world.next_id(), world.next_id());
        let pull_request = target.find_mut(&mut world)?;
        if let Some(text) = comment.filter(|t| !t.trim().is_empty()) {
            pull_request.comments.push(plain_comment(comment_id, text, user.name, now));
        }
        pull_request.close(State::Declined, now);
        record(pull_request, activity_id, user.name, "DECLINED", now);
        self.keep(&world)?;
        let (repository, pull_request) = target.find(&world, user, Permission::Read)?;
        self.sender.send(&self.base, repository, user, Event::pull_request("pr:declined", pull_request));
        Ok(show::pull_request(&self.base, repository, pull_request))
    }

    pub(crate) async fn reopen(&self, user: &User, target: &Target, version: Option<i64>) -> Result<Value, Refusal> {
        let mut world = self.world().await;
        let (repository, pull_request) = target.find(&world, user, Permission::Read)?;
        if pull_request.author != user.name && !repository.allows(user, Permission::Write) {
            return Err(Refusal::not_permitted());
        }
        not_archived(repository)?;
        if pull_request.state != State::Declined {
            let text = format!("This pull request is {}, so it cannot be reopened.", pull_request.state.as_str());
            return Err(Refusal::because(409, "pull.IllegalPullRequestStateException", text));
        }
        current(&self.base, repository, pull_request, version)?;
        let (from, to) = (branch(repository, &pull_request.from.id)?, branch(repository, &pull_request.to.id)?);
        if let Some(existing) = duplicate(repository, &from, &to) {
            let text = "Only one pull request may be open for a given source and target branch";
            return Err(Refusal::because(409, "pull.DuplicatePullRequestException", text)
                .with("existingPullRequest", show::pull_request(&self.base, repository, existing)));
        }
        self.git(repository).set_ref(&format!("refs/pull-requests/{}/from", target.id), &from.commit).await?;
        let now = clock::millis();
        let id = world.next_id();
        let pull_request = target.find_mut(&mut world)?;
        (pull_request.from, pull_request.to) = (from, to);
        (pull_request.state, pull_request.closed) = (State::Open, None);
        pull_request.touch(now);
        record(pull_request, id, user.name, "REOPENED", now);
        self.keep(&world)?;
        // 9.4 has no event for this.
        let (repository, pull_request) = target.find(&world, user, Permission::Read)?;
        Ok(show::pull_request(&self.base, repository, pull_request))
    }

    pub(crate) async fn delete_pull_request(
        &self,
        user: &User,
        target: &Target,
        version: Option<i64>,
    ) -> Result<(), Refusal> {
        let mut world = self.world().await;
        let (repository, pull_request) = target.find(&world, user, Permission::Read)?;
        let own = pull_request.author == user.name && pull_request.state != State::Merged;
        if !own && !repository.allows(user, Permission::Admin) {
            return Err(Refusal::not_permitted());
        }
        not_archived(repository)?;
        current(&self.base, repository, pull_request, version)?;
        let gone = pull_request.clone();
        self.git(repository).delete_ref(&format!("refs/pull-requests/{}/from", target.id)).await?;
        world.repository_mut(&target.project, &target.slug)?.pull_requests.retain(|p| p.id != target.id);
        self.keep(&world)?;
        let repository = world.repository(&target.project, &target.slug)?;
        self.sender.send(&self.base, repository, user, Event::pull_request("pr:deleted", &gone));
        Ok(())
    }
}

pub(crate) fn plain_comment(id: u64, text: &str, author: &str, now: i64) -> Comment {
    Comment {
        id,
        version: 0,
        text: text.into(),
        author: author.into(),
        created: now,
        updated: now,
        parent: None,
        anchor: None,
        severity: "NORMAL".into(),
        state: "OPEN".into(),
    }
}
