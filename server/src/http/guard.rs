//! What demands a session gets one, or nothing happens. What a person may see and do is the services' to decide.

use super::{
    Standpoint,
    error_page::{error_json, wants_page},
    routes::{Who, who},
};
use axum::{
    body::Body,
    extract::MatchedPath,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use causeway_app::paths;
use causeway_contract::ApiError;
use http::{HeaderMap, Method, Request, header::REFERER};
use url::Url;

/// Sends browsers to sign in, and tells programs that they are signed out.
pub(super) async fn guard(matched: Option<MatchedPath>, request: Request<Body>, next: Next) -> Response {
    let allowed = match matched.as_ref().map(|m| who(m.as_str())) {
        // Nothing matched: the fallback tells that, and tells strangers nothing more.
        None | Some(Who::Anybody | Who::Operators) => true,
        Some(Who::SignedIn) => request.extensions().get::<Standpoint>().is_some_and(Standpoint::is_fresh),
    };
    if allowed {
        return next.run(request).await;
    }
    if !wants_page(request.headers(), request.uri().path()) {
        return error_json(&ApiError::signed_out());
    }
    let back = if matches!(*request.method(), Method::GET | Method::HEAD) {
        request.uri().path_and_query().map(|p| p.as_str().to_owned())
    } else {
        referring_page(request.headers())
    };
    Redirect::to(&paths::sign_in(back.as_deref().unwrap_or("/"))).into_response()
}

/// Path of the page that a form was on. Where it leads is checked again at sign-in.
fn referring_page(headers: &HeaderMap) -> Option<String> {
    let url = Url::parse(headers.get(REFERER)?.to_str().ok()?).ok()?;
    Some(url[url::Position::BeforePath..url::Position::AfterQuery].to_owned())
}
