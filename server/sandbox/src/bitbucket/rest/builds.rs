//! Build statuses: of a repository's commit, and the older global resource that Atlantis still uses.

use super::{
    Answer, Call, Endpoint, Expect, Outcome, Refusal,
    endpoint::{LIMIT, START, flag, needed, one_of},
    row,
    shapes::{STATE, TEXT, TEXTS, WHOLE, shape},
};
use crate::{
    bitbucket::{
        show,
        world::{BuildStatus, Permission, TestResults},
    },
    clock,
};
use serde_json::{Value, json};

pub(super) const TABLE: &[Endpoint] = &[
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/commits/{commitId}/builds", [needed("key")], Expect::Nothing, get),
    row!(POST "/api/latest/projects/{projectKey}/repos/{repositorySlug}/commits/{commitId}/builds", [], Expect::Json(&BUILD), post),
    row!(DELETE "/api/latest/projects/{projectKey}/repos/{repositorySlug}/commits/{commitId}/builds", [needed("key")], Expect::Nothing, delete),
    row!(GET "/build-status/latest/commits/{commitId}",
        [one_of("orderBy", &["NEWEST", "OLDEST", "STATUS"]), START, LIMIT], Expect::Nothing, list),
    row!(POST "/build-status/latest/commits/{commitId}", [], Expect::Json(&GLOBAL_BUILD), post_global),
    row!(GET "/build-status/latest/commits/stats/{commitId}", [flag("includeUnique")], Expect::Nothing, stats),
    row!(POST "/build-status/latest/commits/stats", [], Expect::Json(&TEXTS), stats_of_many),
];

shape!(TESTS { "failed" &WHOLE, "skipped" &WHOLE, "successful" &WHOLE });
shape!(BUILD {
    "buildNumber" &TEXT, "description" &TEXT, "duration" &WHOLE, !"key" &TEXT, "lastUpdated" &WHOLE, "name" &TEXT,
    "parent" &TEXT, "ref" &TEXT, !"state" &STATE, "testResults" &TESTS, !"url" &TEXT
});
shape!(GLOBAL_BUILD {
    "buildNumber" &TEXT, "createdDate" &WHOLE, "description" &TEXT, "duration" &WHOLE, !"key" &TEXT, "name" &TEXT,
    "parent" &TEXT, "projectKey" &TEXT, "ref" &TEXT, "repositorySlug" &TEXT, !"state" &STATE, "testResults" &TESTS,
    "updatedDate" &WHOLE, !"url" &TEXT, "dateAdded" &WHOLE
});

async fn post(call: Call) -> Outcome {
    let commit = sha(call.part("commitId"))?;
    let mut world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    let id = repository.id;
    if call.server.git(repository).resolve(&commit).await?.is_none() {
        return Err(Refusal::no_commit(&commit, &repository.slug));
    }
    let build = checked(&call, Some(id))?;
    store(world.builds.entry(commit).or_default(), build);
    call.server.keep(&world)?;
    Answer::nothing()
}

/// The global resource knows no repositories, so it does not ask whether the commit exists.
async fn post_global(call: Call) -> Outcome {
    let commit = sha(call.part("commitId"))?;
    let build = checked(&call, None)?;
    let mut world = call.server.world().await;
    store(world.builds.entry(commit).or_default(), build);
    call.server.keep(&world)?;
    Answer::nothing()
}

/// One status per key (and repository): a newer one replaces it and keeps its date.
fn store(builds: &mut Vec<BuildStatus>, mut build: BuildStatus) {
    if let Some(old) = builds.iter_mut().find(|b| b.key == build.key && b.repository == build.repository) {
        build.created = old.created;
        *old = build;
    } else {
        builds.push(build);
    }
}

fn sha(text: &str) -> Result<String, Refusal> {
    if text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(Refusal::at(400, "commitId", "The commit must be a full 40-character SHA-1."))
}

fn checked(call: &Call, repository: Option<u64>) -> Result<BuildStatus, Refusal> {
    let limited = |name: &str, longest: usize| -> Result<Option<String>, Refusal> {
        match call.text(&format!("/{name}")) {
            Some(text) if text.trim().is_empty() || text.chars().count() > longest => {
                let words = format!("Please enter a non-empty value of at most {longest} characters");
                Err(Refusal::at(400, name, words))
            }
            other => Ok(other.map(str::to_owned)),
        }
    };
    let key = limited("key", 255)?.unwrap_or_default();
    let url = limited("url", 450)?.unwrap_or_default();
    if !url::Url::parse(&url).is_ok_and(|u| matches!(u.scheme(), "http" | "https")) {
        return Err(Refusal::at(400, "url", "The url must be an absolute http or https address."));
    }
    let reference = limited("ref", 1024)?;
    if reference.as_deref().is_some_and(|r| !r.starts_with("refs/")) {
        return Err(Refusal::at(400, "ref", "The ref must match the pattern \"^refs/.*\"."));
    }
    let number = |name: &str| call.whole(&format!("/testResults/{name}")).unwrap_or_default();
    let now = clock::millis();
    Ok(BuildStatus {
        repository,
        key,
        state: call.text("/state").unwrap_or_default().into(),
        url,
        name: limited("name", 255)?,
        parent: limited("parent", 1024)?,
        reference,
        build_number: limited("buildNumber", 255)?,
        description: call.text("/description").filter(|d| !d.is_empty()).map(|d| d.chars().take(255).collect()),
        duration: call.whole("/duration"),
        tests: call.body.get("testResults").map(|_| TestResults {
            failed: number("failed"),
            skipped: number("skipped"),
            successful: number("successful"),
        }),
        created: now,
        updated: now,
    })
}

/// One status. An unknown key gives a 404 that says nothing, as the real server's does.
async fn get(call: Call) -> Outcome {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    let key = call.query("key").unwrap_or_default();
    let here = |b: &&BuildStatus| b.key == key && b.repository == Some(repository.id);
    let found = world.builds.get(call.part("commitId")).and_then(|builds| builds.iter().find(here));
    Answer::ok(found.map(show::build).ok_or_else(Refusal::no_route)?)
}

async fn delete(call: Call) -> Outcome {
    let mut world = call.server.world().await;
    let id = call.repository(&world, Permission::Admin)?.id;
    let key = call.query("key").unwrap_or_default();
    if let Some(builds) = world.builds.get_mut(call.part("commitId")) {
        builds.retain(|b| b.key != key || b.repository != Some(id));
    }
    call.server.keep(&world)?;
    Answer::nothing()
}

async fn list(call: Call) -> Outcome {
    let world = call.server.world().await;
    let mut builds = world.builds_of(call.part("commitId"));
    match call.query("orderBy") {
        Some("OLDEST") => builds.reverse(),
        Some("STATUS") => builds.sort_by(|a, b| a.state.cmp(&b.state)),
        _ => {}
    }
    builds.truncate(100);
    call.window_of(25, 100)?.page(builds.into_iter().map(show::build).collect())
}

fn count(builds: &[&BuildStatus]) -> Value {
    let of = |state: &str| builds.iter().filter(|b| b.state == state).count();
    json!({
        "successful": of("SUCCESSFUL"), "inProgress": of("INPROGRESS"), "failed": of("FAILED"),
        "cancelled": of("CANCELLED"), "unknown": of("UNKNOWN"),
    })
}

async fn stats(call: Call) -> Outcome {
    let world = call.server.world().await;
    let builds = world.builds_of(call.part("commitId"));
    let mut counts = count(&builds);
    if call.query("includeUnique") == Some("true")
        && let [only] = builds.as_slice()
    {
        counts["unique"] = show::build(only);
    }
    Answer::ok(counts)
}

/// Commits without any build are left out.
async fn stats_of_many(call: Call) -> Outcome {
    let world = call.server.world().await;
    let commits = call.body.as_array().cloned().unwrap_or_default();
    let counted = commits.iter().filter_map(Value::as_str).filter_map(|commit| {
        let builds = world.builds_of(commit);
        (!builds.is_empty()).then(|| (commit.to_owned(), count(&builds)))
    });
    Answer::ok(Value::Object(counted.collect()))
}
