//! The record.

use super::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The record and how long other traces are kept. Audit events themselves are never deleted.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Audit {
    /// Largest number of events one export holds.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub export_limit: u32,
    /// How often ended sessions and ids of old messages are cleared away.
    pub sweep_every: Span,
}

impl Default for Audit {
    fn default() -> Self {
        Self { export_limit: 1_000_000, sweep_every: Span::minutes(10) }
    }
}
