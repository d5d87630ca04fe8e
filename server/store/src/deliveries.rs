//! How far each delivery has come. A step is done when its time is set.

use crate::{Conn, StoreResult};
use sqlx::FromRow;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub struct Delivery {
    pub request_id: Uuid,
    pub repository: String,
    pub branch: String,
    pub target_branch: Option<String>,
    /// The commit built upon.
    pub base_sha: Option<String>,
    /// Our commit.
    pub head_sha: Option<String>,
    pub pull_request_id: Option<i64>,
    pub pull_request_url: Option<String>,
    /// `OPEN`, `MERGED`, `DECLINED`, `DELETED`.
    pub pull_request_state: Option<String>,
    pub merge_sha: Option<String>,
    /// The build status as last published: `SUCCESSFUL`, `FAILED`.
    pub status_state: Option<String>,
    /// What is wrong with the delivery or its pull request, and what a person may do about it.
    pub problem: Option<String>,
    /// Why Causeway cannot get on, or cannot look, for the moment; it goes on by itself.
    pub trouble: Option<String>,
    pub started_at: i64,
    pub prepared_at: Option<i64>,
    pub committed_at: Option<i64>,
    pub pushed_at: Option<i64>,
    pub opened_at: Option<i64>,
    pub published_at: Option<i64>,
    pub checked_at: Option<i64>,
}

/// Adds the row, or writes over it.
///
/// # Errors
/// The engine's.
pub async fn put(conn: &mut Conn, d: &Delivery) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "INSERT INTO deliveries (request_id, repository, branch, target_branch, base_sha, head_sha, pull_request_id, pull_request_url,
             pull_request_state, merge_sha, status_state, problem, trouble, started_at, prepared_at, committed_at, pushed_at, opened_at, published_at, checked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
         ON CONFLICT (request_id) DO UPDATE SET target_branch = excluded.target_branch, base_sha = excluded.base_sha, head_sha = excluded.head_sha,
             pull_request_id = excluded.pull_request_id, pull_request_url = excluded.pull_request_url, pull_request_state = excluded.pull_request_state,
             merge_sha = excluded.merge_sha, status_state = excluded.status_state, problem = excluded.problem, trouble = excluded.trouble, prepared_at = excluded.prepared_at,
             committed_at = excluded.committed_at, pushed_at = excluded.pushed_at, opened_at = excluded.opened_at,
             published_at = excluded.published_at, checked_at = excluded.checked_at")
        .bind(d.request_id).bind(&d.repository).bind(&d.branch).bind(&d.target_branch).bind(&d.base_sha).bind(&d.head_sha)
        .bind(d.pull_request_id).bind(&d.pull_request_url).bind(&d.pull_request_state).bind(&d.merge_sha).bind(&d.status_state)
        .bind(&d.problem).bind(&d.trouble).bind(d.started_at).bind(d.prepared_at).bind(d.committed_at).bind(d.pushed_at).bind(d.opened_at)
        .bind(d.published_at).bind(d.checked_at).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// # Errors
/// The engine's.
pub async fn find(conn: &mut Conn, request: Uuid) -> StoreResult<Option<Delivery>> {
    run!(conn, c => sqlx::query_as("SELECT * FROM deliveries WHERE request_id = $1").bind(request).fetch_optional(c).await)
}

/// The request whose delivery made a branch. Names of projects and repositories are the same in any case.
///
/// # Errors
/// The engine's.
pub async fn request_of_branch(conn: &mut Conn, repository: &str, branch: &str) -> StoreResult<Option<Uuid>> {
    run!(conn, c => sqlx::query_scalar("SELECT request_id FROM deliveries WHERE lower(repository) = lower($1) AND branch = $2")
        .bind(repository).bind(branch).fetch_optional(c).await)
}

/// The request whose delivery opened a pull request.
///
/// # Errors
/// The engine's.
pub async fn request_of_pull_request(conn: &mut Conn, repository: &str, id: i64) -> StoreResult<Option<Uuid>> {
    run!(conn, c => sqlx::query_scalar("SELECT request_id FROM deliveries WHERE lower(repository) = lower($1) AND pull_request_id = $2")
        .bind(repository).bind(id).fetch_optional(c).await)
}
