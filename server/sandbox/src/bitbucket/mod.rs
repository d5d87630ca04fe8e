//! A Bitbucket Data Center 9.4, as far as the portal and people in a demo use one.
//!
//! * `world/`: what it remembers; `git/`: the repositories; `acts/`: what can be done, whoever asks (REST or pages).
//! * `rest/`: the REST resources, a table per noun; `show/`: their JSON; `events/`: webhooks; `pages/`: HTML.
//!
//! To add an endpoint: a row in the table of its noun below `rest/`.

mod acts;
mod controls;
mod events;
mod git;
mod pages;
mod rest;
pub(crate) mod seed;
mod server;
mod show;
mod users;
mod world;

pub(crate) use server::Bitbucket;

use crate::desk;
use axum::{Router, middleware, routing::any};
use std::sync::Arc;

/// The portal's service account.
pub(crate) const BOT: &str = "causeway-bot";

pub(crate) fn router(bitbucket: Arc<Bitbucket>) -> Router {
    let desk = Arc::clone(&bitbucket.desk);
    Router::new()
        .route("/rest/{*path}", any(rest::serve))
        .route("/scm/{project}/{repository}/{*rest}", any(git::http::serve))
        .merge(controls::router())
        .merge(pages::router())
        .with_state(bitbucket)
        .merge(desk::router(Arc::clone(&desk)))
        .layer(middleware::from_fn_with_state(desk, desk::guard))
}
