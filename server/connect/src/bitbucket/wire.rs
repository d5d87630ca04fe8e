//! The parts of Bitbucket's JSON that Causeway reads. Anything may be missing or null, and more may be there.

use causeway_portal::delivery::host::{PullRequest, PullRequestState};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WirePullRequest {
    pub(super) id: i64,
    pub(super) state: Option<String>,
    pub(super) from_ref: Option<WireRef>,
    pub(super) to_ref: Option<WireRef>,
    pub(super) links: Option<Value>,
    pub(super) properties: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireRef {
    pub(super) id: Option<String>,
    pub(super) latest_commit: Option<String>,
    pub(super) repository: Option<WireRepository>,
}

#[derive(Deserialize)]
pub(super) struct WireRepository {
    pub(super) id: Option<i64>,
    pub(super) slug: Option<String>,
    pub(super) project: Option<Value>,
    pub(super) archived: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireUser {
    pub(super) id: Option<i64>,
    pub(super) name: Option<String>,
    pub(super) slug: Option<String>,
    pub(super) email_address: Option<String>,
    pub(super) active: Option<bool>,
}

impl WirePullRequest {
    pub(super) fn is_open(&self) -> bool {
        self.state.as_deref() == Some("OPEN")
    }

    /// Its source stands, or stood when it was closed, at this commit.
    pub(super) fn is_at(&self, commit: &str) -> bool {
        self.from_ref.as_ref().and_then(|r| r.latest_commit.as_deref()) == Some(commit)
    }

    /// From and to the given full refs.
    pub(super) fn joins(&self, from: &str, to: &str) -> bool {
        let is = |side: &Option<WireRef>, wanted: &str| side.as_ref().and_then(|r| r.id.as_deref()) == Some(wanted);
        is(&self.from_ref, from) && is(&self.to_ref, to)
    }

    /// The repository that it would be merged into is archived.
    pub(super) fn is_archived(&self) -> bool {
        self.to_ref.as_ref().and_then(|r| r.repository.as_ref()).and_then(|r| r.archived) == Some(true)
    }

    pub(super) fn merge_commit(&self) -> Option<String> {
        Some(self.properties.as_ref()?["mergeCommit"]["id"].as_str()?.to_owned())
    }

    /// `None`: a state that Causeway does not know. `page` stands in where the server gives no address.
    pub(super) fn plain(&self, page: String) -> Option<PullRequest> {
        let state = match self.state.as_deref()? {
            "OPEN" => PullRequestState::Open,
            "MERGED" => PullRequestState::Merged,
            "DECLINED" => PullRequestState::Declined,
            _ => return None,
        };
        let link = self.links.as_ref().and_then(|l| l["self"][0]["href"].as_str());
        // It becomes a link on a page: nothing but a web address will do.
        let url = link.filter(|l| l.starts_with("https://") || l.starts_with("http://")).map_or(page, str::to_owned);
        let head = self.from_ref.as_ref().and_then(|r| r.latest_commit.clone()).unwrap_or_default();
        let target = self.to_ref.as_ref().and_then(|r| r.id.as_deref()).unwrap_or_default();
        let target = target.strip_prefix("refs/heads/").unwrap_or(target).to_owned();
        Some(PullRequest { id: self.id, url, state, head, target, merge_commit: self.merge_commit(), conflicted: None })
    }
}
