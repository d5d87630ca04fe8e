//! Ends of sessions: by the person, and by the provider. Those that time has ended are cleared away with the reconcilers.

use super::{TokenHash, device};
use crate::Portal;
use causeway_contract::ApiResult;
use causeway_store::{
    Conn,
    audit::{NewEvent, Who},
    micros, people, seen, sessions,
};
use serde_json::json;

/// Kind of the ids in `seen_messages`.
const LOGOUT_TOKEN: &str = "logout_token";

impl Portal {
    /// Ends the session behind a cookie. Returns the ID token of the ended session, for the provider's own sign-out;
    /// the outer `None` says that nobody was signed in.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn sign_out(&self, token: &TokenHash) -> ApiResult<Option<Option<String>>> {
        let mut conn = self.db().begin().await?;
        let Some(row) = sessions::remove_by_token(&mut conn, token.as_str()).await? else { return Ok(None) };
        if row.person_id.is_none() {
            conn.commit().await?;
            return Ok(None);
        }
        let id_token = row.id_token.clone();
        let events = ended(&mut conn, vec![row], "session.signed_out", None).await?;
        self.commit_all(conn, events).await?;
        Ok(Some(id_token))
    }

    /// Ends the sessions that a verified logout token names: by the provider's session when it names one (of the subject, when
    /// it names both), else every session of the subject. Returns how many ended; `None` when the token was used before.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn sign_out_by_provider(
        &self,
        issuer: &str,
        token_id: &str,
        sid: Option<&str>,
        subject: Option<&str>,
    ) -> ApiResult<Option<usize>> {
        let mut conn = self.db().begin().await?;
        if !seen::note(&mut conn, LOGOUT_TOKEN, token_id, micros(self.now())).await? {
            return Ok(None);
        }
        let rows = match (sid, subject) {
            (Some(sid), Some(subject)) => sessions::remove_by_sid_of_subject(&mut conn, issuer, subject, sid).await?,
            (Some(sid), None) => sessions::remove_by_provider_sid(&mut conn, issuer, sid).await?,
            (None, Some(subject)) => sessions::remove_by_subject(&mut conn, issuer, subject).await?,
            (None, None) => Vec::new(),
        };
        let ended_now = rows.len();
        let events = ended(&mut conn, rows, "session.ended_by_provider", Some("OpenID provider")).await?;
        self.commit_all(conn, events).await?;
        Ok(Some(ended_now))
    }
}

impl Portal {
    /// Records that a sign-out was asked for in the provider's name, and not believed.
    ///
    /// # Errors
    /// When the database is away or full.
    pub async fn refuse_sign_out_by_provider(&self, address: &str, why: &str) -> ApiResult<()> {
        let conn = self.db().begin().await?;
        let event = NewEvent {
            who: Who::Anonymous(address.to_owned()),
            action: "session.ended_by_provider",
            subject_kind: "session",
            subject_id: String::new(),
            subject_name: String::new(),
            done: false,
            detail: json!({ "reason": why, "address": address }),
        };
        self.commit(conn, event).await?;
        Ok(())
    }
}

/// One event a session.
async fn ended(
    conn: &mut Conn,
    rows: Vec<sessions::Session>,
    action: &'static str,
    by: Option<&str>,
) -> ApiResult<Vec<NewEvent>> {
    let persons = people::find_many(conn, rows.iter().filter_map(|row| row.person_id)).await?;
    let event = |row: sessions::Session| {
        let person = persons.iter().find(|p| Some(p.id) == row.person_id);
        let name = person.map_or_else(String::new, |p| p.name.clone());
        NewEvent {
            who: match (by, person) {
                (Some(system), _) => Who::System(system.into()),
                (None, Some(p)) => Who::Person { id: p.id, name: p.name.clone() },
                (None, None) => Who::Anonymous(row.address.clone()),
            },
            action,
            subject_kind: "session",
            subject_id: row.id.to_string(),
            subject_name: device(&row.user_agent),
            done: true,
            detail: json!({ "person": name, "address": row.address }),
        }
    };
    Ok(rows.into_iter().map(event).collect())
}
