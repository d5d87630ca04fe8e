//! Drafts: begin, save, submit, throw away.

use super::AppError;
#[cfg(feature = "ssr")]
use super::caller::{answer, caller, is_plain_form};
#[cfg(feature = "ssr")]
use crate::paths;
#[cfg(feature = "ssr")]
use causeway_contract::requests::Submission;
use causeway_contract::{
    Answers,
    ids::*,
    requests::{DraftCheck, DraftView},
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// Begins a draft from a template, with answers of a prefilled link, and goes there.
#[server(prefix = "/api", endpoint = "drafts/start")]
pub async fn start_draft(template: String, #[server(default)] answers: Answers) -> Result<(), AppError> {
    let (portal, actor) = caller()?;
    go(answer(portal.start_draft(&actor, &template, answers).await)?)
}

/// Begins a draft with the answers of an earlier request, and goes there.
#[server(prefix = "/api", endpoint = "drafts/clone")]
pub async fn clone_request(request: RequestId) -> Result<(), AppError> {
    let (portal, actor) = caller()?;
    go(answer(portal.clone_request(&actor, request).await)?)
}

/// Begins a change of an environment, and goes to its form.
#[server(prefix = "/api", endpoint = "drafts/change")]
pub async fn request_update(environment: EnvironmentId) -> Result<(), AppError> {
    let (portal, actor) = caller()?;
    go(answer(portal.request_update(&actor, environment).await)?)
}

/// Begins the deletion of an environment, and goes to its form.
#[server(prefix = "/api", endpoint = "drafts/delete")]
pub async fn request_deletion(environment: EnvironmentId) -> Result<(), AppError> {
    let (portal, actor) = caller()?;
    go(answer(portal.request_deletion(&actor, environment).await)?)
}

/// One draft with its form.
#[server(prefix = "/api", endpoint = "drafts/get", input = Json)]
pub async fn draft(id: DraftId) -> Result<DraftView, AppError> {
    let (portal, actor) = caller()?;
    answer(portal.draft(&actor, id).await)
}

/// Saves what was typed so far; `version` is the one the page has.
#[server(prefix = "/api", endpoint = "drafts/save", input = Json)]
pub async fn save_draft(id: DraftId, version: i64, answers: Answers) -> Result<DraftCheck, AppError> {
    let (portal, actor) = caller()?;
    answer(portal.save_draft(&actor, id, version, answers).await)
}

/// Saves a posted form and goes to `step`.
#[server(prefix = "/api", endpoint = "drafts/keep")]
pub async fn keep_draft(
    id: DraftId,
    version: i64,
    step: u32,
    #[server(default)] answers: Answers,
) -> Result<(), AppError> {
    let (portal, actor) = caller()?;
    answer(portal.save_draft(&actor, id, version, answers).await)?;
    leptos_axum::redirect(&paths::draft_step(id, step as usize));
    Ok(())
}

/// Saves and submits, and goes to the request. `seen` is the digest of what the review showed. A plain form with errors
/// goes back to the draft, which shows them; one that has not seen what would happen goes to the review.
#[server(prefix = "/api", endpoint = "drafts/submit")]
pub async fn submit_draft(
    id: DraftId,
    #[server(default)] version: i64,
    #[server(default)] answers: Answers,
    #[server(default)] seen: String,
) -> Result<(), AppError> {
    let (portal, actor) = caller()?;
    let result = answer(portal.submit_draft(&actor, id, Submission { version, answers, seen }).await);
    match &result {
        Ok(request) => leptos_axum::redirect(&paths::request(*request)),
        Err(AppError(e)) if is_plain_form() && e.must_look() => leptos_axum::redirect(&paths::draft_look(id)),
        Err(AppError(e)) if is_plain_form() && !e.fields.is_empty() => leptos_axum::redirect(&paths::draft_check(id)),
        Err(_) => {}
    }
    result.map(drop)
}

/// Throws a draft away and goes home.
#[server(prefix = "/api", endpoint = "drafts/discard")]
pub async fn discard_draft(id: DraftId) -> Result<(), AppError> {
    let (portal, actor) = caller()?;
    answer(portal.discard_draft(&actor, id).await)?;
    leptos_axum::redirect(&paths::home());
    Ok(())
}

#[cfg(feature = "ssr")]
fn go(id: DraftId) -> Result<(), AppError> {
    leptos_axum::redirect(&paths::draft(id));
    Ok(())
}
