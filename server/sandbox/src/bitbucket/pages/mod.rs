//! Plain HTML pages at the addresses that the real server has.
//!
//! To add a page: a handler in a file of its noun, a route here, a template in `look/templates`.

mod acting;
mod browse;
mod commit;
mod frame;
mod parts;
mod projects;
mod pull_request;
mod pull_requests;
mod user;

use super::Bitbucket;
use crate::look;
use axum::{
    Router,
    http::StatusCode,
    response::{Redirect, Response},
    routing::{get, post},
};
use std::sync::Arc;

pub(crate) fn router() -> Router<Arc<Bitbucket>> {
    let repository = "/projects/{key}/repos/{slug}";
    let at = |tail: &str| format!("{repository}{tail}");
    Router::new()
        .route("/", get(|| async { Redirect::to("/projects") }))
        .route("/acting-as", post(acting::switch))
        .route("/projects", get(projects::all))
        .route("/projects/{key}", get(projects::one))
        .route("/users/{name}", get(user::show))
        .route(repository, get(browse::root))
        .route(&at("/browse"), get(browse::top))
        .route(&at("/browse/{*path}"), get(browse::inside))
        .route(&at("/commits/{id}"), get(commit::show))
        .route(&at("/pull-requests"), get(pull_requests::list))
        .route(&at("/pull-requests/{id}"), get(pull_request::show))
        .route(&at("/pull-requests/{id}/overview"), get(pull_request::show))
        .route(&at("/pull-requests/{id}/diff"), get(pull_request::show))
        .route(&at("/pull-requests/{id}/commits"), get(pull_request::show))
        .route(&at("/pull-requests/{id}/merge"), post(pull_request::merge))
        .route(&at("/pull-requests/{id}/decline"), post(pull_request::decline))
        .route(&at("/pull-requests/{id}/reopen"), post(pull_request::reopen))
        .fallback(missing)
}

async fn missing() -> Response {
    look::message(
        StatusCode::NOT_FOUND,
        "Bitbucket",
        "Nothing is here",
        "Check the address, or start at the list of projects.",
    )
}
