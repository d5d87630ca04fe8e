//! Lists for pages, each for one reader's eyes, and what waits for a decision.

use super::Request;
use crate::{Conn, StoreResult, sql::Sql};
use sqlx::FromRow;
use uuid::Uuid;

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
