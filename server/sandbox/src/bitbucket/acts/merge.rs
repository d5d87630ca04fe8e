//! Merging: a real merge commit, made by git.

use super::{
    close::current,
    gate::{Target, is_open, not_archived},
    record,
};
use crate::{
    bitbucket::{
        Bitbucket,
        events::{Event, RefChange},
        git::Authorship,
        rest::Refusal,
        show,
        users::User,
        world::{Permission, PullRequest, Repository, State},
    },
    clock,
};
use serde_json::{Value, json};

#[derive(Debug, Default)]
pub(crate) struct MergeWish {
    pub version: Option<i64>,
    pub message: Option<String>,
    pub strategy: Option<String>,
    pub auto_merge: bool,
}

impl Bitbucket {
    pub(crate) async fn merge(&self, user: &User, target: &Target, wish: MergeWish) -> Result<Value, Refusal> {
        let mut world = self.world().await;
        let (repository, pull_request) = target.find(&world, user, Permission::Write)?;
        not_archived(repository)?;
        is_open(pull_request)?;
        current(&self.base, repository, pull_request, wish.version)?;
        if wish.auto_merge {
            let text = "Auto-merge is not enabled for this repository.";
            return Err(Refusal::because(403, "pull.AutoMergeNotEnabledException", text));
        }
        if let Some(strategy) = wish.strategy.filter(|s| s != "no-ff") {
            let text = format!("The merge strategy \"{strategy}\" is not enabled for this repository.");
            return Err(Refusal::because(409, "scm.UnsupportedMergeStrategyException", text));
        }
        let gate = self.gate(&world, repository, pull_request).await?;
        let Some(tree) = gate.tree.as_deref().filter(|_| gate.can_merge()) else {
            let conflicted = gate.tree.is_none();
            let text = if conflicted {
                "The pull request has conflicts and cannot be merged."
            } else {
                "Merging the pull request has been vetoed."
            };
            return Err(Refusal::because(409, "pull.PullRequestMergeVetoedException", text)
                .with("conflicted", conflicted.into())
                .with("vetoes", json!(gate.vetoes)));
        };
        let git = self.git(repository);
        let who = Authorship { name: user.display_name.into(), email: user.email.into() };
        let message = message(repository, pull_request, wish.message.as_deref());
        let (ours, theirs) = (pull_request.to.commit.clone(), pull_request.from.commit.clone());
        let commit = git.commit_tree(tree, &[&ours, &theirs], &message, &who).await?;
        let branch = pull_request.to.id.clone();
        if !git.move_ref(&branch, &commit, Some(&ours)).await? {
            let text = "New changes were pushed to the target branch while merging. Please retry the merge.";
            return Err(Refusal::because(409, "scm.MergeException", text));
        }
        let now = clock::millis();
        let id = world.next_id();
        let merged = target.find_mut(&mut world)?;
        merged.merge_commit = Some(commit.clone());
        merged.close(State::Merged, now);
        record(merged, id, user.name, "MERGED", now).commit = Some(commit.clone());
        let merged = merged.clone();
        let change = RefChange { name: branch.clone(), old: Some(ours), new: Some(commit.clone()) };
        world.repository_mut(&target.project, &target.slug)?.refs.insert(branch, commit);
        let more = self.rescope(&mut world, &target.project, &target.slug, std::slice::from_ref(&change), user).await?;
        self.keep(&world)?;
        let repository = world.repository(&target.project, &target.slug)?;
        let mut events = vec![Event::refs(vec![change]), Event::pull_request("pr:merged", &merged)];
        events.extend(more);
        for event in events {
            self.sender.send(&self.base, repository, user, event);
        }
        Ok(show::pull_request(&self.base, repository, &merged))
    }
}

/// As the real server words it.
fn message(repository: &Repository, pull_request: &PullRequest, own: Option<&str>) -> String {
    let head = format!("Pull request #{}: {}", pull_request.id, pull_request.title);
    let (from, to) = (pull_request.from.name(), pull_request.to.name());
    let merge = format!("Merge in {} from {from} to {to}", repository.full_name());
    match own {
        Some(own) => format!("{head}\n\n{merge}\n\n{own}\n"),
        None => format!("{head}\n\n{merge}\n\n* commit '{}'\n", pull_request.from.commit),
    }
}
