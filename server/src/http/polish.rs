//! Errors that the framework answers with bare text become pages or JSON like all others.

use super::{error_page::answer, routes::MESSAGES};
use axum::{body::Body, middleware::Next, response::Response};
use causeway_contract::{ApiError, ErrorKind};
use http::{
    Request, StatusCode,
    header::{ALLOW, CONTENT_TYPE, RETRY_AFTER},
};

/// Replaces the body of an error that is neither HTML nor JSON.
pub(super) async fn polish(request: Request<Body>, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let headers = request.headers().clone();
    let response = next.run(request).await;
    let status = response.status();
    let kind = response.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let bare = kind.is_empty() || kind.starts_with("text/plain");
    let programs = MESSAGES.contains(&path.as_str()) || matches!(path.as_str(), "/healthz" | "/readyz" | "/metrics");
    if !(status.is_client_error() || status.is_server_error()) || !bare || programs {
        return response;
    }
    let mut polished = answer(&headers, &path, &words(status));
    *polished.status_mut() = status;
    for name in [ALLOW, RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            polished.headers_mut().insert(name, value.clone());
        }
    }
    polished
}

fn words(status: StatusCode) -> ApiError {
    match status.as_u16() {
        401 => ApiError::signed_out(),
        403 => ApiError::forbidden("You may not do this."),
        404 => ApiError::not_found("page"),
        405 => ApiError::new(ErrorKind::NotFound, "This address does not take that kind of request."),
        413 => ApiError::new(ErrorKind::TooLarge, "What was sent is larger than 1 MiB. Shorten it and send it again."),
        408 | 503 | 504 => ApiError::unavailable("Causeway took too long. Try again in a moment."),
        400..=499 => ApiError::invalid("What arrived cannot be read. Reload the page and try again."),
        _ => ApiError::new(ErrorKind::Internal, "Something broke inside Causeway. Try again in a moment."),
    }
}
