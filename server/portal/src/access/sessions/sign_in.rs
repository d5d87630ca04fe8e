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
    pub browser: Browser,
}

impl Portal {
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
            data: "{}".into(),
            provider_sid: facts.provider_sid.clone(),
            id_token: facts.id_token.clone(),
            mfa: facts.mfa,
            user_agent: facts.browser.user_agent.clone(),
            address: facts.browser.address.clone(),
            created_at: micros(now),
            signed_in_at: Some(micros(now)),
            roles_at: Some(micros(now)),
            last_seen_at: micros(now),
            expires_at: micros(now + self.config().session_absolute),
        };
        sessions::put(&mut conn, &session).await?;
        let roles: Vec<String> = facts.grants.iter().map(|g| format!("{} in {}", g.role, g.scope)).collect();
        let event = NewEvent {
            who: Who::Person { id: person.id, name: person.name.clone() },
            action: "session.signed_in",
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
