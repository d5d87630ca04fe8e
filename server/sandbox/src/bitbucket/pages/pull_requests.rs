//! The list of a repository's pull requests.

use super::{
    frame::{Visit, repository_path},
    parts,
};
use crate::{
    bitbucket::{
        Bitbucket,
        acts::permitted,
        world::{Permission, PullRequest, Repository, State as Is, World},
    },
    clock,
};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use minijinja::{Value, context};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
pub(super) struct Filter {
    state: Option<String>,
}

const STATES: [(&str, &str); 4] = [("OPEN", "Open"), ("MERGED", "Merged"), ("DECLINED", "Declined"), ("ALL", "All")];

pub(super) async fn list(
    State(server): State<Arc<Bitbucket>>,
    Path((key, slug)): Path<(String, String)>,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let visit = Visit::new(&headers, &uri);
    let world = server.world().await;
    match permitted(&world, &key, &slug, &visit.user, Permission::Read) {
        Ok(repository) => {
            let content = content(&world, repository, filter.state.as_deref());
            visit.page(StatusCode::OK, "Pull requests", "pull_requests.html", content)
        }
        Err(refusal) => visit.refuse(&refusal),
    }
}

fn content(world: &World, repository: &Repository, asked: Option<&str>) -> Value {
    let state = STATES.iter().map(|(s, _)| *s).find(|s| Some(*s) == asked).unwrap_or("OPEN");
    let of = |state: &str| repository.pull_requests.iter().filter(move |p| fits(p, state)).count();
    let states: Vec<Value> = STATES.iter().map(|(state, name)| context! { state, name, count => of(state) }).collect();
    let rows: Vec<Value> =
        repository.pull_requests.iter().rev().filter(|p| fits(p, state)).map(|p| row(world, p)).collect();
    context! {
        key => repository.project, slug => repository.slug, state, states,
        repository => repository_path(&repository.project, &repository.slug), pull_requests => rows,
    }
}

fn fits(pull_request: &PullRequest, state: &str) -> bool {
    state == "ALL" || pull_request.state.as_str() == state
}

fn row(world: &World, pr: &PullRequest) -> Value {
    let builds = world.builds_of(&pr.from.commit);
    let good = builds.iter().filter(|b| b.state == "SUCCESSFUL").count();
    let builds = if builds.is_empty() { "–".to_owned() } else { format!("{good} of {} successful", builds.len()) };
    let author = crate::bitbucket::users::find(&pr.author).map_or(pr.author.clone(), |u| u.display_name.into());
    let state: Is = pr.state;
    context! {
        id => pr.id, title => pr.title, author, from => pr.from.name(), state => state.label(), tone => parts::tone(state),
        builds, updated => clock::words(pr.updated),
    }
}
