//! Requests: their rows here, what was asked for in `revision`, lists and inboxes in `list`.
//!
//! To add a column: in both migrations, in [`Request`], [`insert`] and, when it may change, [`update`].

mod list;
mod revision;

pub use list::{Order, Query, Reader, Waiting, count_by_state, list, waiting};
pub use revision::{Revision, editors, insert_revision, revision};

use crate::{Conn, StoreResult, sql::Sql};
use sqlx::FromRow;
use uuid::Uuid;

/// The row that lists read. Times in microseconds.
#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub struct Request {
    pub id: Uuid,
    pub number: i64,
    pub kind: String,
    pub state: String,
    pub environment_id: Uuid,
    pub environment_name: String,
    pub template: String,
    pub commit_sha: String,
    pub tier: String,
    pub cloud: String,
    pub region: String,
    pub team: String,
    pub cost_centre: String,
    pub requester_id: Uuid,
    pub revision: i64,
    /// Millionths of a US dollar a month, rounded; for sorting only. The exact price is in `price`.
    pub monthly_micros: Option<i64>,
    pub unpriced: i64,
    /// JSON of `contract::requests::Estimate`.
    pub price: String,
    /// Title of the open stage.
    pub waiting_for: Option<String>,
    pub no_stage_reason: Option<String>,
    pub submitted_at: i64,
    pub updated_at: i64,
    pub closed_at: Option<i64>,
}

/// The next number: 1, 2, 3 … without gaps as long as transactions commit.
///
/// # Errors
/// The engine's.
pub async fn next_number(conn: &mut Conn) -> StoreResult<i64> {
    run!(conn, c => sqlx::query_scalar("UPDATE counters SET value = value + 1 WHERE name = 'request' RETURNING value").fetch_one(c).await)
}

/// # Errors
/// [`crate::StoreError::Unique`] on `requests_one_open` when another request on the environment is open.
pub async fn insert(conn: &mut Conn, r: &Request) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "INSERT INTO requests (id, number, kind, state, environment_id, environment_name, template, commit_sha, tier, cloud, region, team,
             cost_centre, requester_id, revision, monthly_micros, unpriced, price, waiting_for, no_stage_reason, submitted_at, updated_at, closed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)")
        .bind(r.id).bind(r.number).bind(&r.kind).bind(&r.state).bind(r.environment_id).bind(&r.environment_name).bind(&r.template)
        .bind(&r.commit_sha).bind(&r.tier).bind(&r.cloud).bind(&r.region).bind(&r.team).bind(&r.cost_centre).bind(r.requester_id)
        .bind(r.revision).bind(r.monthly_micros).bind(r.unpriced).bind(&r.price).bind(&r.waiting_for).bind(&r.no_stage_reason)
        .bind(r.submitted_at).bind(r.updated_at).bind(r.closed_at).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Writes everything that may change after the insert.
///
/// # Errors
/// As [`insert`].
pub async fn update(conn: &mut Conn, r: &Request) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "UPDATE requests SET state = $2, environment_name = $3, commit_sha = $4, tier = $5, cloud = $6, region = $7, team = $8, cost_centre = $9,
             revision = $10, monthly_micros = $11, unpriced = $12, price = $13, waiting_for = $14, no_stage_reason = $15, updated_at = $16, closed_at = $17
         WHERE id = $1")
        .bind(r.id).bind(&r.state).bind(&r.environment_name).bind(&r.commit_sha).bind(&r.tier).bind(&r.cloud).bind(&r.region).bind(&r.team)
        .bind(&r.cost_centre).bind(r.revision).bind(r.monthly_micros).bind(r.unpriced).bind(&r.price).bind(&r.waiting_for)
        .bind(&r.no_stage_reason).bind(r.updated_at).bind(r.closed_at).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// # Errors
/// The engine's.
pub async fn find(conn: &mut Conn, id: Uuid) -> StoreResult<Option<Request>> {
    run!(conn, c => sqlx::query_as("SELECT * FROM requests WHERE id = $1").bind(id).fetch_optional(c).await)
}

/// Reads a request and keeps others from changing it until the transaction ends: every change of state begins here.
/// The update that changes nothing is the lock both engines understand.
///
/// # Errors
/// The engine's.
pub async fn lock(conn: &mut Conn, id: Uuid) -> StoreResult<Option<Request>> {
    run!(conn, c => sqlx::query_as("UPDATE requests SET updated_at = updated_at WHERE id = $1 RETURNING *").bind(id).fetch_optional(c).await)
}

/// Requests by id, in the order asked for; ids that are not there are left out.
///
/// # Errors
/// The engine's.
pub async fn find_many(conn: &mut Conn, ids: &[Uuid]) -> StoreResult<Vec<Request>> {
    let mut sql = Sql::new("SELECT * FROM requests WHERE ");
    sql.is_in("id", ids.iter().copied());
    let mut rows: Vec<Request> = sql.fetch_all(conn).await?;
    rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    Ok(rows)
}
