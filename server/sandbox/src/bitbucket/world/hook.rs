//! Who is told of events.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub id: u64,
    pub name: String,
    pub url: String,
    pub active: bool,
    pub events: Vec<String>,
    pub secret: Option<String>,
    pub verify_certificates: bool,
    pub created: i64,
    pub updated: i64,
    /// The sandbox's configuration made it, and keeps it up to date.
    #[serde(default)]
    pub seeded: bool,
}

/// Every event a repository's webhook may ask for.
pub(crate) const EVENTS: &[&str] = &[
    "repo:refs_changed",
    "repo:modified",
    "repo:forked",
    "repo:comment:added",
    "repo:comment:edited",
    "repo:comment:deleted",
    "repo:secret_detected",
    "pr:opened",
    "pr:from_ref_updated",
    "pr:to_ref_updated",
    "pr:modified",
    "pr:reviewer:updated",
    "pr:reviewer:approved",
    "pr:reviewer:unapproved",
    "pr:reviewer:needs_work",
    "pr:reviewer:changes_requested",
    "pr:merged",
    "pr:declined",
    "pr:deleted",
    "pr:comment:added",
    "pr:comment:edited",
    "pr:comment:deleted",
    "mirror:repo_synchronized",
];
