//! What the engines say, sorted by what to do about it. The third of the three engine-specific places.

use causeway_contract::{ApiError, ErrorKind};
use std::sync::atomic::{AtomicU64, Ordering};

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

/// The boundary where an operator's error becomes a person's: logged here, once.
impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Full => {
                tracing::error!(%error, "a write was refused");
                ApiError::unavailable(
                    "The disk of the portal is full, so nothing was saved. Tell the people who run it, then try again.",
                )
            }
            StoreError::Unavailable(_) => {
                tracing::error!(%error, "the database is away");
                ApiError::unavailable("The portal cannot reach its database. Nothing was saved; try again in a moment.")
            }
            StoreError::Unique(_) => {
                tracing::warn!(%error, "a write lost a race");
                ApiError::conflict("Somebody else was quicker. Reload to see what happened.")
            }
            StoreError::Corrupt(_) | StoreError::Other(_) => internal(&error),
        }
    }
}

/// An error that is the portal's own fault: the log line and the page share a reference.
pub fn internal(error: &dyn std::error::Error) -> ApiError {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let reference = format!("{:x}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let mut causes = String::new();
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push_str(": ");
        causes.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::error!(%reference, "{error}{causes}");
    ApiError {
        reference: Some(reference.clone()),
        ..ApiError::new(
            ErrorKind::Internal,
            format!(
                "Something went wrong in the portal. Nothing was saved; the people who run it find the cause under {reference}."
            ),
        )
    }
}
