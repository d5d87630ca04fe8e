//! A handler that breaks is answered like every other fault: a page or JSON with a reference, a line in the log, a count.

use super::{Web, error_page::answer};
use axum::{body::Body, extract::State, middleware::Next, response::Response};
use causeway_contract::ApiError;
use causeway_store::internal;
use futures::FutureExt;
use http::Request;
use std::{any::Any, io, panic::AssertUnwindSafe};

/// Until the answer begins: what breaks while a body streams breaks the connection, and the other side sees that.
pub(super) async fn caught(State(web): State<Web>, request: Request<Body>, next: Next) -> Response {
    let (headers, path) = (request.headers().clone(), request.uri().path().to_owned());
    // Nothing that was under way is used again: transactions roll back when dropped, locks are taken over when poisoned.
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(payload) => {
            web.metrics.count_panic();
            let error = internal(&io::Error::other(format!("the handler of {path} broke: {}", words(&*payload))));
            // Where it broke decides what was saved; nobody can tell from here.
            let message =
                "Something broke while Causeway answered. Look whether what you did is there before you repeat it.";
            answer(&headers, &path, &ApiError { message: message.into(), ..error })
        }
    }
}

fn words(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}
