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

/// What somebody tried to get at, for the record.
pub(crate) struct Subject {
    /// `request`, `draft`, `environment`, `audit` …
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    /// In words.
    pub(crate) name: String,
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
        let name = async {
            let row = requests::find(&mut self.db().read().await?, id.0).await?;
            ApiResult::Ok(row.map_or_else(|| "request".to_owned(), |row| super::events::name(&row)))
        };
        match name.await {
            Ok(name) => self.refuse(actor, Subject { kind: "request", id: id.to_string(), name }, action, error).await,
            Err(unread) => unread,
        }
    }

    /// As [`Portal::refused`], for anything.
    pub(crate) async fn refuse(
        &self,
        actor: &Actor,
        subject: Subject,
        action: &'static str,
        error: ApiError,
    ) -> ApiError {
        if !matches!(error.kind, ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::Conflict) {
            return error;
        }
        let event = NewEvent {
            who: actor.who(),
            action,
            subject_kind: subject.kind,
            subject_id: plain(&subject.id),
            subject_name: plain(&subject.name),
            done: false,
            detail: json!({ "why": error.message }),
        };
        let recorded = async { self.commit(self.db().begin().await?, event).await };
        match recorded.await {
            Ok(_) => error,
            // Without a record there is no answer either: the caller sees that the database is away.
            Err(unrecorded) => unrecorded,
        }
    }
}

/// What somebody sent, as it can stand in the record: no database takes a NUL, and nobody reads a page of it.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
