//! Who is behind a cookie.

use super::TokenHash;
use crate::{
    Portal,
    access::Actor,
    portal::{from_json, person_ref},
};
use causeway_contract::{ApiResult, ids::SessionId};
use causeway_store::{StoreError, StoreResult, from_micros, micros, people, sessions};
use chrono::{DateTime, Utc};
use std::time::Duration;
use uuid::Uuid;

/// A signed-in session is renewed in the table at most this often: a write for every request would be one too many.
const TOUCH_SECONDS: i64 = 60;
/// Nobody who only reads waits longer than this for the writer.
const TOUCH_WAIT: Duration = Duration::from_secs(1);

/// What a cookie is good for.
#[derive(Clone, Debug)]
pub enum Standing {
    /// No session, one that has ended, or one that has not got as far as a person.
    Nobody,
    SignedIn {
        actor: Box<Actor>,
        /// When the roles came from the provider.
        roles_at: DateTime<Utc>,
    },
}

/// What of a session can run out before it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StillSignedIn {
    /// When the roles came from the provider.
    pub roles_at: DateTime<Utc>,
    /// A second factor was checked.
    pub mfa: bool,
}

impl Portal {
    /// Looks up the person and the roles behind a cookie, and notes that the session is in use.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn standing(&self, token: &TokenHash) -> ApiResult<Standing> {
        let now = self.now();
        let mut conn = self.db().read().await?;
        let Some(row) = sessions::by_token(&mut conn, token.as_str()).await?.filter(|row| self.is_live(row)) else {
            return Ok(Standing::Nobody);
        };
        let Some(person_id) = row.person_id else { return Ok(Standing::Nobody) };
        let Some(person) = people::find(&mut conn, person_id).await? else { return Ok(Standing::Nobody) };
        let grants = people::grants_of(&mut conn, person_id).await?;
        drop(conn);
        if row.last_seen_at + TOUCH_SECONDS * 1_000_000 <= micros(now) {
            // A disk that is full, or a writer that is busy, must not keep people from reading. The next request tries again.
            if let Err(error) = self.touch(row.id).await {
                tracing::warn!(%error, "that a session is in use could not be noted");
            }
        }
        let actor = Actor {
            person: person_ref(&person),
            grants,
            session: SessionId(row.id),
            groups: from_json(&person.groups_json)?,
            groups_note: person.groups_note,
            mfa: row.mfa,
        };
        Ok(Standing::SignedIn { actor: Box::new(actor), roles_at: from_micros(row.roles_at.unwrap_or(row.created_at)) })
    }

    async fn touch(&self, session: Uuid) -> StoreResult<()> {
        let touched = async {
            let mut conn = self.db().begin().await?;
            sessions::touch(&mut conn, session, micros(self.now())).await?;
            conn.commit().await
        };
        let late = |_| Err(StoreError::Unavailable("the writer is busy".into()));
        tokio::time::timeout(TOUCH_WAIT, touched).await.unwrap_or_else(late)
    }

    /// Whether the session still stands: for connections that outlive the request that opened them. Does not count as use.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn still_signed_in(&self, token: &TokenHash) -> ApiResult<Option<StillSignedIn>> {
        let mut conn = self.db().read().await?;
        let row = sessions::by_token(&mut conn, token.as_str()).await?;
        let row = row.filter(|row| row.person_id.is_some() && self.is_live(row));
        Ok(row.map(|row| StillSignedIn { roles_at: from_micros(row.roles_at.unwrap_or(row.created_at)), mfa: row.mfa }))
    }
}
