//! Reading files.

use super::{
    Answer, Call, Endpoint, Expect, Outcome, Refusal,
    endpoint::{LIMIT, START, text},
    row,
};
use crate::bitbucket::{
    git::Git,
    show,
    world::{Permission, Repository},
};
use serde_json::{Value, json};

pub(super) const TABLE: &[Endpoint] = &[
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/raw/{path}",
        [text("at"), text("markup"), text("htmlEscape"), text("includeHeadingId"), text("hardwrap")], Expect::Nothing, raw),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/browse",
        [text("at"), text("type"), text("size"), text("blame"), text("noContent"), START, LIMIT], Expect::Nothing, browse),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/browse/{path}",
        [text("at"), text("type"), text("size"), text("blame"), text("noContent"), START, LIMIT], Expect::Nothing, browse),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/files", [text("at"), START, LIMIT], Expect::Nothing, files),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/files/{path}", [text("at"), START, LIMIT], Expect::Nothing, files),
];

/// The repository's git, the commit that is meant, and what was asked for in words.
struct Place {
    git: Git,
    commit: String,
    at: String,
    path: String,
}

async fn place(call: &Call) -> Result<Place, Refusal> {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    let git = call.server.git(repository);
    let (at, commit) = revision(&git, repository, call.query("at")).await?;
    let path = call.part("path").trim_end_matches('/').to_owned();
    Ok(Place { git, commit, at, path })
}

/// The commit of `at`, or of the default branch.
pub(super) async fn revision(
    git: &Git,
    repository: &Repository,
    at: Option<&str>,
) -> Result<(String, String), Refusal> {
    let at = at.unwrap_or(&repository.default_branch).to_owned();
    match git.resolve(&at).await? {
        Some(commit) => Ok((at, commit)),
        None => Err(Refusal::no_commit(&at, &repository.slug)),
    }
}

async fn raw(call: Call) -> Outcome {
    let place = place(&call).await?;
    match place.git.read(&place.commit, &place.path).await? {
        Some(bytes) => {
            let text = std::str::from_utf8(&bytes).is_ok_and(|t| !t.contains('\0'));
            Ok(Answer::Bytes(if text { "text/plain;charset=UTF-8" } else { "application/octet-stream" }, bytes))
        }
        None => Err(Refusal::no_path(&place.path, &place.at)),
    }
}

async fn browse(call: Call) -> Outcome {
    let place = place(&call).await?;
    let kind = place.git.kind(&place.commit, &place.path).await?;
    match kind.as_deref() {
        Some("blob") => file(&call, &place).await,
        Some("tree") => directory(&call, &place).await,
        _ => Err(Refusal::no_path(&place.path, &place.at)),
    }
}

async fn file(call: &Call, place: &Place) -> Outcome {
    let bytes = place.git.read(&place.commit, &place.path).await?.unwrap_or_default();
    if call.query("size") == Some("true") {
        return Answer::ok(json!({ "size": bytes.len() }));
    }
    if call.query("type") == Some("true") {
        return Answer::ok(json!({ "type": "FILE" }));
    }
    let window = call.window_of(500, 5_000)?;
    let Ok(text) = String::from_utf8(bytes) else {
        return Answer::ok(json!({ "binary": true, "path": show::path(&place.path) }));
    };
    Answer::ok(window.cut(text.lines().map(|line| json!({ "text": line })).collect(), "lines"))
}

async fn directory(call: &Call, place: &Place) -> Outcome {
    if call.query("type") == Some("true") {
        return Answer::ok(json!({ "type": "DIRECTORY" }));
    }
    let entries = place.git.list(&place.commit, &place.path, false).await?;
    let child = |entry: &crate::bitbucket::git::Entry| {
        let mut value = json!({
            "path": { "components": [entry.name()], "parent": "", "name": entry.name(), "toString": entry.name() },
            "node": entry.object, "contentId": entry.object,
            "type": if entry.directory { "DIRECTORY" } else { "FILE" },
        });
        if let Some(size) = entry.size {
            value["size"] = json!(size);
        }
        value
    };
    let children = call.window_of(500, 1_000)?.cut(entries.iter().map(child).collect(), "values");
    let own = if place.path.is_empty() {
        json!({ "components": [], "name": "", "toString": "" })
    } else {
        show::path(&place.path)
    };
    Answer::ok(json!({ "path": own, "revision": place.at, "children": children }))
}

/// Paths of all files below a directory, from that directory.
async fn files(call: Call) -> Outcome {
    let place = place(&call).await?;
    if place.git.kind(&place.commit, &place.path).await?.as_deref() != Some("tree") {
        return Err(Refusal::no_path(&place.path, &place.at));
    }
    let below = if place.path.is_empty() { String::new() } else { format!("{}/", place.path) };
    let entries = place.git.list(&place.commit, &place.path, true).await?;
    let paths: Vec<Value> = entries.iter().filter_map(|e| e.path.strip_prefix(&below)).map(|p| json!(p)).collect();
    call.window()?.page(paths)
}
