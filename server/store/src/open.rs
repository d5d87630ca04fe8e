//! Connecting: the first of the three engine-specific places.

use crate::{Db, StoreError, StoreResult};
use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{str::FromStr, time::Duration};

/// How to connect.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// Connections for reading (SQLite) or in all (Postgres).
    pub connections: u32,
    /// How long to wait for a connection.
    pub timeout: Duration,
}

/// Whether the only writer can be used again. On a full disk SQLite ends the transaction by itself; the rollback that
/// follows finds none, and the connection would believe for ever that it is inside one.
async fn still_good(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    conn.ping().await?;
    Ok(!conn.is_in_transaction())
}

/// Opens the pools. A SQLite file that is missing is made; its folder must be there.
///
/// # Errors
/// [`StoreError::Unavailable`] with the engine's words when the database cannot be reached or the URL is not one of ours.
pub async fn open(options: &Options) -> StoreResult<Db> {
    let unavailable = |e: sqlx::Error| StoreError::Unavailable(e.to_string());
    if options.url.starts_with("sqlite:") {
        let connect = SqliteConnectOptions::from_str(&options.url)
            .map_err(unavailable)?
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An approval that was answered "done" survives a power cut.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(options.timeout)
            .pragma("cache_size", "-4000")
            .log_slow_statements(tracing::log::LevelFilter::Warn, Duration::from_secs(1));
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(options.timeout)
            .after_release(|conn, _| Box::pin(still_good(conn)))
            .connect_with(connect.clone())
            .await
            .map_err(unavailable)?;
        let read = SqlitePoolOptions::new()
            .min_connections(0)
            .max_connections(options.connections)
            .acquire_timeout(options.timeout)
            .connect_lazy_with(connect.pragma("query_only", "ON"));
        return Ok(Db::Sqlite { write, read });
    }
    if options.url.starts_with("postgres:") || options.url.starts_with("postgresql:") {
        let connect = PgConnectOptions::from_str(&options.url)
            .map_err(unavailable)?
            .log_slow_statements(tracing::log::LevelFilter::Warn, Duration::from_secs(1));
        let pool = PgPoolOptions::new()
            .max_connections(options.connections)
            .acquire_timeout(options.timeout)
            .connect_with(connect)
            .await
            .map_err(unavailable)?;
        return Ok(Db::Postgres(pool));
    }
    Err(StoreError::Unavailable("database.url must begin with sqlite: or postgres://".into()))
}
