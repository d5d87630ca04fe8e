//! Projects.

use super::{
    Answer, Call, Endpoint, Expect, Outcome, Refusal,
    endpoint::{LIMIT, START, text},
    row,
};
use crate::bitbucket::{
    show,
    world::{Permission, Project, World},
};

pub(super) const TABLE: &[Endpoint] = &[
    row!(GET "/api/latest/projects", [text("name"), text("permission"), START, LIMIT], Expect::Nothing, list),
    row!(GET "/api/latest/projects/{projectKey}", [], Expect::Nothing, get),
    row!(GET "/api/latest/projects/{projectKey}/repos", [START, LIMIT], Expect::Nothing, repositories),
];

/// A project can be seen by whoever can read one of its repositories.
fn visible(call: &Call, world: &World, project: &Project) -> bool {
    let Ok(user) = call.user() else { return false };
    world.repositories.iter().any(|r| r.project == project.key && r.allows(user, Permission::Read))
}

async fn list(call: Call) -> Outcome {
    let world = call.server.world().await;
    let name = call.query("name").unwrap_or_default().to_lowercase();
    let fits = |p: &&Project| visible(&call, &world, p) && p.name.to_lowercase().contains(&name);
    let found = world.projects.iter().filter(fits).map(|p| show::project(call.base(), p)).collect();
    call.window()?.page(found)
}

async fn get(call: Call) -> Outcome {
    let world = call.server.world().await;
    let project = world.project(call.part("projectKey"))?;
    if !visible(&call, &world, project) {
        return Err(Refusal::not_permitted());
    }
    Answer::ok(show::project(call.base(), project))
}

async fn repositories(call: Call) -> Outcome {
    let world = call.server.world().await;
    let project = world.project(call.part("projectKey"))?;
    if !visible(&call, &world, project) {
        return Err(Refusal::not_permitted());
    }
    let user = call.user()?;
    let found = world
        .repositories
        .iter()
        .filter(|r| r.project == project.key && r.allows(user, Permission::Read))
        .map(|r| show::repository(call.base(), r))
        .collect();
    call.window()?.page(found)
}
