//! Sessions: one row a browser. Only a hash of the cookie's value is kept.

use crate::{Conn, StoreResult};
use sqlx::FromRow;
use uuid::Uuid;

/// Times in microseconds. `person_id` is `None` until sign-in is complete.
#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub struct Session {
    pub id: Uuid,
    /// SHA-256 of the cookie's value, lower-case hex.
    pub token_hash: String,
    pub person_id: Option<Uuid>,
    /// JSON object of what the sign-in flow keeps between its steps.
    pub data: String,
    /// `sid` of the provider: back-channel logout names it.
    pub provider_sid: Option<String>,
    /// Handed back to the provider at logout as `id_token_hint`.
    pub id_token: Option<String>,
    pub mfa: bool,
    pub user_agent: String,
    pub address: String,
    pub created_at: i64,
    pub signed_in_at: Option<i64>,
    /// When roles were last read from the provider.
    pub roles_at: Option<i64>,
    pub last_seen_at: i64,
    /// The absolute end.
    pub expires_at: i64,
}

/// Adds the session, or replaces the one with the same id.
///
/// # Errors
/// The engine's.
pub async fn put(conn: &mut Conn, s: &Session) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "INSERT INTO sessions (id, token_hash, person_id, data, provider_sid, id_token, mfa, user_agent, address, created_at, signed_in_at, roles_at, last_seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (id) DO UPDATE SET token_hash = excluded.token_hash, person_id = excluded.person_id, data = excluded.data,
             provider_sid = excluded.provider_sid, id_token = excluded.id_token, mfa = excluded.mfa, user_agent = excluded.user_agent,
             address = excluded.address, signed_in_at = excluded.signed_in_at, roles_at = excluded.roles_at,
             last_seen_at = excluded.last_seen_at, expires_at = excluded.expires_at")
        .bind(s.id).bind(&s.token_hash).bind(s.person_id).bind(&s.data).bind(&s.provider_sid).bind(&s.id_token).bind(s.mfa)
        .bind(&s.user_agent).bind(&s.address).bind(s.created_at).bind(s.signed_in_at).bind(s.roles_at).bind(s.last_seen_at).bind(s.expires_at)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// # Errors
/// The engine's.
pub async fn by_token(conn: &mut Conn, token_hash: &str) -> StoreResult<Option<Session>> {
    run!(conn, c => sqlx::query_as("SELECT * FROM sessions WHERE token_hash = $1").bind(token_hash).fetch_optional(c).await)
}

/// Signed-in sessions of a person that have not reached their end, newest use first.
///
/// # Errors
/// The engine's.
pub async fn of_person(conn: &mut Conn, person: Uuid, now: i64) -> StoreResult<Vec<Session>> {
    run!(conn, c => sqlx::query_as(
        "SELECT * FROM sessions WHERE person_id = $1 AND expires_at > $2 ORDER BY last_seen_at DESC, id").bind(person).bind(now).fetch_all(c).await)
}

/// # Errors
/// The engine's.
pub async fn touch(conn: &mut Conn, id: Uuid, now: i64) -> StoreResult<()> {
    run!(conn, c => sqlx::query("UPDATE sessions SET last_seen_at = $2 WHERE id = $1").bind(id).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Replaces what a sign-in keeps in a row that is there; one that has ended stays ended. A row without a person then lives
/// until `flow_until`.
///
/// # Errors
/// The engine's.
pub async fn save_data(conn: &mut Conn, token_hash: &str, data: &str, flow_until: i64) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "UPDATE sessions SET data = $2, expires_at = CASE WHEN person_id IS NULL THEN $3 ELSE expires_at END
         WHERE token_hash = $1 AND data <> $2")
        .bind(token_hash).bind(data).bind(flow_until).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Ends one session. Returns it when it was there.
///
/// # Errors
/// The engine's.
pub async fn remove(conn: &mut Conn, id: Uuid) -> StoreResult<Option<Session>> {
    run!(conn, c => sqlx::query_as("DELETE FROM sessions WHERE id = $1 RETURNING *").bind(id).fetch_optional(c).await)
}

/// Ends the session behind a cookie.
///
/// # Errors
/// The engine's.
pub async fn remove_by_token(conn: &mut Conn, token_hash: &str) -> StoreResult<Option<Session>> {
    run!(conn, c => sqlx::query_as("DELETE FROM sessions WHERE token_hash = $1 RETURNING *").bind(token_hash).fetch_optional(c).await)
}

/// Ends the sessions that the provider names, by its `sid`: of its own people only.
///
/// # Errors
/// The engine's.
pub async fn remove_by_provider_sid(conn: &mut Conn, issuer: &str, sid: &str) -> StoreResult<Vec<Session>> {
    run!(conn, c => sqlx::query_as(
        "DELETE FROM sessions WHERE provider_sid = $2 AND person_id IN (SELECT id FROM people WHERE issuer = $1) RETURNING *")
        .bind(issuer).bind(sid).fetch_all(c).await)
}

/// Ends one person's sessions that the provider names by its `sid`, and those of which it never said a `sid`: any of them
/// may be meant.
///
/// # Errors
/// The engine's.
pub async fn remove_by_sid_of_subject(
    conn: &mut Conn,
    issuer: &str,
    subject: &str,
    sid: &str,
) -> StoreResult<Vec<Session>> {
    run!(conn, c => sqlx::query_as(
        "DELETE FROM sessions WHERE (provider_sid = $3 OR provider_sid IS NULL)
         AND person_id IN (SELECT id FROM people WHERE issuer = $1 AND subject = $2) RETURNING *")
        .bind(issuer).bind(subject).bind(sid).fetch_all(c).await)
}

/// Ends every session of a person, given by issuer and subject.
///
/// # Errors
/// The engine's.
pub async fn remove_by_subject(conn: &mut Conn, issuer: &str, subject: &str) -> StoreResult<Vec<Session>> {
    run!(conn, c => sqlx::query_as(
        "DELETE FROM sessions WHERE person_id IN (SELECT id FROM people WHERE issuer = $1 AND subject = $2) RETURNING *")
        .bind(issuer).bind(subject).fetch_all(c).await)
}

/// Forgets what has ended: past its absolute end, or a person's and idle since before `idle_before`.
///
/// # Errors
/// The engine's.
pub async fn sweep(conn: &mut Conn, now: i64, idle_before: i64) -> StoreResult<u64> {
    run!(conn, c => sqlx::query("DELETE FROM sessions WHERE expires_at <= $1 OR (person_id IS NOT NULL AND last_seen_at < $2)")
        .bind(now).bind(idle_before).execute(c).await.map(|r| r.rows_affected()))
}

/// Signed-in sessions that have not reached their end.
///
/// # Errors
/// The engine's.
pub async fn count_signed_in(conn: &mut Conn, now: i64) -> StoreResult<i64> {
    run!(conn, c => sqlx::query_scalar("SELECT count(*) FROM sessions WHERE person_id IS NOT NULL AND expires_at > $1")
        .bind(now).fetch_one(c).await)
}
