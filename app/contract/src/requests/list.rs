//! Lists of requests: their rows and filters; home.

use super::{DraftSummary, Estimate, RequestKind, RequestState};
use crate::{environments::EnvironmentSummary, ids::*, people::*, places::*};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One row of a list of requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestSummary {
    pub id: RequestId,
    /// Counts up from 1; people say "request 42".
    pub number: i64,
    pub kind: RequestKind,
    pub state: RequestState,
    /// Name of the environment.
    pub environment: String,
    pub template: String,
    pub tier: Tier,
    pub cloud: Cloud,
    pub region: String,
    pub team: String,
    pub requester: PersonRef,
    pub price: Estimate,
    pub submitted_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Title of the open stage, while one waits.
    pub waiting_for: Option<String>,
}

/// Filters of the request list; all of them in the URL.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestFilter {
    /// Part of an environment's name, or a request's number.
    #[serde(default)]
    pub q: String,
    #[serde(default)]
    pub state: Option<RequestState>,
    #[serde(default)]
    pub tier: Option<Tier>,
    #[serde(default)]
    pub team: Option<String>,
    /// Only what the viewer asked for.
    #[serde(default)]
    pub mine: bool,
    #[serde(default)]
    pub sort: RequestSort,
    #[serde(default)]
    pub after: Option<String>,
}

crate::places::words! {
    RequestSort { Newest = "newest" / "Newest first", Oldest = "oldest" / "Oldest first", PriceHigh = "price" / "Highest price first" }
}
#[expect(clippy::derivable_impls, reason = "the variants come out of a macro that knows no default")]
impl Default for RequestSort {
    fn default() -> Self {
        Self::Newest
    }
}

/// Home: what concerns me now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HomeView {
    pub waiting_for_me: Vec<RequestSummary>,
    pub my_open: Vec<RequestSummary>,
    pub drafts: Vec<DraftSummary>,
    pub environments: Vec<EnvironmentSummary>,
}
