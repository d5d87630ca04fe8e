//! Bodies of requests are at most 1 MiB.

use super::error_page::answer;
use axum::{
    body::{Body, to_bytes},
    middleware::Next,
    response::Response,
};
use causeway_contract::{ApiError, ErrorKind};
use futures::StreamExt;
use http::{Method, Request, header::CONTENT_LENGTH};

/// Largest body, in bytes.
const LARGEST: usize = 1024 * 1024;
/// As much of a body that is too large is read and dropped: a browser that is cut off while it sends shows its own error in
/// place of ours.
const DRAINED: usize = 32 * 1024 * 1024;

/// Reads the body whole before anything looks at it, so that "too large" is one answer for all routes.
pub(super) async fn limit(request: Request<Body>, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let announced =
        parts.headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<usize>().ok());
    let too_large = || {
        let error =
            ApiError::new(ErrorKind::TooLarge, "What was sent is larger than 1 MiB. Shorten it and send it again.");
        answer(&parts.headers, parts.uri.path(), &error)
    };
    if announced.is_some_and(|length| length > LARGEST) {
        drain(body).await;
        return too_large();
    }
    match to_bytes(body, LARGEST).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(_) => too_large(),
    }
}

async fn drain(body: Body) {
    let mut stream = body.into_data_stream();
    let mut read = 0;
    while let Some(Ok(chunk)) = stream.next().await {
        read += chunk.len();
        if read > DRAINED {
            break;
        }
    }
}
