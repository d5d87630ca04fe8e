//! Signing in, and being refused.

use super::{Browser, TokenHash, device};
use crate::{Portal, portal::to_json};
use causeway_contract::{ApiResult, people::Grant};
use causeway_store::{
    audit::{NewEvent, Who},
    micros, new_id, people, sessions,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What the provider said about a person, checked and mapped.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignIn {
    pub issuer: String,
    pub subject: String,
    pub name: String,
    pub email: String,
    /// As the provider sent them.
    pub groups: Vec<String>,
    /// Why groups are missing or what else is odd, for the person.
    pub groups_note: Option<String>,
    pub grants: Vec<Grant>,
    /// The provider's name for its own session.
    pub provider_sid: Option<String>,
    /// Handed back at sign-out. Never logged.
    pub id_token: Option<String>,
    pub mfa: bool,
    /// When it only goes on from a session of the same person, whose roles were renewed: its beginning and its end stay.
    pub since: Option<Since>,
    /// JSON object that the new session begins with: what other tabs of the browser wait for.
    pub data: String,
    pub browser: Browser,
}

/// A signed-in session that may go on with renewed roles, with whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    pub issuer: String,
    pub subject: String,
    /// In microseconds, as all times here.
    pub signed_in_at: i64,
    pub expires_at: i64,
}

impl Portal {
    /// The session behind a cookie, for a sign-in that is to go on from it; `None` when nobody is signed in there any more.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn since(&self, token: &TokenHash) -> ApiResult<Option<Since>> {
        let mut conn = self.db().read().await?;
        let row = sessions::by_token(&mut conn, token.as_str()).await?.filter(|row| self.is_live(row));
        let Some((row, person)) = row.and_then(|row| row.person_id.map(|id| (row, id))) else { return Ok(None) };
        Ok(people::find(&mut conn, person).await?.map(|person| Since {
            issuer: person.issuer,
            subject: person.subject,
            signed_in_at: row.signed_in_at.unwrap_or(row.created_at),
            expires_at: row.expires_at,
        }))
    }

    /// Makes the session of a person: person, roles, session row and audit event in one transaction.
    ///
    /// # Errors
    /// When the database is away or full.
    pub async fn sign_in(&self, token: &TokenHash, facts: &SignIn) -> ApiResult<()> {
        let now = self.now();
        let mut conn = self.db().begin().await?;
        let person = people::upsert(
            &mut conn,
            &people::Person {
                id: new_id(now),
                issuer: facts.issuer.clone(),
                subject: facts.subject.clone(),
                name: facts.name.clone(),
                email: facts.email.clone(),
                groups_json: to_json(&facts.groups)?,
                groups_note: facts.groups_note.clone(),
                first_seen_at: micros(now),
                last_seen_at: micros(now),
            },
        )
        .await?;
        people::set_grants(&mut conn, person.id, &facts.grants).await?;
        let session = sessions::Session {
            id: new_id(now),
            token_hash: token.as_str().into(),
            person_id: Some(person.id),
            data: facts.data.clone(),
            provider_sid: facts.provider_sid.clone(),
            id_token: facts.id_token.clone(),
            mfa: facts.mfa,
            user_agent: facts.browser.user_agent.clone(),
            address: facts.browser.address.clone(),
            created_at: micros(now),
            signed_in_at: Some(facts.since.as_ref().map_or(micros(now), |s| s.signed_in_at)),
            roles_at: Some(micros(now)),
            last_seen_at: micros(now),
            expires_at: facts.since.as_ref().map_or(micros(now + self.config().session_absolute), |s| s.expires_at),
        };
        sessions::put(&mut conn, &session).await?;
        let roles: Vec<String> = facts.grants.iter().map(|g| format!("{} in {}", g.role, g.scope)).collect();
        let event = NewEvent {
            who: Who::Person { id: person.id, name: person.name.clone() },
            action: if facts.since.is_some() { "session.renewed" } else { "session.signed_in" },
            subject_kind: "session",
            subject_id: session.id.to_string(),
            subject_name: device(&session.user_agent),
            done: true,
            detail: json!({
                "subject": facts.subject, "roles": roles, "groups": facts.groups, "note": facts.groups_note,
                "second_factor": facts.mfa, "address": facts.browser.address,
            }),
        };
        self.commit(conn, event).await?;
        Ok(())
    }

    /// Records that somebody who came back from the provider was not let in.
    ///
    /// # Errors
    /// When the database is away or full.
    pub async fn refuse_sign_in(
        &self,
        person: Option<&str>,
        reason: &str,
        browser: &Browser,
        detail: Value,
    ) -> ApiResult<()> {
        let conn = self.db().begin().await?;
        let who = match person {
            Some(name) => format!("{name}, from {}", browser.address),
            None => browser.address.clone(),
        };
        let event = NewEvent {
            who: Who::Anonymous(who),
            action: "session.refused",
            subject_kind: "session",
            subject_id: String::new(),
            subject_name: device(&browser.user_agent),
            done: false,
            detail: json!({ "reason": reason, "address": browser.address, "more": detail }),
        };
        self.commit(conn, event).await?;
        Ok(())
    }
}
