//! Migrations, embedded in the binary.

use crate::{Conn, Db, StoreError, StoreResult};
use sqlx::migrate::Migrator;

static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

/// How many migrations this binary carries and how many the database has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migrations {
    pub known: usize,
    pub applied: usize,
}

impl Migrations {
    /// Everything this binary asks for is there. More may be: a newer version migrated while this one runs on.
    pub fn are_enough(self) -> bool {
        self.applied >= self.known
    }

    /// A newer version has migrated the database. This one must not begin to work on it.
    pub fn are_newer(self) -> bool {
        self.applied > self.known
    }
}

/// Brings the schema up to date. Safe to run from several processes at once.
///
/// # Errors
/// [`StoreError::Newer`] when the database has a migration that this binary does not know; the engine's when one fails.
pub async fn migrate(db: &Db) -> StoreResult<()> {
    let result = match db {
        Db::Sqlite { write, .. } => SQLITE.run(write).await,
        Db::Postgres(pool) => POSTGRES.run(pool).await,
    };
    result.map_err(|e| match e {
        sqlx::migrate::MigrateError::Execute(e) => e.into(),
        sqlx::migrate::MigrateError::VersionMissing(_) => StoreError::Newer,
        other => StoreError::Corrupt(format!("schema: {other}")),
    })
}

/// Compares without changing anything. A database that nothing was ever migrated in has 0 of them.
///
/// # Errors
/// When the database does not answer, or not this.
pub async fn pending_migrations(conn: &mut Conn, db: &Db) -> StoreResult<Migrations> {
    let known = match db {
        Db::Sqlite { .. } => SQLITE.iter().count(),
        Db::Postgres(_) => POSTGRES.iter().count(),
    };
    let counted: StoreResult<i64> =
        run!(conn, c => sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations WHERE success").fetch_one(c).await);
    let applied = match counted {
        Err(error) if error.is_missing_table() => 0,
        counted => counted?,
    };
    Ok(Migrations { known, applied: usize::try_from(applied).unwrap_or(0) })
}
