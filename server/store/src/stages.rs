//! Stages of a route and the decisions on them.

use crate::{Conn, StoreResult};
use sqlx::FromRow;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub struct Stage {
    pub id: Uuid,
    pub request_id: Uuid,
    pub revision: i64,
    /// From 0.
    pub position: i64,
    pub title: String,
    /// JSON: who may decide.
    pub approvers: String,
    /// How many different people must approve.
    pub needed: i64,
    pub state: String,
    pub opened_at: Option<i64>,
    pub closed_at: Option<i64>,
}

#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub struct Decision {
    pub id: Uuid,
    pub request_id: Uuid,
    pub revision: i64,
    pub stage_id: Uuid,
    pub person_id: Uuid,
    pub verdict: String,
    pub comment: String,
    pub field: Option<String>,
    /// JSON of `contract::requests::Evidence`.
    pub evidence: String,
    pub decided_at: i64,
}

/// # Errors
/// The engine's.
pub async fn insert(conn: &mut Conn, s: &Stage) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "INSERT INTO stages (id, request_id, revision, position, title, approvers, needed, state, opened_at, closed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(s.id).bind(s.request_id).bind(s.revision).bind(s.position).bind(&s.title).bind(&s.approvers).bind(s.needed)
        .bind(&s.state).bind(s.opened_at).bind(s.closed_at).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// # Errors
/// The engine's.
pub async fn set_state(
    conn: &mut Conn,
    id: Uuid,
    state: &str,
    opened_at: Option<i64>,
    closed_at: Option<i64>,
) -> StoreResult<()> {
    run!(conn, c => sqlx::query("UPDATE stages SET state = $2, opened_at = $3, closed_at = $4 WHERE id = $1")
        .bind(id).bind(state).bind(opened_at).bind(closed_at).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Ends every stage that has not decided.
///
/// # Errors
/// The engine's.
pub async fn void_rest(conn: &mut Conn, request: Uuid, now: i64) -> StoreResult<()> {
    run!(conn, c => sqlx::query("UPDATE stages SET state = 'void', closed_at = $2 WHERE request_id = $1 AND state IN ('open', 'waiting')")
        .bind(request).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Stages of one revision in order.
///
/// # Errors
/// The engine's.
pub async fn of_revision(conn: &mut Conn, request: Uuid, revision: i64) -> StoreResult<Vec<Stage>> {
    run!(conn, c => sqlx::query_as("SELECT * FROM stages WHERE request_id = $1 AND revision = $2 ORDER BY position")
        .bind(request).bind(revision).fetch_all(c).await)
}

/// # Errors
/// [`crate::StoreError::Unique`] on `decisions_once` when the person has decided in this revision.
pub async fn insert_decision(conn: &mut Conn, d: &Decision) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "INSERT INTO decisions (id, request_id, revision, stage_id, person_id, verdict, comment, field, evidence, decided_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(d.id).bind(d.request_id).bind(d.revision).bind(d.stage_id).bind(d.person_id).bind(&d.verdict).bind(&d.comment)
        .bind(&d.field).bind(&d.evidence).bind(d.decided_at).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Every decision on a request, oldest first.
///
/// # Errors
/// The engine's.
pub async fn decisions(conn: &mut Conn, request: Uuid) -> StoreResult<Vec<Decision>> {
    run!(conn, c => sqlx::query_as("SELECT * FROM decisions WHERE request_id = $1 ORDER BY decided_at, id").bind(request).fetch_all(c).await)
}
