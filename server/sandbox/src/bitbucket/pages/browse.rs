//! Files of a repository.

use super::frame::{Visit, clone_address, repository_path};
use crate::{
    bitbucket::{
        Bitbucket,
        acts::permitted,
        rest::Refusal,
        world::{Permission, Repository},
    },
    percent,
};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};
use minijinja::{Value, context};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
pub(super) struct At {
    at: Option<String>,
}

pub(super) async fn root(Path((key, slug)): Path<(String, String)>) -> Response {
    Redirect::to(&format!("{}/browse", repository_path(&key, &slug))).into_response()
}

pub(super) async fn top(
    State(server): State<Arc<Bitbucket>>,
    Path((key, slug)): Path<(String, String)>,
    Query(at): Query<At>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    answer(&server, &key, &slug, "", at.at.as_deref(), &Visit::new(&headers, &uri)).await
}

pub(super) async fn inside(
    State(server): State<Arc<Bitbucket>>,
    Path((key, slug, path)): Path<(String, String, String)>,
    Query(at): Query<At>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let path = path.trim_end_matches('/');
    answer(&server, &key, &slug, path, at.at.as_deref(), &Visit::new(&headers, &uri)).await
}

async fn answer(server: &Bitbucket, key: &str, slug: &str, path: &str, at: Option<&str>, visit: &Visit) -> Response {
    match content(server, key, slug, path, at, visit).await {
        Ok((title, content)) => visit.page(StatusCode::OK, &title, "browse.html", content),
        Err(refusal) => visit.refuse(&refusal),
    }
}

async fn content(
    server: &Bitbucket,
    key: &str,
    slug: &str,
    path: &str,
    at: Option<&str>,
    visit: &Visit,
) -> Result<(String, Value), Refusal> {
    let world = server.world().await;
    let repository = permitted(&world, key, slug, &visit.user, Permission::Read)?;
    let git = server.git(repository);
    let asked = at.filter(|a| !a.is_empty()).unwrap_or(&repository.default_branch);
    let commit = git.resolve(asked).await?;
    let mut lines: Option<Vec<String>> = None;
    let (mut binary, mut entries) = (None, Vec::new());
    match &commit {
        None if repository.refs.is_empty() => {}
        None => return Err(Refusal::no_commit(asked, &repository.slug)),
        Some(commit) => match git.kind(commit, path).await?.as_deref() {
            Some("blob") => {
                let bytes = git.read(commit, path).await?.unwrap_or_default();
                match String::from_utf8(bytes).map_err(|e| e.into_bytes().len()) {
                    Ok(text) if !text.contains('\0') => lines = Some(text.lines().map(str::to_owned).collect()),
                    Ok(text) => binary = Some(text.len()),
                    Err(length) => binary = Some(length),
                }
            }
            Some("tree") => {
                let mut found = git.list(commit, path, false).await?;
                found.sort_by(|a, b| (!a.directory, &a.path).cmp(&(!b.directory, &b.path)));
                entries = found;
            }
            _ => return Err(Refusal::no_path(path, asked)),
        },
    }
    let entries: Vec<Value> =
        entries.iter().map(|e| context! { path => e.path, name => e.name(), directory => e.directory }).collect();
    let name = if path.is_empty() { repository.full_name() } else { path.to_owned() };
    let suffix = at.map(|a| format!("?at={}", percent::encode(a))).unwrap_or_default();
    let content = context! {
        key => repository.project, slug => repository.slug, name => name, archived => repository.archived,
        repository => repository_path(&repository.project, &repository.slug), crumbs => crumbs(path), suffix,
        at_name => asked.trim_start_matches("refs/heads/"), commit => commit.unwrap_or_default(), lines, binary, entries,
        clone => clone_address(server, &repository.project, &repository.slug), branches => branches(repository, path),
    };
    Ok((name, content))
}

/// The directories above, and the thing itself.
fn crumbs(path: &str) -> Vec<Value> {
    let ends = path.match_indices('/').map(|(i, _)| i).chain((!path.is_empty()).then_some(path.len()));
    ends.map(|end| {
        let path = &path[..end];
        context! { path, name => path.rsplit('/').next().unwrap_or(path) }
    })
    .collect()
}

/// Shown at the top only.
fn branches(repository: &Repository, path: &str) -> Vec<Value> {
    let branch = |(name, commit): (&String, &String)| {
        let short = name.strip_prefix("refs/heads/")?;
        Some(context! { id => name, name => short, commit => commit })
    };
    if path.is_empty() { repository.refs.iter().filter_map(branch).collect() } else { Vec::new() }
}
