//! Without script, what went wrong with a form travels in the address of the page it leads back to (`__path`, `__err`).
//! Anybody can write such an address: only one that we made, for this session, is shown.

use super::SessionToken;
use axum::{
    body::Body,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use causeway_portal::access::sessions::TokenHash;
use http::{HeaderValue, Method, Request, header::LOCATION};
use url::{Position, Url, form_urlencoded};

const PATH: &str = "__path";
const ERROR: &str = "__err";
const SEAL: &str = "__seal";

/// Seals the address that a failed form leads to, and leads away from one that is not sealed.
pub(super) async fn form_error(request: Request<Body>, next: Next) -> Response {
    let token = request.extensions().get::<SessionToken>().and_then(|token| token.0.clone());
    let posted = request.method() == Method::POST;
    let query = request.uri().query().unwrap_or_default();
    if !posted && let Some(clean) = without_forged(query, token.as_ref()) {
        return Redirect::to(&join(request.uri().path(), &clean)).into_response();
    }
    let mut response = next.run(request).await;
    if posted && let Some(sealed) = response.headers().get(LOCATION).and_then(|to| sealed(to, token.as_ref())) {
        response.headers_mut().insert(LOCATION, sealed);
    }
    response
}

/// The query without an error that is not ours; `None` when there is nothing to take out.
fn without_forged(query: &str, token: Option<&TokenHash>) -> Option<String> {
    let found = Found::in_query(query);
    if found.errors == 0 {
        return None;
    }
    let ours = found.errors == 1 && token.is_some_and(|token| token.seal(&found.sealed_text()) == found.seal);
    (!ours).then(|| form_urlencoded::Serializer::new(String::new()).extend_pairs(&found.others).finish())
}

fn sealed(location: &HeaderValue, token: Option<&TokenHash>) -> Option<HeaderValue> {
    let url = Url::parse(location.to_str().ok()?).ok()?;
    let found = Found::in_query(url.query()?);
    if found.errors == 0 {
        return None;
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    // An error of the try before is in the referring page's address still: the last one counts.
    query.extend_pairs(&found.others).append_pair(PATH, &found.path).append_pair(ERROR, &found.error);
    if let Some(token) = token {
        query.append_pair(SEAL, &token.seal(&found.sealed_text()));
    }
    join(&url[..Position::AfterPath], &query.finish()).parse().ok()
}

fn join(path: &str, query: &str) -> String {
    // Two slashes in front would be another host.
    let path = if path.starts_with("//") { "/" } else { path };
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[derive(Default)]
struct Found {
    path: String,
    error: String,
    seal: String,
    errors: usize,
    others: Vec<(String, String)>,
}

impl Found {
    fn in_query(query: &str) -> Self {
        let mut found = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()).into_owned() {
            match name.as_str() {
                PATH => found.path = value,
                SEAL => found.seal = value,
                ERROR => {
                    found.error = value;
                    found.errors += 1;
                }
                _ => found.others.push((name, value)),
            }
        }
        found
    }

    fn sealed_text(&self) -> String {
        format!("{} {}", self.path, self.error)
    }
}
