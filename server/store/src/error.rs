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
    /// There is no database, and nobody asked for one to be made; the path of its file.
    #[error("there is no database at {0}")]
    Absent(String),
    /// The schema has migrations that this version does not know.
    #[error("this version is older than the database")]
    Newer,
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

    /// The statement names a table that is not there.
    pub(crate) fn is_missing_table(&self) -> bool {
        // Postgres: undefined_table. SQLite has one code for every fault of a statement, so its words decide.
        matches!(self, StoreError::Other(sqlx::Error::Database(db))
            if db.code().as_deref() == Some("42P01") || db.message().starts_with("no such table"))
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
                // SQLite: FULL, and what a quota or a full tmpfs make of it: IOERR_WRITE, IOERR_SHMSIZE (the index of the
                // log grows in a file of its own). Postgres: disk_full.
                Some("13" | "778" | "4874" | "53100") => StoreError::Full,
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
            StoreError::Absent(_) | StoreError::Newer | StoreError::Corrupt(_) | StoreError::Other(_) => {
                internal(&error)
            }
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

#[cfg(test)]
mod tests {
    use super::StoreError;
    use sqlx::error::{DatabaseError, ErrorKind};
    use std::{borrow::Cow, error::Error, fmt};

    /// What an engine might say.
    #[derive(Debug)]
    struct Said(&'static str, &'static str);

    impl fmt::Display for Said {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.1)
        }
    }

    impl Error for Said {}

    impl DatabaseError for Said {
        fn message(&self) -> &str {
            self.1
        }
        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }
        fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
            self
        }
        fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
            self
        }
        fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
            self
        }
        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    fn sorted(code: &'static str, message: &'static str) -> StoreError {
        sqlx::Error::Database(Box::new(Said(code, message))).into()
    }

    #[test]
    fn what_the_engines_say_is_sorted_by_what_to_do() {
        for code in ["13", "778", "4874", "53100"] {
            assert!(matches!(sorted(code, "no space"), StoreError::Full), "{code}");
        }
        for code in ["5", "261", "517", "14", "57P01", "57P02", "57P03", "53300"] {
            assert!(matches!(sorted(code, "away"), StoreError::Unavailable(_)), "{code}");
        }
        assert!(sorted("1", "no such table: _sqlx_migrations").is_missing_table());
        assert!(sorted("42P01", "relation does not exist").is_missing_table());
        for (code, message) in
            [("1", "no such column: success"), ("42501", "permission denied"), ("5", "no such table: x")]
        {
            assert!(!sorted(code, message).is_missing_table(), "{message}");
        }
    }
}
