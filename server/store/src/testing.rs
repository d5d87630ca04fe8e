//! Databases for tests: one of each engine, fresh and migrated, gone afterwards.
//!
//! Postgres is used where `CAUSEWAY_TEST_POSTGRES` holds the URL of a server on which databases may be made
//! (`make test` starts a private one). Without it the Postgres half is left out, and says so on stderr.

use crate::{Db, Options, StoreResult, migrate, new_id, open};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::time::Duration;

/// A database of one test. Keep it for as long as the test runs.
pub struct TestDb {
    pub db: Db,
    /// To open it again, from another process say.
    pub url: String,
    _dir: tempfile::TempDir,
    postgres: Option<(String, String)>,
}

/// A fresh SQLite file and, where there is a server, a fresh Postgres database.
///
/// # Panics
/// When there is no server but `CI` is set: there, half of the tests must not be left out in silence.
pub async fn each_engine() -> Vec<TestDb> {
    let mut all = vec![sqlite().await];
    match std::env::var("CAUSEWAY_TEST_POSTGRES").ok().filter(|url| !url.is_empty()) {
        Some(server) => all.push(postgres(&server).await),
        None => {
            let ci = std::env::var_os("CI").is_some_and(|ci| !ci.is_empty());
            assert!(
                !ci,
                "CI runs every test on Postgres too, but CAUSEWAY_TEST_POSTGRES is not set (.ci/test sets it)"
            );
            eprintln!("Postgres is left out: CAUSEWAY_TEST_POSTGRES is not set (make test starts a server).");
        }
    }
    all
}

/// # Panics
/// When the database cannot be made: a test cannot go on without one.
#[expect(clippy::expect_used, reason = "test kit")]
pub async fn sqlite() -> TestDb {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", dir.path().join("causeway.db").display());
    let db = open(&options(&url)).await.expect("SQLite opens");
    migrate(&db).await.expect("migrations run");
    TestDb { db, url, _dir: dir, postgres: None }
}

#[expect(clippy::expect_used, reason = "test kit")]
async fn postgres(server: &str) -> TestDb {
    let name = format!("t{}", new_id(crate::Clock::now(&crate::SystemClock)).simple());
    let mut admin = PgConnection::connect(server).await.expect("the test server answers");
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut admin)
        .await
        .expect("a database is made");
    admin.close().await.expect("the connection closes");
    let url = with_database(server, &name);
    let db = open(&options(&url)).await.expect("Postgres opens");
    migrate(&db).await.expect("migrations run");
    let dir = tempfile::tempdir().expect("a temporary folder");
    TestDb { db, url, _dir: dir, postgres: Some((server.to_owned(), name)) }
}

impl TestDb {
    /// Makes the embedded database believe that its disk is full, or free again. Postgres has no such switch: `false` there.
    ///
    /// # Panics
    /// When the engine refuses.
    #[expect(clippy::expect_used, reason = "test kit")]
    pub async fn fill_disk(&self, full: bool) -> bool {
        let Db::Sqlite { write, .. } = &self.db else { return false };
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(write).await.expect("a page count");
        let most = if full { pages } else { 1_073_741_823 };
        sqlx::query(AssertSqlSafe(format!("PRAGMA max_page_count = {most}")))
            .execute(write)
            .await
            .expect("a limit is set");
        true
    }

    /// Runs one statement that no function of this package would: to damage rows, say.
    ///
    /// # Errors
    /// The engine's.
    pub async fn execute(&self, sql: &'static str) -> StoreResult<()> {
        execute(&self.db, sql).await
    }

    /// Closes the pools and removes the database.
    pub async fn remove(self) {
        self.db.close().await;
        if let Some((server, name)) = &self.postgres
            && let Ok(mut admin) = PgConnection::connect(server).await
        {
            let _ = sqlx::query(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")))
                .execute(&mut admin)
                .await;
        }
    }
}

/// As [`TestDb::execute`], on a database that was opened otherwise.
///
/// # Errors
/// The engine's.
pub async fn execute(db: &Db, sql: &'static str) -> StoreResult<()> {
    let mut conn = db.begin().await?;
    run!(conn, c => sqlx::query(sql).execute(c).await.map(drop))?;
    conn.commit().await
}

/// How tests open a database.
pub fn options(url: &str) -> Options {
    Options { url: url.to_owned(), create: true, connections: 4, timeout: Duration::from_secs(10) }
}

/// The URL with another database name: the path between host and query.
fn with_database(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, None), |(b, q)| (b, Some(q)));
    let after_scheme = base.find("://").map_or(0, |i| i + 3);
    let end = base[after_scheme..].find('/').map_or(base.len(), |i| after_scheme + i);
    let query = query.map(|q| format!("?{q}")).unwrap_or_default();
    format!("{}/{name}{query}", &base[..end])
}
