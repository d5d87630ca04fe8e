//! Deciding.

use super::AppError;
#[cfg(feature = "ssr")]
use super::caller::{answer, caller};
#[cfg(feature = "ssr")]
use causeway_contract::{ApiError, requests::NewDecision};
use causeway_contract::{
    Page,
    ids::{RequestId, StageId},
    requests::{RequestSummary, Verdict},
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// What waits for the person, oldest first.
#[server(prefix = "/api", endpoint = "approvals/inbox", input = Json)]
pub async fn inbox(after: Option<String>) -> Result<Page<RequestSummary>, AppError> {
    let (portal, actor) = caller()?;
    answer(portal.inbox(&actor, after).await)
}

/// Decides on the revision and the stage that were on the screen. `field` says where changes are wished.
#[server(prefix = "/api", endpoint = "approvals/decide")]
pub async fn decide(
    id: RequestId,
    revision: i64,
    stage: StageId,
    verdict: Option<Verdict>,
    #[server(default)] comment: String,
    #[server(default)] field: String,
) -> Result<(), AppError> {
    let (portal, actor) = caller()?;
    let verdict = answer(verdict.ok_or_else(no_verdict))?;
    let field = (!field.is_empty()).then_some(field);
    answer(portal.decide(&actor, id, NewDecision { revision, stage, verdict, comment, field }).await)
}

#[cfg(feature = "ssr")]
fn no_verdict() -> ApiError {
    ApiError::field("verdict", "Choose approve, deny or ask for changes.")
}
