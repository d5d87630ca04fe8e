//! What demands a session gets one, or nothing happens. What a person may see and do is the services' to decide.

use super::{
    Standpoint,
    error_page::{error_json, wants_page},
    resend,
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
use http::{Method, Request};

/// Sends browsers to sign in, and tells programs that they are signed out. A form is not sent anywhere: what was typed
/// stays on a page.
pub(super) async fn guard(matched: Option<MatchedPath>, mut request: Request<Body>, next: Next) -> Response {
    resend::restore_page(&mut request);
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
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return resend::page(request).await;
    }
    Redirect::to(&paths::sign_in(request.uri().path_and_query().map_or("/", |p| p.as_str()))).into_response()
}
