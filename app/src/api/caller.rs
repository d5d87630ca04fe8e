//! Who calls, and how an answer leaves.

use super::AppError;
use causeway_contract::{ApiError, ApiResult};
use causeway_portal::{Portal, access::Actor};
use http::{Method, StatusCode, header::ACCEPT, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

/// The portal and the person on the other side. Listing the routes runs pages without any context: that is "signed out" too.
pub(super) fn caller() -> Result<(Portal, Actor), AppError> {
    let found = use_context::<Portal>().zip(use_context::<Option<Actor>>().flatten());
    found.ok_or_else(|| refuse(ApiError::signed_out()))
}

/// Hands a service's result to the page.
pub(super) fn answer<T>(result: ApiResult<T>) -> Result<T, AppError> {
    result.map_err(refuse)
}

/// Whether a plain form was posted, by a browser without our script.
pub(super) fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|p| p.method == Method::POST && accepts_html(&p))
}

fn accepts_html(parts: &Parts) -> bool {
    parts.headers.get(ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("text/html"))
}

/// Sets the status of a called server function. Not for plain forms (theirs is a redirect back to the form),
/// and not while a page renders (the page knows whether the failure is all of it).
fn refuse(error: ApiError) -> AppError {
    let called = use_context::<Parts>().is_some_and(|p| p.method == Method::POST && !accepts_html(&p));
    if called && let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    }
    AppError(error)
}
