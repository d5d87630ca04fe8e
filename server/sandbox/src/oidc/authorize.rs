//! `GET` and `POST /authorize`

use super::{
    Provider,
    code::Code,
    request::{AuthorizeRequest, Wrong},
    session::Session,
    sign_in,
};
use crate::{look, people};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::sync::Arc;

pub(crate) async fn get(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    answer(&provider, &headers, &query.unwrap_or_default())
}

pub(crate) async fn post(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: String) -> Response {
    answer(&provider, &headers, &body)
}

fn answer(provider: &Provider, headers: &HeaderMap, query: &str) -> Response {
    let request = match provider.check(query) {
        Ok(request) => request,
        Err(wrong) => return refuse(wrong),
    };
    let session = provider.session(headers).filter(|s| is_fresh(provider, &request, s));
    if !request.prompts("none") {
        return sign_in::page(provider, &request, session.as_ref(), None);
    }
    match session {
        None => redirect(&provider.error_address(request.state.as_deref(), "login_required", "Nobody is signed in.")),
        Some(s) if request.step_up && !s.second_factor => {
            let text = "The second factor must be entered.";
            redirect(&provider.error_address(request.state.as_deref(), "interaction_required", text))
        }
        Some(session) => finish(provider, &request, &session),
    }
}

/// The sign-in is young enough, and nobody asked for a new one.
fn is_fresh(provider: &Provider, request: &AuthorizeRequest, session: &Session) -> bool {
    let young = request.max_age.is_none_or(|age| provider.now() - session.auth_time <= age);
    young && !request.prompts("login") && people::by_sub(&session.sub).is_some()
}

/// Gives the client its code.
pub(crate) fn finish(provider: &Provider, request: &AuthorizeRequest, session: &Session) -> Response {
    let code = provider.issue(Code {
        sub: session.sub.clone(),
        sid: session.sid.clone(),
        auth_time: session.auth_time,
        second_factor: session.second_factor,
        scope: request.scope.clone(),
        nonce: request.nonce.clone(),
        challenge: request.challenge.clone(),
        redirect_uri: request.redirect_uri.clone(),
    });
    redirect(&provider.answer_address(request.state.as_deref(), &[("code", &code)]))
}

pub(crate) fn refuse(wrong: Wrong) -> Response {
    match wrong {
        Wrong::Page(text) => look::message(StatusCode::BAD_REQUEST, "Sign-in", "This sign-in cannot go on", text),
        Wrong::Redirect(address) => redirect(&address),
    }
}

/// 303, so that a form post becomes a GET.
pub(crate) fn redirect(address: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(value) = HeaderValue::from_str(address) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
