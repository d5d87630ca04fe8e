//! The outermost layer of both servers.

use super::{Desk, log::Seen, origin};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{sync::Arc, time::Duration};

/// Refuses foreign hosts and foreign pages, plays the faults, writes the log.
pub(crate) async fn guard(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    if !origin::host_is_local(request.headers()) {
        return (StatusCode::MISDIRECTED_REQUEST, "The sandbox answers to localhost only.").into_response();
    }
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    if path.starts_with("/sandbox/") {
        if !method.is_safe() && !origin::is_own(request.headers()) {
            return (StatusCode::FORBIDDEN, "Pages of another origin may not steer the sandbox.").into_response();
        }
        return next.run(request).await;
    }
    let query = request.uri().query().unwrap_or_default().to_owned();
    let response = play(&desk, &path, request, next).await;
    let seen = Seen { method: method.to_string(), path, query, status: response.status().as_u16() };
    crate::sync::lock(&desk.log).add(seen);
    response
}

async fn play(desk: &Desk, path: &str, request: Request, next: Next) -> Response {
    let Some(fault) = desk.take_fault(request.method(), path) else { return next.run(request).await };
    tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
    match fault.answer() {
        None => next.run(request).await,
        Some(answer) => {
            if fault.after {
                next.run(request).await;
            }
            answer
        }
    }
}
