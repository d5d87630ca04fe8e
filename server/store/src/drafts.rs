//! Half-written requests.

use crate::{Conn, StoreResult};
use sqlx::FromRow;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub struct Draft {
    pub id: Uuid,
    pub person_id: Uuid,
    pub kind: String,
    pub template: String,
    pub commit_sha: String,
    /// The environment to change or delete.
    pub environment_id: Option<Uuid>,
    /// The request that this draft revises.
    pub request_id: Option<Uuid>,
    /// JSON object, field to text.
    pub answers: String,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

/// # Errors
/// The engine's.
pub async fn insert(conn: &mut Conn, d: &Draft) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "INSERT INTO drafts (id, person_id, kind, template, commit_sha, environment_id, request_id, answers, version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
        .bind(d.id).bind(d.person_id).bind(&d.kind).bind(&d.template).bind(&d.commit_sha).bind(d.environment_id).bind(d.request_id)
        .bind(&d.answers).bind(d.version).bind(d.created_at).bind(d.updated_at).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// A person's own draft; nobody else's is found.
///
/// # Errors
/// The engine's.
pub async fn find(conn: &mut Conn, person: Uuid, id: Uuid) -> StoreResult<Option<Draft>> {
    run!(conn, c => sqlx::query_as("SELECT * FROM drafts WHERE id = $1 AND person_id = $2").bind(id).bind(person).fetch_optional(c).await)
}

/// As [`find`], whoever's it is: only for telling that somebody asked for another's.
///
/// # Errors
/// The engine's.
pub async fn exists(conn: &mut Conn, id: Uuid) -> StoreResult<bool> {
    run!(conn, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM drafts WHERE id = $1)").bind(id).fetch_one(c).await)
}

/// As [`find`], and nobody else changes or submits it until the transaction ends.
///
/// # Errors
/// The engine's.
pub async fn lock(conn: &mut Conn, person: Uuid, id: Uuid) -> StoreResult<Option<Draft>> {
    run!(conn, c => sqlx::query_as("UPDATE drafts SET version = version WHERE id = $1 AND person_id = $2 RETURNING *")
        .bind(id).bind(person).fetch_optional(c).await)
}

/// The draft that revises a request.
///
/// # Errors
/// The engine's.
pub async fn of_request(conn: &mut Conn, request: Uuid) -> StoreResult<Option<Draft>> {
    run!(conn, c => sqlx::query_as("SELECT * FROM drafts WHERE request_id = $1").bind(request).fetch_optional(c).await)
}

/// Newest first, at most 50.
///
/// # Errors
/// The engine's.
pub async fn of_person(conn: &mut Conn, person: Uuid) -> StoreResult<Vec<Draft>> {
    run!(conn, c => sqlx::query_as("SELECT * FROM drafts WHERE person_id = $1 ORDER BY updated_at DESC, id DESC LIMIT 50").bind(person).fetch_all(c).await)
}

/// Saves the answers if `version` is still what the caller saw. Returns the new version, or `None` when another save came first.
///
/// # Errors
/// The engine's.
pub async fn save(conn: &mut Conn, id: Uuid, version: i64, answers: &str, now: i64) -> StoreResult<Option<i64>> {
    run!(conn, c => sqlx::query_scalar(
        "UPDATE drafts SET answers = $3, version = version + 1, updated_at = $4 WHERE id = $1 AND version = $2 RETURNING version")
        .bind(id).bind(version).bind(answers).bind(now).fetch_optional(c).await)
}

/// Moves a draft to another version of its template.
///
/// # Errors
/// The engine's.
pub async fn repin(conn: &mut Conn, id: Uuid, commit: &str) -> StoreResult<()> {
    run!(conn, c => sqlx::query("UPDATE drafts SET commit_sha = $2 WHERE id = $1").bind(id).bind(commit).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// # Errors
/// The engine's.
pub async fn delete(conn: &mut Conn, id: Uuid) -> StoreResult<bool> {
    run!(conn, c => sqlx::query("DELETE FROM drafts WHERE id = $1").bind(id).execute(c).await.map(|r| r.rows_affected() == 1))
}
