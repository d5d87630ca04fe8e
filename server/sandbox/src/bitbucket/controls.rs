//! `/sandbox/…` of Bitbucket: what an administrator would do at a real one, for tests and demonstrations.

use super::{Bitbucket, rest::Refusal, seed, users, world::Permission};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) fn router() -> Router<Arc<Bitbucket>> {
    Router::new()
        .route("/sandbox/repos/{project}/{slug}/archive", post(archive).delete(unarchive))
        .route("/sandbox/repos/{project}/{slug}/required-build-keys", put(required_build_keys))
        .route("/sandbox/repos/{project}/{slug}/permissions/{user}", put(permission))
        .route("/sandbox/deliveries", get(deliveries))
}

async fn archive(State(server): State<Arc<Bitbucket>>, Path(which): Path<(String, String)>) -> Response {
    answer(set_archived(&server, &which, true).await)
}

async fn unarchive(State(server): State<Arc<Bitbucket>>, Path(which): Path<(String, String)>) -> Response {
    answer(set_archived(&server, &which, false).await)
}

async fn set_archived(server: &Bitbucket, (project, slug): &(String, String), archived: bool) -> Result<(), Refusal> {
    let mut world = server.world().await;
    world.repository_mut(project, slug)?.archived = archived;
    server.keep(&world)
}

/// A list of keys, in place of all required builds; an empty one turns the merge check off.
async fn required_build_keys(
    State(server): State<Arc<Bitbucket>>,
    Path((project, slug)): Path<(String, String)>,
    Json(keys): Json<Vec<String>>,
) -> Response {
    let change = async {
        let mut world = server.world().await;
        let id = world.next_id();
        let repository = world.repository_mut(&project, &slug)?;
        repository.required_builds = seed::required_builds(id, &keys, &repository.default_branch);
        server.keep(&world)
    };
    answer(change.await)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Grant {
    permission: Option<Permission>,
}

/// `{"permission": "REPO_READ" | "REPO_WRITE" | "REPO_ADMIN" | null}`, in place of what the user's groups give.
async fn permission(
    State(server): State<Arc<Bitbucket>>,
    Path((project, slug, user)): Path<(String, String, String)>,
    Json(grant): Json<Grant>,
) -> Response {
    let change = async {
        let user = users::find(&user).ok_or_else(|| Refusal::no_user(&user))?;
        let mut world = server.world().await;
        world.repository_mut(&project, &slug)?.permissions.insert(user.name.into(), grant.permission);
        server.keep(&world)
    };
    answer(change.await)
}

/// How webhooks went, oldest first.
async fn deliveries(State(server): State<Arc<Bitbucket>>) -> Json<Value> {
    Json(json!(server.sender.deliveries()))
}

fn answer(result: Result<(), Refusal>) -> Response {
    match result {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => refusal.into_response(),
    }
}
