//! People and their roles as of the last sign-in.

use crate::{Conn, StoreError, StoreResult};
use causeway_contract::people::{Grant, Role};
use sqlx::FromRow;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub struct Person {
    pub id: Uuid,
    pub issuer: String,
    pub subject: String,
    pub name: String,
    pub email: String,
    /// JSON array of the groups the provider sent.
    pub groups_json: String,
    pub groups_note: Option<String>,
    pub first_seen_at: i64,
    pub last_seen_at: i64,
}

/// Adds the person or refreshes name, e-mail and groups; the id stays what it was. Returns the row as stored.
///
/// # Errors
/// The engine's.
pub async fn upsert(conn: &mut Conn, person: &Person) -> StoreResult<Person> {
    run!(conn, c => sqlx::query_as(
        "INSERT INTO people (id, issuer, subject, name, email, groups_json, groups_note, first_seen_at, last_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (issuer, subject) DO UPDATE SET name = excluded.name, email = excluded.email,
             groups_json = excluded.groups_json, groups_note = excluded.groups_note, last_seen_at = excluded.last_seen_at
         RETURNING *")
        .bind(person.id).bind(&person.issuer).bind(&person.subject).bind(&person.name).bind(&person.email)
        .bind(&person.groups_json).bind(&person.groups_note).bind(person.first_seen_at).bind(person.last_seen_at)
        .fetch_one(c).await)
}

/// # Errors
/// The engine's.
pub async fn find(conn: &mut Conn, id: Uuid) -> StoreResult<Option<Person>> {
    run!(conn, c => sqlx::query_as("SELECT * FROM people WHERE id = $1").bind(id).fetch_optional(c).await)
}

/// # Errors
/// The engine's.
pub async fn find_many(conn: &mut Conn, ids: impl IntoIterator<Item = Uuid>) -> StoreResult<Vec<Person>> {
    let mut sql = crate::sql::Sql::new("SELECT * FROM people WHERE ");
    sql.is_in("id", ids);
    sql.fetch_all(conn).await
}

/// Replaces the person's roles.
///
/// # Errors
/// The engine's.
pub async fn set_grants(conn: &mut Conn, person: Uuid, grants: &[Grant]) -> StoreResult<()> {
    run!(conn, c => sqlx::query("DELETE FROM grants WHERE person_id = $1").bind(person).execute(c).await.map(|_| ()))?;
    for grant in grants {
        run!(conn, c => sqlx::query("INSERT INTO grants (person_id, role, scope) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(person).bind(grant.role.as_str()).bind(grant.scope.to_string()).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// # Errors
/// The engine's; [`StoreError::Corrupt`] for a role this version does not know.
pub async fn grants_of(conn: &mut Conn, person: Uuid) -> StoreResult<Vec<Grant>> {
    let rows: Vec<(String, String)> = run!(conn, c => sqlx::query_as(
        "SELECT role, scope FROM grants WHERE person_id = $1 ORDER BY role, scope").bind(person).fetch_all(c).await)?;
    rows.into_iter().map(|(role, scope)| parse_grant(&role, &scope)).collect()
}

/// Everybody who holds one of the roles, in any scope, with that grant; by name.
///
/// # Errors
/// As [`grants_of`].
pub async fn holders(conn: &mut Conn, roles: &[Role]) -> StoreResult<Vec<(Person, Grant)>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        person: Person,
        role: String,
        scope: String,
    }
    let mut sql =
        crate::sql::Sql::new("SELECT p.*, g.role, g.scope FROM grants g JOIN people p ON p.id = g.person_id WHERE ");
    sql.is_in("g.role", roles.iter().map(|r| r.as_str())).push(" ORDER BY p.name, p.id");
    let rows: Vec<Row> = sql.fetch_all(conn).await?;
    rows.into_iter().map(|r| Ok((r.person, parse_grant(&r.role, &r.scope)?))).collect()
}

fn parse_grant(role: &str, scope: &str) -> StoreResult<Grant> {
    Ok(Grant {
        role: role.parse().map_err(|_| StoreError::corrupt("grants.role", role))?,
        scope: scope.parse().map_err(|_| StoreError::corrupt("grants.scope", scope))?,
    })
}
