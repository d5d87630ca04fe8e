//! Environments.

use crate::{ids::*, people::*, places::*, requests::*};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

crate::places::words! {
    EnvironmentState {
        /// Its first pull request is not merged yet.
        Requested = "requested" / "On its way",
        /// Merged: the files are on the default branch.
        Live = "live" / "Live",
        /// A pull request that removes it is merged.
        Removed = "removed" / "Removed",
        /// Its first request ended without a merge.
        Abandoned = "abandoned" / "Never built",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentSummary {
    pub id: EnvironmentId,
    pub name: String,
    pub state: EnvironmentState,
    pub tier: Tier,
    pub cloud: Cloud,
    pub region: String,
    pub team: String,
    pub cost_centre: String,
    pub owner: PersonRef,
    pub template: String,
    pub price: Estimate,
    pub updated_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentView {
    pub summary: EnvironmentSummary,
    /// Folder in the repository.
    pub directory: String,
    pub repository: String,
    /// Where the folder is shown in Bitbucket.
    pub browse_url: Option<String>,
    /// Files on the default branch as delivered: path and content.
    pub files: Vec<(String, String)>,
    /// Newest first.
    pub requests: Vec<RequestSummary>,
    /// Whether the viewer may ask for a change or for deletion; why not, where not.
    pub may_request: Result<(), String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentFilter {
    #[serde(default)]
    pub q: String,
    #[serde(default)]
    pub state: Option<EnvironmentState>,
    #[serde(default)]
    pub tier: Option<Tier>,
    #[serde(default)]
    pub team: Option<String>,
    #[serde(default)]
    pub after: Option<String>,
}
