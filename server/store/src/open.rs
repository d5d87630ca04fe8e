//! Connecting: with `conn` and `migrate`, the first of the three engine-specific places.

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
    /// Makes a SQLite file that is missing, and brings one into the mode that serving wants. Off: no file is made and no mode is changed.
    pub create: bool,
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

/// Opens the pools. The folder of a SQLite file must be there.
///
/// # Errors
/// [`StoreError::Absent`] when the SQLite file is missing and may not be made; [`StoreError::Unavailable`] with the engine's words when the database cannot be reached or the URL is not one of ours.
pub async fn open(options: &Options) -> StoreResult<Db> {
    let unavailable = |e: sqlx::Error| StoreError::Unavailable(e.to_string());
    if options.url.starts_with("sqlite:") {
        let mut connect = SqliteConnectOptions::from_str(&options.url).map_err(unavailable)?;
        if options.create {
            connect = connect.create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
        } else if !connect.get_filename().exists() {
            return Err(StoreError::Absent(connect.get_filename().display().to_string()));
        }
        let connect = connect
            .foreign_keys(true)
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

#[cfg(test)]
mod tests {
    use super::{Options, open};
    use std::time::Duration;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    /// A server that says yes to TLS hears the beginning of a handshake, and no word in the clear.
    #[tokio::test]
    async fn postgres_is_spoken_to_over_tls() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("postgres://causeway:sesame@{}/none?sslmode=verify-full", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut asked = [0; 8];
            socket.read_exact(&mut asked).await.unwrap();
            assert_eq!(asked[4..], 80_877_103_u32.to_be_bytes(), "the message that asks for TLS");
            socket.write_all(b"S").await.unwrap();
            socket.read_u8().await.unwrap()
        });
        let options = Options { url, create: false, connections: 1, timeout: Duration::from_secs(5) };
        assert!(open(&options).await.is_err(), "nobody was proved to be the server");
        assert_eq!(server.await.unwrap(), 22, "a TLS record of type handshake");
    }
}
