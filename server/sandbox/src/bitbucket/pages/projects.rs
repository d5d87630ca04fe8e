//! The list of projects and their repositories.

use super::frame::{Visit, clone_address, repository_path};
use crate::bitbucket::{
    Bitbucket,
    world::{Permission, Repository, World},
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use minijinja::{Value, context};
use std::sync::Arc;

pub(super) async fn all(State(server): State<Arc<Bitbucket>>, headers: HeaderMap, uri: Uri) -> Response {
    let visit = Visit::new(&headers, &uri);
    let world = server.world().await;
    let keys: Vec<String> = world.projects.iter().map(|p| p.key.clone()).collect();
    let projects: Vec<Value> = keys.iter().map(|key| project(&server, &world, &visit, key)).collect();
    let content = context! { heading => "Projects", key => (), projects => projects };
    visit.page(StatusCode::OK, "Projects", "projects.html", content)
}

pub(super) async fn one(
    State(server): State<Arc<Bitbucket>>,
    Path(key): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let visit = Visit::new(&headers, &uri);
    let world = server.world().await;
    match world.project(&key) {
        Err(refusal) => visit.refuse(&refusal),
        Ok(found) => {
            let projects = vec![project(&server, &world, &visit, &found.key)];
            let content = context! { heading => found.name, key => found.key, projects => projects };
            visit.page(StatusCode::OK, &found.name, "projects.html", content)
        }
    }
}

fn project(server: &Bitbucket, world: &World, visit: &Visit, key: &str) -> Value {
    let row = |r: &Repository| {
        context! {
            slug => r.slug, archived => r.archived, url => repository_path(&r.project, &r.slug),
            open => r.pull_requests.iter().filter(|p| p.is_open()).count(),
            clone => clone_address(server, &r.project, &r.slug),
        }
    };
    let seen = |r: &&Repository| r.project == key && r.allows(&visit.user, Permission::Read);
    let repositories: Vec<Value> = world.repositories.iter().filter(seen).map(row).collect();
    let name = world.project(key).map_or(key, |p| p.name.as_str()).to_owned();
    context! { key, name, repositories }
}
