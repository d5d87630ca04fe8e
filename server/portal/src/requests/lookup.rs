//! Finding a request for a purpose.

use crate::{
    Portal,
    access::{Actor, Place},
    portal::word,
};
use causeway_contract::{ApiError, ApiResult, ErrorKind, ids::*, places::Tier};
use causeway_store::{Conn, audit::NewEvent, requests};
use serde_json::json;

/// A request that the actor may know of. Not readable is "not found": existence is not given away.
pub(crate) struct Found {
    pub(crate) row: requests::Request,
    pub(crate) tier: Tier,
}

impl Found {
    pub(crate) async fn read(conn: &mut Conn, actor: &Actor, id: RequestId) -> ApiResult<Self> {
        Self::check(actor, requests::find(conn, id.0).await?)
    }

    /// As [`Found::read`], and nobody else changes it until the transaction ends.
    pub(crate) async fn lock(conn: &mut Conn, actor: &Actor, id: RequestId) -> ApiResult<Self> {
        Self::check(actor, requests::lock(conn, id.0).await?)
    }

    fn check(actor: &Actor, row: Option<requests::Request>) -> ApiResult<Self> {
        let row = row.ok_or_else(|| ApiError::not_found("request"))?;
        let tier = word(&row.tier)?;
        if actor.may_read(PersonId(row.requester_id), Place { team: &row.team, tier }) {
            Ok(Self { row, tier })
        } else {
            Err(ApiError::not_found("request"))
        }
    }

    pub(crate) fn place(&self) -> Place<'_> {
        Place { team: &self.row.team, tier: self.tier }
    }
}

impl Portal {
    /// Records that somebody tried what they may not, and hands the error on. Slips of the keyboard are not refusals.
    pub(crate) async fn refused(
        &self,
        actor: &Actor,
        id: RequestId,
        action: &'static str,
        error: ApiError,
    ) -> ApiError {
        if !matches!(error.kind, ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::Conflict) {
            return error;
        }
        let event = NewEvent {
            who: actor.who(),
            action,
            subject_kind: "request",
            subject_id: id.to_string(),
            subject_name: "request".into(),
            done: false,
            detail: json!({ "why": error.message }),
        };
        let recorded = async {
            let mut conn = self.db().begin().await?;
            let mut event = event;
            if let Some(row) = requests::find(&mut conn, id.0).await? {
                event.subject_name = super::events::name(&row);
            }
            self.commit(conn, event).await
        };
        match recorded.await {
            Ok(_) => error,
            // Without a record there is no answer either: the caller sees that the database is away.
            Err(unrecorded) => unrecorded,
        }
    }
}
