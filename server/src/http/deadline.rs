//! No request waits for ever.

use super::{Web, error_page::answer};
use axum::{body::Body, extract::State, middleware::Next, response::Response};
use causeway_contract::ApiError;
use http::Request;

/// Until the answer begins; what streams afterwards has limits of its own.
pub(super) async fn deadline(State(web): State<Web>, request: Request<Body>, next: Next) -> Response {
    let (headers, path) = (request.headers().clone(), request.uri().path().to_owned());
    match tokio::time::timeout(web.config.server.request_timeout.0, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!(path, "a request took longer than server.request_timeout");
            answer(&headers, &path, &ApiError::unavailable("Causeway took too long. Try again in a moment."))
        }
    }
}
