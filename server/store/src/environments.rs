//! Environments.

use crate::{Conn, StoreResult, sql::Sql};
use sqlx::FromRow;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub struct Environment {
    pub id: Uuid,
    pub name: String,
    pub state: String,
    pub tier: String,
    pub cloud: String,
    pub region: String,
    pub team: String,
    pub cost_centre: String,
    pub owner_id: Uuid,
    pub template: String,
    pub commit_sha: String,
    /// From the repository's root.
    pub directory: String,
    /// JSON: the answers last delivered, or asked for while nothing is delivered yet.
    pub answers: String,
    /// JSON of `contract::requests::Estimate`.
    pub price: String,
    pub created_at: i64,
    pub updated_at: i64,
}

/// # Errors
/// [`crate::StoreError::Unique`] on `environments_name` when the name is in use.
pub async fn insert(conn: &mut Conn, e: &Environment) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "INSERT INTO environments (id, name, state, tier, cloud, region, team, cost_centre, owner_id, template, commit_sha, directory, answers, price, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)")
        .bind(e.id).bind(&e.name).bind(&e.state).bind(&e.tier).bind(&e.cloud).bind(&e.region).bind(&e.team).bind(&e.cost_centre)
        .bind(e.owner_id).bind(&e.template).bind(&e.commit_sha).bind(&e.directory).bind(&e.answers).bind(&e.price)
        .bind(e.created_at).bind(e.updated_at).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Writes everything that a delivered request may change.
///
/// # Errors
/// [`crate::StoreError::Unique`] on `environments_name`.
pub async fn update(conn: &mut Conn, e: &Environment) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "UPDATE environments SET name = $2, state = $3, tier = $4, cloud = $5, region = $6, team = $7, cost_centre = $8, owner_id = $9,
             template = $10, commit_sha = $11, directory = $12, answers = $13, price = $14, updated_at = $15 WHERE id = $1")
        .bind(e.id).bind(&e.name).bind(&e.state).bind(&e.tier).bind(&e.cloud).bind(&e.region).bind(&e.team).bind(&e.cost_centre)
        .bind(e.owner_id).bind(&e.template).bind(&e.commit_sha).bind(&e.directory).bind(&e.answers).bind(&e.price)
        .bind(e.updated_at).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// # Errors
/// The engine's.
pub async fn find(conn: &mut Conn, id: Uuid) -> StoreResult<Option<Environment>> {
    run!(conn, c => sqlx::query_as("SELECT * FROM environments WHERE id = $1").bind(id).fetch_optional(c).await)
}

/// As [`find`], and nobody else changes it until the transaction ends.
///
/// # Errors
/// The engine's.
pub async fn lock(conn: &mut Conn, id: Uuid) -> StoreResult<Option<Environment>> {
    run!(conn, c => sqlx::query_as("UPDATE environments SET updated_at = updated_at WHERE id = $1 RETURNING *").bind(id).fetch_optional(c).await)
}

/// The environment that uses the name now.
///
/// # Errors
/// The engine's.
pub async fn find_named(conn: &mut Conn, name: &str) -> StoreResult<Option<Environment>> {
    run!(conn, c => sqlx::query_as("SELECT * FROM environments WHERE name = $1 AND state IN ('requested', 'live')")
        .bind(name).fetch_optional(c).await)
}

/// By name. `reader` limits to what a person may see.
#[derive(Clone, Debug)]
pub struct Query {
    pub reader: crate::requests::Reader,
    pub text: String,
    pub state: Option<String>,
    pub tier: Option<String>,
    pub team: Option<String>,
    /// Name and id of the last row shown.
    pub after: Option<(String, Uuid)>,
    pub limit: i64,
}

/// # Errors
/// The engine's.
pub async fn list(conn: &mut Conn, query: &Query) -> StoreResult<Vec<Environment>> {
    let mut sql = Sql::new("SELECT * FROM environments WHERE ");
    query.reader.narrow(&mut sql, "owner_id", "team", "tier");
    if !query.text.is_empty() {
        sql.push(" AND name LIKE ").bind(crate::sql::contains(&query.text)).push(" ESCAPE '\\'");
    }
    if let Some(state) = &query.state {
        sql.push(" AND state = ").bind(state.as_str());
    } else {
        sql.push(" AND state IN ('requested', 'live')");
    }
    if let Some(tier) = &query.tier {
        sql.push(" AND tier = ").bind(tier.as_str());
    }
    if let Some(team) = &query.team {
        sql.push(" AND team = ").bind(team.as_str());
    }
    if let Some((name, id)) = &query.after {
        sql.push(" AND (name > ").bind(name.as_str()).push(" OR (name = ").bind(name.as_str()).push(" AND id > ");
        sql.bind(*id).push("))");
    }
    sql.push(" ORDER BY name, id LIMIT ").bind(query.limit);
    sql.fetch_all(conn).await
}
