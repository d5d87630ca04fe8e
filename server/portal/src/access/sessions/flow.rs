//! What a sign-in keeps between its steps. Such a row has no person yet and ends after [`FLOW_MINUTES`](super::FLOW_MINUTES);
//! a signed-in session may carry a flow too, while it signs in again.

use super::{Browser, FLOW_MINUTES, TokenHash};
use crate::Portal;
use causeway_store::{StoreResult, micros, new_id, sessions};
use chrono::TimeDelta;

impl Portal {
    /// The flow's JSON, when the session behind the cookie has not ended.
    ///
    /// # Errors
    /// The database's.
    pub async fn flow(&self, token: &TokenHash) -> StoreResult<Option<String>> {
        let mut conn = self.db().read().await?;
        let row = sessions::by_token(&mut conn, token.as_str()).await?;
        Ok(row.filter(|row| self.is_live(row)).map(|row| row.data))
    }

    /// Begins a session without a person.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_flow(&self, token: &TokenHash, data: String, browser: &Browser) -> StoreResult<()> {
        let now = self.now();
        let row = sessions::Session {
            id: new_id(now),
            token_hash: token.as_str().into(),
            person_id: None,
            data,
            provider_sid: None,
            id_token: None,
            mfa: false,
            user_agent: browser.user_agent.clone(),
            address: browser.address.clone(),
            created_at: micros(now),
            signed_in_at: None,
            roles_at: None,
            last_seen_at: micros(now),
            expires_at: micros(now + TimeDelta::minutes(FLOW_MINUTES)),
        };
        let mut conn = self.db().begin().await?;
        sessions::put(&mut conn, &row).await?;
        conn.commit().await
    }

    /// Replaces the flow's JSON. A session that has ended meanwhile stays ended.
    ///
    /// # Errors
    /// The database's.
    pub async fn save_flow(&self, token: &TokenHash, data: String) -> StoreResult<()> {
        let until = micros(self.now() + TimeDelta::minutes(FLOW_MINUTES));
        let mut conn = self.db().begin().await?;
        sessions::save_data(&mut conn, token.as_str(), &data, until).await?;
        conn.commit().await
    }

    /// Drops the session row behind a cookie without a word in the record: for ids that are replaced, not for sign-out.
    ///
    /// # Errors
    /// The database's.
    pub async fn drop_flow(&self, token: &TokenHash) -> StoreResult<()> {
        let mut conn = self.db().begin().await?;
        sessions::remove_by_token(&mut conn, token.as_str()).await?;
        conn.commit().await
    }

    /// Neither past its absolute end nor, once it is a person's, idle for too long. A way to the provider has only its end.
    pub(super) fn is_live(&self, row: &sessions::Session) -> bool {
        let now = self.now();
        let used = row.person_id.is_none() || row.last_seen_at > micros(now - self.config().session_idle);
        row.expires_at > micros(now) && used
    }
}
