//! The portal over HTTP: routes, the layers around them, and what is answered when nothing else answers.
//!
//! To add a route: a row in [`routes::TABLE`], its handler in a file here or in `sign_in`, a line in [`router`], and a case in
//! `tests/coverage.rs`. What is not in the table demands a signed-in person.

mod access_log;
mod address;
mod body;
mod caller;
mod csrf;
mod deadline;
mod error_page;
mod events;
mod export;
mod form_error;
mod guard;
mod headers;
mod health;
mod metrics;
mod pages;
mod polish;
mod resend;
pub mod routes;
mod site;
mod statics;
mod webhook;

pub use address::ClientAddress;
pub use caller::{SessionToken, Standpoint};
pub use error_page::{Link, Notice, error_page, notice_page, use_stylesheet};
pub use events::Streams;
pub use metrics::Metrics;
pub use site::Site;

use crate::{
    config::Config,
    sign_in::{self, Provider, Refusals, RowStore},
};
use axum::{
    Router,
    extract::FromRef,
    middleware::{from_fn, from_fn_with_state},
    routing::{get, post},
};
use causeway_portal::Portal;
use leptos::config::LeptosOptions;
use std::sync::Arc;
use tokio::sync::watch;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    pub portal: Portal,
    pub provider: Provider,
    pub config: Arc<Config>,
    pub site: Site,
    pub metrics: Arc<Metrics>,
    pub streams: Arc<Streams>,
    /// How many refusals have gone on record.
    pub refusals: Arc<Refusals>,
    /// Turns true when the process is told to stop: connections that stay open then end.
    pub stopping: watch::Receiver<bool>,
}

impl FromRef<Web> for LeptosOptions {
    fn from_ref(web: &Web) -> Self {
        web.site.options.clone()
    }
}

/// Name of the session cookie. `__Host-` makes browsers refuse it without `Secure`, and from other hosts of the domain.
pub fn cookie_name(config: &Config) -> &'static str {
    if config.server.public_url.is_https() { "__Host-causeway" } else { "causeway" }
}

/// Everything, in one place. The outermost layer stands last.
pub fn router(web: Web) -> Router {
    let sessions = SessionManagerLayer::new(RowStore(web.portal.clone()))
        .with_name(cookie_name(&web.config))
        .with_secure(web.config.server.public_url.is_https())
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_path("/");
    let flow = Router::new()
        .route("/sign-in", get(sign_in::start))
        .route("/sign-in/callback", get(sign_in::callback))
        .route("/sign-out", post(sign_in::sign_out))
        .layer(sessions);
    let operators = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::scrape));
    let others = Router::new()
        .route("/backchannel-logout", post(sign_in::backchannel_logout))
        .route("/webhooks/bitbucket", post(webhook::bitbucket))
        .route("/events", get(events::stream))
        .route("/audit/export", get(export::export));
    let routes = Router::new().merge(flow).merge(operators).merge(others);
    let routes = pages::add(routes, &web);
    statics::add(routes, &web.site)
        .fallback(statics::fallback)
        .layer(from_fn(guard::guard))
        .layer(from_fn(form_error::form_error))
        .layer(from_fn_with_state(web.clone(), caller::caller))
        .layer(from_fn_with_state(web.clone(), csrf::csrf))
        .layer(from_fn(body::limit))
        .layer(from_fn_with_state(web.clone(), deadline::deadline))
        .layer(from_fn(polish::polish))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(web.clone(), headers::headers))
        .layer(from_fn_with_state(web.clone(), access_log::access_log))
        .with_state(web)
}
