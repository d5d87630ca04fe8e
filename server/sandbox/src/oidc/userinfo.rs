//! `GET` and `POST /userinfo`

use super::Provider;
use crate::people;
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::sync::Arc;

pub(crate) async fn show(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|h| h.to_str().ok())
        .and_then(|h| h.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim().to_owned());
    let Some(token) = token else { return refuse("Bearer realm=\"userinfo\"") };
    let found = provider.read(|book| book.token(&token, crate::clock::seconds()).cloned());
    match found.and_then(|t| people::by_sub(&t.sub).map(|p| (p, t.scope))) {
        Some((person, scope)) => Json(provider.claims(person, &scope)).into_response(),
        None => refuse(
            "Bearer realm=\"userinfo\", error=\"invalid_token\", error_description=\"The token is unknown or too old\"",
        ),
    }
}

fn refuse(challenge: &'static str) -> Response {
    let mut response = StatusCode::UNAUTHORIZED.into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}
