//! Branches.

use super::{
    Answer, Call, Endpoint, Expect, Outcome, Refusal,
    endpoint::{LIMIT, START, flag, one_of, text},
    row,
    shapes::{FLAG, TEXT, shape},
};
use crate::bitbucket::{show, world::Permission};

pub(super) const TABLE: &[Endpoint] = &[
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/branches",
        [flag("boostMatches"), text("context"), one_of("orderBy", &["ALPHABETICAL", "MODIFICATION"]), flag("details"),
         text("filterText"), text("base"), START, LIMIT],
        Expect::Nothing, list),
    row!(POST "/api/latest/projects/{projectKey}/repos/{repositorySlug}/branches", [], Expect::Json(&CREATE_CORE), create_core),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/default-branch", [], Expect::Nothing, default),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/branches/default", [], Expect::Nothing, default_old),
    row!(PUT "/api/latest/projects/{projectKey}/repos/{repositorySlug}/default-branch", [], Expect::Json(&SET_DEFAULT), set_default),
    row!(POST "/branch-utils/latest/projects/{projectKey}/repos/{repositorySlug}/branches", [], Expect::Json(&CREATE), create),
    row!(DELETE "/branch-utils/latest/projects/{projectKey}/repos/{repositorySlug}/branches", [], Expect::Json(&DELETE), delete),
];

shape!(CREATE { !"name" &TEXT, !"startPoint" &TEXT });
shape!(CREATE_CORE { !"name" &TEXT, !"startPoint" &TEXT, "message" &TEXT });
shape!(DELETE { !"name" &TEXT, "dryRun" &FLAG, "endPoint" &TEXT });
shape!(SET_DEFAULT {
    !"id" &TEXT, "displayId" &TEXT, "latestCommit" &TEXT, "latestChangeset" &TEXT, "default" &FLAG, "type" &TEXT
});

async fn list(call: Call) -> Outcome {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    let filter = call.query("filterText").unwrap_or_default().to_lowercase();
    let mut found: Vec<(&String, &String)> = repository
        .refs
        .iter()
        .filter(|(name, _)| name.strip_prefix("refs/heads/").is_some_and(|n| n.to_lowercase().contains(&filter)))
        .collect();
    if call.query("boostMatches") == Some("true") {
        found.sort_by_key(|(name, _)| !name.trim_start_matches("refs/heads/").to_lowercase().starts_with(&filter));
    }
    call.window()?.page(found.into_iter().map(|(name, commit)| show::branch(repository, name, commit)).collect())
}

async fn default(call: Call) -> Outcome {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    match repository.refs.get(&repository.default_branch) {
        Some(commit) => Answer::ok(show::branch(repository, &repository.default_branch, commit)),
        None => {
            let text = format!("{} is the default branch, but it does not exist.", repository.default_branch);
            Err(Refusal::because(404, "repository.NoDefaultBranchException", text))
        }
    }
}

/// Deprecated: 204 when the repository is empty.
async fn default_old(call: Call) -> Outcome {
    let empty = {
        let world = call.server.world().await;
        call.repository(&world, Permission::Read)?.refs.is_empty()
    };
    if empty { Answer::nothing() } else { default(call).await }
}

async fn set_default(call: Call) -> Outcome {
    let id = full(call.text("/id").unwrap_or_default());
    let mut world = call.server.world().await;
    let repository = call.repository_mut(&mut world, Permission::Admin)?;
    if !repository.refs.contains_key(&id) {
        return Err(Refusal::no_commit(&id, &repository.slug));
    }
    repository.default_branch.clone_from(&id);
    call.server.git(repository).set_head(&id).await?;
    call.server.keep(&world)?;
    Answer::nothing()
}

fn full(name: &str) -> String {
    if name.starts_with("refs/") { name.to_owned() } else { format!("refs/heads/{name}") }
}

async fn create(call: Call) -> Outcome {
    Ok(Answer::Json(201, make(&call).await?))
}

async fn create_core(call: Call) -> Outcome {
    Answer::ok(make(&call).await?)
}

async fn make(call: &Call) -> Result<serde_json::Value, Refusal> {
    let given = call.text("/name").unwrap_or_default();
    let name = given.strip_prefix("refs/heads/").unwrap_or(given);
    let id = format!("refs/heads/{name}");
    let (project, slug, branch) = {
        let mut world = call.server.world().await;
        let repository = call.repository_mut(&mut world, Permission::Write)?;
        let git = call.server.git(repository);
        if !git.is_valid_branch(name).await? {
            return Err(Refusal::at(400, "name", format!("'{name}' is not a valid branch name")));
        }
        if repository.refs.contains_key(&id) {
            let text = format!("Branch '{name}' already exists in repository '{}'", repository.slug);
            return Err(Refusal::because(400, "repository.DuplicateRefException", text));
        }
        let start = call.text("/startPoint").unwrap_or_default();
        let commit = git.resolve(start).await?.ok_or_else(|| Refusal::no_commit(start, &repository.slug))?;
        if !git.move_ref(&id, &commit, None).await? {
            let text = format!("Branch '{name}' overlaps with an existing branch in repository '{}'", repository.slug);
            return Err(Refusal::because(409, "repository.RefNameConflictException", text));
        }
        (repository.project.clone(), repository.slug.clone(), show::branch(repository, &id, &commit))
    };
    call.server.take_in(&project, &slug, call.user()?).await?;
    Ok(branch)
}

async fn delete(call: Call) -> Outcome {
    let id = full(call.text("/name").unwrap_or_default());
    let (project, slug) = {
        let mut world = call.server.world().await;
        let repository = call.repository_mut(&mut world, Permission::Write)?;
        if id == repository.default_branch {
            let text = format!("{id} is the default branch and cannot be deleted.");
            return Err(Refusal::because(400, "branch.DefaultBranchDeletionException", text));
        }
        // Deleting what is not there succeeds, as at the real server.
        let Some(commit) = repository.refs.get(&id) else { return Answer::nothing() };
        if call.text("/endPoint").is_some_and(|end| end != commit) {
            let text = format!("{id} has moved: it does not point at the given commit.");
            return Err(Refusal::because(400, "repository.RefOutOfDateException", text));
        }
        if call.flag("/dryRun") == Some(true) {
            return Answer::nothing();
        }
        call.server.git(repository).delete_ref(&id).await?;
        (repository.project.clone(), repository.slug.clone())
    };
    call.server.take_in(&project, &slug, call.user()?).await?;
    Answer::nothing()
}
