//! Comments on pull requests.

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Comment {
    pub id: u64,
    pub version: u64,
    pub text: String,
    pub author: String,
    pub created: i64,
    pub updated: i64,
    pub parent: Option<u64>,
    /// Where in the diff, as it was posted.
    pub anchor: Option<Value>,
    /// `NORMAL` or `BLOCKER`.
    pub severity: String,
    /// `OPEN` or `RESOLVED`.
    pub state: String,
}
