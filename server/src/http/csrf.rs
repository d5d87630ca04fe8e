//! Requests that change something come from our own pages (Fetch Metadata, else `Origin`). `SameSite` cookies are the second lock.

use super::{Web, error_page::answer, routes::MESSAGES};
use axum::{body::Body, extract::State, middleware::Next, response::Response};
use causeway_contract::ApiError;
use http::{HeaderMap, Method, Request, header::ORIGIN};

/// Refuses with 403 what another site sent, and what does not say where it comes from.
pub(super) async fn csrf(State(web): State<Web>, request: Request<Body>, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = request.uri().path();
    if reads || MESSAGES.contains(&path) || is_ours(request.headers(), &web.config.server.public_url.origin()) {
        return next.run(request).await;
    }
    let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    tracing::warn!(
        path,
        origin = header("origin"),
        site = header("sec-fetch-site"),
        "refused: not from a page of ours"
    );
    let error =
        ApiError::forbidden("This did not come from a page of Causeway. Open the page again and repeat it there.");
    answer(request.headers(), path, &error)
}

fn is_ours(headers: &HeaderMap, own: &str) -> bool {
    let text = |name| headers.get(name).map(|v: &http::HeaderValue| v.to_str().unwrap_or("unreadable"));
    match text("sec-fetch-site") {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => text(ORIGIN.as_str()).is_some_and(|origin| origin == own),
    }
}
