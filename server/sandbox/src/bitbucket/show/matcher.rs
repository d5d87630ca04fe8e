//! Rules about branches.

use super::user_named;
use crate::bitbucket::world::{Matcher, Repository, RequiredBuild, Restriction, ReviewerCondition};
use serde_json::{Value, json};

pub(crate) fn matcher(matcher: &Matcher) -> Value {
    let name = match matcher.kind.as_str() {
        "ANY_REF" => "Any branch",
        "PATTERN" => "Pattern",
        _ => "Branch",
    };
    let display =
        if matcher.kind == "ANY_REF" { "ANY_REF_MATCHER_ID" } else { matcher.id.trim_start_matches("refs/heads/") };
    json!({ "id": matcher.id, "displayId": display, "active": true, "type": { "id": matcher.kind, "name": name } })
}

fn scope(repository: &Repository) -> Value {
    json!({ "type": "REPOSITORY", "resourceId": repository.id })
}

pub(crate) fn required_build(condition: &RequiredBuild) -> Value {
    let mut value = json!({
        "id": condition.id, "buildParentKeys": condition.keys, "refMatcher": matcher(&condition.matcher),
    });
    if let Some(exempt) = &condition.exempt {
        value["exemptRefMatcher"] = matcher(exempt);
    }
    value
}

pub(crate) fn restriction(base: &str, repository: &Repository, restriction: &Restriction) -> Value {
    let users: Vec<Value> = restriction.users.iter().map(|u| user_named(base, u)).collect();
    json!({
        "id": restriction.id, "scope": scope(repository), "type": restriction.kind,
        "matcher": matcher(&restriction.matcher), "users": users, "groups": [], "accessKeys": [],
    })
}

pub(crate) fn reviewer_condition(base: &str, repository: &Repository, condition: &ReviewerCondition) -> Value {
    let reviewers: Vec<Value> = condition.reviewers.iter().map(|u| user_named(base, u)).collect();
    json!({
        "id": condition.id, "scope": scope(repository), "sourceRefMatcher": matcher(&condition.source),
        "targetRefMatcher": matcher(&condition.target), "reviewers": reviewers,
        "requiredApprovals": condition.required_approvals,
    })
}
