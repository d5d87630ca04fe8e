//! Trying a stuck delivery again, after a person has put right what was in the way.

use super::JOB;
use crate::{
    Portal,
    access::Actor,
    portal::word,
    requests::{Found, events},
};
use causeway_contract::{ApiError, ApiResult, actions::Action, ids::*, people::Role, requests::RequestState};
use causeway_store::{deliveries, jobs, micros, new_id, requests};
use serde_json::json;

/// The requester, a manager of the team, an infrastructure admin.
pub(crate) fn may_retry(actor: &Actor, found: &Found) -> bool {
    found.row.requester_id == actor.id().0
        || actor.holds_at(Role::Manager, found.place())
        || actor.holds_at(Role::InfrastructureAdmin, found.place())
}

impl Portal {
    /// # Errors
    /// Forbidden; conflict when delivery is not stuck.
    pub async fn retry_delivery(&self, actor: &Actor, id: RequestId) -> ApiResult<()> {
        let mut conn = self.db().begin().await?;
        let found = Found::lock(&mut conn, actor, id).await?;
        if !may_retry(actor, &found) {
            drop(conn);
            let error =
                ApiError::forbidden("The requester, a manager of the team or an infrastructure admin may do this.");
            return Err(self.refused(actor, id, "delivery.retry_refused", error).await);
        }
        let mut request = found.row;
        let state: RequestState = word(&request.state)?;
        Action::RetryDelivery.check(state).map_err(ApiError::conflict)?;
        let now = micros(self.now());
        if let Some(mut delivery) = deliveries::find(&mut conn, request.id).await? {
            delivery.trouble = None;
            if delivery.opened_at.is_none() {
                delivery.problem = None;
                // Somebody may have deleted the branch since; where it stands, pushing again changes nothing.
                delivery.pushed_at = None;
            }
            deliveries::put(&mut conn, &delivery).await?;
            request.state =
                if delivery.published_at.is_some() { RequestState::InReview } else { RequestState::Delivering }
                    .to_string();
        }
        request.updated_at = now;
        requests::update(&mut conn, &request).await?;
        jobs::enqueue(&mut conn, new_id(self.now()), JOB, request.id, now).await?;
        self.commit(conn, events::event(actor.who(), "delivery.retried", &request, json!({}))).await?;
        self.wake_worker();
        Ok(())
    }
}
