//! One connection type over both engines, and the macro that runs one body on either.

use crate::{StoreError, StoreResult};
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction, pool::PoolConnection};

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Db {
    /// `write` has exactly one connection: SQLite has one writer, and waiting for it here is fair and never "busy".
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
    Postgres(PgPool),
}

/// A connection, in a transaction ([`Db::begin`]) or for reading only ([`Db::read`]).
/// A transaction that is dropped without [`Conn::commit`] is rolled back.
#[derive(Debug)]
pub enum Conn {
    SqliteTx(Transaction<'static, Sqlite>),
    SqliteRead(PoolConnection<Sqlite>),
    PostgresTx(Transaction<'static, Postgres>),
    PostgresRead(PoolConnection<Postgres>),
}

/// What the macro `run!` matches on.
#[derive(Debug)]
pub enum Engine<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Db {
    pub fn engine_name(&self) -> &'static str {
        match self {
            Db::Sqlite { .. } => "SQLite",
            Db::Postgres(_) => "Postgres",
        }
    }

    /// Begins a writing transaction. On SQLite it is IMMEDIATE: a deferred one that upgrades later fails at once when
    /// somebody else writes, whatever the busy time limit.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when no connection could be had.
    pub async fn begin(&self) -> StoreResult<Conn> {
        Ok(match self {
            Db::Sqlite { write, .. } => Conn::SqliteTx(write.begin_with("BEGIN IMMEDIATE").await?),
            Db::Postgres(pool) => Conn::PostgresTx(pool.begin().await?),
        })
    }

    /// A connection for reading. On SQLite writing through it is refused by the engine.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when no connection could be had.
    pub async fn read(&self) -> StoreResult<Conn> {
        Ok(match self {
            Db::Sqlite { read, .. } => Conn::SqliteRead(read.acquire().await?),
            Db::Postgres(pool) => Conn::PostgresRead(pool.acquire().await?),
        })
    }

    /// Waits until every connection is given back, then closes.
    pub async fn close(&self) {
        match self {
            Db::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

impl Conn {
    pub fn engine(&mut self) -> Engine<'_> {
        match self {
            Conn::SqliteTx(c) => Engine::Sqlite(&mut *c),
            Conn::SqliteRead(c) => Engine::Sqlite(&mut *c),
            Conn::PostgresTx(c) => Engine::Postgres(&mut *c),
            Conn::PostgresRead(c) => Engine::Postgres(&mut *c),
        }
    }

    /// # Errors
    /// What the engine says; nothing was kept then. A read connection has nothing to commit and returns `Ok`.
    pub async fn commit(self) -> StoreResult<()> {
        match self {
            Conn::SqliteTx(c) => c.commit().await.map_err(StoreError::from),
            Conn::PostgresTx(c) => c.commit().await.map_err(StoreError::from),
            Conn::SqliteRead(_) | Conn::PostgresRead(_) => Ok(()),
        }
    }
}

/// Runs one body on whichever engine the connection belongs to: `run!(conn, c => sqlx::query("…").execute(c).await)`.
macro_rules! run {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn.engine() {
            $crate::Engine::Sqlite($c) => $body.map_err($crate::StoreError::from),
            $crate::Engine::Postgres($c) => $body.map_err($crate::StoreError::from),
        }
    };
}
