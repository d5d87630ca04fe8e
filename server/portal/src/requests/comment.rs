//! A word on a request, from anybody who may see it.

use super::{Found, events};
use crate::{Portal, access::Actor};
use causeway_contract::{ApiError, ApiResult, ids::*, names};
use serde_json::json;

/// Why an auditor's comment is refused.
pub(super) const READS_ONLY: &str = "Auditors read the record and the evidence, and change nothing.";

impl Portal {
    /// # Errors
    /// Invalid when blank or too long; not found; forbidden for auditors.
    pub async fn comment(&self, actor: &Actor, id: RequestId, body: String) -> ApiResult<()> {
        let body = body.trim();
        names::free_text(body, true).map_err(|m| ApiError::field("comment", m))?;
        let mut conn = self.db().begin().await?;
        let found = Found::lock(&mut conn, actor, id).await?;
        if !actor.may_comment() {
            drop(conn);
            return Err(self.refused(actor, id, "request.comment_refused", ApiError::forbidden(READS_ONLY)).await);
        }
        let event = events::event(actor.who(), "request.commented", &found.row, json!({ "comment": body }));
        self.commit(conn, event).await?;
        Ok(())
    }
}
