//! Work to be done once. A worker holds a lease, never a row lock: SQLite has one writer. Each claim has a token of its own;
//! whoever writes for a job first checks with [`holds`] that it still has it.
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
    /// It only looks again at what is done already: such jobs leave a place for new work.
    pub following: bool,
    /// The other side asked not to be spoken to before this; a nudge does not change it.
    pub not_before: Option<i64>,
    /// Token of the claim, another one each time.
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
        "INSERT INTO jobs (id, kind, subject, state, run_at, attempts, nudged, following, created_at) VALUES ($1, $2, $3, 'ready', $4, 0, $5, $5, $4)
         ON CONFLICT (kind, subject) DO UPDATE SET state = 'ready', attempts = 0, nudged = $6,
             run_at = CASE WHEN jobs.not_before > $4 THEN jobs.not_before ELSE $4 END")
        .bind(id).bind(kind).bind(subject).bind(now).bind(false).bind(true).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Makes a waiting job due now, or as soon as the other side allows; nothing when there is none.
///
/// # Errors
/// The engine's.
pub async fn nudge(conn: &mut Conn, kind: &str, subject: Uuid, now: i64) -> StoreResult<bool> {
    run!(conn, c => sqlx::query(
        "UPDATE jobs SET run_at = CASE WHEN not_before > $3 THEN not_before ELSE $3 END, nudged = $4
         WHERE kind = $1 AND subject = $2 AND state = 'ready'")
        .bind(kind).bind(subject).bind(now).bind(true).execute(c).await.map(|r| r.rows_affected() == 1))
}

/// What a claim asks for.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// Never used before: it tells this claim from every other.
    pub token: &'a str,
    pub now: i64,
    pub lease_until: i64,
    /// Also jobs that only follow.
    pub following: bool,
}

/// Takes the job that is due longest and gives it a lease. A lease that has run out counts as free: its worker died.
///
/// # Errors
/// The engine's.
pub async fn claim(conn: &mut Conn, claim: Claim<'_>) -> StoreResult<Option<Job>> {
    const SQLITE: &str = "UPDATE jobs SET claimed_by = $1, lease_until = $3, nudged = FALSE WHERE id = (
        SELECT id FROM jobs WHERE state = 'ready' AND run_at <= $2 AND (lease_until IS NULL OR lease_until <= $2) AND (NOT following OR $4)
        ORDER BY run_at LIMIT 1) RETURNING *";
    const POSTGRES: &str = "UPDATE jobs SET claimed_by = $1, lease_until = $3, nudged = FALSE WHERE id = (
        SELECT id FROM jobs WHERE state = 'ready' AND run_at <= $2 AND (lease_until IS NULL OR lease_until <= $2) AND (NOT following OR $4)
        ORDER BY run_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *";
    let Claim { token, now, lease_until, following } = claim;
    match conn.engine() {
        crate::Engine::Sqlite(c) => sqlx::query_as(SQLITE)
            .bind(token)
            .bind(now)
            .bind(lease_until)
            .bind(following)
            .fetch_optional(c)
            .await
            .map_err(StoreError::from),
        crate::Engine::Postgres(c) => sqlx::query_as(POSTGRES)
            .bind(token)
            .bind(now)
            .bind(lease_until)
            .bind(following)
            .fetch_optional(c)
            .await
            .map_err(StoreError::from),
    }
}

/// Whether the claim still counts. Asked in a transaction that has locked what the job is about, the answer stays true until
/// its end: whoever claims the job meanwhile waits for that lock before it reads.
///
/// # Errors
/// The engine's.
pub async fn holds(conn: &mut Conn, id: Uuid, token: &str) -> StoreResult<bool> {
    let found: i64 = run!(conn, c => sqlx::query_scalar("SELECT count(*) FROM jobs WHERE id = $1 AND claimed_by = $2")
        .bind(id).bind(token).fetch_one(c).await)?;
    Ok(found > 0)
}

/// Keeps the lease. `false`: another worker has taken the job.
///
/// # Errors
/// The engine's.
pub async fn renew(conn: &mut Conn, id: Uuid, token: &str, lease_until: i64) -> StoreResult<bool> {
    run!(conn, c => sqlx::query("UPDATE jobs SET lease_until = $3 WHERE id = $1 AND claimed_by = $2")
        .bind(id).bind(token).bind(lease_until).execute(c).await.map(|r| r.rows_affected() == 1))
}

/// Done for good. A job that was nudged meanwhile stays and is due at once.
///
/// # Errors
/// The engine's.
pub async fn finish(conn: &mut Conn, id: Uuid, token: &str) -> StoreResult<()> {
    run!(conn, c => sqlx::query("DELETE FROM jobs WHERE id = $1 AND claimed_by = $2 AND NOT nudged").bind(id).bind(token).execute(c).await.map(|_| ()))?;
    run!(conn, c => sqlx::query("UPDATE jobs SET claimed_by = NULL, lease_until = NULL, attempts = 0 WHERE id = $1 AND claimed_by = $2")
        .bind(id).bind(token).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// How a job waits for its next run.
#[derive(Clone, Copy, Debug)]
pub struct Again<'a> {
    pub run_at: i64,
    pub attempts: i64,
    pub error: Option<&'a str>,
    /// The other side asked for this wait: nothing shortens it.
    pub asked: bool,
    pub following: bool,
}

/// Gives the job back to run again at `run_at`; at once when it was nudged meanwhile and nobody asked for the wait.
///
/// # Errors
/// The engine's.
pub async fn again(conn: &mut Conn, id: Uuid, token: &str, again: Again<'_>) -> StoreResult<()> {
    let not_before = again.asked.then_some(again.run_at);
    run!(conn, c => sqlx::query(
        "UPDATE jobs SET claimed_by = NULL, lease_until = NULL, attempts = $4, last_error = $5, not_before = $6, following = $7,
             run_at = CASE WHEN nudged AND NOT $8 THEN run_at ELSE $3 END
         WHERE id = $1 AND claimed_by = $2")
        .bind(id).bind(token).bind(again.run_at).bind(again.attempts).bind(again.error).bind(not_before).bind(again.following)
        .bind(again.asked).execute(c).await.map(|_| ()))?;
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
pub async fn any_due(conn: &mut Conn, now: i64, following: bool) -> StoreResult<bool> {
    let found: i64 = run!(conn, c => sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT 1 FROM jobs WHERE state = 'ready' AND run_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
             AND (NOT following OR $2) LIMIT 1) due")
        .bind(now).bind(following).fetch_one(c).await)?;
    Ok(found > 0)
}
