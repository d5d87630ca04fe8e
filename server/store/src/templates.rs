//! The catalogue's rows: what is listed now, and every version that was ever requestable.

use crate::{Conn, StoreResult};
use sqlx::FromRow;

#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub struct TemplateRow {
    pub name: String,
    /// The newest commit of this template that could be used; of a template that never could, the newest.
    pub commit_sha: String,
    pub title: String,
    pub owner: String,
    /// Why the newest version cannot be requested.
    pub error: Option<String>,
    pub listed: bool,
    pub synced_at: i64,
}

#[derive(Clone, Debug, Default, FromRow, PartialEq, Eq)]
pub struct CatalogueRow {
    pub commit_sha: Option<String>,
    pub synced_at: i64,
    pub problem: Option<String>,
}

/// # Errors
/// The engine's.
pub async fn state(conn: &mut Conn) -> StoreResult<CatalogueRow> {
    let row = run!(conn, c => sqlx::query_as("SELECT commit_sha, synced_at, problem FROM catalogue WHERE id = 1").fetch_optional(c).await)?;
    Ok(row.unwrap_or_default())
}

/// # Errors
/// The engine's.
pub async fn set_state(conn: &mut Conn, row: &CatalogueRow) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "INSERT INTO catalogue (id, commit_sha, synced_at, problem) VALUES (1, $1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET commit_sha = excluded.commit_sha, synced_at = excluded.synced_at, problem = excluded.problem")
        .bind(&row.commit_sha).bind(row.synced_at).bind(&row.problem).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// # Errors
/// The engine's.
pub async fn put(conn: &mut Conn, row: &TemplateRow) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "INSERT INTO templates (name, commit_sha, title, owner, error, listed, synced_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (name) DO UPDATE SET commit_sha = excluded.commit_sha, title = excluded.title, owner = excluded.owner,
             error = excluded.error, listed = excluded.listed, synced_at = excluded.synced_at")
        .bind(&row.name).bind(&row.commit_sha).bind(&row.title).bind(&row.owner).bind(&row.error).bind(row.listed).bind(row.synced_at)
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Keeps a version for ever: requests are pinned to it. The same name and commit again changes nothing.
///
/// # Errors
/// The engine's.
pub async fn put_version(conn: &mut Conn, name: &str, commit: &str, body: &str, now: i64) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "INSERT INTO template_versions (name, commit_sha, body, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (name, commit_sha) DO NOTHING")
        .bind(name).bind(commit).bind(body).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The stored JSON of one version.
///
/// # Errors
/// The engine's.
pub async fn version(conn: &mut Conn, name: &str, commit: &str) -> StoreResult<Option<String>> {
    run!(conn, c => sqlx::query_scalar("SELECT body FROM template_versions WHERE name = $1 AND commit_sha = $2")
        .bind(name).bind(commit).fetch_optional(c).await)
}

/// # Errors
/// The engine's.
pub async fn find(conn: &mut Conn, name: &str) -> StoreResult<Option<TemplateRow>> {
    run!(conn, c => sqlx::query_as("SELECT * FROM templates WHERE name = $1").bind(name).fetch_optional(c).await)
}

/// Every template seen so far, by title; those no longer in the repository have `listed = false`.
///
/// # Errors
/// The engine's.
pub async fn all(conn: &mut Conn) -> StoreResult<Vec<TemplateRow>> {
    run!(conn, c => sqlx::query_as("SELECT * FROM templates ORDER BY title, name").fetch_all(c).await)
}

/// Requests per template since a time.
///
/// # Errors
/// The engine's.
pub async fn request_counts(conn: &mut Conn, since: i64) -> StoreResult<Vec<(String, i64)>> {
    run!(conn, c => sqlx::query_as("SELECT template, count(*) FROM requests WHERE submitted_at >= $1 GROUP BY template")
        .bind(since).fetch_all(c).await)
}
