//! `/sandbox/…` of the provider: what an administrator would do at a real one, for tests and demonstrations.

use super::{Provider, people_groups::Groups};
use crate::{people, sync::lock};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::{Arc, atomic::Ordering};

pub(crate) fn router() -> Router<Arc<Provider>> {
    Router::new()
        .route("/sandbox/rotate-keys", post(rotate_keys))
        .route("/sandbox/clock", post(clock))
        .route("/sandbox/sessions", get(sessions))
        .route("/sandbox/people", get(list))
        .route("/sandbox/people/{sub}/sign-out", post(sign_out))
        .route("/sandbox/people/{sub}/groups", get(groups).put(set_groups).delete(reset_groups))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotate {
    #[serde(default = "yes")]
    keep_old: bool,
}

fn yes() -> bool {
    true
}

/// `{"keep_old": true}`; the body may be left out.
async fn rotate_keys(State(provider): State<Arc<Provider>>, body: Bytes) -> Response {
    let asked = if body.is_empty() { Ok(Rotate { keep_old: true }) } else { serde_json::from_slice(&body) };
    match asked.map(|r: Rotate| lock(&provider.keys).rotate(r.keep_old)) {
        Ok(Ok(())) => StatusCode::NO_CONTENT.into_response(),
        Ok(Err(error)) => say(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        Err(error) => say(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Skew {
    skew_seconds: i64,
}

/// Sets the provider's clock ahead (or back, below zero).
async fn clock(State(provider): State<Arc<Provider>>, Json(skew): Json<Skew>) -> StatusCode {
    provider.skew.store(skew.skew_seconds, Ordering::Relaxed);
    StatusCode::NO_CONTENT
}

async fn sessions(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let sessions = provider.read(|book| book.sessions.clone());
    let rows = sessions.iter().map(|s| json!({ "sid": s.sid, "sub": s.sub, "auth_time": s.auth_time, "amr": s.amr() }));
    Json(rows.collect())
}

async fn list() -> Json<Value> {
    let rows = people::PEOPLE.iter().map(|p| {
        json!({
            "sub": p.sub, "name": p.name, "username": p.username, "email": p.email, "role": p.role, "team": p.team,
            "groups": p.groups,
        })
    });
    Json(rows.collect())
}

/// Ends every session of a person and tells the application.
async fn sign_out(State(provider): State<Arc<Provider>>, Path(sub): Path<String>) -> Response {
    if people::by_sub(&sub).is_none() {
        return unknown(&sub);
    }
    let ended = provider.sign_out(|s| s.sub == sub);
    Json(json!({ "ended": ended })).into_response()
}

async fn groups(State(provider): State<Arc<Provider>>, Path(sub): Path<String>) -> Response {
    match people::by_sub(&sub) {
        None => unknown(&sub),
        Some(person) => {
            let changed = provider.read(|book| book.groups.get(person.sub).map(|g| g.groups.clone()));
            let groups = changed.unwrap_or_else(|| person.groups.iter().map(|g| (*g).to_owned()).collect());
            Json(json!({ "groups": groups })).into_response()
        }
    }
}

/// `{"groups": ["a"], "form": "array" | "text" | "reference"}`: what the next token says.
async fn set_groups(
    State(provider): State<Arc<Provider>>,
    Path(sub): Path<String>,
    Json(groups): Json<Groups>,
) -> Response {
    if people::by_sub(&sub).is_none() {
        return unknown(&sub);
    }
    provider.change(|book| book.groups.insert(sub, groups));
    StatusCode::NO_CONTENT.into_response()
}

async fn reset_groups(State(provider): State<Arc<Provider>>, Path(sub): Path<String>) -> StatusCode {
    provider.change(|book| book.groups.remove(&sub));
    StatusCode::NO_CONTENT
}

fn unknown(sub: &str) -> Response {
    say(StatusCode::NOT_FOUND, &format!("There is no person \"{sub}\"."))
}

fn say(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "message": message }))).into_response()
}
