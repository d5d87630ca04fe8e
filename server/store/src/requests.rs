//! Requests and their revisions.

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

/// What was asked for at one revision.
#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub struct Revision {
    pub request_id: Uuid,
    pub revision: i64,
    pub justification: String,
    pub answers: String,
    pub facts: String,
    /// JSON object, path to content: what the branch will hold.
    pub files: String,
    /// JSON array of paths that the branch removes.
    pub removed: String,
    /// JSON of `Vec<FileDiff>` as shown when it was submitted.
    pub diff: String,
    /// JSON array of pairs.
    pub tags: String,
    pub request_digest: String,
    pub files_digest: String,
    /// Digest of the folder's files that the diff was made against: delivery refuses when they have changed since.
    pub base_digest: String,
    pub created_by: Uuid,
    pub created_at: i64,
}

/// Whose eyes a list is for. Lists never show more; single rows are checked by the portal.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    pub person: Uuid,
    pub everything: bool,
    pub teams: Vec<String>,
    pub tiers: Vec<String>,
}

impl Reader {
    pub(crate) fn narrow(&self, sql: &mut Sql, owner: &'static str, team: &'static str, tier: &'static str) {
        if self.everything {
            sql.push("1 = 1");
            return;
        }
        sql.push("(").push(owner).push(" = ").bind(self.person);
        if !self.teams.is_empty() {
            sql.push(" OR ").is_in(team, self.teams.iter().map(String::as_str));
        }
        if !self.tiers.is_empty() {
            sql.push(" OR ").is_in(tier, self.tiers.iter().map(String::as_str));
        }
        sql.push(")");
    }
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

/// # Errors
/// The engine's.
pub async fn insert_revision(conn: &mut Conn, r: &Revision) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "INSERT INTO request_revisions (request_id, revision, justification, answers, facts, files, removed, diff, tags, request_digest, files_digest, base_digest, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)")
        .bind(r.request_id).bind(r.revision).bind(&r.justification).bind(&r.answers).bind(&r.facts).bind(&r.files).bind(&r.removed)
        .bind(&r.diff).bind(&r.tags).bind(&r.request_digest).bind(&r.files_digest).bind(&r.base_digest).bind(r.created_by).bind(r.created_at).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// # Errors
/// The engine's.
pub async fn revision(conn: &mut Conn, request: Uuid, revision: i64) -> StoreResult<Option<Revision>> {
    run!(conn, c => sqlx::query_as("SELECT * FROM request_revisions WHERE request_id = $1 AND revision = $2")
        .bind(request).bind(revision).fetch_optional(c).await)
}

/// Everybody who wrote a revision of the request.
///
/// # Errors
/// The engine's.
pub async fn editors(conn: &mut Conn, request: Uuid) -> StoreResult<Vec<Uuid>> {
    run!(conn, c => sqlx::query_scalar("SELECT DISTINCT created_by FROM request_revisions WHERE request_id = $1").bind(request).fetch_all(c).await)
}

/// The order of a list and where it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// `submitted_at` and id of the last row shown.
    Newest(Option<(i64, Uuid)>),
    Oldest(Option<(i64, Uuid)>),
    /// Millionths and id of the last row shown. Requests without any price come last, as -1.
    PriceHigh(Option<(i64, Uuid)>),
}

#[derive(Clone, Debug)]
pub struct Query {
    pub reader: Reader,
    /// Part of the environment's name, in capitals or not.
    pub text: String,
    pub number: Option<i64>,
    pub states: Vec<String>,
    pub tier: Option<String>,
    pub team: Option<String>,
    pub requester: Option<Uuid>,
    pub environment: Option<Uuid>,
    pub order: Order,
    pub limit: i64,
}

impl Query {
    pub fn of(reader: Reader, limit: i64) -> Self {
        Self {
            reader,
            text: String::new(),
            number: None,
            states: Vec::new(),
            tier: None,
            team: None,
            requester: None,
            environment: None,
            order: Order::Newest(None),
            limit,
        }
    }
}

/// # Errors
/// The engine's.
pub async fn list(conn: &mut Conn, query: &Query) -> StoreResult<Vec<Request>> {
    let mut sql = Sql::new("SELECT * FROM requests WHERE ");
    query.reader.narrow(&mut sql, "requester_id", "team", "tier");
    if let Some(number) = query.number {
        sql.push(" AND number = ").bind(number);
    } else if !query.text.is_empty() {
        sql.push(" AND environment_name LIKE ").bind(crate::sql::contains(&query.text)).push(" ESCAPE '\\'");
    }
    if !query.states.is_empty() {
        sql.push(" AND ").is_in("state", query.states.iter().map(String::as_str));
    }
    if let Some(tier) = &query.tier {
        sql.push(" AND tier = ").bind(tier.as_str());
    }
    if let Some(team) = &query.team {
        sql.push(" AND team = ").bind(team.as_str());
    }
    if let Some(person) = query.requester {
        sql.push(" AND requester_id = ").bind(person);
    }
    if let Some(environment) = query.environment {
        sql.push(" AND environment_id = ").bind(environment);
    }
    match &query.order {
        Order::Newest(after) => {
            if let Some((at, id)) = after {
                sql.push(" AND (submitted_at, id) < (").bind(*at).push(", ").bind(*id).push(")");
            }
            sql.push(" ORDER BY submitted_at DESC, id DESC");
        }
        Order::Oldest(after) => {
            if let Some((at, id)) = after {
                sql.push(" AND (submitted_at, id) > (").bind(*at).push(", ").bind(*id).push(")");
            }
            sql.push(" ORDER BY submitted_at, id");
        }
        Order::PriceHigh(after) => {
            if let Some((price, id)) = after {
                sql.push(" AND (COALESCE(monthly_micros, -1), id) < (").bind(*price).push(", ").bind(*id).push(")");
            }
            sql.push(" ORDER BY COALESCE(monthly_micros, -1) DESC, id DESC");
        }
    }
    sql.push(" LIMIT ").bind(query.limit);
    sql.fetch_all(conn).await
}

/// How many requests there are in each of the states; states without any are left out.
///
/// # Errors
/// The engine's.
pub async fn count_by_state(conn: &mut Conn, states: &[&str]) -> StoreResult<Vec<(String, i64)>> {
    let mut sql = Sql::new("SELECT state, count(*) FROM requests WHERE ");
    sql.is_in("state", states.iter().copied()).push(" GROUP BY state");
    sql.fetch_all(conn).await
}

/// A request whose stage is open: only what tells who may decide it. Inboxes are counted on every page.
#[derive(Clone, Debug, FromRow)]
pub struct Waiting {
    pub id: Uuid,
    pub submitted_at: i64,
    pub team: String,
    pub tier: String,
    /// JSON of the stage's approvers.
    pub approvers: String,
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

/// Requests with an open stage, the longest waiting first, that the reader did not ask for and has not decided yet.
/// Who may decide each is told by `approvers`; the portal filters.
///
/// # Errors
/// The engine's.
pub async fn waiting(
    conn: &mut Conn,
    reader: &Reader,
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> StoreResult<Vec<Waiting>> {
    let mut sql = Sql::new(
        "SELECT r.id, r.submitted_at, r.team, r.tier, s.approvers FROM stages s JOIN requests r ON r.id = s.request_id AND r.revision = s.revision
         WHERE s.state = 'open' AND r.state = 'pending' AND r.requester_id <> ",
    );
    sql.bind(reader.person).push(" AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.request_id = r.id AND d.revision = r.revision AND d.person_id = ");
    sql.bind(reader.person).push(") AND ");
    reader.narrow(&mut sql, "r.requester_id", "r.team", "r.tier");
    if let Some((at, id)) = after {
        sql.push(" AND (r.submitted_at, r.id) > (").bind(at).push(", ").bind(id).push(")");
    }
    sql.push(" ORDER BY r.submitted_at, r.id LIMIT ").bind(limit);
    sql.fetch_all(conn).await
}
