//! Repositories.

use super::{
    Answer, Call, Endpoint, Expect, Outcome,
    endpoint::{LIMIT, START, one_of, text},
    row,
};
use crate::bitbucket::{
    show,
    world::{Permission, Repository},
};

pub(super) const TABLE: &[Endpoint] = &[
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}", [], Expect::Nothing, get),
    row!(GET "/api/latest/repos",
        [text("projectname"), text("projectkey"), text("name"), text("permission"), text("state"), text("visibility"),
         one_of("archived", &["ACTIVE", "ARCHIVED", "ALL"]), START, LIMIT],
        Expect::Nothing, search),
];

async fn get(call: Call) -> Outcome {
    let world = call.server.world().await;
    Answer::ok(show::repository(call.base(), call.repository(&world, Permission::Read)?))
}

async fn search(call: Call) -> Outcome {
    let world = call.server.world().await;
    let user = call.user()?;
    let fits = |r: &&Repository| {
        let archived = match call.query("archived").unwrap_or("ACTIVE") {
            "ACTIVE" => !r.archived,
            "ARCHIVED" => r.archived,
            _ => true,
        };
        archived
            && r.allows(user, Permission::Read)
            && call.query("projectkey").is_none_or(|key| r.project.eq_ignore_ascii_case(key))
            && call.query("name").is_none_or(|name| r.name.to_lowercase().contains(&name.to_lowercase()))
    };
    let found = world.repositories.iter().filter(fits).map(|r| show::repository(call.base(), r)).collect();
    call.window()?.page(found)
}
