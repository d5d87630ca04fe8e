//! The last approval, or a route without stages: the request goes to delivery.

use super::JOB;
use crate::{Portal, requests::events};
use causeway_contract::{
    ApiResult,
    requests::{Evidence, RequestState},
};
use causeway_store::{Conn, audit::NewEvent, jobs, micros, new_id, requests};
use serde_json::json;

/// Marks the request approved and enqueues its delivery, in the caller's transaction. The event is the caller's to append last.
pub(crate) async fn approve(
    portal: &Portal,
    conn: &mut Conn,
    mut request: requests::Request,
    evidence: &Evidence,
) -> ApiResult<NewEvent> {
    let now = micros(portal.now());
    request.state = RequestState::Approved.to_string();
    request.waiting_for = None;
    request.updated_at = now;
    requests::update(conn, &request).await?;
    jobs::enqueue(conn, new_id(portal.now()), JOB, request.id, now).await?;
    let why = match &request.no_stage_reason {
        Some(reason) => format!("approved: {}{}", reason[..1].to_lowercase(), &reason[1..]),
        None => "found every stage approved".to_owned(),
    };
    Ok(events::by_causeway("request.approved", &request, json!({ "why": why, "evidence": evidence })))
}
