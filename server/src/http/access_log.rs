//! A line and a measurement for every request. Never a query, a cookie or a token: they may hold secrets.

use super::{ClientAddress, Web};
use axum::{
    body::Body,
    extract::{FromRequestParts, MatchedPath, State},
    middleware::Next,
    response::Response,
};
use causeway_store::new_id;
use http::{HeaderName, HeaderValue, Request};
use std::time::Instant;
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request an id, which every line of the log about it carries and the answer names.
pub(super) async fn access_log(State(web): State<Web>, request: Request<Body>, next: Next) -> Response {
    let id = new_id(web.portal.now()).simple().to_string();
    let (mut parts, body) = request.into_parts();
    let Ok(address) = ClientAddress::from_request_parts(&mut parts, &web).await;
    let method = parts.method.clone();
    let path: String = parts.uri.path().chars().take(200).collect();
    let route = parts.extensions.get::<MatchedPath>().map_or("other", |m| m.as_str()).to_owned();
    let span = tracing::info_span!("request", id);
    let begun = Instant::now();
    let mut response = next.run(Request::from_parts(parts, body)).instrument(span.clone()).await;
    let took = begun.elapsed();
    let status = response.status().as_u16();
    web.metrics.count(&method, &route, status, took);
    let quiet = matches!(route.as_str(), "/healthz" | "/readyz" | "/metrics" | "/pkg/{*file}");
    let milliseconds = took.as_millis();
    span.in_scope(|| {
        if status >= 500 {
            tracing::error!(%method, path, status, milliseconds, from = address.0, "answered");
        } else if quiet {
            tracing::debug!(%method, path, status, milliseconds, from = address.0, "answered");
        } else {
            tracing::info!(%method, path, status, milliseconds, from = address.0, "answered");
        }
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
