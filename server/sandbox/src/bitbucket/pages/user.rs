//! A user.

use super::frame::Visit;
use crate::bitbucket::{Bitbucket, rest::Refusal, users};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use minijinja::context;
use std::sync::Arc;

pub(super) async fn show(
    State(server): State<Arc<Bitbucket>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let visit = Visit::new(&headers, &uri);
    let Some(user) = users::find(&name) else { return visit.refuse(&Refusal::no_user(&name)) };
    let token = server.token_of(user.name).filter(|_| user.name == visit.user.name);
    let content = context! { name => user.display_name, user => user.name, email => user.email, token };
    visit.page(StatusCode::OK, user.display_name, "user.html", content)
}
