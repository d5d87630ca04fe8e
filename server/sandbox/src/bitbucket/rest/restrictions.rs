//! Branch permissions, to be read. They are not enforced here, so nobody can set them either.

use super::{
    Answer, Call, Endpoint, Expect, Outcome, Refusal,
    endpoint::{LIMIT, START, one_of, text},
    row,
};
use crate::bitbucket::{show, world::Permission};

pub(super) const TABLE: &[Endpoint] = &[
    row!(GET "/branch-permissions/latest/projects/{projectKey}/repos/{repositorySlug}/restrictions",
        [one_of("matcherType", &["BRANCH", "PATTERN", "MODEL_CATEGORY", "MODEL_BRANCH"]), text("matcherId"),
         one_of("type", &["read-only", "no-deletes", "fast-forward-only", "pull-request-only", "no-creates"]), START, LIMIT],
        Expect::Nothing, list),
    row!(GET "/branch-permissions/latest/projects/{projectKey}/repos/{repositorySlug}/restrictions/{id}", [], Expect::Nothing, get),
];

async fn list(call: Call) -> Outcome {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Admin)?;
    let shown = repository
        .restrictions
        .iter()
        .filter(|r| call.query("type").is_none_or(|t| r.kind == t))
        .filter(|r| call.query("matcherType").is_none_or(|t| r.matcher.kind == t))
        .filter(|r| call.query("matcherId").is_none_or(|id| r.matcher.id == id))
        .map(|r| show::restriction(call.base(), repository, r))
        .collect();
    call.window()?.page(shown)
}

async fn get(call: Call) -> Outcome {
    let id = call.number("id")?;
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Admin)?;
    let missing = || Refusal::because(404, "NoSuchEntityException", format!("There is no restriction with ID {id}"));
    let found = repository.restrictions.iter().find(|r| r.id == id).ok_or_else(missing)?;
    Answer::ok(show::restriction(call.base(), repository, found))
}
