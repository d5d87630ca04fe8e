//! Default reviewers.

use super::{
    Answer, Call, Endpoint, Expect, Outcome, Refusal,
    endpoint::needed,
    row,
    shapes::{MATCHER, USERS, WHOLE, shape},
};
use crate::bitbucket::{
    show, users,
    world::{Matcher, Permission, ReviewerCondition},
};
use serde_json::Value;

pub(super) const TABLE: &[Endpoint] = &[
    row!(GET "/default-reviewers/latest/projects/{projectKey}/repos/{repositorySlug}/reviewers",
        [needed("sourceRepoId"), needed("targetRepoId"), needed("sourceRefId"), needed("targetRefId")], Expect::Nothing, reviewers),
    row!(GET "/default-reviewers/latest/projects/{projectKey}/repos/{repositorySlug}/conditions", [], Expect::Nothing, conditions),
    row!(POST "/default-reviewers/latest/projects/{projectKey}/repos/{repositorySlug}/condition", [], Expect::Json(&CONDITION), create),
    row!(PUT "/default-reviewers/latest/projects/{projectKey}/repos/{repositorySlug}/condition/{id}", [], Expect::Json(&CONDITION), update),
    row!(DELETE "/default-reviewers/latest/projects/{projectKey}/repos/{repositorySlug}/condition/{id}", [], Expect::Nothing, delete),
];

shape!(CONDITION {
    "requiredApprovals" &WHOLE, "reviewers" &USERS, !"sourceMatcher" &MATCHER, !"targetMatcher" &MATCHER
});

/// A plain list of users, whatever the specification says: so the real server answers.
async fn reviewers(call: Call) -> Outcome {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    for name in ["sourceRepoId", "targetRepoId"] {
        if call.query(name).and_then(|v| v.parse::<u64>().ok()) != Some(repository.id) {
            return Err(Refusal::at(400, name, "This is not the numeric id of a related repository."));
        }
    }
    let (from, to) = (call.query("sourceRefId").unwrap_or_default(), call.query("targetRefId").unwrap_or_default());
    let mut names: Vec<&String> = Vec::new();
    for condition in &repository.reviewer_conditions {
        if condition.source.matches(from) && condition.target.matches(to) {
            let new: Vec<_> = condition.reviewers.iter().filter(|n| !names.contains(n)).collect();
            names.extend(new);
        }
    }
    Answer::ok(names.into_iter().map(|name| show::user_named(call.base(), name)).collect())
}

async fn conditions(call: Call) -> Outcome {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    let show = |c| show::reviewer_condition(call.base(), repository, c);
    Answer::ok(repository.reviewer_conditions.iter().map(show).collect())
}

/// A rule about branches out of a body; `pointer` leads to it.
pub(super) fn matcher(call: &Call, pointer: &str) -> Result<Matcher, Refusal> {
    let kind = call.text(&format!("{pointer}/type/id"));
    let id = call.text(&format!("{pointer}/id"));
    match (kind, id) {
        (Some("ANY_REF"), _) => Ok(Matcher::any()),
        (Some("PATTERN"), Some(id)) => Ok(Matcher { id: id.into(), kind: "PATTERN".into() }),
        (Some("BRANCH"), Some(id)) => {
            Ok(Matcher::branch(&if id.starts_with("refs/") { id.into() } else { format!("refs/heads/{id}") }))
        }
        _ => {
            let text = format!("A {} with ID and type is required.", pointer.trim_start_matches('/'));
            Err(Refusal::because(400, "validation.ArgumentValidationException", text))
        }
    }
}

fn condition(call: &Call, id: u64) -> Result<ReviewerCondition, Refusal> {
    let list = call.body["reviewers"].as_array().cloned().unwrap_or_default();
    let mut reviewers = Vec::new();
    for user in &list {
        let name = user["name"].as_str().unwrap_or_default();
        let number = user["id"].as_u64();
        let found = users::find(name).or_else(|| users::all().into_iter().find(|u| Some(u.id) == number));
        reviewers.push(
            found.ok_or_else(|| Refusal::at(400, "reviewers", format!("{name} is not a user.")))?.name.to_owned(),
        );
    }
    if reviewers.is_empty() {
        return Err(Refusal::at(400, "reviewers", "At least one reviewer is required."));
    }
    let required_approvals = call.whole("/requiredApprovals").unwrap_or_default();
    Ok(ReviewerCondition {
        id,
        source: matcher(call, "/sourceMatcher")?,
        target: matcher(call, "/targetMatcher")?,
        reviewers,
        required_approvals,
    })
}

async fn create(call: Call) -> Outcome {
    let mut world = call.server.world().await;
    let condition = condition(&call, world.next_id())?;
    let repository = call.repository_mut(&mut world, Permission::Admin)?;
    repository.reviewer_conditions.push(condition.clone());
    let shown = show::reviewer_condition(call.base(), repository, &condition);
    call.server.keep(&world)?;
    Answer::ok(shown)
}

async fn update(call: Call) -> Outcome {
    let id = call.number("id")?;
    let mut world = call.server.world().await;
    let condition = condition(&call, id)?;
    let repository = call.repository_mut(&mut world, Permission::Admin)?;
    let found = repository.reviewer_conditions.iter_mut().find(|c| c.id == id).ok_or_else(|| missing(id))?;
    *found = condition.clone();
    let shown = show::reviewer_condition(call.base(), repository, &condition);
    call.server.keep(&world)?;
    Answer::ok(shown)
}

async fn delete(call: Call) -> Outcome {
    let id = call.number("id")?;
    let mut world = call.server.world().await;
    let repository = call.repository_mut(&mut world, Permission::Admin)?;
    let before = repository.reviewer_conditions.len();
    repository.reviewer_conditions.retain(|c| c.id != id);
    if repository.reviewer_conditions.len() == before {
        return Err(missing(id));
    }
    call.server.keep(&world)?;
    Answer::nothing()
}

fn missing(id: u64) -> Refusal {
    Refusal::because(404, "NoSuchEntityException", format!("There is no condition with ID {id}"))
}

/// Only text in a list.
pub(super) fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
