//! Default reviewers.

use super::Matcher;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ReviewerCondition {
    pub id: u64,
    pub source: Matcher,
    pub target: Matcher,
    /// User names.
    pub reviewers: Vec<String>,
    pub required_approvals: i64,
}
