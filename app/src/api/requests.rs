//! Requests.

use super::AppError;
#[cfg(feature = "ssr")]
use super::caller::{answer, caller};
use causeway_contract::{
    Page,
    ids::RequestId,
    requests::{RequestFilter, RequestSummary, RequestView},
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// Requests the person may see.
#[server(prefix = "/api", endpoint = "requests/list", input = Json)]
pub async fn requests(filter: RequestFilter) -> Result<Page<RequestSummary>, AppError> {
    let (portal, actor) = caller()?;
    answer(portal.requests(&actor, filter).await)
}

/// One request in full.
#[server(prefix = "/api", endpoint = "requests/get", input = Json)]
pub async fn request(id: RequestId) -> Result<RequestView, AppError> {
    let (portal, actor) = caller()?;
    answer(portal.request(&actor, id).await)
}

/// Adds a comment to the timeline.
#[server(prefix = "/api", endpoint = "requests/comment")]
pub async fn comment(id: RequestId, comment: String) -> Result<(), AppError> {
    let (portal, actor) = caller()?;
    answer(portal.comment(&actor, id, comment).await)
}

/// Takes a request back.
#[server(prefix = "/api", endpoint = "requests/withdraw")]
pub async fn withdraw(id: RequestId) -> Result<(), AppError> {
    let (portal, actor) = caller()?;
    answer(portal.withdraw(&actor, id).await)
}

/// Tries a stuck delivery again.
#[server(prefix = "/api", endpoint = "requests/retry-delivery")]
pub async fn retry_delivery(id: RequestId) -> Result<(), AppError> {
    let (portal, actor) = caller()?;
    answer(portal.retry_delivery(&actor, id).await)
}
