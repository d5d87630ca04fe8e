//! Settings of pull requests.

use super::{Answer, Call, Endpoint, Expect, Outcome, row};
use crate::bitbucket::world::Permission;
use serde_json::{Value, json};

pub(super) const TABLE: &[Endpoint] = &[
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/settings/pull-requests", [], Expect::Nothing, pull_requests),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/settings/auto-merge", [], Expect::Nothing, auto_merge),
];

fn strategy(id: &str, name: &str, flag: &str, enabled: bool) -> Value {
    json!({ "id": id, "name": name, "flag": flag, "enabled": enabled, "links": {}, "description": name })
}

async fn pull_requests(call: Call) -> Outcome {
    let world = call.server.world().await;
    call.repository(&world, Permission::Read)?;
    let no_ff = strategy("no-ff", "Merge commit", "--no-ff", true);
    Answer::ok(json!({
        "mergeConfig": {
            "defaultStrategy": no_ff, "type": "DEFAULT", "commitSummaries": 20,
            "strategies": [
                no_ff,
                strategy("ff", "Fast-forward", "--ff", false),
                strategy("ff-only", "Fast-forward only", "--ff-only", false),
                strategy("squash", "Squash", "--squash", false),
                strategy("rebase-no-ff", "Rebase and merge", "rebase + merge --no-ff", false),
            ],
        },
        "requiredAllApprovers": false, "requiredAllTasksComplete": true,
        "requiredApprovers": { "enable": false, "count": 0 },
        "requiredSuccessfulBuilds": { "enable": false, "count": 0 },
    }))
}

async fn auto_merge(call: Call) -> Outcome {
    let world = call.server.world().await;
    call.repository(&world, Permission::Read)?;
    Answer::ok(json!({ "enabled": false }))
}
