//! The record.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The record. Audit events themselves are never deleted.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Audit {
    /// Largest number of events one export holds.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub export_limit: u32,
}

impl Default for Audit {
    fn default() -> Self {
        Self { export_limit: 1_000_000 }
    }
}
