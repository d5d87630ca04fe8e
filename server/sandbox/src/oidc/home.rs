//! The provider's own page: who is signed in here, and who there is.

use super::{Provider, authorize::redirect, session::forget_cookie, sign_in::person_value};
use crate::{desk, look, look::Page, people, people::PEOPLE};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use minijinja::context;
use std::sync::Arc;

pub(crate) async fn show(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    let current = provider.session(&headers).and_then(|s| people::by_sub(&s.sub));
    Page {
        status: StatusCode::OK,
        title: "People",
        place: "Company directory",
        template: "provider.html",
        content: context! {
            issuer => provider.issuer,
            portal => provider.portal,
            current => current.map(person_value),
            people => PEOPLE.iter().map(person_value).collect::<Vec<_>>(),
        },
        acting: None,
        form_target: "",
    }
    .answer()
}

/// Signs the browser's person out of everything.
pub(crate) async fn sign_out(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    if !desk::is_own(&headers) {
        let text = "The form came from a page of another origin.";
        return look::message(StatusCode::FORBIDDEN, "Sign-out", "This sign-out cannot go on", text);
    }
    if let Some(session) = provider.session(&headers) {
        provider.sign_out(|s| s.sub == session.sub);
    }
    let mut response = redirect("/");
    response.headers_mut().append(header::SET_COOKIE, forget_cookie());
    response
}

pub(crate) async fn missing() -> Response {
    look::message(StatusCode::NOT_FOUND, "Company directory", "Nothing is here", "Check the address.")
}
