//! "Where I am signed in", and ending one of them.

use super::device;
use crate::{Portal, access::Actor};
use causeway_contract::{ApiError, ApiResult, ids::SessionId, people::SessionView};
use causeway_store::{audit::NewEvent, from_micros, micros, sessions};
use serde_json::json;

impl Portal {
    /// Sessions of the person, newest use first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn sessions(&self, actor: &Actor) -> ApiResult<Vec<SessionView>> {
        let mut conn = self.db().read().await?;
        let rows = sessions::of_person(&mut conn, actor.id().0, micros(self.now())).await?;
        let idle = self.config().session_idle;
        let view = |row: sessions::Session| SessionView {
            id: SessionId(row.id),
            current: row.id == actor.session.0,
            device: device(&row.user_agent),
            signed_in_at: from_micros(row.signed_in_at.unwrap_or(row.created_at)),
            last_seen_at: from_micros(row.last_seen_at),
            expires_at: from_micros(row.expires_at).min(from_micros(row.last_seen_at) + idle),
            mfa: row.mfa,
            address: row.address,
        };
        Ok(rows.into_iter().filter(|row| self.is_live(row)).map(view).collect())
    }

    /// Ends one of the person's own sessions.
    ///
    /// # Errors
    /// Not found, for a session that is not there or belongs to somebody else.
    pub async fn revoke_session(&self, actor: &Actor, session: SessionId) -> ApiResult<()> {
        let mut conn = self.db().begin().await?;
        let Some(row) = sessions::remove(&mut conn, session.0).await? else {
            return Err(ApiError::not_found("session"));
        };
        let theirs = row.person_id == Some(actor.id().0);
        if !theirs {
            // The removal of somebody else's row is rolled back; that it was tried stays on record.
            drop(conn);
            conn = self.db().begin().await?;
        }
        let event = NewEvent {
            who: actor.who(),
            action: "session.revoked",
            subject_kind: "session",
            subject_id: row.id.to_string(),
            subject_name: device(&row.user_agent),
            done: theirs,
            detail: json!({ "address": row.address, "own": row.id == actor.session.0 }),
        };
        self.commit(conn, event).await?;
        if theirs { Ok(()) } else { Err(ApiError::not_found("session")) }
    }
}
