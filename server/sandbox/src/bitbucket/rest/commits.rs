//! Commits of a repository.

use super::{
    Answer, Call, Endpoint, Expect, Outcome, Refusal,
    endpoint::{LIMIT, START, text},
    files::revision,
    row,
};
use crate::bitbucket::{show, world::Permission};

pub(super) const TABLE: &[Endpoint] = &[
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/commits",
        [text("until"), text("since"), text("path"), text("merges"), text("followRenames"), text("ignoreMissing"),
         text("withCounts"), text("avatarSize"), text("avatarScheme"), START, LIMIT],
        Expect::Nothing, list),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/commits/{commitId}", [text("path")], Expect::Nothing, get),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/commits/{commitId}/changes",
        [text("since"), text("withComments"), START, LIMIT], Expect::Nothing, changes),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/commits/{commitId}/pull-requests",
        [START, LIMIT], Expect::Nothing, pull_requests),
];

async fn list(call: Call) -> Outcome {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    let git = call.server.git(repository);
    let (_, until) = revision(&git, repository, call.query("until")).await?;
    let since = match call.query("since") {
        Some(since) => Some(revision(&git, repository, Some(since)).await?.1),
        None => None,
    };
    let commits = git.log(since.as_deref(), &until, call.query("path")).await?;
    call.window()?.page(commits.iter().map(|c| show::commit(call.base(), c)).collect())
}

async fn get(call: Call) -> Outcome {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    let git = call.server.git(repository);
    let (at, id) = revision(&git, repository, Some(call.part("commitId"))).await?;
    match git.commit(&id).await? {
        Some(commit) => Answer::ok(show::commit(call.base(), &commit)),
        None => Err(Refusal::no_commit(&at, &repository.slug)),
    }
}

async fn changes(call: Call) -> Outcome {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    let git = call.server.git(repository);
    let (at, id) = revision(&git, repository, Some(call.part("commitId"))).await?;
    let base = match call.query("since") {
        Some(since) => revision(&git, repository, Some(since)).await?.1,
        None => git
            .commit(&id)
            .await?
            .ok_or_else(|| Refusal::no_commit(&at, &repository.slug))?
            .parents
            .first()
            .cloned()
            .unwrap_or_else(|| EMPTY_TREE.into()),
    };
    let changes = git.changes(&base, &id).await?;
    call.window()?.page(changes.iter().map(show::change).collect())
}

/// What git calls a tree without files; every repository knows it.
pub(crate) const EMPTY_TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/// Pull requests that hold the commit.
async fn pull_requests(call: Call) -> Outcome {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    let git = call.server.git(repository);
    let (_, id) = revision(&git, repository, Some(call.part("commitId"))).await?;
    let mut found = Vec::new();
    for pr in &repository.pull_requests {
        if git.log(Some(&pr.to.commit), &pr.from.commit, None).await?.iter().any(|c| c.id == id)
            || pr.merge_commit.as_ref() == Some(&id)
            || pr.from.commit == id
        {
            found.push(show::pull_request(call.base(), repository, pr));
        }
    }
    call.window()?.page(found)
}
