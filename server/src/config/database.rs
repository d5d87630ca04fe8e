//! Where the rows are.

use super::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the rows are.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` for one process, `postgres://user:password@host/name` for several. Empty: `causeway.db` in `server.data_dir`.
    /// `file:` and `vault:` references are understood, as for every secret.
    pub url: super::Secret,
    /// Connections for reading (SQLite) or in all (Postgres).
    #[schemars(range(min = 1, max = 1000))]
    pub connections: u32,
    /// How long to wait for a connection.
    pub timeout: Span,
    /// Bring the schema up to date when `causeway serve` starts. Turn it off where several replicas start at once and
    /// `causeway migrate` runs before them.
    pub migrate_on_start: bool,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: super::Secret::default(), connections: 8, timeout: Span::seconds(5), migrate_on_start: true }
    }
}
