//! The sign-in page: people as buttons, a second factor as a box to tick.

use super::{
    Provider,
    authorize::{finish, refuse},
    request::AuthorizeRequest,
    session::Session,
};
use crate::{
    desk, look,
    look::Page,
    people::{self, PEOPLE, Person},
};
use axum::{
    Form,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use minijinja::{Value, context};
use serde::Deserialize;
use std::sync::Arc;

/// Shows the page. `session` is one that may be continued.
pub(crate) fn page(
    provider: &Provider,
    request: &AuthorizeRequest,
    session: Option<&Session>,
    error: Option<&str>,
) -> Response {
    let hinted = request.login_hint.as_deref().and_then(by_hint);
    let current = session.and_then(|s| people::by_sub(&s.sub)).filter(|_| !request.prompts("select_account"));
    let mut people: Vec<&Person> = PEOPLE.iter().filter(|p| current.is_none_or(|c| c.sub != p.sub)).collect();
    // The person the application expects comes first.
    people.sort_by_key(|p| hinted.is_none_or(|h| h.sub != p.sub));
    let cancel = provider.error_address(request.state.as_deref(), "access_denied", "The person chose to cancel.");
    let content = context! {
        application => "Causeway",
        query => request.query,
        current => current.map(person_value),
        people => people.iter().map(|p| person_value(p)).collect::<Vec<_>>(),
        second_factor => request.step_up || session.is_none_or(|s| s.second_factor),
        step_up => request.step_up,
        error => error,
        cancel => cancel,
    };
    Page {
        status: if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK },
        title: "Sign in",
        place: "Company directory",
        template: "sign_in.html",
        content,
        acting: None,
        form_target: &provider.portal,
    }
    .answer()
}

pub(crate) fn person_value(person: &Person) -> Value {
    context! {
        sub => person.sub, name => person.name, role => person.role, team => person.team, story => person.story,
        groups => person.groups,
    }
}

fn by_hint(hint: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|p| [p.sub, p.username, p.email].iter().any(|id| id.eq_ignore_ascii_case(hint)))
}

#[derive(Deserialize)]
pub(crate) struct SignIn {
    query: String,
    person: String,
    second_factor: Option<String>,
}

/// `POST /sign-in`: a button of the page was pressed.
pub(crate) async fn post(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    Form(form): Form<SignIn>,
) -> Response {
    if !desk::is_own(&headers) {
        let text = "The form came from a page of another origin.";
        return look::message(StatusCode::FORBIDDEN, "Sign-in", "This sign-in cannot go on", text);
    }
    let request = match provider.check(&form.query) {
        Ok(request) => request,
        Err(wrong) => return refuse(wrong),
    };
    let Some(person) = people::by_sub(&form.person) else {
        return page(&provider, &request, None, Some("Choose one of the people below."));
    };
    let second_factor = form.second_factor.is_some();
    if request.step_up && !second_factor {
        let text = "Causeway asks for a second factor: tick the box, then choose who you are.";
        return page(&provider, &request, provider.session(&headers).as_ref(), Some(text));
    }
    let (session, cookie) = provider.begin(&headers, person.sub, second_factor);
    let mut response = finish(&provider, &request, &session).into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}
