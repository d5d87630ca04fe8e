//! `GET` and `POST /end-session`: an application signs the person out (OpenID Connect RP-Initiated Logout 1.0).

use super::{
    CLIENT_ID, Provider,
    authorize::redirect,
    session::{Session, forget_cookie},
    sign_in::person_value,
};
use crate::{desk, look, look::Page, people};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use minijinja::context;
use serde_json::json;
use std::sync::Arc;
use url::{Url, form_urlencoded};

pub(crate) async fn get(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    answer(&provider, &headers, &query.unwrap_or_default(), false)
}

pub(crate) async fn post(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: String) -> Response {
    // Only our own page may confirm.
    answer(&provider, &headers, &body, desk::is_own(&headers))
}

fn answer(provider: &Provider, headers: &HeaderMap, query: &str, own_page: bool) -> Response {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let get = |name: &str| pairs.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str()).filter(|v| !v.is_empty());
    let hint = get("id_token_hint").map(|token| provider.own_claims(token));
    let wrong = match (&hint, get("client_id"), get("post_logout_redirect_uri")) {
        (Some(None), _, _) => Some("The token that names the sign-in was not issued here (id_token_hint)."),
        (_, Some(client), _) if client != CLIENT_ID => Some("The application is not registered (client_id)."),
        (_, _, Some(to)) if to != provider.post_logout_redirect_uri() => {
            Some("The address to return to is not registered for this application (post_logout_redirect_uri).")
        }
        (None, None, Some(_)) => Some("Say which application asks: id_token_hint or client_id is missing."),
        _ => None,
    };
    if let Some(text) = wrong {
        return look::message(StatusCode::BAD_REQUEST, "Sign-out", "This sign-out cannot go on", text);
    }
    let session = provider.session(headers);
    let named = hint.flatten().and_then(|claims| Some((claims.get("sid")?.clone(), claims.get("sub")?.clone())));
    let confirmed = own_page && get("confirmed") == Some("yes");
    match session {
        Some(session) => {
            let by_hint = named.is_some_and(|(sid, sub)| sid == json!(session.sid) && sub == json!(session.sub));
            if !by_hint && !confirmed {
                return ask(provider, &session, &pairs);
            }
            provider.change(|book| book.end(|s| s.sid == session.sid));
        }
        // The cookie is gone, but the application proves which sign-in it means.
        None => {
            if let Some((sid, _)) = named {
                provider.change(|book| book.end(|s| json!(s.sid) == sid));
            }
        }
    }
    let mut response = match get("post_logout_redirect_uri") {
        Some(to) => redirect(&with_state(to, get("state"))),
        None => page(provider, None, &[]),
    };
    response.headers_mut().append(header::SET_COOKIE, forget_cookie());
    response
}

fn with_state(address: &str, state: Option<&str>) -> String {
    match (Url::parse(address), state) {
        (Ok(mut url), Some(state)) => {
            url.query_pairs_mut().append_pair("state", state);
            url.into()
        }
        _ => address.into(),
    }
}

fn ask(provider: &Provider, session: &Session, pairs: &[(String, String)]) -> Response {
    page(provider, Some(session), pairs)
}

fn page(provider: &Provider, session: Option<&Session>, fields: &[(String, String)]) -> Response {
    let current = session.and_then(|s| people::by_sub(&s.sub)).map(person_value);
    Page {
        status: StatusCode::OK,
        title: "Sign out",
        place: "Company directory",
        template: "sign_out.html",
        content: context! { current, fields },
        acting: None,
        form_target: &provider.portal,
    }
    .answer()
}
