//! Required builds: a merge check that looks at the `parent` of build statuses.

use super::{
    Answer, Call, Endpoint, Expect, Outcome, Refusal,
    endpoint::{LIMIT, START},
    reviewers::{matcher, texts},
    row,
    shapes::{MATCHER, TEXTS, shape},
};
use crate::bitbucket::{
    show,
    world::{Permission, RequiredBuild},
};

pub(super) const TABLE: &[Endpoint] = &[
    row!(GET "/required-builds/latest/projects/{projectKey}/repos/{repositorySlug}/conditions", [START, LIMIT], Expect::Nothing, list),
    row!(POST "/required-builds/latest/projects/{projectKey}/repos/{repositorySlug}/condition", [], Expect::Json(&CONDITION), create),
    row!(PUT "/required-builds/latest/projects/{projectKey}/repos/{repositorySlug}/condition/{id}", [], Expect::Json(&CONDITION), update),
    row!(DELETE "/required-builds/latest/projects/{projectKey}/repos/{repositorySlug}/condition/{id}", [], Expect::Nothing, delete),
];

shape!(CONDITION { !"buildParentKeys" &TEXTS, "exemptRefMatcher" &MATCHER, !"refMatcher" &MATCHER });

async fn list(call: Call) -> Outcome {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    call.window()?.page(repository.required_builds.iter().map(show::required_build).collect())
}

fn condition(call: &Call, id: u64) -> Result<RequiredBuild, Refusal> {
    let keys = texts(&call.body["buildParentKeys"]);
    if keys.is_empty() {
        return Err(Refusal::at(400, "buildParentKeys", "At least one build parent key is required."));
    }
    let exempt = call.body.get("exemptRefMatcher").map(|_| matcher(call, "/exemptRefMatcher")).transpose()?;
    Ok(RequiredBuild { id, keys, matcher: matcher(call, "/refMatcher")?, exempt })
}

async fn create(call: Call) -> Outcome {
    let mut world = call.server.world().await;
    let condition = condition(&call, world.next_id())?;
    call.repository_mut(&mut world, Permission::Admin)?.required_builds.push(condition.clone());
    call.server.keep(&world)?;
    Answer::ok(show::required_build(&condition))
}

async fn update(call: Call) -> Outcome {
    let id = call.number("id")?;
    let condition = condition(&call, id)?;
    let mut world = call.server.world().await;
    let repository = call.repository_mut(&mut world, Permission::Admin)?;
    let missing = || Refusal::because(404, "NoSuchEntityException", format!("There is no condition with ID {id}"));
    *repository.required_builds.iter_mut().find(|c| c.id == id).ok_or_else(missing)? = condition.clone();
    call.server.keep(&world)?;
    Answer::ok(show::required_build(&condition))
}

/// Succeeds too when it was never there.
async fn delete(call: Call) -> Outcome {
    let id = call.number("id")?;
    let mut world = call.server.world().await;
    call.repository_mut(&mut world, Permission::Admin)?.required_builds.retain(|c| c.id != id);
    call.server.keep(&world)?;
    Answer::nothing()
}
