//! Taking a request back, until delivery starts, or when it is stuck and nothing of it is open in Bitbucket.

use super::{Found, events};
use crate::{Portal, access::Actor, approvals::abandon, delivery, portal::word};
use causeway_contract::{ApiError, ApiResult, actions::Action, ids::*, requests::RequestState};
use causeway_store::{drafts, micros, requests, stages};
use serde_json::json;

impl Portal {
    /// # Errors
    /// Forbidden for everybody but the requester; conflict once delivery has started, unless it is stuck without an open pull
    /// request.
    pub async fn withdraw(&self, actor: &Actor, id: RequestId) -> ApiResult<()> {
        let mut conn = self.db().begin().await?;
        let mut request = Found::lock(&mut conn, actor, id).await?.row;
        if request.requester_id != actor.id().0 {
            drop(conn);
            let error = ApiError::forbidden("Only the person who asked may withdraw.");
            return Err(self.refused(actor, id, "request.withdrawal_refused", error).await);
        }
        let state: RequestState = word(&request.state)?;
        Action::Withdraw.check(state).map_err(ApiError::conflict)?;
        delivery::may_withdraw(&mut conn, request.id, state).await?.map_err(ApiError::conflict)?;
        let now = micros(self.now());
        stages::void_rest(&mut conn, request.id, now).await?;
        if let Some(draft) = drafts::of_request(&mut conn, request.id).await? {
            drafts::delete(&mut conn, draft.id).await?;
        }
        request.state = RequestState::Withdrawn.to_string();
        request.waiting_for = None;
        (request.updated_at, request.closed_at) = (now, Some(now));
        requests::update(&mut conn, &request).await?;
        abandon(&mut conn, &request, now).await?;
        self.commit(conn, events::event(actor.who(), "request.withdrawn", &request, json!({}))).await?;
        Ok(())
    }
}
