//! The portal over HTTP: routes, the layers around them, and what is answered when nothing else answers.
//!
//! To add a route: a row in [`routes::TABLE`], its handler in a file here or in `sign_in`, and a case in `tests/all/coverage.rs`.
//! What is not in the table demands a signed-in person.

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
mod panics;
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
    sign_in::{Provider, Refusals, RowStore},
};
use axum::{
    Router,
    extract::FromRef,
    middleware::{from_fn, from_fn_with_state},
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

/// Everything that the process answers.
pub fn router(web: Web) -> Router {
    let sessions = SessionManagerLayer::new(RowStore(web.portal.clone()))
        .with_name(cookie_name(&web.config))
        .with_secure(web.config.server.public_url.is_https())
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_path("/");
    let routes = routes::build(&web, |step| step.layer(sessions.clone()));
    let routes = pages::add(routes, &web);
    around(routes, web)
}

/// Puts what every request passes around routes. The outermost layer stands last.
pub fn around(routes: Router<Web>, web: Web) -> Router {
    routes
        .fallback(statics::fallback)
        .layer(from_fn(guard::guard))
        .layer(from_fn(form_error::form_error))
        .layer(from_fn_with_state(web.clone(), caller::caller))
        .layer(from_fn_with_state(web.clone(), csrf::csrf))
        .layer(from_fn(body::limit))
        .layer(from_fn_with_state(web.clone(), deadline::deadline))
        .layer(from_fn(polish::polish))
        .layer(from_fn_with_state(web.clone(), panics::caught))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(web.clone(), headers::headers))
        .layer(from_fn_with_state(web.clone(), access_log::access_log))
        .with_state(web)
}
