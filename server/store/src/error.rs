//! What the engines say, sorted by what to do about it. The third of the three engine-specific places.

pub type StoreResult<T> = Result<T, StoreError>;

/// "Not found" is not an error: functions return `Option`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique constraint or index refused the row; its name, as in the migrations, where the engine tells it, else its columns.
    #[error("{0} is taken already")]
    Unique(String),
    /// The disk or the quota is full. Nothing of the transaction was kept.
    #[error("the disk of the database is full")]
    Full,
    /// The database does not answer, or not in time.
    #[error("the database does not answer: {0}")]
    Unavailable(String),
    /// A row holds what this version cannot read.
    #[error("a row cannot be read: {0}")]
    Corrupt(String),
    #[error(transparent)]
    Other(sqlx::Error),
}

impl StoreError {
    /// Whether the named unique index or constraint refused the row. SQLite names the columns instead of the index.
    pub fn violates(&self, index: &str, sqlite_columns: &str) -> bool {
        matches!(self, StoreError::Unique(name) if name == index || name.contains(sqlite_columns))
    }

    pub(crate) fn corrupt(what: &str, value: &str) -> Self {
        StoreError::Corrupt(format!("{what}: {value}"))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(db) if db.is_unique_violation() => {
                StoreError::Unique(db.constraint().map_or_else(|| db.message().to_owned(), str::to_owned))
            }
            sqlx::Error::Database(db) => match db.code().as_deref() {
                // SQLite: SQLITE_FULL; Postgres: disk_full.
                Some("13" | "53100") => StoreError::Full,
                // SQLite: BUSY, its kinds, and CANTOPEN; Postgres: class 57 (shutting down) and too many connections.
                Some("5" | "261" | "517" | "14" | "57P01" | "57P02" | "57P03" | "53300") => {
                    StoreError::Unavailable(db.message().to_owned())
                }
                _ => StoreError::Other(error),
            },
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                StoreError::Unavailable(error.to_string())
            }
            _ => StoreError::Other(error),
        }
    }
}
