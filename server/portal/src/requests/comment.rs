//! A word on a request, from anybody who may see it.

use super::{Found, events};
use crate::{Portal, access::Actor};
use causeway_contract::{ApiError, ApiResult, ids::*, names};
use serde_json::json;

impl Portal {
    /// # Errors
    /// Invalid when blank or too long; not found.
    pub async fn comment(&self, actor: &Actor, id: RequestId, body: String) -> ApiResult<()> {
        let body = body.trim();
        names::free_text(body, true).map_err(|m| ApiError::field("comment", m))?;
        let mut conn = self.db().begin().await?;
        let found = Found::lock(&mut conn, actor, id).await?;
        let event = events::event(actor.who(), "request.commented", &found.row, json!({ "comment": body }));
        self.commit(conn, event).await?;
        Ok(())
    }
}
