//! Work to be done once. A worker holds a lease, never a row lock: SQLite has one writer.
//! Claiming is the second of the three engine-specific places.

use crate::{Conn, StoreError, StoreResult};
use sqlx::FromRow;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub struct Job {
    pub id: Uuid,
    /// `delivery`
    pub kind: String,
    /// What it is about: a request's id, say.
    pub subject: Uuid,
    pub state: String,
    pub run_at: i64,
    /// Failures so far.
    pub attempts: i64,
    /// Somebody asked for a run while one was under way.
    pub nudged: bool,
    pub claimed_by: Option<String>,
    pub lease_until: Option<i64>,
    pub last_error: Option<String>,
    pub created_at: i64,
}

/// Adds a job, or, when the same one waits already, makes it due now. Part of the causing transaction.
///
/// # Errors
/// The engine's.
pub async fn enqueue(conn: &mut Conn, id: Uuid, kind: &str, subject: Uuid, now: i64) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "INSERT INTO jobs (id, kind, subject, state, run_at, attempts, nudged, created_at) VALUES ($1, $2, $3, 'ready', $4, 0, $5, $4)
         ON CONFLICT (kind, subject) DO UPDATE SET state = 'ready', run_at = $4, attempts = 0, nudged = $6")
        .bind(id).bind(kind).bind(subject).bind(now).bind(false).bind(true).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Makes a waiting job due now; nothing when there is none.
///
/// # Errors
/// The engine's.
pub async fn nudge(conn: &mut Conn, kind: &str, subject: Uuid, now: i64) -> StoreResult<bool> {
    run!(conn, c => sqlx::query("UPDATE jobs SET run_at = $3, nudged = $4 WHERE kind = $1 AND subject = $2 AND state = 'ready'")
        .bind(kind).bind(subject).bind(now).bind(true).execute(c).await.map(|r| r.rows_affected() == 1))
}

/// Takes the job that is due longest and gives it a lease. A lease that has run out counts as free: its worker died.
///
/// # Errors
/// The engine's.
pub async fn claim(conn: &mut Conn, worker: &str, now: i64, lease_until: i64) -> StoreResult<Option<Job>> {
    const SQLITE: &str = "UPDATE jobs SET claimed_by = $1, lease_until = $3, nudged = FALSE WHERE id = (
        SELECT id FROM jobs WHERE state = 'ready' AND run_at <= $2 AND (lease_until IS NULL OR lease_until <= $2)
        ORDER BY run_at LIMIT 1) RETURNING *";
    const POSTGRES: &str = "UPDATE jobs SET claimed_by = $1, lease_until = $3, nudged = FALSE WHERE id = (
        SELECT id FROM jobs WHERE state = 'ready' AND run_at <= $2 AND (lease_until IS NULL OR lease_until <= $2)
        ORDER BY run_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *";
    match conn.engine() {
        crate::Engine::Sqlite(c) => sqlx::query_as(SQLITE)
            .bind(worker)
            .bind(now)
            .bind(lease_until)
            .fetch_optional(c)
            .await
            .map_err(StoreError::from),
        crate::Engine::Postgres(c) => sqlx::query_as(POSTGRES)
            .bind(worker)
            .bind(now)
            .bind(lease_until)
            .fetch_optional(c)
            .await
            .map_err(StoreError::from),
    }
}

/// Keeps the lease. `false`: another worker has taken the job.
///
/// # Errors
/// The engine's.
pub async fn renew(conn: &mut Conn, id: Uuid, worker: &str, lease_until: i64) -> StoreResult<bool> {
    run!(conn, c => sqlx::query("UPDATE jobs SET lease_until = $3 WHERE id = $1 AND claimed_by = $2")
        .bind(id).bind(worker).bind(lease_until).execute(c).await.map(|r| r.rows_affected() == 1))
}

/// Done for good. A job that was nudged meanwhile stays and is due at once.
///
/// # Errors
/// The engine's.
pub async fn finish(conn: &mut Conn, id: Uuid, worker: &str) -> StoreResult<()> {
    run!(conn, c => sqlx::query("DELETE FROM jobs WHERE id = $1 AND claimed_by = $2 AND NOT nudged").bind(id).bind(worker).execute(c).await.map(|_| ()))?;
    run!(conn, c => sqlx::query("UPDATE jobs SET claimed_by = NULL, lease_until = NULL, attempts = 0 WHERE id = $1 AND claimed_by = $2")
        .bind(id).bind(worker).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Gives the job back to run again at `run_at` (at once when it was nudged meanwhile).
///
/// # Errors
/// The engine's.
pub async fn again(
    conn: &mut Conn,
    id: Uuid,
    worker: &str,
    run_at: i64,
    attempts: i64,
    error: Option<&str>,
) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "UPDATE jobs SET claimed_by = NULL, lease_until = NULL, attempts = $4, last_error = $5,
             run_at = CASE WHEN nudged THEN run_at ELSE $3 END
         WHERE id = $1 AND claimed_by = $2")
        .bind(id).bind(worker).bind(run_at).bind(attempts).bind(error).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Jobs not done, oldest first, at most 1,000.
///
/// # Errors
/// The engine's.
pub async fn all(conn: &mut Conn) -> StoreResult<Vec<Job>> {
    run!(conn, c => sqlx::query_as("SELECT * FROM jobs ORDER BY run_at LIMIT 1000").fetch_all(c).await)
}

/// Whether a claim would find anything: a read, so that an idle worker never takes the writer.
///
/// # Errors
/// The engine's.
pub async fn any_due(conn: &mut Conn, now: i64) -> StoreResult<bool> {
    let found: i64 = run!(conn, c => sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT 1 FROM jobs WHERE state = 'ready' AND run_at <= $1 AND (lease_until IS NULL OR lease_until <= $1) LIMIT 1) due")
        .bind(now).fetch_one(c).await)?;
    Ok(found > 0)
}
