//! Migrations, embedded in the binary.

use crate::{Conn, Db, StoreResult};
use sqlx::migrate::Migrator;

static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

/// How many migrations this binary carries and how many the database has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migrations {
    pub known: usize,
    pub applied: usize,
}

/// Brings the schema up to date. Safe to run from several processes at once.
///
/// # Errors
/// When the database has a migration that this binary does not know (it is older than the data), or one fails.
pub async fn migrate(db: &Db) -> StoreResult<()> {
    let result = match db {
        Db::Sqlite { write, .. } => SQLITE.run(write).await,
        Db::Postgres(pool) => POSTGRES.run(pool).await,
    };
    result.map_err(|e| match e {
        sqlx::migrate::MigrateError::Execute(e) => e.into(),
        other => crate::StoreError::Corrupt(format!("schema: {other}")),
    })
}

/// Compares without changing anything.
///
/// # Errors
/// When the database does not answer.
pub async fn pending_migrations(conn: &mut Conn, db: &Db) -> StoreResult<Migrations> {
    let known = match db {
        Db::Sqlite { .. } => SQLITE.iter().count(),
        Db::Postgres(_) => POSTGRES.iter().count(),
    };
    let applied: i64 =
        run!(conn, c => sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations").fetch_one(c).await).unwrap_or(0);
    Ok(Migrations { known, applied: usize::try_from(applied).unwrap_or(0) })
}
