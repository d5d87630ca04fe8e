//! What others say about a commit.

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BuildStatus {
    /// Repository it was posted to; `None` when it came through the older, global resource.
    pub repository: Option<u64>,
    pub key: String,
    /// `SUCCESSFUL`, `FAILED`, `INPROGRESS`, `CANCELLED` or `UNKNOWN`.
    pub state: String,
    pub url: String,
    pub name: Option<String>,
    pub parent: Option<String>,
    pub reference: Option<String>,
    pub build_number: Option<String>,
    pub description: Option<String>,
    pub duration: Option<i64>,
    pub tests: Option<TestResults>,
    pub created: i64,
    pub updated: i64,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct TestResults {
    pub failed: i64,
    pub skipped: i64,
    pub successful: i64,
}

/// A Code Insights report on one commit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    pub commit: String,
    pub key: String,
    pub author: String,
    pub created: i64,
    /// Title, details, result, data and so on, as they were put.
    pub body: serde_json::Map<String, Value>,
    #[serde(default)]
    pub annotations: Vec<Value>,
}
