//! Logs and metrics.

use super::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Logs and metrics.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Telemetry {
    /// What to log, as `RUST_LOG` has it: `info`, or `info,causeway_connect=debug`.
    pub log: String,
    /// How a line looks.
    pub log_format: LogFormat,
    /// Bearer token for `/metrics`. Empty: only callers on this machine are answered, and nobody where
    /// `server.public_url` is https or a proxy passes requests on: every caller looks local there.
    pub metrics_token: Secret,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { log: "info".into(), log_format: LogFormat::Human, metrics_token: Secret::default() }
    }
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum LogFormat {
    Human,
    Json,
}
