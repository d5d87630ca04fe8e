//! The record.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditRow {
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub actor: String,
    /// `person`, `system` or `anonymous`.
    pub actor_kind: String,
    /// Id of the person; empty for others.
    pub actor_id: String,
    /// `request.submitted`, `session.signed_in` …
    pub action: String,
    /// `request`, `session`, `template`, `environment` …
    pub subject_kind: String,
    pub subject_id: String,
    /// In words: `request 42 (shop-api)`.
    pub subject: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// JSON object as text: pretty-printed on the page, in exports exactly as it was hashed.
    pub detail: String,
    /// SHA-256 over the link before and this event, lower-case hex.
    pub hash: String,
}

/// One page of the record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AuditPage {
    pub items: Vec<AuditRow>,
    /// Hand it back as `after` for the page that follows. `None` on the last page.
    pub next: Option<String>,
    /// Largest number of events that one export holds.
    pub export_limit: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AuditFilter {
    /// Part of the actor's or the subject's name.
    #[serde(default)]
    pub q: String,
    /// Exact action, or its beginning up to a dot: `request`.
    #[serde(default)]
    pub action: String,
    #[serde(default)]
    pub outcome: String,
    /// First day, UTC, `2026-11-24`.
    #[serde(default)]
    pub from: String,
    /// Last day, UTC, inclusive.
    #[serde(default)]
    pub to: String,
    #[serde(default)]
    pub after: Option<String>,
}
