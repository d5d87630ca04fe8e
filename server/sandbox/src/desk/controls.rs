//! `/sandbox/…` as both servers have it: faults, the log, the style sheet.

use super::{Desk, faults::Fault};
use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/sandbox/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/sandbox/requests", get(requests).delete(clear_requests))
        .route("/sandbox/style.css", get(style))
        .with_state(desk)
}

async fn faults(State(desk): State<Arc<Desk>>) -> Json<Vec<Fault>> {
    Json(crate::sync::lock(&desk.faults).clone())
}

async fn add_fault(State(desk): State<Arc<Desk>>, Json(fault): Json<Fault>) -> Response {
    let wrong = if fault.times == 0 {
        Some("times must be at least 1")
    } else if !fault.path_prefix.starts_with('/') {
        Some("path_prefix must begin with a slash")
    } else if fault.status.is_some_and(|s| !(200..=599).contains(&s)) {
        Some("status must be between 200 and 599")
    } else {
        None
    };
    if let Some(message) = wrong {
        return (StatusCode::BAD_REQUEST, Json(json!({ "message": message }))).into_response();
    }
    crate::sync::lock(&desk.faults).push(fault);
    StatusCode::NO_CONTENT.into_response()
}

async fn clear_faults(State(desk): State<Arc<Desk>>) -> StatusCode {
    crate::sync::lock(&desk.faults).clear();
    StatusCode::NO_CONTENT
}

async fn requests(State(desk): State<Arc<Desk>>) -> Json<Value> {
    Json(json!(crate::sync::lock(&desk.log).all()))
}

async fn clear_requests(State(desk): State<Arc<Desk>>) -> StatusCode {
    crate::sync::lock(&desk.log).clear();
    StatusCode::NO_CONTENT
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], crate::look::STYLE)
        .into_response()
}
